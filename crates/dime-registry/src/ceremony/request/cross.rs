//! The cross-endorsements that a ceremony request asks for: of Authorization DETs of other RAAs (draft-ietf-drip-dki, section 5).

use super::Order;
use crate::{
    CeremonyRequestError, Registry,
    ceremony::{CrossWanted, Lifetimes, Overlong},
    place::{level_of, seat},
};
use dime_sign::ceremony::Item;
use drip_det::Level;

impl Registry {
    pub(super) fn cross_items(&self, order: &Order<'_>) -> Result<Vec<Item>, CeremonyRequestError> {
        let item = |cross: &CrossWanted| {
            let refused = |reason| CeremonyRequestError::Cross { child: cross.det, by: order.by, reason };
            if level_of(order.by) != Level::Raa {
                return Err(refused("only an RAA cross-endorses"));
            }
            let place = cross.det.hid();
            if level_of(seat(place)) != Level::Raa || seat(place) != place {
                return Err(refused("it is no Authorization DET of an RAA"));
            }
            if place == order.by {
                return Err(refused("it is of the same RAA"));
            }
            cross.det.check(&cross.hi).map_err(|_| refused("the key beside it has another DET"))?;
            let not_after =
                cross.not_after.unwrap_or_else(|| order.end(order.wanted.lifetimes.authorization));
            if not_after <= order.now {
                return Err(refused("it would have ended"));
            }
            if not_after.0 - order.now.0 > Lifetimes::LONGEST
                && order.wanted.lifetimes.overlong == Overlong::Refused
            {
                return Err(CeremonyRequestError::Overlong { seconds: not_after.0 - order.now.0 });
            }
            Ok(Item::CrossEndorsement {
                det: cross.det,
                hi: cross.hi,
                not_before: order.now,
                not_after,
                reference: format!("cross-endorsement of {}", cross.det),
            })
        };
        order.wanted.cross.iter().map(item).collect()
    }
}
