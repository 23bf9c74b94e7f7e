//! RDATA of unknown types as text.

use crate::vector::{Vector, octets, text};
use drip_wire::rdata::{generic, parse_generic};

vectors! { rfc3597, "rfc3597", check_generic:
    rfc3597_a_example rfc3597_type62347
}

fn check_generic(vector: &Vector) {
    let presentation = text(&vector.inputs["presentation"]);
    let rdata = octets(&vector.outputs["rdata_hex"]);
    assert_eq!(parse_generic(presentation), Ok(rdata.clone()));
    assert_eq!(generic(&rdata), presentation.to_lowercase());
}
