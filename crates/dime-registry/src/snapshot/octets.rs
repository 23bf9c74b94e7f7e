//! Small pieces of the CBOR of snapshots.

use dime_store::Seq;
use drip_cbor::{CborError, CborFault, Reader, Writer};
use drip_det::{Det, HostIdentity, UnixTime};

/// What reading gives.
pub(crate) type Read<T> = Result<T, CborError>;

/// A byte string of so many octets.
pub(crate) fn array<const N: usize>(from: &mut Reader<'_>, what: &'static str) -> Read<[u8; N]> {
    let at = from.at();
    let fault = CborFault::Expected("another number of octets");
    from.bytes(what)?.try_into().map_err(|_| CborError { fault, what, at })
}

pub(crate) fn det(from: &mut Reader<'_>) -> Read<Det> {
    let at = from.at();
    let fault = CborFault::Expected("a DET");
    Det::from_bytes(array(from, "det")?).map_err(|_| CborError { fault, what: "det", at })
}

pub(crate) fn hi(from: &mut Reader<'_>) -> Read<HostIdentity> {
    let wrong = wrong(from, "hi", "an Ed25519 key");
    HostIdentity::from_bytes(&array(from, "hi")?).map_err(|_| wrong)
}

pub(crate) fn write_det(out: &mut Writer, det: Det) {
    out.bytes(&det.to_bytes());
}

pub(crate) fn time(from: &mut Reader<'_>) -> Read<UnixTime> {
    from.uint("time").map(UnixTime)
}

pub(crate) fn seq(from: &mut Reader<'_>) -> Read<Seq> {
    from.uint("change").map(Seq)
}

/// An array, item by item. A count is believed as far as there are octets for it.
pub(crate) fn list<T>(
    from: &mut Reader<'_>,
    what: &'static str,
    mut item: impl FnMut(&mut Reader<'_>) -> Read<T>,
) -> Read<Vec<T>> {
    let count = from.array(what)?;
    let mut items = Vec::with_capacity(count.min(from.rest().len()));
    for _ in 0..count {
        items.push(item(from)?);
    }
    Ok(items)
}

/// Something that reads and is not what it should be.
pub(crate) fn wrong(from: &Reader<'_>, what: &'static str, expected: &'static str) -> CborError {
    CborError { fault: CborFault::Expected(expected), what, at: from.at() }
}
