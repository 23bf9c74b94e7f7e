//! Serial numbers that carry a DET.

use crate::vector::{Vector, text};
use drip_det::{Det, SerialNumber};

vectors! { serial, "serial", check_serial_number:
    serial_9374 serial_9886_uas serial_9575_ua serial_edge_all_ones serial_edge_zero_hash
}

vectors! { serial_legacy, "serial-legacy", check_legacy:
    serial_2021_rid13
}

fn check_serial_number(vector: &Vector) {
    let Vector { inputs, outputs } = vector;
    let det: Det = text(&inputs["det_hex"]).parse().unwrap();
    let serial_number = SerialNumber::from_det(text(&inputs["mfr_code"]), det).unwrap();
    assert_eq!(serial_number.as_str(), text(&outputs["serial"]));
    assert_eq!(serial_number.as_str()[4..5], *text(&outputs["length_code"]));

    let read: SerialNumber = text(&outputs["serial"]).parse().unwrap();
    assert_eq!(read.manufacturer(), text(&inputs["mfr_code"]));
    let (suite, hash) = read.det_parts().unwrap();
    let payload = format!("{:02x}{hash:016x}", suite.0);
    assert_eq!(payload, text(&outputs["payload72_hex"]));
    assert_eq!(
        format!("{:075b}", u128::from_str_radix(&payload, 16).unwrap()),
        text(&outputs["payload75_bits"])
    );
    assert_eq!(read.to_det(det.hid()), Ok(det));
}

/// The form of 2021 is a valid serial number, but no DET may be read from it outside a profile of its own.
fn check_legacy(vector: &Vector) {
    let legacy: SerialNumber = text(&vector.outputs["serial"]).parse().unwrap();
    assert_eq!(legacy.manufacturer(), text(&vector.inputs["mfr_code"]));
    assert_eq!(legacy.det_parts(), None);
    let name = text(&vector.outputs["sn_fqdn_2021"]);
    assert!(name.starts_with(&legacy.as_str()[5..]));
}
