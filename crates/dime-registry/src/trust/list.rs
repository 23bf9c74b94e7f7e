//! This DIME's trust list: taking one in that was signed offline, and giving it out.

use super::TRUST_LIST;
use crate::{Caller, OurFault, Permission, ReadError, Registry, TrustError};
use dime_store::Ownership;
use drip_det::{Det, DetClass};
use drip_wire::trust::SignedTrustList;
use drip_wire::validity::Standing;

impl Registry {
    /// Takes in a trust list that one of our Authorization keys signed offline. The same list again changes nothing.
    pub fn store_trust_list(&self, octets: &[u8], caller: &Caller) -> Result<SignedTrustList, TrustError> {
        let signed = SignedTrustList::decode(octets)?;
        let list = signed.list();
        caller.require(Permission::ManageAuthorities, Some(list.issuer().hid()))?;
        let now = self.clock.now();
        let issuer = self
            .authorities
            .find(list.issuer())
            .filter(|known| known.own == Ownership::Own && known.class == DetClass::Authorization)
            .filter(|known| known.in_force(now))
            .ok_or(TrustError::NotOurs(list.issuer()))?;
        signed.verify(&issuer.hi, now)?;
        let _one_at_a_time = self.imports.lock();
        let name = format!("{TRUST_LIST}{}", issuer.det);
        if let Some(known) = self.store.document(&name).map_err(OurFault::from)? {
            if known.octets == octets {
                return Ok(signed);
            }
            let newest = SignedTrustList::decode(&known.octets).map_or(0, |known| known.list().sequence());
            if newest >= list.sequence() {
                return Err(TrustError::Superseded { sequence: list.sequence(), newest });
            }
        }
        self.put_documents(caller.actor(), now, vec![(name, octets.to_vec())])?;
        tracing::info!(issuer = %issuer.det, sequence = list.sequence(), "trust list taken in");
        Ok(signed)
    }

    /// Why a list of this issuer's that a ceremony gave is not taken in: there is one with as high a sequence.
    pub(crate) fn superseded(&self, issuer: Det, octets: &[u8]) -> Result<Option<String>, OurFault> {
        let Some(known) = self.store.document(&format!("{TRUST_LIST}{issuer}"))? else { return Ok(None) };
        let sequence = |octets: &[u8]| SignedTrustList::decode(octets).map(|list| list.list().sequence());
        Ok(match (sequence(octets), sequence(&known.octets)) {
            (Ok(sequence), Ok(newest)) if newest >= sequence && known.octets != octets => {
                Some(TrustError::Superseded { sequence, newest }.to_string())
            }
            _ => None,
        })
    }

    /// The newest trust list of ours that holds now.
    pub fn trust_list(&self) -> Result<Option<SignedTrustList>, ReadError> {
        let now = self.clock.now();
        let lists = self.documents(TRUST_LIST)?;
        let holds = |list: &SignedTrustList| {
            let issuer = self.authorities.find(list.list().issuer());
            issuer.is_some_and(|issuer| issuer.in_force(now))
                && list.list().validity().standing(now) == Standing::Within
        };
        let sound = lists.iter().filter_map(|document| SignedTrustList::decode(&document.octets).ok());
        Ok(sound
            .filter(holds)
            .max_by_key(|list| (list.list().validity().not_before(), list.list().sequence())))
    }
}
