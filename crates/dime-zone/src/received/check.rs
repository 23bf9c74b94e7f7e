//! Whether what came of a signed zone fits together: every owner has an NSEC that links to the next owner and tells the types that there
//! are, every set has a signature, and nothing else has any.
//!
//! After a whole transfer all owners are looked at, in their order; after differences only those that changed, and those before them.

use super::{Next, Received, Seal, Sealed};
use crate::{Name, Position, chain::Owner, copy::CopyError, received::Signs, zone::Zone};

impl Zone {
    /// Looks at everything.
    pub(crate) fn check_received(&self) -> Result<(), CopyError> {
        let Some(received) = self.received.as_deref() else {
            return match self.signatures().iter().next() {
                Some(_) => Err(CopyError::NoKeys(self.name.clone())),
                None => Ok(()),
            };
        };
        let (mut numbered, mut hosts) = (0, 0);
        let mut open: Option<(Owner, Sealed<'_>)> = None;
        for owner in self.owners() {
            let sealed = self.sealed(&owner, received);
            let sealed = sealed.ok_or_else(|| CopyError::NoNsec(self.name_of(&owner)))?;
            match owner {
                // Each was looked at when it was put in.
                Owner::Det(_) => numbered += 1,
                Owner::Cut(_) => {
                    numbered += 1;
                    self.check_sets(&owner, &sealed, received)?;
                }
                Owner::Host(_) => {
                    hosts += 1;
                    self.check_sets(&owner, &sealed, received)?;
                }
                Owner::Apex => self.check_sets(&owner, &sealed, received)?,
            }
            if let Some((before, sealed)) = &open {
                self.check_link(before, sealed, &owner)?;
            }
            open = Some((owner, sealed));
        }
        if let Some((last, sealed)) = &open {
            self.check_link(last, sealed, &Owner::Apex)?;
        }
        // What is left over belongs to nothing.
        if hosts != received.hosts.len() {
            let stray = received.hosts.keys().find(|name| self.owner_of(name).is_none());
            return Err(CopyError::Stray(stray.unwrap_or(&self.name).clone()));
        }
        if numbered != self.signatures().len() {
            let is_stray = |number: &u128| {
                let of_det = self.records(*number).is_some();
                let cut = self.cuts().range((*number, 0)..=(*number, u8::MAX)).next();
                let of_cut = cut.and_then(|(_, (cut, _))| self.owner_of(&self.name_of(&Owner::Cut(*cut))));
                !of_det && of_cut.is_none()
            };
            let stray = self.signatures().iter().map(|(number, _)| number).find(is_stray);
            return Err(CopyError::Stray(Name::of_nibbles(stray.unwrap_or_default(), 32)));
        }
        Ok(())
    }

    /// Looks at these names, where owners changed, came or went, and at the owners before them.
    pub(crate) fn check_received_at<'a>(
        &self,
        names: impl Iterator<Item = &'a Name>,
    ) -> Result<(), CopyError> {
        let Some(received) = self.received.as_deref() else { return Ok(()) };
        let sealed = |owner: &Owner| {
            self.sealed(owner, received).ok_or_else(|| CopyError::NoNsec(self.name_of(owner)))
        };
        for name in names {
            let before = match self.owner_of(name) {
                Some(owner) => {
                    let sealed = sealed(&owner)?;
                    if !matches!(owner, Owner::Det(_)) {
                        self.check_sets(&owner, &sealed, received)?;
                    }
                    self.check_link(&owner, &sealed, &self.owner_after(&owner))?;
                    self.owner_before(&owner)
                }
                None => match Position::of(name) {
                    Some(position) => self.owner_at_or_before(name, position),
                    None => continue,
                },
            };
            self.check_link(&before, &sealed(&before)?, &self.owner_after(&before))?;
        }
        Ok(())
    }

    /// The owner that has a name.
    pub(crate) fn owner_of(&self, name: &Name) -> Option<Owner> {
        self.owner_at(name, Position::of(name)?)
    }

    fn check_sets(&self, owner: &Owner, sealed: &Sealed<'_>, received: &Received) -> Result<(), CopyError> {
        let signs = Signs::Received(received);
        let sets: Vec<_> = self.sets_at(owner, signs).iter().map(|set| (set.record_type, set.ttl)).collect();
        let (name, types) = (self.name_of(owner), self.types_at(owner, signs));
        Seal::of(sealed, &name, &self.name, []).check(&name, &sets, types)
    }

    fn check_link(&self, owner: &Owner, sealed: &Sealed<'_>, next: &Owner) -> Result<(), CopyError> {
        let fits = match (sealed.next, next) {
            (Next::Det(link), Owner::Det(number)) => link == *number,
            (Next::Det(_), _) => false,
            (Next::Name(wire), next) => self.name_of(next).wire().eq_ignore_ascii_case(wire),
        };
        if fits {
            return Ok(());
        }
        Err(CopyError::Chain { owner: self.name_of(owner), next: self.name_of(next) })
    }
}
