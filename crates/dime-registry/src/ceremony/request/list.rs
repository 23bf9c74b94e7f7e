//! The revocation list that a ceremony request asks for: of the key that will sign, or of one of its place's that is named (RFC 5280,
//! section 5).

use super::{Order, newcomer};
use crate::{CeremonyRequestError, Registry, ceremony::ListWanted, place::seat, revocation::LIST_LIFETIMES};
use dime_sign::ceremony::Item;
use dime_store::Ownership;
use drip_det::{Det, DetClass, UnixTime};

impl Registry {
    /// The revocation list of who will sign, if it is wanted.
    pub(super) fn list_item(&self, order: &Order<'_>) -> Result<Option<Item>, CeremonyRequestError> {
        let signer = || order.signer.as_ref().map(|signer| (signer.det, Some(signer.not_after)));
        let newcomer = || newcomer(order.wanted, order.by).map(|det| (det, None));
        let named = |det: Det| {
            let authority = self.authorities.find(det).filter(|authority| {
                authority.own == Ownership::Own
                    && authority.class == DetClass::Authorization
                    && seat(authority.hid) == order.by
                    && authority.status.is_published()
            });
            authority.map(|authority| (det, Some(authority.not_after)))
        };
        let (issuer, end) = match order.wanted.revocation_list {
            ListWanted::None => return Ok(None),
            ListWanted::Due => match signer().or_else(newcomer) {
                Some((issuer, end)) if self.list_is_due(issuer, order.now)? => (issuer, end),
                _ => return Ok(None),
            },
            ListWanted::Now(None) => {
                signer().or_else(newcomer).ok_or(CeremonyRequestError::NoListIssuer(order.by))?
            }
            ListWanted::Now(Some(det)) => {
                // A key that is to take over has signed nothing that could be revoked, but its certificates point to a list.
                let new = newcomer().filter(|(new, _)| *new == det);
                named(det).or(new).ok_or(CeremonyRequestError::NoListIssuer(order.by))?
            }
        };
        let lifetime = order.wanted.lifetimes.list;
        if !LIST_LIFETIMES.contains(&lifetime) {
            return Err(CeremonyRequestError::ListLifetime);
        }
        let end = end.unwrap_or_else(|| order.end(order.wanted.lifetimes.authorization));
        let next_update = UnixTime(order.now.0.saturating_add(lifetime)).min(end);
        if next_update <= order.now {
            return Err(CeremonyRequestError::SignerEnds { signer: issuer, not_after: end });
        }
        let to_be_signed = self.list_to_be_signed(issuer, order.now, next_update)?;
        let reference = format!("revocation list of {issuer}");
        Ok(Some(Item::RevocationList { to_be_signed, reference }))
    }
}
