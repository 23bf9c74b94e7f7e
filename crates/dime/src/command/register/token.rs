//! `--cwt`: a registration token (CWT), signed by the key that is to be registered. It says all that the options say.

use std::path::Path;

use drip_cert::csr::Csr;
use drip_det::{Det, UnixTime};
use drip_wire::registration::{Claims, RegistrationToken};

use super::Register;
use crate::outcome::Failure;
use crate::{input, key_input};

/// The octets of a token for what `command` asks for, signed by the key in `file`.
pub(super) fn make(command: &Register, file: &Path, now: UnixTime) -> Result<Vec<u8>, Failure> {
    let mut of_registries = serde_json::Map::new();
    command.registry.add_to(&mut of_registries)?;
    if !of_registries.is_empty() {
        return Err(Failure::usage("an HDA or RAA is asked for with --csr, not with --cwt"));
    }
    let key = key_input::private_key(file, command.acting_as.password())?;
    let csr = command.csr.as_deref().map(input::octets).transpose()?;
    let parsed = csr.as_deref().map(Csr::parse).transpose().map_err(Failure::usage)?;
    let hid = match parsed.as_ref().and_then(Csr::det).map(Det::hid) {
        Some(hid) => hid,
        None => command.server.own_hid()?,
    };
    let claims = Claims {
        not_after: command.not_after,
        csr: parsed.map(|csr| csr.octets().to_vec()),
        flight: command.flight.clone(),
        contact: command.contact.clone(),
        operator: command.operator,
        serial_number: command.serial.clone(),
        ..Claims::new(command.kind.name().to_owned(), *key.hi(), now)
    };
    let det = key.det(hid);
    let signature = key.sign(&RegistrationToken::to_be_signed(det, &claims));
    Ok(RegistrationToken::new(det, claims, signature).encode())
}
