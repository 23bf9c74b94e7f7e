//! hardwareModuleName (RFC 4108, section 5): the device's own serial number, in a certificate that never ends (IEEE 802.1AR).
//!
//! ```text
//! otherName [0] { type-id 1.3.6.1.5.5.7.8.4, value [0] { SEQUENCE { hwType OBJECT IDENTIFIER, hwSerialNum OCTET STRING } } }
//! ```

use crate::{
    oid,
    write::{OCTET_STRING, SEQUENCE, identifier, tlv},
};
use alloc::vec::Vec;
use der::{
    Sequence,
    asn1::{ObjectIdentifier, OctetString},
};
use x509_cert::ext::pkix::name::OtherName;

/// A device as its manufacturer names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HardwareModule {
    /// The kind of device, from the manufacturer's own arc.
    pub hw_type: ObjectIdentifier,
    /// Its serial number among devices of that kind.
    pub hw_serial: Vec<u8>,
}

#[derive(Sequence)]
struct HardwareModuleName {
    hw_type: ObjectIdentifier,
    hw_serial_num: OctetString,
}

impl HardwareModule {
    pub(crate) fn to_general_name(&self) -> Vec<u8> {
        let value = tlv(SEQUENCE, &[&identifier(self.hw_type), &tlv(OCTET_STRING, &[&self.hw_serial])]);
        tlv(0xa0, &[&identifier(oid::HARDWARE_MODULE_NAME), &tlv(0xa0, &[&value])])
    }

    /// The device in an otherName, or `None` when that is of another type or malformed.
    pub(crate) fn of_other_name(name: &OtherName) -> Option<Self> {
        if name.type_id != oid::HARDWARE_MODULE_NAME {
            return None;
        }
        let value: HardwareModuleName = name.value.decode_as().ok()?;
        Some(Self { hw_type: value.hw_type, hw_serial: value.hw_serial_num.into_bytes().into_vec() })
    }
}
