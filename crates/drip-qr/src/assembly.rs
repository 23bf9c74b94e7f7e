//! Parts put together again.

use crate::{MAX_OCTETS, Part, TransferId};
use std::collections::BTreeMap;

/// The parts of one transfer that are there so far. The first one says which transfer it is.
#[derive(Clone, Debug, Default)]
pub struct Assembly {
    transfer: Option<(TransferId, u16)>,
    parts: BTreeMap<u16, Vec<u8>>,
    octets: usize,
}

/// What a part brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It was missing.
    New,
    /// It was there already, and is the same.
    Again,
}

/// Why a part cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssemblyError {
    /// It is of another transfer.
    #[error("part {number} is of another transfer, {found}, not of {expected}")]
    Foreign {
        /// Its number.
        number: u16,
        /// Its transfer.
        found: TransferId,
        /// The transfer being put together.
        expected: TransferId,
    },
    /// It is of the same transfer, split into another number of parts.
    #[error("part {number} says there are {found} parts, the others say {expected}")]
    OtherSplit {
        /// Its number.
        number: u16,
        /// The number of parts it says.
        found: u16,
        /// The number of parts the others say.
        expected: u16,
    },
    /// A part of this number is there with other content.
    #[error("part {number} is there twice, with different content")]
    Contradiction {
        /// Its number.
        number: u16,
    },
    /// The parts hold too much.
    #[error("the parts hold more than {MAX_OCTETS} octets")]
    TooLarge,
}

/// Why a transfer is not whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incomplete {
    /// Not one part is there.
    #[error("there is no part of any transfer")]
    Nothing,
    /// Some parts are missing.
    #[error("of {total} parts of transfer {transfer} these are missing: {}", list(.missing))]
    Missing {
        /// The transfer.
        transfer: TransferId,
        /// The number of parts.
        total: u16,
        /// The numbers of those that are missing.
        missing: Vec<u16>,
    },
    /// All parts are there, but the whole is not what was sent.
    #[error("all parts are there, but their digest begins with {found}, not with {expected}")]
    Checksum {
        /// The transfer of the octets put together.
        found: TransferId,
        /// The transfer that the parts name.
        expected: TransferId,
    },
}

impl Assembly {
    /// No parts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a part, in whatever order.
    pub fn add(&mut self, part: &Part) -> Result<Added, AssemblyError> {
        let (number, found) = (part.number(), part.transfer());
        let (expected, total) = *self.transfer.get_or_insert((found, part.total()));
        if found != expected {
            return Err(AssemblyError::Foreign { number, found, expected });
        }
        if part.total() != total {
            return Err(AssemblyError::OtherSplit { number, found: part.total(), expected: total });
        }
        match self.parts.get(&number) {
            Some(octets) if octets == part.octets() => return Ok(Added::Again),
            Some(_) => return Err(AssemblyError::Contradiction { number }),
            None => {}
        }
        let octets = self.octets + part.octets().len();
        if octets > MAX_OCTETS {
            return Err(AssemblyError::TooLarge);
        }
        self.octets = octets;
        self.parts.insert(number, part.octets().to_vec());
        Ok(Added::New)
    }

    /// How many parts are there.
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// The whole, when all of it is there and its digest is right.
    pub fn finish(&self) -> Result<Vec<u8>, Incomplete> {
        let Some((transfer, total)) = self.transfer else {
            return Err(Incomplete::Nothing);
        };
        let missing: Vec<u16> = (1..=total).filter(|number| !self.parts.contains_key(number)).collect();
        if !missing.is_empty() {
            return Err(Incomplete::Missing { transfer, total, missing });
        }
        let octets: Vec<u8> = self.parts.values().flatten().copied().collect();
        match TransferId::of(&octets) {
            found if found == transfer => Ok(octets),
            found => Err(Incomplete::Checksum { found, expected: transfer }),
        }
    }
}

/// At most twenty numbers, and how many more there are.
fn list(numbers: &[u16]) -> String {
    const SHOWN: usize = 20;
    let shown: Vec<String> = numbers.iter().take(SHOWN).map(u16::to_string).collect();
    match numbers.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Density, split};

    fn parts(octets: &[u8]) -> Vec<Part> {
        split(octets, Density::Low).unwrap()
    }

    #[test]
    fn any_order_and_duplicates() {
        let octets: Vec<u8> = (0..1000).map(|n| (n * 7) as u8).collect();
        let mut parts = parts(&octets);
        parts.reverse();
        parts.rotate_left(3);
        let mut assembly = Assembly::new();
        for part in &parts {
            assert!(matches!(assembly.finish(), Err(Incomplete::Nothing | Incomplete::Missing { .. })));
            assert_eq!(assembly.add(part), Ok(Added::New));
            assert_eq!(assembly.add(part), Ok(Added::Again));
        }
        assert_eq!(assembly.finish(), Ok(octets));
    }

    #[test]
    fn what_is_missing_is_named() {
        let parts = parts(&[7; 600]);
        let mut assembly = Assembly::new();
        for part in parts.iter().filter(|part| ![2, 5].contains(&part.number())) {
            assembly.add(part).unwrap();
        }
        let error = assembly.finish().unwrap_err();
        assert!(
            matches!(&error, Incomplete::Missing { total: 6, missing, .. } if missing == &[2, 5]),
            "{error}"
        );
        assert!(error.to_string().ends_with("these are missing: 2, 5"), "{error}");
        assert_eq!(Assembly::new().finish(), Err(Incomplete::Nothing));
        assert_eq!(list(&(1..=25).collect::<Vec<_>>()).split(' ').next_back(), Some("more"));
    }

    #[test]
    fn foreign_contradicting_and_wrong_parts() {
        let ours = parts(&[1; 300]);
        let other = parts(&[2; 300]);
        let mut assembly = Assembly::new();
        assembly.add(&ours[0]).unwrap();
        assert!(matches!(assembly.add(&other[1]), Err(AssemblyError::Foreign { number: 2, .. })));
        let dense = split(&[1; 300], Density::Standard).unwrap();
        assert_eq!(
            assembly.add(&dense[0]),
            Err(AssemblyError::OtherSplit { number: 1, found: 1, expected: 3 })
        );
        let forged = Part::new(1, 3, ours[0].transfer(), b"something else");
        assert_eq!(assembly.add(&forged), Err(AssemblyError::Contradiction { number: 1 }));

        let forged = Part::new(3, 3, ours[0].transfer(), b"something else");
        assembly.add(&forged).unwrap();
        assembly.add(&ours[1]).unwrap();
        assert!(matches!(assembly.finish(), Err(Incomplete::Checksum { .. })));

        let mut assembly = Assembly::new();
        let half = vec![0; MAX_OCTETS / 2 + 1];
        let id = TransferId::of(b"");
        assembly.add(&Part::new(1, 2, id, &half)).unwrap();
        assert_eq!(assembly.add(&Part::new(2, 2, id, &half)), Err(AssemblyError::TooLarge));
    }
}
