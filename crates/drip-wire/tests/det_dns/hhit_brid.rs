//! HHIT and BRID records.

use crate::vector::{Vector, number, octets, text};
use drip_det::{Det, HostIdentity};
use drip_wire::{
    Float, Variant,
    rdata::{
        Area, Authentication, Brid, BridShape, Classification, Hhit, OperatorId, RecordType, SelfId, UasId,
        UasIdType, UasType, generic, parse_generic,
    },
};
use serde_json::Value;

vectors! { hhit_rr, "hhit-rr", check_hhit:
    hhit_9886_raa_auth hhit_9886_hda_auth hhit_9886_hda_issue hhit_9886_uas
}

vectors! { brid_rr, "brid-rr", check_brid:
    brid_9886_uas brid_derived_all_fields_flat brid_derived_all_fields_nested brid_derived_minimal
}

/// The owner, the length and the RFC 3597 text of a record, where the vector has them.
fn check_forms(inputs: &'static Value, record_type: RecordType, rdata: &[u8]) {
    assert_eq!(number(&inputs["rrtype"]), u64::from(record_type.0));
    if let Some(length) = inputs.get("rdata_len") {
        assert_eq!(number(length), rdata.len() as u64);
    }
    if let Some(expected) = inputs.get("rfc3597") {
        assert_eq!(format!("TYPE{} {}", record_type.0, generic(rdata)), text(expected));
        let (_, unknown) = text(expected).split_once(' ').unwrap();
        assert_eq!(parse_generic(unknown).unwrap(), rdata);
    }
}

fn check_hhit(vector: &Vector) {
    let Vector { inputs, outputs, .. } = vector;
    let rdata = octets(&inputs["rdata_hex"]);
    let hhit = Hhit::decode(&rdata).unwrap();
    assert_eq!(u64::from(hhit.entity_type.0), number(&outputs["entity_type"]));
    assert_eq!(hhit.abbreviation, text(&outputs["hid_abbreviation"]));
    assert_eq!(hhit.certificate, octets(&outputs["cert_der_hex"]));
    assert_eq!(hhit.certificate.len() as u64, number(&outputs["cert_len"]));
    assert_eq!(hhit.variants(), []);

    assert_eq!(hhit.encode(), rdata);
    let presentation = text(&inputs["presentation_base64"]);
    assert_eq!(hhit.presentation(), presentation);
    assert_eq!(Hhit::parse(presentation).as_ref(), Ok(&hhit));
    let (head, tail) = presentation.split_at(100);
    assert_eq!(Hhit::parse(&format!("( {head}\n\t{tail} )")).as_ref(), Ok(&hhit));
    check_forms(inputs, RecordType::HHIT, &rdata);

    let det: Det = text(&outputs["det_hex"]).parse().unwrap();
    let hi: HostIdentity = text(&outputs["host_identity_hex"]).parse().unwrap();
    assert_eq!(det.check(&hi), Ok(()));
    assert_eq!(Det::from_owner_name(text(&inputs["owner"])), Ok(det));
    assert_eq!(Hhit::new(hhit.entity_type, det.hid(), hhit.certificate.clone()), hhit);
}

fn check_brid(vector: &Vector) {
    let Vector { inputs, outputs, .. } = vector;
    let rdata = octets(&inputs["rdata_hex"]);
    let brid = Brid::decode(&rdata).unwrap();
    assert_eq!(brid.encode(), rdata);
    if let Some(presentation) = inputs.get("presentation_base64") {
        assert_eq!(brid.presentation(), text(presentation));
        assert_eq!(Brid::parse(text(presentation)).as_ref(), Ok(&brid));
    }
    if inputs.get("rrtype").is_some() {
        check_forms(inputs, RecordType::BRID, &rdata);
    }
    match &outputs["decoded"] {
        Value::Object(_) => check_all_fields(&brid, outputs),
        Value::String(_) => check_minimal(&brid),
        _ => check_example(&brid, outputs),
    }
}

/// RFC 9886's example: flat, session id of 17 octets, four endorsements.
fn check_example(brid: &Brid, outputs: &'static Value) {
    assert_eq!(u64::from(brid.uas_type().value()), number(&outputs["uas_type"]));
    assert_eq!(brid.shape(), BridShape::Flat);
    assert_eq!(brid.variants(), [Variant::FlatPairs, Variant::ShortUasId, Variant::UnixEpoch]);
    let [id] = brid.uas_ids() else { panic!("one id") };
    assert_eq!(u64::from(id.id_type().value()), number(&outputs["uas_ids_flat"][0]));
    assert_eq!(id.as_octets(), octets(&outputs["uas_ids_flat"][1]));
    let flat = outputs["auth_flat"].as_array().unwrap();
    assert_eq!(brid.authentications().len(), flat.len() / 2);
    for (authentication, pair) in brid.authentications().iter().zip(flat.chunks(2)) {
        assert_eq!(u64::from(authentication.auth_type()), number(&pair[0]));
        assert_eq!(authentication.data(), octets(&pair[1]));
    }

    // Built from its parts it is the same record.
    let chain = brid.endorsements().unwrap();
    let det = chain.last().unwrap().child;
    assert_eq!(brid.det(), Some(det));
    assert_eq!(Brid::for_session(det, UasType::NOT_DECLARED, &chain, BridShape::Flat), *brid);
    let nested = Brid::for_session(det, UasType::NOT_DECLARED, &chain, BridShape::Nested);
    assert_eq!(nested.variants(), [Variant::UnixEpoch]);
    assert_eq!(Brid::decode(&nested.encode()), Ok(nested));
}

fn hex_of(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap().strip_prefix("h:").unwrap()).unwrap()
}

fn check_all_fields(brid: &Brid, outputs: &'static Value) {
    let decoded = &outputs["decoded"];
    let ids = decoded["1"].as_array().unwrap();
    let (shape, pairs): (_, Vec<(&Value, &Value)>) = if ids[0].is_array() {
        (BridShape::Nested, ids.iter().map(|pair| (&pair[0], &pair[1])).collect())
    } else {
        (BridShape::Flat, ids.chunks(2).map(|pair| (&pair[0], &pair[1])).collect())
    };
    assert_eq!(brid.shape(), shape);
    let id = |(id_type, id): &(&Value, &Value)| {
        UasId::new(UasIdType::new(number(id_type) as u8).unwrap(), &hex_of(id)).unwrap()
    };
    let float = |value: &Value| Float::new(value.as_f64().unwrap());
    let small = |value: &Value| number(value) as u8;
    let operator_id = hex_of(&decoded["6"][1]);
    let operator_id = std::str::from_utf8(&operator_id).unwrap().trim_end_matches('\0');
    let built = Brid::new(shape, UasType::new(small(&decoded["0"])).unwrap(), id(&pairs[0]))
        .with_uas_id(id(&pairs[1]))
        .with_self_id(SelfId::new(small(&decoded["3"][0]), decoded["3"][1].as_str().unwrap()).unwrap())
        .with_area(
            Area::new(
                small(&decoded["4"][0]),
                float(&decoded["4"][1]),
                float(&decoded["4"][2]),
                float(&decoded["4"][3]),
            )
            .unwrap(),
        )
        .with_classification(
            Classification::new(small(&decoded["5"][0]), small(&decoded["5"][1]), small(&decoded["5"][2]))
                .unwrap(),
        )
        .with_operator_id(OperatorId::new(small(&decoded["6"][0]), operator_id).unwrap());
    assert_eq!(*brid, built);

    let expected: &[Variant] = if shape == BridShape::Flat { &[Variant::FlatPairs] } else { &[] };
    assert_eq!(brid.variants(), expected);
    let [serial_number, session] = brid.uas_ids() else { panic!("two ids") };
    assert_eq!(UasId::serial_number(&"8653F02T7B8RA85D19LX".parse().unwrap()), *serial_number);
    let det = session.det().unwrap();
    assert_eq!(UasId::session(det, BridShape::Nested), *session);
    assert_eq!(brid.det(), Some(det));
    assert_eq!(brid.authentications(), [] as [Authentication; 0]);
}

fn check_minimal(brid: &Brid) {
    let none = UasId::new(UasIdType::NONE, &[0; 20]).unwrap();
    assert_eq!(*brid, Brid::new(BridShape::Flat, UasType::NOT_DECLARED, none));
    assert_eq!(brid.det(), None);
    assert_eq!(brid.endorsements(), Ok(vec![]));
}
