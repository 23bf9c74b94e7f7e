//! What is signed for a registration: the endorsement, and the certificates that its intent has serial numbers for, all of equal validity.

use super::{IntentFault, malformed};
use crate::{
    OurFault, Registry, issuers::Issuer, register::possession::asks_natively, revocation::pki_urls,
    validity::NO_END,
};
use dime_sign::{SignRequest, Signature};
use dime_store::{HardwareModule, Intent, KeyUsage, Registration, SerialCertificate};
use drip_cert::{
    c509::NativeTbs,
    full::{self, FullTbs},
    lite::LiteTbs,
    mtls::{MtlsRole, MtlsTbs},
    x509::{self, CertTime, CertificateSerial, ObjectIdentifier, Profile, Subject},
};
use drip_det::{DripTime, UnixTime};
use drip_wire::EndorsementBody;

/// What was signed.
pub(super) struct Objects {
    pub(super) endorsement: [u8; 136],
    pub(super) lite: Vec<u8>,
    pub(super) full: Option<SerialCertificate>,
    pub(super) mtls: Option<SerialCertificate>,
    pub(super) c509: Option<Vec<u8>>,
}

/// What is to be signed: nothing in it can be malformed any more.
struct Unsigned {
    endorsement: EndorsementBody,
    lite: Vec<u8>,
    full: Option<(Vec<u8>, Vec<u8>)>,
    mtls: Option<(Vec<u8>, Vec<u8>)>,
    /// Who asked natively gets the Lite certificate natively, too.
    c509: Option<NativeTbs>,
}

impl Registry {
    /// Has the issuer sign everything that the intent says. Everything that can be refused is refused before the first signature.
    pub(super) fn sign(
        &self,
        issuer: &Issuer,
        record: &Registration,
        intent: &Intent,
        now: UnixTime,
    ) -> Result<Objects, IntentFault> {
        let Unsigned { endorsement, lite, full, mtls, c509 } = self.unsigned(issuer, record, intent)?;
        let signature = issuer.signer.sign(&SignRequest::Endorsement(endorsement), now)?;
        let later = |request: &SignRequest| -> Result<Signature, IntentFault> {
            let refused = |error| IntentFault::Ours(OurFault::Signer(Box::new(error)));
            issuer.signer.sign(request, now).map_err(refused)
        };
        let certificate = |profile, octets: Vec<u8>| {
            let signature = later(&SignRequest::certificate(profile, octets.clone()))?;
            Ok::<_, IntentFault>(x509::assemble(&octets, &signature))
        };
        let numbered = |profile, unsigned: Option<(Vec<u8>, Vec<u8>)>| {
            let Some((serial, octets)) = unsigned else { return Ok(None) };
            Ok::<_, IntentFault>(Some(SerialCertificate { serial, der: Some(certificate(profile, octets)?) }))
        };
        Ok(Objects {
            endorsement: endorsement.sign_with(signature).encode(),
            lite: certificate(Profile::Lite, lite)?,
            full: numbered(Profile::Full, full)?,
            mtls: numbered(Profile::Mtls, mtls)?,
            c509: c509
                .map(|native| {
                    let signature = later(&SignRequest::C509Certificate(native.octets().to_vec()))?;
                    Ok::<_, IntentFault>(native.assemble(&signature))
                })
                .transpose()?,
        })
    }

    fn unsigned(
        &self,
        issuer: &Issuer,
        record: &Registration,
        intent: &Intent,
    ) -> Result<Unsigned, IntentFault> {
        // What was decided before this was remembered is signed under the configuration of now.
        let terms = intent.terms.clone().unwrap_or_else(|| self.certificate_terms());
        let hardware_module = record.hardware_module.as_ref().map(named).transpose()?;
        let endless = intent.not_after == NO_END;
        let endorsement = EndorsementBody {
            vnb: DripTime::from_unix(intent.not_before).map_err(malformed)?,
            vna: match endless {
                true => DripTime::FOREVER,
                false => DripTime::from_unix(intent.not_after).map_err(malformed)?,
            },
            child: record.det,
            child_hi: record.hi,
            parent: issuer.det,
        };
        let serial = |octets: &[u8]| CertificateSerial::new(octets).map_err(malformed);
        let lite = LiteTbs {
            serial: serial(&intent.certificate_serial)?,
            issuer: issuer.det,
            not_before: CertTime::new(intent.not_before).map_err(malformed)?,
            not_after: CertTime::new(intent.not_after).map_err(malformed)?,
            subject: Subject::Empty,
            hi: record.hi,
            det: record.det,
            uri: terms.uri.clone(),
            hardware_module: hardware_module.filter(|_| endless),
        };
        let full = |octets: &Vec<u8>| {
            let tbs = FullTbs {
                serial: serial(octets)?,
                issuer: lite.issuer,
                not_before: lite.not_before,
                not_after: lite.not_after,
                subject: lite.subject,
                hi: lite.hi,
                det: lite.det,
                uri: lite.uri.clone(),
                hardware_module: lite.hardware_module.clone(),
                key_usage: match terms.key_usage {
                    KeyUsage::Absent => full::KeyUsage::Absent,
                    KeyUsage::Present => full::KeyUsage::Present,
                },
                policy: None,
            };
            Ok::<_, IntentFault>((octets.clone(), tbs.encode().map_err(malformed)?))
        };
        let mtls = |octets: &Vec<u8>| {
            let serial = serial(octets)?;
            let tbs = MtlsTbs {
                pki: pki_urls(terms.origin.as_deref(), terms.shards, issuer.det, &serial),
                serial,
                issuer: lite.issuer,
                not_before: lite.not_before,
                not_after: lite.not_after,
                role: MtlsRole::EndEntity,
                hi: lite.hi,
                det: lite.det,
                uri: lite.uri.clone(),
                hardware_module: lite.hardware_module.clone(),
            };
            Ok::<_, IntentFault>((octets.clone(), tbs.encode().map_err(malformed)?))
        };
        let full = intent.full_serial.as_ref().map(full).transpose()?;
        let mtls = intent.mtls_serial.as_ref().map(mtls).transpose()?;
        let lite = lite.encode().map_err(malformed)?;
        let c509 =
            asks_natively(&record.csr).then(|| NativeTbs::of_tbs(&lite)).transpose().map_err(malformed)?;
        Ok(Unsigned { endorsement, lite, full, mtls, c509 })
    }
}

/// The device, as certificates name it.
fn named(module: &HardwareModule) -> Result<x509::HardwareModule, IntentFault> {
    let hw_type = ObjectIdentifier::new(&module.hw_type).map_err(malformed)?;
    Ok(x509::HardwareModule { hw_type, hw_serial: module.hw_serial.clone() })
}
