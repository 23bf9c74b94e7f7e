//! Malformed HHIT and BRID RDATA. None is accepted, by either decoder, whatever record it was meant for.

use crate::vector::{Vector, octets, text};
use drip_wire::{
    Fault,
    rdata::{Brid, Hhit},
};

vectors! { rr_negative, "rr-negative", check_negative:
    rr_neg_empty rr_neg_not_cbor rr_neg_hhit_two_items rr_neg_hhit_map rr_neg_hhit_trailing rr_neg_hhit_tail_text_cert
    rr_neg_hhit_indefinite rr_neg_brid_empty_uas_ids rr_neg_brid_no_uas_ids rr_neg_brid_odd_flat rr_neg_brid_uas_type_16
    rr_neg_brid_auth_empty rr_neg_brid_auth_363 rr_neg_brid_area_count_0 rr_neg_brid_class_9 rr_neg_hhit_neg_type
}

/// The fault that each vector shows in the decoder it is meant for.
fn expected(id: &str) -> Fault {
    let range = |found, allowed| Fault::OutOfRange { found, allowed };
    match id {
        "rr-neg-empty" => Fault::Truncated,
        "rr-neg-not-cbor" | "rr-neg-hhit-two-items" | "rr-neg-hhit-map" => {
            Fault::Expected("an array of three")
        }
        "rr-neg-hhit-trailing" => Fault::Trailing,
        "rr-neg-hhit-tail-text-cert" => Fault::Expected("a byte string"),
        "rr-neg-hhit-indefinite" => Fault::NotDeterministic,
        "rr-neg-hhit-neg-type" => Fault::Expected("an unsigned integer"),
        "rr-neg-brid-empty-uas-ids" => Fault::Expected("at least one pair"),
        "rr-neg-brid-no-uas-ids" => Fault::Expected("a map with keys 0 (uas_type) and 1 (uas_ids)"),
        "rr-neg-brid-odd-flat" => Fault::Expected("a value for each type"),
        "rr-neg-brid-uas-type-16" => range(16, "0 to 15"),
        "rr-neg-brid-auth-empty" => range(0, "1 to 362 octets"),
        "rr-neg-brid-auth-363" => range(363, "1 to 362 octets"),
        "rr-neg-brid-area-count-0" => range(0, "1 to 255"),
        "rr-neg-brid-class-9" => range(9, "0 to 8"),
        _ => panic!("no fault is expected of {id}"),
    }
}

fn check_negative(vector: &Vector) {
    let rdata = octets(&vector.inputs["rdata_hex"]);
    let (hhit, brid) = (Hhit::decode(&rdata).unwrap_err(), Brid::decode(&rdata).unwrap_err());
    let meant = if vector.id.starts_with("rr-neg-brid") { brid } else { hhit };
    assert_eq!(meant.fault, expected(vector.id), "{meant}");
    // Readers may take or refuse what is valid but not deterministic; this one refuses. All else must be refused.
    let expect = text(&vector.outputs["expect"]);
    assert!(
        expect == "reject"
            || (expect.contains("strict readers reject") && hhit.fault == Fault::NotDeterministic)
    );
}
