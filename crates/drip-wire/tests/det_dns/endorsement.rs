//! Broadcast Endorsements: those printed in RFC 9886, and those of a hierarchy whose keys are known.

use crate::vector::{Vector, array, number, octets, text};
use drip_det::{Det, DripTime, HostIdentity};
use drip_wire::{Endorsement, EndorsementBody, EndorsementError, Epoch, rdata::Authentication};
use ed25519_dalek::{Signer, SigningKey};

vectors! { broadcast_endorsement, "broadcast-endorsement", check_endorsement:
    be_9886_1_raa_auth_by_raa_auth be_9886_2_hda_auth_by_raa_auth be_9886_3_hda_issue_by_hda_auth
    be_9886_4_uas_by_hda_issue be_derived_raa16376 be_derived_hda16376_16376A be_derived_hda16376_16376I
    be_derived_ua1_16376_16376 be_derived_ua2_16376_16376
}

fn check_endorsement(vector: &Vector) {
    let inputs = vector.inputs;
    let parent_hi: HostIdentity = text(&inputs["parent_hi_hex"]).parse().unwrap();
    let endorsement = match inputs.get("parent_seed_hex") {
        None => read(vector),
        Some(seed) => make(vector, &SigningKey::from_bytes(&array(seed))),
    };
    assert_eq!(endorsement.verify(&parent_hi), Ok(()));
    assert_eq!(endorsement.is_self_endorsement(), endorsement.child_hi == parent_hi);

    // No octet can change and leave it valid.
    let octets = endorsement.encode();
    for index in 0..octets.len() {
        let mut changed = octets;
        changed[index] ^= 1;
        if let Ok(changed) = Endorsement::decode(&changed) {
            assert!(changed.verify(&parent_hi).is_err(), "octet {index}");
        }
    }
    let stranger = HostIdentity::from(&SigningKey::from_bytes(&[7; 32]).verifying_key());
    assert!(matches!(endorsement.verify(&stranger), Err(EndorsementError::Parent { .. })));
}

/// From the octets to the fields, and back.
fn read(Vector { inputs, outputs, .. }: &Vector) -> Endorsement {
    let be = octets(&inputs["be_hex"]);
    let endorsement = Endorsement::decode(&be).unwrap();
    assert_eq!(endorsement.encode().as_slice(), be);
    assert_eq!(u64::from(endorsement.vnb.0), number(&outputs["vnb_le"]));
    assert_eq!(u64::from(endorsement.vna.0), number(&outputs["vna_le"]));
    assert_eq!(endorsement.vnb.to_string(), text(&outputs["vnb_if_2019_epoch"]));
    assert_eq!(endorsement.vna.to_string(), text(&outputs["vna_if_2019_epoch"]));
    assert_eq!(drip_det::UnixTime(endorsement.vnb.0.into()).to_string(), text(&outputs["vnb_if_unix_epoch"]));
    assert_eq!(drip_det::UnixTime(endorsement.vna.0.into()).to_string(), text(&outputs["vna_if_unix_epoch"]));
    assert_eq!(endorsement.epoch(), Epoch::UnixSuspected);
    assert_eq!(endorsement.child.to_hex(), text(&outputs["child_det_hex"]));
    assert_eq!(endorsement.child_hi.to_string(), text(&outputs["child_hi_hex"]));
    assert_eq!(endorsement.parent.to_hex(), text(&outputs["parent_det_hex"]));
    assert_eq!(endorsement.body().signed_octets().as_slice(), octets(&outputs["signed72_hex"]));
    assert_eq!(EndorsementBody::decode(&octets(&outputs["signed72_hex"])), Ok(endorsement.body()));
    assert_eq!(endorsement.signature.as_slice(), octets(&outputs["signature_hex"]));
    assert_eq!(u64::from(Authentication::SPECIFIC_METHOD), number(&inputs["auth_type"]));
    check_link(&endorsement, &octets(&inputs["auth_data_hex"]));
    endorsement
}

/// From the fields and the parent's key to the octets.
fn make(Vector { inputs, outputs, .. }: &Vector, parent_key: &SigningKey) -> Endorsement {
    let det = |field: &str| text(&outputs[field]).parse::<Det>().unwrap();
    let body = EndorsementBody {
        vnb: DripTime(number(&outputs["vnb_u32"]) as u32),
        vna: DripTime(number(&outputs["vna_u32"]) as u32),
        child: det("child_det_hex"),
        child_hi: text(&inputs["child_hi_hex"]).parse().unwrap(),
        parent: det("parent_det_hex"),
    };
    assert_eq!(body.vnb.to_string(), text(&inputs["vnb"]));
    assert_eq!(body.vna.to_string(), text(&inputs["vna"]));
    let endorsement = body.sign_with(parent_key.sign(&body.signed_octets()).to_bytes());
    assert_eq!(endorsement.encode().as_slice(), octets(&outputs["be_hex"]));
    assert_eq!(Endorsement::decode(&octets(&outputs["be_hex"])), Ok(endorsement));
    assert_eq!(endorsement.epoch(), Epoch::Drip);
    assert!(!endorsement.valid_at(drip_det::UnixTime(body.vnb.to_unix().0 - 1)));
    assert!(endorsement.valid_at(body.vnb.to_unix()));
    assert!(endorsement.valid_at(body.vna.to_unix()));
    assert!(!endorsement.valid_at(drip_det::UnixTime(body.vna.to_unix().0 + 1)));
    check_link(&endorsement, &octets(&outputs["brid_auth_data_hex"]));
    endorsement
}

/// The form it has in BRID and on the air.
fn check_link(endorsement: &Endorsement, data: &[u8]) {
    let link = Authentication::link(endorsement);
    assert_eq!(link.data(), data);
    assert_eq!(link.endorsement(), Some(Ok(*endorsement)));
}
