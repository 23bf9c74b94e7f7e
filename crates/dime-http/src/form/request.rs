//! What callers send.

use super::{
    det_text::DetText,
    registry::{DsForm, NameServerForm},
    status::ReasonWord,
    time::Moment,
    word::{KindWord, RoleWord, StateWord},
};
use crate::{Problem, ProblemKind};
use base64::{Engine, engine::general_purpose::STANDARD};
use dime_registry::HardwareModule;
use drip_det::{Det, Hid};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// An application to register one DET.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Application)]
pub(crate) struct ApplicationForm {
    pub(crate) kind: KindWord,
    /// The request of an Ed25519 key: PKCS#10 in DER or C509 (type 2 or 3), in base64; or PEM. A native one (type 2) gets a native certificate,
    /// too. A DET in its subjectAltName chooses the HDA.
    #[schema(min_length = 1)]
    pub(crate) csr: String,
    /// The DET of the operator it belongs to: needed for aircraft and sessions unless a manager vouches. Without it, the DET that signed
    /// the request (RFC 9421).
    #[schema(value_type = Option<DetText>, inline)]
    pub(crate) operator: Option<String>,
    /// The operator's consent: base64 of a Broadcast Endorsement (136 octets), parent the operator's DET, child the new DET and key.
    pub(crate) operator_attestation: Option<String>,
    /// The serial number (ANSI/CTA-2063-A); the CSR may say it instead.
    #[schema(min_length = 1, max_length = 64, example = "8653FZ2T7B8RA85D19LX")]
    pub(crate) serial_number: Option<String>,
    /// Until when it should be valid; without it the kind's default.
    pub(crate) not_after: Option<Moment>,
    /// The flight or operational intent of a session.
    #[schema(min_length = 1, max_length = 128)]
    pub(crate) flight: Option<String>,
    /// How to reach the registrant.
    #[schema(min_length = 1, max_length = 500)]
    pub(crate) contact: Option<String>,
    /// The device, where what is registered never ends. It is in the certificate and in the DNS: everybody can read it.
    #[schema(inline)]
    pub(crate) hardware_module: Option<HardwareModuleForm>,
    /// The number an HDA or RAA wants, written RAA/HDA (an RAA's HDA is 0); without it that of the DET in the CSR, or one that is assigned.
    #[schema(
        pattern = "^(1638[0-3]|163[0-7][0-9]|16[0-2][0-9]{2}|1[0-5][0-9]{3}|[0-9]{1,4})/(1638[0-3]|163[0-7][0-9]|16[0-2][0-9]{2}|1[0-5][0-9]{3}|[0-9]{1,4})$",
        example = "16376/10"
    )]
    pub(crate) hid: Option<String>,
    /// The name servers of an HDA's or RAA's zone; without any, the level above serves the zone.
    #[schema(max_items = 16)]
    pub(crate) name_servers: Option<Vec<NameServerForm>>,
    /// The keys an HDA's or RAA's zone is signed with.
    #[schema(max_items = 16)]
    pub(crate) ds: Option<Vec<DsForm>>,
    /// Where an HDA is responsible: base64 of a coverage.
    pub(crate) coverage: Option<String>,
    /// A URI for the certificates of an HDA or RAA.
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) uri: Option<String>,
}

/// A device as its manufacturer names it (hardwareModuleName, RFC 4108).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HardwareModule)]
pub(crate) struct HardwareModuleForm {
    /// The kind of device: an object identifier from the manufacturer's own arc.
    #[serde(rename = "type")]
    #[schema(pattern = "^[0-2](\\.(0|[1-9][0-9]*))+$", max_length = 128, example = "1.3.6.1.4.1.55555.1")]
    pub(crate) hw_type: String,
    /// Its serial number among devices of that kind: 1 to 64 octets in hexadecimal.
    #[schema(pattern = "^([0-9A-Fa-f]{2}){1,64}$", example = "01020304")]
    pub(crate) serial: String,
}

impl HardwareModuleForm {
    /// The same for the registry, or what is wrong with it.
    pub(crate) fn read(self) -> Result<HardwareModule, String> {
        let hw_serial = hex::decode(&self.serial).map_err(|error| format!("its serial: {error}"))?;
        Ok(HardwareModule { hw_type: self.hw_type, hw_serial })
    }
}

/// The rest of an application whose body is the CSR itself (`application/pkcs10`, `application/cose-c509-pkcs10`). Not used with a JSON body.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ApplicationQuery {
    /// What is to be registered; needed.
    #[param(inline)]
    pub(crate) kind: Option<KindWord>,
    /// The DET of the operator it belongs to.
    #[param(value_type = Option<DetText>, inline)]
    pub(crate) operator: Option<String>,
    /// The operator's consent: base64 of 136 octets.
    pub(crate) operator_attestation: Option<String>,
    /// The serial number.
    #[param(min_length = 1, max_length = 64)]
    pub(crate) serial_number: Option<String>,
    /// Until when it should be valid.
    #[param(inline)]
    pub(crate) not_after: Option<Moment>,
    /// The flight of a session.
    #[param(min_length = 1, max_length = 128)]
    pub(crate) flight: Option<String>,
    /// How to reach the registrant.
    #[param(min_length = 1, max_length = 500)]
    pub(crate) contact: Option<String>,
}

/// Which registrations to list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListingQuery {
    /// Only those in this state.
    #[param(inline)]
    pub(crate) state: Option<StateWord>,
    /// Only those of this kind.
    #[param(inline)]
    pub(crate) kind: Option<KindWord>,
    /// Only those asked for at this time or later. Not used with `cursor`.
    #[param(inline)]
    pub(crate) since: Option<Moment>,
    /// Only those of this HDA, written RAA/HDA.
    #[param(
        pattern = "^(1638[0-3]|163[0-7][0-9]|16[0-2][0-9]{2}|1[0-5][0-9]{3}|[0-9]{1,4})/(1638[0-3]|163[0-7][0-9]|16[0-2][0-9]{2}|1[0-5][0-9]{3}|[0-9]{1,4})$",
        example = "16376/10"
    )]
    pub(crate) hid: Option<String>,
    /// `next` of the page before.
    #[param(format = "uuid")]
    pub(crate) cursor: Option<String>,
    /// At most so many on the page.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u16>,
}

/// Why something is done; kept with it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    /// In words.
    #[schema(min_length = 1, max_length = 500, pattern = "\\S", example = "sold")]
    pub(crate) reason: String,
}

/// Why a DET is revoked; kept with it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Revocation)]
pub(crate) struct RevocationForm {
    /// In words.
    #[schema(min_length = 1, max_length = 500, pattern = "\\S", example = "sold")]
    pub(crate) reason: String,
    /// In the standard's words, which everybody may read; `certificateHold` and `removeFromCRL` are none here.
    pub(crate) reason_code: Option<ReasonWord>,
}

/// A wish to have a registration extended.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Renewal)]
pub(crate) struct RenewalForm {
    /// Until when it should be valid; without it the kind's default from now.
    pub(crate) not_after: Option<Moment>,
}

/// A token to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenForm {
    pub(crate) role: RoleWord,
    /// The only HDA it is good for, written RAA/HDA; without it all.
    #[schema(
        pattern = "^(1638[0-3]|163[0-7][0-9]|16[0-2][0-9]{2}|1[0-5][0-9]{3}|[0-9]{1,4})/(1638[0-3]|163[0-7][0-9]|16[0-2][0-9]{2}|1[0-5][0-9]{3}|[0-9]{1,4})$",
        example = "16376/10"
    )]
    pub(crate) hid: Option<String>,
    /// Seconds until it ends; without it never.
    #[schema(minimum = 1, maximum = 3153600000_u64, example = 86400)]
    pub(crate) ttl: Option<u64>,
    /// What it is for.
    #[schema(max_length = 200, example = "the desk at the aerodrome")]
    #[serde(default)]
    pub(crate) label: String,
}

/// A DET in any of its three texts, or what is wrong with it.
pub(crate) fn det(text: &str) -> Result<Det, String> {
    text.parse::<Det>().map_err(|error| error.to_string())
}

/// A HID written RAA/HDA.
pub(crate) fn hid(text: &str) -> Result<Hid, String> {
    text.parse::<Hid>().map_err(|error| error.to_string())
}

/// Standard base64; white space is let pass, since tools wrap their lines.
pub(crate) fn base64(text: &str) -> Result<Vec<u8>, String> {
    let packed: Vec<u8> = text.bytes().filter(|octet| !octet.is_ascii_whitespace()).collect();
    STANDARD.decode(packed).map_err(|error| format!("not base64: {error}"))
}

/// The octets of a CSR given as text: PEM as it stands, else base64 of DER or CBOR.
pub(crate) fn csr(text: &str) -> Result<Vec<u8>, Problem> {
    if text.contains("-----BEGIN") {
        return Ok(text.as_bytes().to_vec());
    }
    base64(text).map_err(|reason| {
        Problem::new(ProblemKind::MalformedCsr, "the CSR is neither PEM nor base64 of DER or CBOR")
            .at("/csr", reason)
    })
}
