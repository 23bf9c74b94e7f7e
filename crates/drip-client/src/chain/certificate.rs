//! One certificate under its parent: signature, CA, places in the hierarchy, validity
//! (draft-ietf-drip-dki §4, RFC 5280 §6.1.3 as far as it applies to chains by DET).

use drip_cert::c509::NativeCertificate;
use drip_cert::x509::{CertVerifyError, Role, Tbs, X509};
use drip_det::{Det, DetClass, HostIdentity, UnixTime};

use super::fault::Fault;
use super::permitted;
use super::report::LinkKind;

/// Who signed, as far as it is known.
pub(super) struct Signer<'a> {
    pub(super) det: Det,
    pub(super) hi: &'a HostIdentity,
    /// What it may sign, where a certificate says so: an anchor may be a bare key.
    pub(super) class: Option<DetClass>,
}

/// A certificate in DER or CBOR: what it says, and whether somebody signed it.
pub(super) trait Certified {
    type Tbs: Tbs;
    fn tbs(&self) -> &Self::Tbs;
    fn verify(&self, parent: &HostIdentity) -> Result<(), CertVerifyError>;
}

impl<T: Tbs> Certified for X509<T> {
    type Tbs = T;

    fn tbs(&self) -> &T {
        X509::tbs(self)
    }

    fn verify(&self, parent: &HostIdentity) -> Result<(), CertVerifyError> {
        X509::verify(self, parent)
    }
}

impl<T: Tbs> Certified for NativeCertificate<T> {
    type Tbs = T;

    fn tbs(&self) -> &T {
        NativeCertificate::tbs(self)
    }

    fn verify(&self, parent: &HostIdentity) -> Result<(), CertVerifyError> {
        NativeCertificate::verify(self, parent)
    }
}

/// Check `certificate` under `signer`, at `at`.
pub(super) fn check(certificate: &impl Certified, signer: &Signer<'_>, at: UnixTime) -> Result<(), Fault> {
    if certificate.tbs().issuer() != signer.det {
        return Err(Fault::OtherDet {
            object: "the issuer of the certificate",
            found: certificate.tbs().issuer(),
            expected: signer.det,
        });
    }
    certificate.verify(signer.hi).map_err(|error| match error {
        CertVerifyError::Issuer(mismatch) => Fault::KeyMismatch(mismatch.to_string()),
        CertVerifyError::BadSignature => Fault::Signature { parent: signer.det },
    })?;
    let child = certificate.tbs().det();
    permitted::check(signer.det.hid(), child.hid(), LinkKind::Certificate)?;
    if let Some(class) = signer.class {
        check_classes(class, certificate.tbs().role(), signer.det)?;
    }
    check_validity(certificate.tbs(), at)
}

/// Authorization keys sign authorities, Issuing keys sign what is none, and the rest sign nothing.
fn check_classes(parent: DetClass, child: Role, signer: Det) -> Result<(), Fault> {
    let may = match parent {
        DetClass::Authorization => child != Role::EndEntity,
        DetClass::Issuing => child == Role::EndEntity,
        DetClass::Operational => false,
    };
    if may {
        Ok(())
    } else {
        let child = match child {
            Role::Authority(class) => class.name(),
            Role::AnyAuthority => "authority's",
            Role::EndEntity => DetClass::Operational.name(),
        };
        Err(Fault::Role(format!("{signer}, an {parent} DET, may not certify an {child} DET")))
    }
}

fn check_validity(tbs: &impl Tbs, at: UnixTime) -> Result<(), Fault> {
    let not_before = tbs.not_before().to_unix();
    if at < not_before {
        return Err(Fault::NotYetValid(not_before));
    }
    let not_after = tbs.not_after().to_unix();
    if at > not_after {
        return Err(Fault::Expired(not_after));
    }
    Ok(())
}
