//! What DNS holds under a DET, as octets, and where it comes from.

use drip_det::Det;

/// The RDATA of a DET's records, by type, exactly as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// HHIT (67): required, one.
    pub hhit: Vec<Vec<u8>>,
    /// BRID (68): where it is a UAS Remote ID.
    pub brid: Vec<Vec<u8>>,
    /// HIP (55).
    pub hip: Vec<Vec<u8>>,
    /// CERT (37).
    pub cert: Vec<Vec<u8>>,
    /// TLSA (52).
    pub tlsa: Vec<Vec<u8>>,
}

impl Published {
    /// The record types a DET may have, by mnemonic and number.
    pub const TYPES: [(&'static str, u16); 5] =
        [("HHIT", 67), ("BRID", 68), ("HIP", 55), ("CERT", 37), ("TLSA", 52)];

    /// The records of one type, by its number.
    pub fn of_type(&self, record_type: u16) -> &[Vec<u8>] {
        match record_type {
            67 => &self.hhit,
            68 => &self.brid,
            55 => &self.hip,
            37 => &self.cert,
            52 => &self.tlsa,
            _ => &[],
        }
    }

    /// The same, to fill.
    pub fn of_type_mut(&mut self, record_type: u16) -> Option<&mut Vec<Vec<u8>>> {
        match record_type {
            67 => Some(&mut self.hhit),
            68 => Some(&mut self.brid),
            55 => Some(&mut self.hip),
            37 => Some(&mut self.cert),
            52 => Some(&mut self.tlsa),
            _ => None,
        }
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        Self::TYPES.iter().all(|(_, number)| self.of_type(*number).is_empty())
    }
}

/// Why there are no records.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// The name does not exist, or has none of the records.
    #[error("not registered ({0})")]
    NotRegistered(String),
    /// Nobody could be asked.
    #[error("{0}")]
    Unreachable(String),
}

/// Where the records of a DET come from: DNS, or memory.
pub trait Lookup {
    /// All records of `det`.
    ///
    /// # Errors
    ///
    /// [`LookupError::NotRegistered`] when it has none; [`LookupError::Unreachable`] when that could
    /// not be found out.
    fn records(&self, det: Det) -> Result<Published, LookupError>;
}
