//! Walking the names of a signed zone along its NSEC records (RFC 4034, section 4; RFC 4035, section 3.1.3.2).
//!
//! Each step asks for the first name that there could be after a name and all that is below it (its first label and an octet 0). That name
//! does not exist, and the NSEC record that says so is that of the last name there is before it; its next name is the next step. So the
//! walk passes over everything below a zone cut, and needs nothing but negative answers, which every server of a signed zone gives.
//!
//! Names must ascend from step to step: a chain that leads back is refused. Signatures are not checked here.

use std::str::FromStr;

use hickory_proto::rr::{Label, Name};

use super::query::Question;
use super::referral::{Found, follow};
use super::{DnsError, Nsec, Resolver};

/// Why a zone cannot be walked on.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// No answer.
    #[error(transparent)]
    Dns(#[from] DnsError),
    /// The answer proves nothing: the zone is not signed, or not with NSEC.
    #[error("{zone}: the answer after {after} has no NSEC record for it: the zone is not signed with NSEC")]
    NotSigned {
        /// The zone.
        zone: String,
        /// The last name.
        after: String,
    },
    /// The chain leads back to where it was.
    #[error("{zone}: the NSEC of {owner} leads back to {next}: a loop, not a zone's chain of names")]
    Loop {
        /// The zone.
        zone: String,
        /// Where.
        owner: String,
        /// Whither.
        next: String,
    },
    /// The chain is longer than the zone can be.
    #[error("{zone} has more than {most} names: more than there can be in it")]
    Endless {
        /// The zone.
        zone: String,
        /// The bound.
        most: usize,
    },
    /// The chain leads out of the zone.
    #[error("{zone}: the NSEC of {owner} leads to {next}, which is not in the zone")]
    Outside {
        /// The zone.
        zone: String,
        /// Where.
        owner: String,
        /// Whither.
        next: String,
    },
}

/// A walk over the names of one zone, below the zone's own name, ascending. After an error it is over.
#[derive(Debug)]
pub struct Walk<'a> {
    resolver: &'a Resolver,
    zone: Name,
    at: Option<Name>,
}

impl Resolver {
    /// Walk the zone of this name.
    ///
    /// # Errors
    ///
    /// [`DnsError::Name`] where it is no domain name.
    pub fn walk(&self, zone: &str) -> Result<Walk<'_>, DnsError> {
        let mut name = Name::from_str(zone)
            .map_err(|error| DnsError::Name { name: zone.to_owned(), why: error.to_string() })?;
        name.set_fqdn(true);
        Ok(Walk { resolver: self, zone: name.clone(), at: Some(name) })
    }
}

impl Walk<'_> {
    /// Go on after this name and all that is below it, which is in the zone.
    fn step(&self, at: &Name) -> Result<Option<Nsec>, WalkError> {
        // Of the zone itself: after its own name, and before all that is below it.
        let question = if *at == self.zone { lowest_below(at) } else { after_all_below(at) };
        let question =
            Question::around(question.map_err(|why| DnsError::Name { name: at.to_string(), why })?);
        let proof = match follow(self.resolver, &question)? {
            Found::Nothing(proof) => proof,
            Found::Answer(_) => Vec::new(),
        };
        let zone = || self.zone.to_string();
        let spanning = proof.into_iter().find(|nsec| nsec.covers(&question.name));
        let spanning =
            spanning.ok_or_else(|| WalkError::NotSigned { zone: zone(), after: at.to_string() })?;
        let Nsec { owner, next, .. } = &spanning;
        if *next == self.zone {
            return Ok(None);
        }
        if !self.zone.zone_of(next) {
            return Err(WalkError::Outside {
                zone: zone(),
                owner: owner.to_string(),
                next: next.to_string(),
            });
        }
        if *next <= question.name {
            return Err(WalkError::Loop { zone: zone(), owner: owner.to_string(), next: next.to_string() });
        }
        Ok(Some(spanning))
    }
}

impl Iterator for Walk<'_> {
    /// The next name.
    type Item = Result<Name, WalkError>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at.take()?;
        match self.step(&at) {
            Ok(nsec) => {
                let next = nsec?.next;
                self.at = Some(next.clone());
                Some(Ok(next))
            }
            Err(error) => Some(Err(error)),
        }
    }
}

/// The first name below a name.
fn lowest_below(name: &Name) -> Result<Name, String> {
    labelled(b"\x00".to_vec(), name)
}

/// The first name after a name and all below it.
fn after_all_below(name: &Name) -> Result<Name, String> {
    let mut label = name.iter().next().unwrap_or_default().to_vec();
    label.push(0);
    labelled(label, &name.base_name())
}

fn labelled(label: Vec<u8>, above: &Name) -> Result<Name, String> {
    let label = Label::from_raw_bytes(&label).map_err(|error| error.to_string())?;
    above.prepend_label(label).map_err(|error| error.to_string())
}
