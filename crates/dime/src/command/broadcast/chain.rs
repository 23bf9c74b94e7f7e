//! The endorsements that a UA has from its registration, in the order in which they are sent.

use std::path::Path;

use drip_det::{Det, Hid, HostIdentity};
use drip_wire::Endorsement;
use drip_wire::broadcast::Link;

use crate::input;
use crate::object::{self, Object};
use crate::outcome::Failure;

/// The endorsements, trust anchor first, the UA's last.
pub(super) struct Chain {
    above: Vec<Endorsement>,
    ua: Endorsement,
}

impl Chain {
    /// Read the endorsements at `path`: those that lead up from the one of this key.
    pub(super) fn read(path: &Path, hi: &HostIdentity) -> Result<Self, Failure> {
        let file = if path.is_dir() { path.join("registration.json") } else { path.to_owned() };
        let octets = input::octets(&file)?;
        let found = object::recognise(&octets).map_err(|error| Failure::file(&file, error))?;
        let endorsements: Vec<Endorsement> = found
            .into_iter()
            .filter_map(|object| match object {
                Object::Endorsement(endorsement) => Some(endorsement),
                Object::Broadcast(broadcast) => Some(broadcast.link()?.endorsement),
                _ => None,
            })
            .collect();
        let wrong = |what: &str| Failure::usage(format!("{}: {what}", file.display()));
        let ua = endorsements
            .iter()
            .find(|endorsement| endorsement.child_hi == *hi && !endorsement.is_self_endorsement())
            .ok_or_else(|| wrong("there is no endorsement of this key in it"))?;
        ua.child.check(hi).map_err(|error| wrong(&error.to_string()))?;
        let mut chain = Chain { above: Vec::new(), ua: *ua };
        while let Some(next) = chain.next_above(&endorsements) {
            chain.above.insert(0, *next);
        }
        Ok(chain)
    }

    /// Of whom the top is a child, unless that is there already.
    fn next_above<'a>(&self, endorsements: &'a [Endorsement]) -> Option<&'a Endorsement> {
        let top = self.above.first().unwrap_or(&self.ua);
        if top.is_self_endorsement() {
            return None;
        }
        endorsements
            .iter()
            .filter(|endorsement| endorsement.child == top.parent)
            .find(|endorsement| !self.above.contains(endorsement))
    }

    /// The DET of the UA.
    pub(super) fn det(&self) -> Det {
        self.ua.child
    }

    /// Its place in the hierarchy.
    pub(super) fn hid(&self) -> Hid {
        self.ua.child.hid()
    }

    /// The endorsement of the UA by its HDA.
    pub(super) fn endorsement(&self) -> &Endorsement {
        &self.ua
    }

    /// All Links, trust anchor first.
    pub(super) fn links(&self) -> Vec<Link> {
        self.above.iter().chain([&self.ua]).map(|endorsement| Link::new(*endorsement)).collect()
    }
}
