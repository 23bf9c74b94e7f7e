//! What is followed, and where it comes from.

use crate::tsig::{KeyRing, TsigKey};
use dime_zone::{Name, Position};
use drip_det::ZoneCut;
use std::{net::SocketAddr, sync::Arc, time::Duration};

/// A zone, or all zones that a catalogue names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// This zone.
    Zone(Name),
    /// The members of this catalogue zone.
    Catalog(Name),
}

/// A server to take zones from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Primary {
    /// Where it answers.
    pub address: SocketAddr,
    /// The name of the key that requests are signed with, and its NOTIFYs; none where nothing is signed.
    pub key: Option<Name>,
}

/// Something that is followed, from the first of these servers that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Following {
    /// What.
    pub what: Followed,
    /// From where, in order of preference.
    pub primaries: Vec<Primary>,
}

/// Everything that a secondary is told.
#[derive(Clone, Debug)]
pub struct SecondaryConfig {
    /// What is followed.
    pub following: Vec<Following>,
    /// The keys.
    pub keys: KeyRing,
    /// How many octets one transfer may have.
    pub most_octets: u64,
    /// How many transfers run at once.
    pub at_once: usize,
    /// How long a primary may be silent.
    pub patience: Duration,
    /// How long one transfer may take.
    pub transfer_time: Duration,
}

impl Default for SecondaryConfig {
    fn default() -> Self {
        SecondaryConfig {
            following: Vec::new(),
            keys: KeyRing::default(),
            most_octets: 16 << 30,
            at_once: 8,
            patience: Duration::from_secs(10),
            transfer_time: Duration::from_secs(3600),
        }
    }
}

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecondaryConfigError {
    /// Only zones of DETs are copied.
    #[error("{0} is not the name of a zone of DETs: the Apex's, an RAA's or an HDA's")]
    NotAZone(Name),
    /// Nowhere to take it from.
    #[error("{0} has no primary")]
    NoPrimary(Name),
    /// The same is followed twice.
    #[error("{0} is followed twice")]
    Twice(Name),
    /// There is no such key.
    #[error("{name}: there is no TSIG key named {key}")]
    NoKey {
        /// What is followed.
        name: Name,
        /// The key's name.
        key: Name,
    },
}

impl Followed {
    /// The name of the zone or the catalogue.
    pub fn name(&self) -> &Name {
        match self {
            Followed::Zone(name) | Followed::Catalog(name) => name,
        }
    }
}

/// The zone of DETs that has this name.
pub(super) fn cut_of(name: &Name) -> Option<ZoneCut> {
    let cut = Position::of(name)?.cut()?;
    match cut {
        ZoneCut::Hda(hid) if hid.hda.is_reserved_to_raa() => None,
        cut => Some(cut),
    }
}

impl SecondaryConfig {
    /// Checks it.
    pub fn check(&self) -> Result<(), SecondaryConfigError> {
        for (index, Following { what, primaries }) in self.following.iter().enumerate() {
            let name = what.name();
            if matches!(what, Followed::Zone(_)) && cut_of(name).is_none() {
                return Err(SecondaryConfigError::NotAZone(name.clone()));
            }
            if primaries.is_empty() {
                return Err(SecondaryConfigError::NoPrimary(name.clone()));
            }
            let before = self.following.iter().take(index);
            if before.into_iter().any(|other| other.what.name().is_same(name)) {
                return Err(SecondaryConfigError::Twice(name.clone()));
            }
            let unknown = primaries.iter().filter_map(|primary| primary.key.as_ref());
            if let Some(key) = unknown.into_iter().find(|key| self.keys.find(key).is_none()) {
                return Err(SecondaryConfigError::NoKey { name: name.clone(), key: key.clone() });
            }
        }
        Ok(())
    }

    /// The key that is agreed on with a primary.
    pub(super) fn key_of(&self, primary: &Primary) -> Option<Arc<TsigKey>> {
        primary.key.as_ref().and_then(|key| self.keys.find(key)).cloned()
    }
}
