//! Times: Unix seconds; an end at 99991231235959Z is `null`.

use super::{C509Error, Read, error::field, value::Value};
use crate::x509::CertTime;
use alloc::vec::Vec;
use der::Decode;
use drip_cbor::{Kind, Reader, Writer};
use drip_det::UnixTime;
use x509_cert::time::Time;

pub(super) fn write_not_before(time: &Value<'_>, writer: &mut Writer) -> Read<()> {
    writer.uint(seconds(time, "notBefore")?.to_unix().0);
    Ok(())
}

pub(super) fn write_not_after(time: &Value<'_>, writer: &mut Writer) -> Read<()> {
    match seconds(time, "notAfter")? {
        CertTime::FOREVER => writer.null(),
        time => writer.uint(time.to_unix().0),
    };
    Ok(())
}

fn seconds(time: &Value<'_>, what: &'static str) -> Read<CertTime> {
    Time::from_der(time.whole).map(CertTime::from_x509).map_err(|_| C509Error::Structure { what })
}

/// notBefore in DER.
pub(super) fn read_not_before(reader: &mut Reader<'_>) -> Read<Vec<u8>> {
    read(reader, "notBefore").map(CertTime::to_der)
}

/// notAfter in DER.
pub(super) fn read_not_after(reader: &mut Reader<'_>) -> Read<Vec<u8>> {
    const WHAT: &str = "notAfter";
    let at = reader.at();
    if reader.kind(WHAT)? == Kind::Null {
        reader.null(WHAT)?;
        return Ok(CertTime::FOREVER.to_der());
    }
    match read(reader, WHAT)? {
        CertTime::FOREVER => Err(field(WHAT, "the end of the year 9999 is written as null", at)),
        time => Ok(time.to_der()),
    }
}

fn read(reader: &mut Reader<'_>, what: &'static str) -> Read<CertTime> {
    let at = reader.at();
    CertTime::new(UnixTime(reader.uint(what)?)).map_err(|_| field(what, "it lies after the year 9999", at))
}
