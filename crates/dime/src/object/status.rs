//! Revocation lists, OCSP requests and OCSP responses: DER whose first fields tell it apart from certificates and their requests.
//!
//! | object | begins, inside its outer SEQUENCE, with |
//! |---|---|
//! | OCSP response | ENUMERATED, the status |
//! | revocation list | SEQUENCE, INTEGER 1, the version |
//! | certification request | SEQUENCE, INTEGER 0, the version |
//! | certificate | SEQUENCE, `[0]`, the version |
//! | OCSP request | SEQUENCE, then the list of requests, a SEQUENCE, or `[1]`, who asks |

use drip_cert::crl::Crl;
use drip_cert::ocsp::{OcspRequest, OcspResponse};

/// One of the three.
pub(crate) enum Status {
    Crl(Box<Crl>),
    Request(OcspRequest),
    Response(OcspResponse),
}

/// Reads DER that looks like one of the three; `None` when it looks like something else. The error says what it looks like, and why it is
/// not that.
pub(super) fn from_der(octets: &[u8]) -> Option<Result<Status, String>> {
    let wrong = |what: &str, error: &dyn std::fmt::Display| format!("{what} that cannot be read: {error}");
    let inner = contents(octets)?;
    if inner.first() == Some(&0x0a) {
        let read = OcspResponse::decode(octets).map(Status::Response);
        return Some(read.map_err(|error| wrong("an OCSP response", &error)));
    }
    match contents(inner)? {
        [0x02, 0x01, 0x01, ..] => {
            let read = Crl::parse(octets).map(|crl| Status::Crl(Box::new(crl)));
            Some(read.map_err(|error| wrong("a revocation list", &error)))
        }
        [0x30 | 0xa1, ..] => {
            let read = OcspRequest::decode(octets).map(Status::Request);
            Some(read.map_err(|error| wrong("an OCSP request", &error)))
        }
        _ => None,
    }
}

/// What is inside a SEQUENCE, as far as it is there.
fn contents(octets: &[u8]) -> Option<&[u8]> {
    let [0x30, length, rest @ ..] = octets else { return None };
    match length {
        0..=0x7f => Some(rest),
        0x81..=0x84 => rest.get(usize::from(length & 0x7f)..),
        _ => None,
    }
}
