//! The nonce (RFC 9654): 1 to 128 octets that tie a response to its request.

use crate::{
    oid,
    write::{OCTET_STRING, tlv},
};
use alloc::vec::Vec;
use der::asn1::OctetString;
use x509_cert::ext::Extension;

/// A nonce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonce(Vec<u8>);

/// No nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNonce {
    /// Its value is no OCTET STRING.
    #[error("nonce: its value is not one OCTET STRING")]
    Form,
    /// It is empty or too long.
    #[error("nonce: it has {0} octets, not 1 to 128")]
    Length(usize),
}

impl Nonce {
    /// The most octets of a nonce.
    pub const MAX_LEN: usize = 128;

    /// A nonce of these octets. RFC 9654 wants 32 of a client.
    pub fn new(octets: &[u8]) -> Result<Self, InvalidNonce> {
        if (1..=Self::MAX_LEN).contains(&octets.len()) {
            Ok(Nonce(octets.to_vec()))
        } else {
            Err(InvalidNonce::Length(octets.len()))
        }
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads an extension's value: an OCTET STRING in itself.
    pub(super) fn from_value(value: &[u8]) -> Result<Self, InvalidNonce> {
        let octets: OctetString = der::Decode::from_der(value).map_err(|_| InvalidNonce::Form)?;
        Self::new(octets.as_bytes())
    }

    pub(super) fn to_extension(&self) -> Result<Extension, der::Error> {
        let extn_value = OctetString::new(tlv(OCTET_STRING, &[&self.0]))?;
        Ok(Extension { extn_id: oid::OCSP_NONCE, critical: false, extn_value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        assert_eq!(Nonce::new(&[]), Err(InvalidNonce::Length(0)));
        assert_eq!(Nonce::new(&[0; 129]), Err(InvalidNonce::Length(129)));
        assert!(Nonce::new(&[0]).is_ok());
        let long = Nonce::new(&[7; 128]).unwrap();
        let value = long.to_extension().unwrap().extn_value;
        assert_eq!(Nonce::from_value(value.as_bytes()), Ok(long));
        assert_eq!(Nonce::from_value(&[4, 0]), Err(InvalidNonce::Length(0)));
        assert_eq!(Nonce::from_value(&[0x02, 1, 1]), Err(InvalidNonce::Form));
        assert_eq!(Nonce::from_value(&[4, 1, 1, 0]), Err(InvalidNonce::Form));
    }
}
