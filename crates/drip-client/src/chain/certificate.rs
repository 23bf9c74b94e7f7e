//! One certificate under its parent: signature, CA, places in the hierarchy, validity
//! (draft-ietf-drip-dki §4, RFC 5280 §6.1.3 as far as it applies to chains by DET).

use drip_cert::lite::{CertVerifyError, LiteCertificate};
use drip_det::{Det, DetClass, HostIdentity, UnixTime};

use super::entity::class_of;
use super::fault::Fault;
use super::permitted;
use super::report::LinkKind;

/// Who signed, as far as it is known.
pub(super) struct Signer<'a> {
    pub(super) det: Det,
    pub(super) hi: &'a HostIdentity,
    /// Its own certificate, where there is one: an anchor may be a bare key.
    pub(super) certificate: Option<&'a LiteCertificate>,
}

/// Check `certificate` under `signer`, at `at`.
pub(super) fn check(certificate: &LiteCertificate, signer: &Signer<'_>, at: UnixTime) -> Result<(), Fault> {
    if certificate.tbs().issuer != signer.det {
        return Err(Fault::OtherDet {
            object: "the issuer of the certificate",
            found: certificate.tbs().issuer,
            expected: signer.det,
        });
    }
    certificate.verify(signer.hi).map_err(|error| match error {
        CertVerifyError::Issuer(mismatch) => Fault::KeyMismatch(mismatch.to_string()),
        CertVerifyError::BadSignature => Fault::Signature { parent: signer.det },
    })?;
    let child = certificate.tbs().det;
    permitted::check(signer.det.hid(), child.hid(), LinkKind::Certificate)?;
    if let Some(parent) = signer.certificate {
        check_classes(class_of(parent), class_of(certificate), signer.det)?;
    }
    check_validity(certificate, at)
}

/// Authorization keys sign authorities, Issuing keys sign what is none, and the rest sign nothing.
fn check_classes(parent: DetClass, child: DetClass, signer: Det) -> Result<(), Fault> {
    let may = match parent {
        DetClass::Authorization => child != DetClass::Operational,
        DetClass::Issuing => child == DetClass::Operational,
        DetClass::Operational => false,
    };
    if may {
        Ok(())
    } else {
        Err(Fault::Role(format!("{signer}, an {parent} DET, may not certify an {child} DET")))
    }
}

fn check_validity(certificate: &LiteCertificate, at: UnixTime) -> Result<(), Fault> {
    let not_before = certificate.tbs().not_before.to_unix();
    if at < not_before {
        return Err(Fault::NotYetValid(not_before));
    }
    let not_after = certificate.tbs().not_after.to_unix();
    if at > not_after {
        return Err(Fault::Expired(not_after));
    }
    Ok(())
}
