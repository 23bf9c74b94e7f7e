//! The octets under a MAC (RFC 8945, section 4.3).

use super::{TsigKey, record::Tsig};

/// What a MAC covers besides the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// A request: nothing came before.
    Request,
    /// A response, or the first of many: after the request's MAC.
    Response(&'a [u8]),
    /// A later response of many, after the last MAC: of the TSIG, only the times are covered (section 5.3.1).
    Later(&'a [u8]),
}

/// The octets, in pieces: length and MAC that came before, message, fields of the TSIG.
pub(crate) struct Covered<'a> {
    prior: Vec<u8>,
    message: &'a [u8],
    fields: Vec<u8>,
}

impl<'a> Covered<'a> {
    /// `message` is as it was before it was signed, its ID the one it had then.
    pub(crate) fn new(place: Place<'_>, message: &'a [u8], tsig: &Tsig) -> Self {
        let (prior, fields) = match place {
            Place::Request => (Vec::new(), tsig.variables()),
            Place::Response(mac) => (with_length(mac), tsig.variables()),
            Place::Later(mac) => (with_length(mac), tsig.timers().to_vec()),
        };
        Covered { prior, message, fields }
    }

    pub(crate) fn mac(&self, key: &TsigKey) -> Vec<u8> {
        key.mac(&[&self.prior, self.message, &self.fields])
    }

    /// Whether the MAC, or what there is of it, is right.
    pub(crate) fn is_mac(&self, key: &TsigKey, mac: &[u8]) -> bool {
        key.is_start_of_mac(&[&self.prior, self.message, &self.fields], mac)
    }
}

fn with_length(mac: &[u8]) -> Vec<u8> {
    let mut octets = (mac.len() as u16).to_be_bytes().to_vec();
    octets.extend_from_slice(mac);
    octets
}
