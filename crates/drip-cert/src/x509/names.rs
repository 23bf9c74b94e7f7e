//! SubjectAltName (RFC 5280, section 4.2.1.6) as every profile has it: the DET as an address, maybe a URI, maybe the device.

use super::{CertError, HardwareModule, Tbs};
use crate::{
    strict,
    write::{SEQUENCE, tlv},
};
use alloc::{string::String, vec::Vec};
use der::Decode;
use drip_det::Det;
use x509_cert::ext::pkix::name::{GeneralName, GeneralNames};

/// The names of a certificate.
pub(crate) struct AlternativeNames {
    pub(crate) det: Det,
    pub(crate) uri: Option<String>,
    pub(crate) hardware_module: Option<HardwareModule>,
}

impl AlternativeNames {
    /// The extension's value: iPAddress [7], uniformResourceIdentifier [6], otherName [0], in this order.
    pub(crate) fn to_der(tbs: &impl Tbs) -> Vec<u8> {
        let address = tlv(0x87, &[&tbs.det().to_bytes()]);
        let uri = tbs.uri().map(|uri| tlv(0x86, &[uri.as_bytes()])).unwrap_or_default();
        let module = tbs.hardware_module().map(HardwareModule::to_general_name).unwrap_or_default();
        tlv(SEQUENCE, &[&address, &uri, &module])
    }

    /// Reads the extension's value. The order is settled by who compares the whole certificate.
    pub(crate) fn read(value: &[u8]) -> Result<Self, CertError> {
        let fault = |reason| CertError::Extension { field: "subjectAltName", reason };
        strict::check(value).map_err(|_| fault("its value is not DER"))?;
        let list = GeneralNames::from_der(value).map_err(|_| fault("its value is no list of names"))?;
        let (mut det, mut uri, mut hardware_module) = (None, None, None);
        for name in &list {
            let again = match name {
                GeneralName::IpAddress(address) => {
                    let octets =
                        address.as_bytes().try_into().map_err(|_| fault("its address has not 16 octets"))?;
                    det.replace(Det::from_bytes(octets).map_err(CertError::NotADet)?).is_some()
                }
                GeneralName::UniformResourceIdentifier(text) => uri.replace(text.as_str().into()).is_some(),
                GeneralName::OtherName(other) => {
                    let module = HardwareModule::of_other_name(other);
                    hardware_module
                        .replace(module.ok_or(fault("its otherName is no hardwareModuleName"))?)
                        .is_some()
                }
                _ => return Err(fault("a name is neither address, URI nor hardwareModuleName")),
            };
            if again {
                return Err(fault("two names of one kind"));
            }
        }
        Ok(Self { det: det.ok_or(fault("it has no address"))?, uri, hardware_module })
    }
}

/// A scheme, a colon and something after it, all visible ASCII.
pub(crate) fn is_uri(text: &str) -> bool {
    text.len() <= 255
        && text.bytes().all(|octet| octet.is_ascii_graphic())
        && text.split_once(':').is_some_and(|(scheme, rest)| {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet))
                && !rest.is_empty()
        })
}
