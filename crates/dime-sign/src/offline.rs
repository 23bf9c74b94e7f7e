//! Signers of the Authorization class, which never live in an online process.
//!
//! There are two ways to one: a ceremony on a machine without a network, and the TEST tree that `quickstart` makes for itself.

use crate::{Authorization, KeyClass, LocalSigner, NoSuchPlace, PrivateKey, Purpose, SigningPolicy};
use drip_det::{Hda, Hid, Raa};

/// The signer of a ceremony: its key was brought to a machine without a network, and leaves with it.
pub fn ceremony(
    key: PrivateKey,
    hid: Hid,
    policy: SigningPolicy,
) -> Result<LocalSigner<Authorization>, NoSuchPlace> {
    authorization(key, hid, policy, Purpose::Production)
}

/// The signer of a TEST tree, whose keys all lie on one machine. Whatever it signs is for trying things out.
pub fn test_tree(
    key: PrivateKey,
    hid: Hid,
    policy: SigningPolicy,
) -> Result<LocalSigner<Authorization>, NoSuchPlace> {
    authorization(key, hid, policy, Purpose::Test)
}

fn authorization(
    key: PrivateKey,
    hid: Hid,
    policy: SigningPolicy,
    purpose: Purpose,
) -> Result<LocalSigner<Authorization>, NoSuchPlace> {
    // Of the four HDA numbers of an RAA only the first holds its Authorization DET.
    if hid.raa != Raa::APEX && hid.hda != Hda::OF_RAA && hid.hda.is_reserved_to_raa() {
        let reason = "an RAA's Authorization DET sits at HDA 0";
        return Err(NoSuchPlace { hid, class: Authorization::CLASS, reason });
    }
    LocalSigner::at(key, hid, policy, purpose)
}
