//! The numbers that stand for words in version 1, and the small values that several records have.

use crate::{DelegationState, Form, IssuingUse, JobState, Kind, Ownership, Role, Standing, State};
use drip_det::{Det, DetClass, Hid, HostIdentity, Level};
use serde_bytes::{ByteArray, ByteBuf};

macro_rules! numbers {
    ($($to:ident, $from:ident, $type:ident: $($variant:ident = $number:literal),*;)*) => {$(
        pub(super) const fn $to(value: $type) -> u8 {
            match value { $($type::$variant => $number,)* }
        }

        pub(super) const fn $from(number: u8) -> Result<$type, Form> {
            match number { $($number => Ok($type::$variant),)* _ => Err(Form::Value(stringify!($type))) }
        }
    )*};
}

numbers! {
    kind_number, kind, Kind: Operator = 1, Aircraft = 2, Session = 3, Manufacturer = 4, Service = 5, Hda = 6, Raa = 7;
    state_number, state, State: Pending = 1, Issuing = 2, Denied = 3, Registered = 4, Revoked = 5, Expired = 6;
    role_number, role, Role: Admin = 1, Manager = 2, Auditor = 3;
    standing_number, standing, Standing: Production = 1, Test = 2;
    level_number, level, Level: Apex = 1, Raa = 2, Hda = 3;
    class_number, class, DetClass: Authorization = 1, Issuing = 2, Operational = 3;
    ownership_number, ownership, Ownership: Own = 1, Above = 2, Below = 3;
    delegation_number, delegation, DelegationState: Waiting = 1, Active = 2, Suspended = 3, Ended = 4;
    job_number, job, JobState: Running = 1, Done = 2;
}

pub(super) fn det(octets: ByteArray<16>) -> Result<Det, Form> {
    Det::from_bytes(octets.into_array()).map_err(|_| Form::Value("DET"))
}

pub(super) fn det_octets(det: Det) -> ByteArray<16> {
    ByteArray::new(det.to_bytes())
}

pub(super) fn hi(octets: ByteArray<32>) -> Result<HostIdentity, Form> {
    HostIdentity::from_bytes(&octets.into_array()).map_err(|_| Form::Value("HI"))
}

pub(super) fn hi_octets(hi: &HostIdentity) -> ByteArray<32> {
    ByteArray::new(*hi.as_bytes())
}

pub(super) fn hid((raa, hda): (u16, u16)) -> Result<Hid, Form> {
    Hid::from_numbers(raa, hda).map_err(|_| Form::Value("HID"))
}

pub(super) const fn hid_numbers(hid: Hid) -> (u16, u16) {
    (hid.raa.value(), hid.hda.value())
}

pub(super) fn octets(octets: &[u8]) -> ByteBuf {
    ByteBuf::from(octets)
}

/// Kinds have their own numbers, other uses those above a hundred.
pub(super) fn use_numbers(uses: &[IssuingUse]) -> Vec<u8> {
    let number = |wanted: &IssuingUse| match wanted {
        IssuingUse::Kind(kind) => kind_number(*kind),
        IssuingUse::Crl => 101,
        IssuingUse::Ocsp => 102,
        IssuingUse::Cache => 103,
    };
    uses.iter().map(number).collect()
}

pub(super) fn uses(numbers: &[u8]) -> Result<Vec<IssuingUse>, Form> {
    let wanted = |number: &u8| match number {
        101 => Ok(IssuingUse::Crl),
        102 => Ok(IssuingUse::Ocsp),
        103 => Ok(IssuingUse::Cache),
        number => kind(*number).map(IssuingUse::Kind),
    };
    numbers.iter().map(wanted).collect()
}
