//! Trust lists: which of them count, and whom they make trusted.

use drip_det::{Det, DetClass};
use drip_wire::trust::{Role, SignedTrustList, TrustListError, Trusted};
use drip_wire::validity::{Standing, Validity};

use super::{Known, Trust, Way, may_pass_on};
use crate::chain::anchor::Anchor;
use crate::chain::fault::Fault;
use crate::chain::report::{Link, LinkKind};

impl Trust {
    /// Take in what these lists say. Of two lists of one issuer that both hold, the older one no longer counts.
    pub(super) fn take_lists(&mut self, lists: &[SignedTrustList]) {
        let mut sound: Vec<&SignedTrustList> = Vec::new();
        for list in lists {
            match self.check_list(list) {
                Ok(()) => sound.push(list),
                Err(fault) => self.refuse_list(list, &fault),
            }
        }
        for list in &sound {
            let (issuer, sequence) = (list.list().issuer(), list.list().sequence());
            let newest = sound
                .iter()
                .filter(|other| other.list().issuer() == issuer)
                .map(|other| other.list().sequence())
                .max();
            match newest.filter(|newest| *newest > sequence) {
                Some(newest) => self.refuse_list(list, &Fault::Superseded { sequence, newest }),
                None => list.list().trusted().iter().for_each(|entry| self.take(issuer, entry)),
            }
        }
    }

    fn check_list(&self, list: &SignedTrustList) -> Result<(), Fault> {
        let issuer = list.list().issuer();
        let known = self
            .known
            .get(&issuer)
            .filter(|known| known.way == Way::Given)
            .ok_or(Fault::ListUntrusted { issuer })?;
        if !may_pass_on(&known.anchor) {
            let class = known.anchor.class.unwrap_or(DetClass::Operational);
            return Err(Fault::WrongClass { det: issuer, class, what: "a trust list" });
        }
        list.verify(&known.anchor.hi, self.at).map(|_| ()).map_err(|error| match error {
            TrustListError::Expired(end) => Fault::Expired(end),
            TrustListError::NotYetValid(begin) => Fault::NotYetValid(begin),
            TrustListError::Signature(_) => Fault::Signature { parent: issuer },
            other => Fault::Undecodable { object: "the trust list", why: other.to_string() },
        })
    }

    fn take(&mut self, issuer: Det, entry: &Trusted) {
        let det = entry.det;
        let link = |fault| Link { parent: Some(issuer), child: det, kind: LinkKind::TrustList, fault };
        match entry.validity.map(|validity| standing(validity, self.at)) {
            None | Some(Ok(())) => {
                if entry.role == Role::Bridge {
                    self.bridges.0.insert(det.hid().raa);
                }
                let anchor = Anchor { det, hi: entry.hi, class: Some(DetClass::Authorization) };
                let known = Known { anchor, path: vec![link(None)], way: Way::Listed };
                self.known.entry(det).or_insert(known);
            }
            Some(Err(fault)) => self.refuse([link(Some(fault))]),
        }
    }

    /// The list as a whole is at fault, and so each of its entries.
    fn refuse_list(&mut self, list: &SignedTrustList, fault: &Fault) {
        let issuer = list.list().issuer();
        let link = |child| Link {
            parent: Some(issuer),
            child,
            kind: LinkKind::TrustList,
            fault: Some(fault.clone()),
        };
        self.refuse(list.list().trusted().iter().map(|entry| link(entry.det)));
    }
}

fn standing(validity: Validity, at: drip_det::UnixTime) -> Result<(), Fault> {
    match validity.standing(at) {
        Standing::Within => Ok(()),
        Standing::Before(begin) => Err(Fault::NotYetValid(begin)),
        Standing::After(end) => Err(Fault::Expired(end)),
    }
}
