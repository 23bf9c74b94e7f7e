//! Responses to a signed request are signed, every one of them (RFC 8945, sections 5.3 and 5.3.1).

use super::{
    FUDGE, TsigKey,
    digest::{Covered, Place},
    record::{Tsig, size},
};
use crate::walk::Head;
use dime_zone::Name;
use drip_det::UnixTime;
use std::sync::Arc;

/// The signatures of the responses to one request.
pub(crate) struct Chain {
    key: Arc<TsigKey>,
    prior: Vec<u8>,
    begun: Begun,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Begun {
    No,
    Yes,
}

impl Chain {
    /// After a request with this MAC.
    pub(crate) fn after(key: Arc<TsigKey>, request_mac: Vec<u8>) -> Self {
        Chain { key, prior: request_mac, begun: Begun::No }
    }

    /// Octets that a signature takes.
    pub(crate) fn overhead(&self) -> usize {
        size(&self.key)
    }

    /// Signs the next response.
    pub(crate) fn sign(&mut self, response: &mut Vec<u8>, now: UnixTime) {
        self.sign_with(response, now.0, FUDGE, 0, Vec::new());
    }

    /// Signs a response that says what is wrong with a request.
    pub(super) fn sign_with(
        &mut self,
        response: &mut Vec<u8>,
        time: u64,
        fudge: u16,
        error: u16,
        other: Vec<u8>,
    ) {
        let original_id = Head::of(response).map_or(0, |head| head.id);
        let mut tsig = Tsig { time, fudge, error, other, ..unsigned(&self.key, original_id) };
        let place = match self.begun {
            Begun::No => Place::Response(&self.prior),
            Begun::Yes => Place::Later(&self.prior),
        };
        tsig.mac = Covered::new(place, response, &tsig).mac(&self.key);
        tsig.append(response);
        self.prior = tsig.mac;
        self.begun = Begun::Yes;
    }
}

/// A TSIG of this key without time and MAC.
pub(super) fn unsigned(key: &TsigKey, original_id: u16) -> Tsig {
    Tsig {
        key: key.name().clone(),
        algorithm: algorithm_name(key),
        time: 0,
        fudge: FUDGE,
        mac: Vec::new(),
        original_id,
        error: 0,
        other: Vec::new(),
    }
}

fn algorithm_name(key: &TsigKey) -> Name {
    Name::from_labels([key.algorithm().name().as_bytes()]).unwrap_or_else(|_| Name::root())
}
