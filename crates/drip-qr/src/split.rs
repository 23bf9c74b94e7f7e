//! Octets into parts that fit a QR code.

use crate::{MAX_OCTETS, MAX_PARTS, Part, TransferId};

/// How much one code carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Density {
    /// Up to version 25 (117 modules a side) with correction level M: 938 octets a code. For paper, screens and good cameras.
    Standard,
    /// Up to version 10 (57 modules a side) with correction level Q: 118 octets a code. For video calls and poor cameras.
    Low,
}

/// Why octets cannot be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// There are none.
    #[error("there is nothing to transfer")]
    Empty,
    /// Too many for any transfer.
    #[error("{octets} octets are too many to be transferred as QR codes, at most {MAX_OCTETS}")]
    TooLarge {
        /// How many.
        octets: usize,
    },
    /// Too many parts at this density.
    #[error("{octets} octets need {parts} QR codes, at most {MAX_PARTS}: use a higher density, or a file")]
    TooManyParts {
        /// How many octets.
        octets: usize,
        /// How many parts.
        parts: usize,
    },
}

impl Density {
    /// The highest version of a code.
    pub const fn version(self) -> u8 {
        match self {
            Density::Standard => 25,
            Density::Low => 10,
        }
    }

    /// The alphanumeric characters that fit into a code of that version (ISO/IEC 18004, table 7).
    pub const fn characters(self) -> usize {
        match self {
            Density::Standard => 1451,
            Density::Low => 221,
        }
    }

    /// The octets that one part can have.
    pub const fn octets(self) -> usize {
        // Two octets take three characters, and the last one alone takes two.
        (self.characters() - Part::OVERHEAD) / 3 * 2
    }
}

/// Splits octets into parts of about equal length.
pub fn split(octets: &[u8], density: Density) -> Result<Vec<Part>, SplitError> {
    if octets.is_empty() {
        return Err(SplitError::Empty);
    }
    if octets.len() > MAX_OCTETS {
        return Err(SplitError::TooLarge { octets: octets.len() });
    }
    let parts = octets.len().div_ceil(density.octets());
    // An even length fills base45's groups of two octets.
    let length = octets.len().div_ceil(parts).next_multiple_of(2).min(density.octets());
    let chunks = octets.chunks(length);
    let too_many = SplitError::TooManyParts { octets: octets.len(), parts };
    let total = u16::try_from(chunks.len()).ok().filter(|total| *total <= MAX_PARTS).ok_or(too_many)?;
    let transfer = TransferId::of(octets);
    Ok((1..=total).zip(chunks).map(|(number, chunk)| Part::new(number, total, transfer, chunk)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_limits() {
        assert_eq!(Density::Standard.octets(), 938);
        assert_eq!(Density::Low.octets(), 118);
        for density in [Density::Standard, Density::Low] {
            for length in [1, 2, density.octets(), density.octets() + 1, 3 * density.octets(), 10_001] {
                let octets: Vec<u8> = (0..length).map(|n| n as u8).collect();
                let parts = split(&octets, density).unwrap();
                assert_eq!(parts.len(), length.div_ceil(density.octets()), "{length}");
                assert!(parts.iter().all(|part| part.octets().len() <= density.octets()));
                assert_eq!(parts.iter().flat_map(|part| part.octets()).copied().collect::<Vec<_>>(), octets);
            }
        }
        assert_eq!(split(b"", Density::Low), Err(SplitError::Empty));
        let large = vec![0; MAX_OCTETS + 1];
        assert_eq!(split(&large, Density::Standard), Err(SplitError::TooLarge { octets: MAX_OCTETS + 1 }));
        let octets = 118 * 2048 + 1;
        assert_eq!(
            split(&vec![0; octets], Density::Low),
            Err(SplitError::TooManyParts { octets, parts: 2049 })
        );
    }
}
