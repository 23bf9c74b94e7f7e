//! One entry of a trust list: an RAA's Authorization key that is trusted.

use super::pair;
use crate::{
    OutOfBounds, WireError,
    cbor::{Reader, Writer},
    fields::{self, Keys},
    validity::Validity,
};
use drip_det::{Det, DetMismatch, Hda, HostIdentity, Raa};

const WHAT: &str = "trusted RAA";
const BRIDGE: u64 = 1;

/// A trusted RAA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Trusted {
    /// Its Authorization DET.
    pub det: Det,
    /// That DET's key.
    pub hi: HostIdentity,
    /// When its self-endorsement holds, where that is said.
    pub validity: Option<Validity>,
    /// What it does.
    pub role: Role,
}

/// What an RAA does in the trust between RAAs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Role {
    /// It has HDAs.
    #[default]
    Registry,
    /// It endorses other RAAs, its members, and has no HDAs.
    Bridge,
}

/// Why an entry, or a list's issuer, is not what it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustedFault {
    /// The DET sits at no RAA's own place, HDA 0.
    #[error("{det} is at {}, where no RAA's Authorization DET can be", .det.hid())]
    NotAnRaa {
        /// The DET.
        det: Det,
    },
    /// The key is not the DET's.
    #[error("{det}: {mismatch}")]
    Key {
        /// The DET.
        det: Det,
        /// How they differ.
        mismatch: DetMismatch,
    },
    /// An RAA lists its own DETs.
    #[error("{det} is the issuer's own RAA's")]
    Itself {
        /// The DET.
        det: Det,
    },
}

impl Trusted {
    /// Whether this is an RAA's Authorization DET and belongs to its key.
    pub fn check(&self) -> Result<(), TrustedFault> {
        let det = self.det;
        check_place(det)?;
        det.check(&self.hi).map_err(|mismatch| TrustedFault::Key { det, mismatch })
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let mut keys = Keys::open(reader, WHAT)?;
        let det = keys.required(0, "the DET, key 0", |reader| fields::det(reader, "DET"))?;
        let hi = keys.required(1, "the HI, key 1", |reader| fields::host_identity(reader, "HI"))?;
        let validity = keys.maybe(2, pair)?;
        let role = keys.maybe(3, role)?.unwrap_or_default();
        keys.close()?;
        Ok(Trusted { det, hi, validity, role })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let optional = usize::from(self.validity.is_some()) + usize::from(self.role == Role::Bridge);
        writer.map(2 + optional).uint(0).bytes(&self.det.to_bytes()).uint(1).bytes(self.hi.as_bytes());
        if let Some(validity) = self.validity {
            writer.uint(2).array(2);
            validity.write(writer);
        }
        if self.role == Role::Bridge {
            writer.uint(3).uint(BRIDGE);
        }
    }
}

fn role(reader: &mut Reader<'_>) -> Result<Role, WireError> {
    let at = reader.at();
    match reader.uint("role")? {
        BRIDGE => Ok(Role::Bridge),
        found => Err(OutOfBounds { what: "role", found, allowed: "1, a bridge" }.at(at)),
    }
}

pub(super) fn check_place(det: Det) -> Result<(), TrustedFault> {
    let hid = det.hid();
    if hid.raa != Raa::APEX && hid.hda == Hda::OF_RAA { Ok(()) } else { Err(TrustedFault::NotAnRaa { det }) }
}
