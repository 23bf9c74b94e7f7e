//! The DRIP Entity Tag (RFC 9374, section 3).
//!
//! | bits | field |
//! |---|---|
//! | 28 | prefix `2001:30::/28` |
//! | 14 | RAA |
//! | 14 | HDA |
//! | 8 | HHIT Suite ID |
//! | 64 | cSHAKE128 over the 64 bits before and the host identity |

use crate::{Hda, Hid, HostIdentity, Raa, SuiteId, det_hash};
use alloc::string::String;
use core::{fmt, net::Ipv6Addr, str::FromStr};

const PREFIX: u128 = 0x2001003;

/// A DRIP Entity Tag: always under `2001:30::/28`.
///
/// The order is that of the number, which is also the canonical DNS order of the owner names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Det(u128);

/// 128 bits that are no DET.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DetError {
    /// They lie outside `2001:30::/28`.
    #[error("{0} is not a DET: it lies outside 2001:30::/28")]
    Prefix(Ipv6Addr),
}

/// Why a DET is not that of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DetMismatch {
    /// It was derived from the 36-octet HOST_ID encoding of HIP instead of the bare key; such tags are refused.
    #[error(
        "the DET was derived from the 36-octet HIP HOST_ID encoding of this key, not from the bare key; the right DET is {right}"
    )]
    HostIdEncoding {
        /// The DET of the bare key in the same place of the hierarchy.
        right: Det,
    },
    /// It is the DET of another key, or the key sits elsewhere in the hierarchy.
    #[error("the DET's hash is not that of this key under {hid}", hid = .right.hid())]
    OtherKey {
        /// The DET that this key has in that place.
        right: Det,
    },
    /// Its suite is not EdDSA/cSHAKE128, so no Ed25519 key can belong to it.
    #[error("HHIT suite {0} is not EdDSA/cSHAKE128")]
    Suite(SuiteId),
}

impl Det {
    /// Length in octets.
    pub const LEN: usize = 16;

    /// The DET of a key at a place in the hierarchy (RFC 9374, section 3.5.1). The hash covers the bare 32-octet key.
    pub fn derive(hid: Hid, hi: &HostIdentity) -> Self {
        let upper = upper_half(hid, SuiteId::EDDSA_CSHAKE128);
        Det((u128::from(upper) << 64) | u128::from(det_hash(upper, hi.as_bytes())))
    }

    /// The DET of these octets, in network order.
    pub fn from_bytes(octets: [u8; 16]) -> Result<Self, DetError> {
        Self::from_u128(u128::from_be_bytes(octets))
    }

    /// The DET of this number.
    pub fn from_u128(number: u128) -> Result<Self, DetError> {
        if number >> 100 == PREFIX {
            Ok(Det(number))
        } else {
            Err(DetError::Prefix(Ipv6Addr::from_bits(number)))
        }
    }

    /// The DET of these parts, whatever the hash: for reading serial numbers and for tests.
    pub fn from_parts(hid: Hid, suite: SuiteId, hash: u64) -> Self {
        Det((u128::from(upper_half(hid, suite)) << 64) | u128::from(hash))
    }

    /// The 16 octets, in network order.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// The number.
    pub const fn as_u128(self) -> u128 {
        self.0
    }

    /// Where in the hierarchy it is.
    pub fn hid(self) -> Hid {
        Hid::new(self.raa(), self.hda())
    }

    /// The aviation authority it is under.
    #[allow(clippy::expect_used, reason = "the mask leaves 14 bits")]
    pub fn raa(self) -> Raa {
        Raa::new((self.0 >> 86) as u16 & 0x3fff).expect("14 bits")
    }

    /// The domain authority it is under.
    #[allow(clippy::expect_used, reason = "the mask leaves 14 bits")]
    pub fn hda(self) -> Hda {
        Hda::new((self.0 >> 72) as u16 & 0x3fff).expect("14 bits")
    }

    /// The suite that made it.
    pub const fn suite(self) -> SuiteId {
        SuiteId((self.0 >> 64) as u8)
    }

    /// The 64 bits of hash.
    pub const fn hash(self) -> u64 {
        self.0 as u64
    }

    /// Checks that this is the DET of `hi`, with the HID and suite that the DET itself names.
    ///
    /// A tag made from the 36-octet HOST_ID form is refused like any other mismatch, under its own name: accepting both would give
    /// one key two DETs.
    pub fn check(self, hi: &HostIdentity) -> Result<(), DetMismatch> {
        if self.suite() != SuiteId::EDDSA_CSHAKE128 {
            return Err(DetMismatch::Suite(self.suite()));
        }
        let right = Det::derive(self.hid(), hi);
        if right == self {
            return Ok(());
        }
        let mut host_id = [0; 36];
        let (curve_and_null, key) = host_id.split_at_mut(4);
        curve_and_null.copy_from_slice(&[0, 1, 0, 0]);
        key.copy_from_slice(hi.as_bytes());
        let upper = upper_half(self.hid(), self.suite());
        if det_hash(upper, &host_id) == self.hash() {
            Err(DetMismatch::HostIdEncoding { right })
        } else {
            Err(DetMismatch::OtherKey { right })
        }
    }

    /// 32 lower-case hexadecimal digits: the form in certificate names.
    pub fn to_hex(self) -> String {
        hex::encode(self.to_bytes())
    }
}

/// Prefix, HID and suite: the upper 64 bits.
fn upper_half(hid: Hid, suite: SuiteId) -> u64 {
    (PREFIX as u64) << 36 | u64::from(hid.to_bits()) << 8 | u64::from(suite.0)
}

/// IPv6 text, lower case, as RFC 5952 recommends.
impl fmt::Display for Det {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ipv6Addr::from_bits(self.0).fmt(f)
    }
}

impl fmt::Debug for Det {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Det({self})")
    }
}

/// Text that is no DET.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseDetError {
    /// It is none of the three forms.
    #[error("{0:?} is not a DET: expected IPv6 text, 32 hexadecimal digits, or an ip6.arpa name")]
    Form(String),
    /// It is an address or number, but not under the DET prefix.
    #[error(transparent)]
    Det(#[from] DetError),
    /// It is a name under ip6.arpa, but not of a DET.
    #[error(transparent)]
    Name(#[from] crate::OwnerNameError),
}

/// IPv6 text, 32 hexadecimal digits, or the owner name under `ip6.arpa`.
impl FromStr for Det {
    type Err = ParseDetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(address) = text.parse::<Ipv6Addr>() {
            return Ok(Det::from_u128(address.to_bits())?);
        }
        if text.len() == 32
            && text.bytes().all(|b| b.is_ascii_hexdigit())
            && let Ok(number) = u128::from_str_radix(text, 16)
        {
            return Ok(Det::from_u128(number)?);
        }
        if text.contains('.') {
            return Ok(Det::from_owner_name(text)?);
        }
        Err(ParseDetError::Form(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    const RFC9886_UAS: &str = "2001:3f:fe00:a05:1308:2469:9a4b:c6b2";

    fn uas_key() -> HostIdentity {
        "c92e2f9d97e8960f9b5f1654f8b09039f9dadc5bcf061eac4f0cea79e8e877fa".parse().unwrap()
    }

    #[test]
    fn three_texts_of_one_det() {
        let det: Det = RFC9886_UAS.parse().unwrap();
        assert_eq!(det.to_string(), RFC9886_UAS);
        assert_eq!(det.to_hex().parse(), Ok(det));
        assert_eq!(det.owner_name().parse(), Ok(det));
        assert_eq!(det.to_hex().to_uppercase().parse(), Ok(det));
    }

    #[test]
    fn the_host_id_form_is_named_and_refused() {
        let wrong: Det = "2001003ffe000a05cfeaa9302a398713".parse().unwrap();
        let right: Det = RFC9886_UAS.parse().unwrap();
        assert_eq!(right.check(&uas_key()), Ok(()));
        assert_eq!(wrong.check(&uas_key()), Err(DetMismatch::HostIdEncoding { right }));
    }

    #[test]
    fn another_hda_is_another_det() {
        let elsewhere = Det::from_parts(
            Hid::from_numbers(16376, 11).unwrap(),
            SuiteId::EDDSA_CSHAKE128,
            0x1308_2469_9a4b_c6b2,
        );
        assert!(matches!(elsewhere.check(&uas_key()), Err(DetMismatch::OtherKey { .. })));
        let other_suite = Det::from_parts(elsewhere.hid(), SuiteId(2), 1);
        assert_eq!(other_suite.check(&uas_key()), Err(DetMismatch::Suite(SuiteId(2))));
    }

    #[test]
    fn what_is_no_det() {
        assert!(matches!("2001:20::1".parse::<Det>(), Err(ParseDetError::Det(_))));
        assert!(matches!("2001:40::1".parse::<Det>(), Err(ParseDetError::Det(_))));
        assert!(matches!("drone".parse::<Det>(), Err(ParseDetError::Form(_))));
        assert!(matches!("".parse::<Det>(), Err(ParseDetError::Form(_))));
        assert!(matches!("+2001003ffe000a05130824699a4bc6b".parse::<Det>(), Err(ParseDetError::Form(_))));
    }
}
