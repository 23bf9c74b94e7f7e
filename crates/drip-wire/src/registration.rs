//! Registering by token: a CWT (RFC 8392) that the key signs which wants to be registered, and the reply in CBOR.
//!
//! **This is a proposal of this project.** draft-wiethuechter-drip-det-registration-coap-cwt names the idea; its claims, their keys and its media types
//! could not be read. What is here uses registered claims where there are any and names of its own where there are none.
//!
//! ```text
//! 61( 18( [ << { 1: -8, 4: kid } >>, {}, << claims >>, signature ] ) )
//! ```
//!
//! The envelope is [`cose`](crate::cose): EdDSA, and as kid the 16 octets of the DET that is asked for, whose HID chooses the HDA. The
//! signature is that of the key in `cnf`, and that key's DET is the kid: so the token itself proves possession. Both tags must be there.
//!
//! | claim | key | value | |
//! |---|---|---|---|
//! | `exp` | 4 | unsigned | wish: until when it should be valid. After it the token is worth nothing |
//! | `nbf` | 5 | unsigned | before it the token is worth nothing |
//! | `iat` | 6 | unsigned | when it was signed; needed |
//! | `cnf` | 8 | `{1: {1: 1, -1: 6, -2: bstr .size 32}}` | the host identity as a COSE_Key, OKP and Ed25519 (RFC 8747); needed |
//! | | `"csr"` | bstr | a certification request of the same key: PKCS#10 or C509; a native one asks for a native certificate |
//! | | `"kind"` | text | `aircraft`, `operator`, `session`, `service`, `manufacturer`; needed |
//! | | `"flight"` | text | the flight of a session |
//! | | `"contact"` | text | how to reach the registrant |
//! | | `"operator"` | 54(bstr .size 16) | the DET of the operator it belongs to |
//! | | `"serial_number"` | text | the device's serial number |
//! | | `"operator_attestation"` | bstr .size 136 | the operator's consent: an endorsement, parent the operator, child the new DET and key |
//!
//! Times are Unix seconds. Other claims are refused: nothing is registered under a condition that is not understood. Maps are
//! deterministic (RFC 8949, section 4.2.1), in the order of this table.
//!
//! A token goes to `POST /v1/registrations` as `application/cwt`. The reply is JSON or, by the Accept field, `application/cbor`: [`Reply`].

mod claims;
mod reply;
mod token;

pub use claims::Claims;
pub use reply::Reply;
pub use token::{RegistrationToken, TokenTimeFault};

/// The media type of a token (RFC 8392, section 9.2).
pub const MEDIA_TYPE: &str = "application/cwt";
/// The largest token that is read, in octets.
pub const MAX_LEN: usize = 16_384;

/// An IPv6 address as a byte string of 16 octets (RFC 9164).
const TAG_IPV6: u64 = 54;

use crate::{
    Fault, WireError,
    cbor::{Reader, Writer},
};
use drip_det::Det;

fn read_det(reader: &mut Reader<'_>, what: &'static str) -> Result<Det, WireError> {
    let at = reader.at();
    if reader.tag(what)? != TAG_IPV6 {
        return Err(WireError { fault: Fault::Expected("tag 54, an IPv6 address"), what, at });
    }
    let at = reader.at();
    let octets = read_array(reader, what, "16 octets")?;
    Det::from_bytes(octets).map_err(|error| WireError { fault: Fault::Det(error), what, at })
}

fn write_det(det: Det, writer: &mut Writer) {
    writer.tag(TAG_IPV6).bytes(&det.to_bytes());
}

fn read_array<const N: usize>(
    reader: &mut Reader<'_>,
    what: &'static str,
    allowed: &'static str,
) -> Result<[u8; N], WireError> {
    let at = reader.at();
    let octets = reader.bytes(what)?;
    let found = octets.len() as u64;
    octets.try_into().map_err(|_| WireError { fault: Fault::OutOfRange { found, allowed }, what, at })
}
