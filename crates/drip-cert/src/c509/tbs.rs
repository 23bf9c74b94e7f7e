//! What is signed, in both encodings: TBSCertificate and CertificationRequestInfo in DER, their items in CBOR.

use super::{
    C509Error, C509Kind, Read, algorithm, attributes, error::none, extensions, name, number, public_key,
    registry::SIGNATURE_ALGORITHMS, time, value::Value,
};
use crate::write::{INTEGER, SEQUENCE, tlv};
use alloc::vec::Vec;
use drip_cbor::{Kind, Reader, Writer};

/// `[0] EXPLICIT INTEGER 2`: version 3.
const VERSION_3: [u8; 5] = [0xa0, 0x03, 0x02, 0x01, 0x02];
/// `INTEGER 0`: the version of PKCS#10.
const VERSION_0: [u8; 3] = [0x02, 0x01, 0x00];
/// `[3] EXPLICIT`: extensions.
const EXTENSIONS: u8 = 0xa3;
/// `[0]`: attributes of a request.
const ATTRIBUTES: u8 = 0xa0;

/// What is signed, in DER, and the algorithm that signs it.
pub(super) struct Signed {
    pub(super) kind: C509Kind,
    pub(super) der: Vec<u8>,
    pub(super) algorithm: Vec<u8>,
}

/// The ten items of a TBSCertificate.
pub(super) fn write_certificate(tbs: &Value<'_>, kind: C509Kind) -> Read<Vec<u8>> {
    let structure = C509Error::Structure { what: "tbsCertificate" };
    let parts = tbs.children(SEQUENCE).ok_or(structure)?;
    let [version, serial, algorithm, issuer, validity, subject, key, rest @ ..] = parts.as_slice() else {
        return Err(structure);
    };
    if version.whole != VERSION_3 {
        return Err(none("version", "it is not 3"));
    }
    let list = match rest {
        [] => None,
        [extensions] if extensions.tag == EXTENSIONS => Some(extensions.child(EXTENSIONS).ok_or(structure)?),
        _ => return Err(none("unique identifiers", "the draft does not support them")),
    };
    let mut writer = Writer::new();
    writer.uint(kind.code());
    let serial = serial.content_of(INTEGER).ok_or(structure)?;
    writer.bytes(number::unsigned(serial).ok_or(none("serialNumber", "it is negative"))?);
    algorithm::write(SIGNATURE_ALGORITHMS, algorithm, &mut writer)?;
    if issuer.whole == subject.whole {
        writer.null();
    } else {
        name::write(issuer, kind, &mut writer)?;
    }
    match validity.children(SEQUENCE).ok_or(structure)?.as_slice() {
        [not_before, not_after] => {
            time::write_not_before(not_before, &mut writer)?;
            time::write_not_after(not_after, &mut writer)?;
        }
        _ => return Err(structure),
    }
    name::write(subject, kind, &mut writer)?;
    public_key::write(key, kind, &mut writer)?;
    extensions::write(list.as_ref(), kind, &mut writer)?;
    Ok(writer.finish())
}

/// TBSCertificate of the ten items.
pub(super) fn read_certificate(reader: &mut Reader<'_>) -> Read<Signed> {
    let kind = C509Kind::read(reader, "c509CertificateType")?;
    let serial = number::big(number::read(reader, "certificateSerialNumber")?);
    let algorithm = algorithm::read(SIGNATURE_ALGORITHMS, reader, "issuerSignatureAlgorithm")?;
    let issuer = if reader.kind("issuer")? == Kind::Null {
        reader.null("issuer")?;
        None
    } else {
        Some(name::read(reader, kind)?)
    };
    let validity = [time::read_not_before(reader)?, time::read_not_after(reader)?].concat();
    let subject = name::read(reader, kind)?;
    let key = public_key::read(reader, kind)?;
    let list = extensions::read(reader, kind)?;
    let list = if list.is_empty() { list } else { tlv(EXTENSIONS, &[&tlv(SEQUENCE, &[&list])]) };
    let issuer = issuer.as_ref().unwrap_or(&subject);
    let validity = tlv(SEQUENCE, &[&validity]);
    let der = tlv(SEQUENCE, &[&VERSION_3, &serial, &algorithm, issuer, &validity, &subject, &key, &list]);
    Ok(Signed { kind, der, algorithm })
}

/// The six items of a CertificationRequestInfo that is signed with `algorithm`.
pub(super) fn write_request(info: &Value<'_>, algorithm: &Value<'_>, kind: C509Kind) -> Read<Vec<u8>> {
    let structure = C509Error::Structure { what: "certificationRequestInfo" };
    let parts = info.children(SEQUENCE).ok_or(structure)?;
    let [version, subject, key, list] = parts.as_slice() else {
        return Err(structure);
    };
    if version.whole != VERSION_0 {
        return Err(none("version", "it is not that of PKCS#10, 0"));
    }
    let mut writer = Writer::new();
    writer.uint(kind.code());
    algorithm::write(SIGNATURE_ALGORITHMS, algorithm, &mut writer)?;
    name::write(subject, kind, &mut writer)?;
    public_key::write(key, kind, &mut writer)?;
    attributes::write(&list.children(ATTRIBUTES).ok_or(structure)?, kind, &mut writer)?;
    Ok(writer.finish())
}

/// CertificationRequestInfo of the six items.
pub(super) fn read_request(reader: &mut Reader<'_>) -> Read<Signed> {
    let kind = C509Kind::read(reader, "c509CertificationRequestType")?;
    let algorithm = algorithm::read(SIGNATURE_ALGORITHMS, reader, "subjectSignatureAlgorithm")?;
    let subject = name::read(reader, kind)?;
    let key = public_key::read(reader, kind)?;
    let list = tlv(ATTRIBUTES, &[&attributes::read(reader, kind)?]);
    Ok(Signed { kind, der: tlv(SEQUENCE, &[&VERSION_0, &subject, &key, &list]), algorithm })
}
