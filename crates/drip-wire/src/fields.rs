//! Fields that trust lists and caches share: DETs, keys, endorsements, and lists that have one order only.

use crate::{
    Endorsement, Fault, OutOfBounds, WireError,
    cbor::{Reader, Writer},
};
use alloc::vec::Vec;
use drip_det::{Det, Hid, HostIdentity};

/// The version of a form; there is one of each so far.
pub(crate) const VERSION: u64 = 1;

/// Reads the map keys of a form in order: every key once, ascending, those that must be there in their place.
pub(crate) struct Keys<'r, 'o> {
    reader: &'r mut Reader<'o>,
    what: &'static str,
    left: usize,
    /// A key that was read and whose value was not.
    next: Option<(u64, usize)>,
    last: Option<u64>,
}

impl<'r, 'o> Keys<'r, 'o> {
    pub(crate) fn open(reader: &'r mut Reader<'o>, what: &'static str) -> Result<Self, WireError> {
        let left = reader.map(what)?;
        Ok(Keys { reader, what, left, next: None, last: None })
    }

    fn peek(&mut self) -> Result<Option<(u64, usize)>, WireError> {
        if self.next.is_none() && self.left > 0 {
            let at = self.reader.at();
            let key = self.reader.uint("map key")?;
            if self.last.is_some_and(|last| last >= key) {
                return Err(WireError { fault: Fault::NotDeterministic, what: self.what, at });
            }
            self.left -= 1;
            self.last = Some(key);
            self.next = Some((key, at));
        }
        Ok(self.next)
    }

    /// The value of a key that may be there.
    pub(crate) fn maybe<T>(
        &mut self,
        key: u64,
        read: impl FnOnce(&mut Reader<'o>) -> Result<T, WireError>,
    ) -> Result<Option<T>, WireError> {
        match self.peek()? {
            Some((found, _)) if found == key => {
                self.next = None;
                read(self.reader).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The value of a key that must be there.
    pub(crate) fn required<T>(
        &mut self,
        key: u64,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'o>) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        let at = self.reader.at();
        self.maybe(key, read)?.ok_or(WireError { fault: Fault::Expected(name), what: self.what, at })
    }

    /// There are no more keys.
    pub(crate) fn close(mut self) -> Result<(), WireError> {
        match self.peek()? {
            None => Ok(()),
            Some((key, at)) => Err(WireError { fault: Fault::UnknownKey(key), what: self.what, at }),
        }
    }
}

pub(crate) fn version(reader: &mut Reader<'_>) -> Result<(), WireError> {
    let at = reader.at();
    match reader.uint("version")? {
        VERSION => Ok(()),
        found => Err(OutOfBounds { what: "version", found, allowed: "1" }.at(at)),
    }
}

pub(crate) fn octets<const N: usize>(
    reader: &mut Reader<'_>,
    what: &'static str,
    allowed: &'static str,
) -> Result<[u8; N], WireError> {
    let at = reader.at();
    let octets = reader.bytes(what)?;
    let found = octets.len() as u64;
    octets.try_into().map_err(|_| OutOfBounds { what, found, allowed }.at(at))
}

pub(crate) fn det(reader: &mut Reader<'_>, what: &'static str) -> Result<Det, WireError> {
    let at = reader.at();
    Det::from_bytes(octets(reader, what, "16 octets")?).map_err(|error| WireError {
        fault: Fault::Det(error),
        what,
        at,
    })
}

pub(crate) fn host_identity(reader: &mut Reader<'_>, what: &'static str) -> Result<HostIdentity, WireError> {
    let at = reader.at();
    HostIdentity::from_bytes(&octets(reader, what, "32 octets")?).map_err(|error| WireError {
        fault: Fault::HostIdentity(error),
        what,
        at,
    })
}

pub(crate) fn hid(reader: &mut Reader<'_>, what: &'static str) -> Result<Hid, WireError> {
    let at = reader.at();
    let found = reader.uint(what)?;
    let (raa, hda) = (u16::try_from(found >> 14).ok(), (found & 0x3fff) as u16);
    raa.and_then(|raa| Hid::from_numbers(raa, hda).ok())
        .ok_or_else(|| OutOfBounds { what, found, allowed: "0 to 268435455, 28 bits" }.at(at))
}

pub(crate) fn endorsement(reader: &mut Reader<'_>, what: &'static str) -> Result<Endorsement, WireError> {
    let start = reader.at();
    let octets = reader.bytes(what)?;
    let begins = reader.at() - octets.len();
    if octets.len() != Endorsement::LEN {
        let found = octets.len() as u64;
        return Err(OutOfBounds { what, found, allowed: "136 octets" }.at(start));
    }
    Endorsement::decode(octets).map_err(|error| error.within(begins))
}

/// A list of at most `most`, strictly ascending, so that there is one way to write a set.
pub(crate) fn ascending<T, K: Ord>(
    reader: &mut Reader<'_>,
    what: &'static str,
    (least, most, allowed): (usize, usize, &'static str),
    read: impl Fn(&mut Reader<'_>) -> Result<T, WireError>,
    key: impl Fn(&T) -> K,
) -> Result<Vec<T>, WireError> {
    let at = reader.at();
    let count = reader.array(what)?;
    if !(least..=most).contains(&count) {
        return Err(OutOfBounds { what, found: count as u64, allowed }.at(at));
    }
    let mut list: Vec<T> = Vec::new();
    for _ in 0..count {
        let at = reader.at();
        let next = read(reader)?;
        if list.last().is_some_and(|last| key(last) >= key(&next)) {
            return Err(WireError { fault: Fault::NotDeterministic, what, at });
        }
        list.push(next);
    }
    Ok(list)
}

pub(crate) fn write_endorsements(writer: &mut Writer, endorsements: &[Endorsement]) {
    writer.array(endorsements.len());
    for endorsement in endorsements {
        writer.bytes(&endorsement.encode());
    }
}
