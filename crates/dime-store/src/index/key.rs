//! The keys of the index: one octet that names a table, then what is looked up in it.
//!
//! | table | rest of the key | finds |
//! |---|---|---|
//! | `r` | identifier | a registration |
//! | `d` | 16 octets | who claims a DET |
//! | `h` | 32 octets | which registration claims a key |
//! | `n` | issuer's DET, serial number | which registration a certificate is of |
//! | `s` | state, identifier | registrations in a state |
//! | `o` | operator's DET, identifier | registrations of an operator |
//! | `e` | end of validity, 8 octets, identifier | registrations in force |
//! | `u` | identifier | registrations with something decided and not yet signed |
//! | `a` | 16 octets | an authority |
//! | `p` | 16 octets | a key that is to become an authority |
//! | `z` | RAA 2, HDA 2 octets | a delegation |
//! | `c` | 32 octets | a ceremony request |
//! | `j` | identifier | a job |
//! | `x` | name | a document |
//! | `t` | identifier | a token |
//! | `g` | 32 octets | which token has a digest |
//! | `q` | 32 octets | an answered request |
//! | `F` | | the version of these tables |

use super::Key;
use crate::{JobId, RegistrationId, State, Table, TokenId};
use drip_det::{Det, Hid, HostIdentity, UnixTime};

pub(crate) const FORM: &[u8] = b"F";

fn key(table: u8, parts: &[&[u8]]) -> Key {
    let mut key = Vec::with_capacity(1 + parts.iter().map(|part| part.len()).sum::<usize>());
    key.push(table);
    for part in parts {
        key.extend_from_slice(part);
    }
    key
}

pub(crate) fn registration(id: &RegistrationId) -> Key {
    key(b'r', &[id.0.as_bytes()])
}

pub(crate) fn registrations() -> Key {
    key(b'r', &[])
}

pub(crate) fn det(det: Det) -> Key {
    key(b'd', &[&det.to_bytes()])
}

pub(crate) fn hi(hi: &HostIdentity) -> Key {
    key(b'h', &[hi.as_bytes()])
}

pub(crate) fn numbered(issuer: Det, serial: &[u8]) -> Key {
    key(b'n', &[&issuer.to_bytes(), serial])
}

pub(crate) fn in_state(state: State) -> Key {
    key(b's', &[&[super::row::state_number(state)]])
}

pub(crate) fn of_operator(operator: Det) -> Key {
    key(b'o', &[&operator.to_bytes()])
}

pub(crate) fn ending() -> Key {
    key(b'e', &[])
}

pub(crate) fn ending_at(not_after: UnixTime) -> Key {
    key(b'e', &[&not_after.0.to_be_bytes()])
}

pub(crate) fn unfinished() -> Key {
    key(b'u', &[])
}

pub(crate) fn authority(det: Det) -> Key {
    key(b'a', &[&det.to_bytes()])
}

pub(crate) fn authorities() -> Key {
    key(b'a', &[])
}

pub(crate) fn prospect(det: Det) -> Key {
    key(letter(Table::Prospects), &[&det.to_bytes()])
}

pub(crate) fn delegation(hid: Hid) -> Key {
    let (raa, hda) = (hid.raa.value().to_be_bytes(), hid.hda.value().to_be_bytes());
    key(letter(Table::Delegations), &[&raa, &hda])
}

pub(crate) fn ceremony(digest: &[u8; 32]) -> Key {
    key(letter(Table::Ceremonies), &[digest])
}

pub(crate) fn job(id: &JobId) -> Key {
    key(letter(Table::Jobs), &[id.0.as_bytes()])
}

pub(crate) fn document(name: &str) -> Key {
    key(letter(Table::Documents), &[name.as_bytes()])
}

/// Every record of one of the smaller tables.
pub(crate) fn table(table: Table) -> Key {
    key(letter(table), &[])
}

/// The octet of one of the smaller tables, in its keys and values.
pub(crate) const fn letter(table: Table) -> u8 {
    match table {
        Table::Prospects => b'p',
        Table::Delegations => b'z',
        Table::Ceremonies => b'c',
        Table::Jobs => b'j',
        Table::Documents => b'x',
    }
}

pub(crate) fn token(id: &TokenId) -> Key {
    key(b't', &[id.0.as_bytes()])
}

pub(crate) fn tokens() -> Key {
    key(b't', &[])
}

pub(crate) fn token_digest(digest: &[u8; 32]) -> Key {
    key(b'g', &[digest])
}

pub(crate) fn request(key_digest: &[u8; 32]) -> Key {
    key(b'q', &[key_digest])
}

/// The key of a registration in a listing.
pub(crate) fn listed(listing: Key, id: &RegistrationId) -> Key {
    let mut key = listing;
    key.extend_from_slice(id.0.as_bytes());
    key
}
