//! Writing a certificate: what is in every profile, around what is not.

use super::{CertTime, ContentError, Subject, Tbs, names::is_uri};
use crate::{
    algorithm::ED25519_DER,
    oid,
    write::{SEQUENCE, UTF8_STRING, name, public_key_info, signed, tlv},
};
use alloc::{string::ToString, vec::Vec};

/// Checks what every profile demands of its content; `subject` where the profile has one.
pub(crate) fn check(tbs: &impl Tbs, subject: Subject) -> Result<(), ContentError> {
    let (not_before, not_after) = (tbs.not_before(), tbs.not_after());
    if not_after < not_before {
        return Err(ContentError::Validity { not_before, not_after });
    }
    match (not_after == CertTime::FOREVER, tbs.hardware_module().is_some()) {
        (true, false) => return Err(ContentError::ForeverWithoutHardwareModule),
        (false, true) => return Err(ContentError::HardwareModuleWithoutForever),
        _ => {}
    }
    if !subject.fits(tbs.det()) {
        return Err(ContentError::Subject { subject, det: tbs.det() });
    }
    if let Some(uri) = tbs.uri().filter(|uri| !is_uri(uri)) {
        return Err(ContentError::Uri(uri.to_string()));
    }
    Ok(tbs.det().check(tbs.hi())?)
}

/// The whole certificate in DER: the octets that were signed, the algorithm and the signature.
pub fn assemble(to_be_signed: &[u8], signature: &[u8; 64]) -> Vec<u8> {
    signed(to_be_signed, signature)
}

/// TBSCertificate with the common name `subject`, or none, and these extensions.
pub(crate) fn frame(tbs: &impl Tbs, subject: Option<&str>, extensions: &[&[u8]]) -> Vec<u8> {
    let version = [0xa0, 0x03, 0x02, 0x01, 0x02];
    let issuer = name(oid::COMMON_NAME, UTF8_STRING, &tbs.issuer().to_hex());
    let validity = tlv(SEQUENCE, &[&tbs.not_before().to_der(), &tbs.not_after().to_der()]);
    let subject = match subject {
        None => tlv(SEQUENCE, &[]),
        Some(text) => name(oid::COMMON_NAME, UTF8_STRING, text),
    };
    let extensions = tlv(0xa3, &[&tlv(SEQUENCE, extensions)]);
    let serial = tbs.serial().to_der();
    let key = public_key_info(tbs.hi());
    tlv(SEQUENCE, &[&version, &serial, &ED25519_DER, &issuer, &validity, &subject, &key, &extensions])
}
