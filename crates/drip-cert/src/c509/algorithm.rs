//! Algorithm identifiers: a number, an OID, or \[OID, parameters\].

use super::{
    Read,
    error::{field, none},
    registry::{self, Registry},
    value::{Value, read_oid},
};
use crate::write::{OBJECT_IDENTIFIER, SEQUENCE, tlv};
use alloc::vec::Vec;
use drip_cbor::{Kind, Reader, Writer};

pub(super) fn write(registry: Registry, algorithm: &Value<'_>, writer: &mut Writer) -> Read<()> {
    if let Some(number) = registry::number(registry, algorithm.whole) {
        writer.int(number);
        return Ok(());
    }
    let parts = algorithm.children(SEQUENCE).unwrap_or_default();
    match parts.as_slice() {
        [oid] if oid.tag == OBJECT_IDENTIFIER => writer.bytes(oid.content),
        [oid, parameters] if oid.tag == OBJECT_IDENTIFIER => {
            writer.array(2).bytes(oid.content).bytes(parameters.whole)
        }
        _ => return Err(none("algorithm identifier", "it is no OID with at most one parameter")),
    };
    Ok(())
}

/// AlgorithmIdentifier in DER.
pub(super) fn read(registry: Registry, reader: &mut Reader<'_>, what: &'static str) -> Read<Vec<u8>> {
    let at = reader.at();
    match reader.kind(what)? {
        Kind::Bytes => Ok(tlv(SEQUENCE, &[&tlv(OBJECT_IDENTIFIER, &[read_oid(reader, what)?])])),
        Kind::Array => {
            reader.array_of(2, what, "an array of OID and parameters")?;
            let oid = tlv(OBJECT_IDENTIFIER, &[read_oid(reader, what)?]);
            let at = reader.at();
            let parameters = reader.bytes(what)?;
            Value::of_der(parameters).ok_or(field(what, "the parameters are not DER", at))?;
            Ok(tlv(SEQUENCE, &[&oid, parameters]))
        }
        _ => registry::octets(registry, reader.int(what)?).map(<[u8]>::to_vec).ok_or(field(
            what,
            "no algorithm has this number",
            at,
        )),
    }
}
