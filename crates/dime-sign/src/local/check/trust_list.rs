//! Before a trust list is signed (draft-ietf-drip-dki, section 5): by an RAA's Authorization key, of other RAAs' Authorization keys.

use super::super::LocalSigner;
use crate::{KeyClass, PolicyFault};
use drip_det::{DetClass, UnixTime};
use drip_wire::trust::TrustList;

impl<C: KeyClass> LocalSigner<C> {
    pub(in super::super) fn check_trust_list(
        &self,
        list: &TrustList,
        now: UnixTime,
    ) -> Result<(), PolicyFault> {
        if C::CLASS != DetClass::Authorization {
            return Err(PolicyFault::Class { class: C::CLASS, kind: "trust list" });
        }
        if list.issuer() != self.det {
            return Err(PolicyFault::NotParent { parent: list.issuer(), signer: self.det });
        }
        list.check()?;
        let validity = list.validity();
        self.check_time(validity.not_before(), Some(validity.not_after()), now)
    }
}
