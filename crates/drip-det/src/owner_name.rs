//! The DNS name of a DET: 32 reversed nibbles under `ip6.arpa` (RFC 9886, section 3; RFC 3596, section 2.5).

use crate::{Det, DetError};
use alloc::string::String;

const SUFFIX: &str = "ip6.arpa";

/// A name that is not the owner name of a DET.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OwnerNameError {
    /// It does not end in `ip6.arpa`.
    #[error("the name is not under ip6.arpa")]
    Suffix,
    /// It has more or fewer than 32 nibble labels.
    #[error("the name has {0} labels before ip6.arpa, a DET has 32")]
    Labels(usize),
    /// A label is not one hexadecimal digit.
    #[error("label {0} of the name, counted from the left from 1, is not one hexadecimal digit")]
    Nibble(usize),
    /// The address is outside the DET prefix.
    #[error(transparent)]
    Det(#[from] DetError),
}

impl Det {
    /// The owner name, lower case, with the final dot.
    pub fn owner_name(self) -> String {
        nibble_name(self.as_u128(), 32)
    }

    /// The DET of an owner name, in any case, with or without the final dot.
    pub fn from_owner_name(name: &str) -> Result<Self, OwnerNameError> {
        let name = name.strip_suffix('.').unwrap_or(name);
        let split = name.len().checked_sub(SUFFIX.len()).ok_or(OwnerNameError::Suffix)?;
        let nibbles = match (name.get(..split), name.get(split..)) {
            (Some(nibbles), Some(suffix)) if suffix.eq_ignore_ascii_case(SUFFIX) => nibbles,
            _ => return Err(OwnerNameError::Suffix),
        };
        let nibbles = nibbles.strip_suffix('.').ok_or(OwnerNameError::Suffix)?;
        let count = nibbles.split('.').count();
        if count != 32 {
            return Err(OwnerNameError::Labels(count));
        }
        let mut number = 0;
        for (index, label) in nibbles.split('.').enumerate() {
            let mut digits = label.chars();
            match (digits.next().and_then(|c| c.to_digit(16)), digits.next()) {
                (Some(digit), None) => number |= u128::from(digit) << (4 * index),
                _ => return Err(OwnerNameError::Nibble(index + 1)),
            }
        }
        Ok(Det::from_u128(number)?)
    }
}

/// The `ip6.arpa` name of the first `nibbles` nibbles of a number, most significant last, with the final dot.
pub(crate) fn nibble_name(number: u128, nibbles: u8) -> String {
    let mut name = String::with_capacity(2 * usize::from(nibbles) + SUFFIX.len() + 1);
    for index in 0..nibbles {
        let nibble = (number >> (4 * (32 - u32::from(nibbles) + u32::from(index)))) as u32 & 0xf;
        name.push(char::from_digit(nibble, 16).unwrap_or('0'));
        name.push('.');
    }
    name.push_str(SUFFIX);
    name.push('.');
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9886_owner() {
        let det: Det = "2001:3f:fe00:a05:1308:2469:9a4b:c6b2".parse().unwrap();
        let name = "2.b.6.c.b.4.a.9.9.6.4.2.8.0.3.1.5.0.a.0.0.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";
        assert_eq!(det.owner_name(), name);
        assert_eq!(Det::from_owner_name(name), Ok(det));
        assert_eq!(Det::from_owner_name(&name.to_uppercase()), Ok(det));
        assert_eq!(Det::from_owner_name(name.trim_end_matches('.')), Ok(det));
    }

    #[test]
    fn each_fault_has_its_name() {
        assert_eq!(Det::from_owner_name("a.example."), Err(OwnerNameError::Suffix));
        assert_eq!(Det::from_owner_name("2ip6.arpa."), Err(OwnerNameError::Suffix));
        assert_eq!(Det::from_owner_name("ip6.arpa"), Err(OwnerNameError::Suffix));
        assert_eq!(Det::from_owner_name("3.0.0.1.0.0.2.ip6.arpa."), Err(OwnerNameError::Labels(7)));
        let long = "2.b.6.c.b.4.a.9.9.6.4.2.8.0.3.1.5.0.a.0.0.0.e.f.f.3.0.0.1.0.0.22.ip6.arpa.";
        assert_eq!(Det::from_owner_name(long), Err(OwnerNameError::Nibble(32)));
        let other = "2.b.6.c.b.4.a.9.9.6.4.2.8.0.3.1.5.0.a.0.0.0.e.f.f.4.0.0.1.0.0.2.ip6.arpa.";
        assert!(matches!(Det::from_owner_name(other), Err(OwnerNameError::Det(_))));
    }
}
