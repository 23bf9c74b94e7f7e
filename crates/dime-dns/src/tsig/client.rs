//! Requests that are signed here, and the check of what comes back (RFC 8945, sections 5.1 and 5.3).

use super::{
    FUDGE, TsigKey,
    chain::unsigned,
    digest::{Covered, Place},
    record::{Split, Tsig, split},
};
use crate::walk::Head;
use drip_det::UnixTime;
use std::sync::Arc;

/// How many messages of a stream may go unsigned before the next that is signed (section 5.3.1).
const UNSIGNED_RUN: usize = 99;

/// Why a response is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TsigFault {
    /// The octets are no message.
    #[error("the response cannot be read")]
    Malformed,
    /// It is not signed where it must be.
    #[error("the response is not signed")]
    Unsigned,
    /// Another key than the request's.
    #[error("the response is signed with another key")]
    Key,
    /// The MAC is wrong, or not whole.
    #[error("the response's signature does not hold")]
    Mac,
    /// The clocks are too far apart, or it is an old message.
    #[error("the response is signed for another time")]
    Time,
    /// The server refused our signature for this reason (section 3).
    #[error("the server says TSIG error {0} (16 BADSIG, 17 BADKEY, 18 BADTIME, 22 BADTRUNC)")]
    Server(u16),
}

/// Signs a request; the result checks its responses.
pub(crate) fn sign_request(key: Arc<TsigKey>, request: &mut Vec<u8>, now: UnixTime) -> ResponseChain {
    let original_id = Head::of(request).map_or(0, |head| head.id);
    let mut tsig = Tsig { time: now.0, ..unsigned(&key, original_id) };
    tsig.mac = Covered::new(Place::Request, request, &tsig).mac(&key);
    tsig.append(request);
    ResponseChain { key, prior: tsig.mac, signed: 0, waiting: Vec::new(), run: 0 }
}

/// Checks the responses to one request, in order.
pub(crate) struct ResponseChain {
    key: Arc<TsigKey>,
    prior: Vec<u8>,
    signed: usize,
    /// The messages since the last signed one: the next MAC covers them, too.
    waiting: Vec<u8>,
    run: usize,
}

impl ResponseChain {
    /// Takes the next response and gives it without its signature. What it says is sure once [`ResponseChain::is_settled`].
    pub(crate) fn check(&mut self, response: &[u8], now: UnixTime) -> Result<Vec<u8>, TsigFault> {
        let Some(Split { tsig, unsigned }) = split(response).map_err(|_| TsigFault::Malformed)? else {
            if self.signed == 0 || self.run >= UNSIGNED_RUN {
                return Err(TsigFault::Unsigned);
            }
            self.run += 1;
            self.waiting.extend_from_slice(response);
            return Ok(response.to_vec());
        };
        if tsig.mac.is_empty() && tsig.error != 0 {
            return Err(TsigFault::Server(tsig.error));
        }
        let same_algorithm = tsig.algorithm.wire().eq_ignore_ascii_case(self.key.algorithm().wire());
        if !tsig.key.is_same(self.key.name()) || !same_algorithm {
            return Err(TsigFault::Key);
        }
        if tsig.mac.len() != self.key.algorithm().mac_length() {
            return Err(TsigFault::Mac);
        }
        let mut covered = std::mem::take(&mut self.waiting);
        let at = covered.len();
        covered.extend_from_slice(&unsigned);
        if let Some(mut head) = Head::of(&unsigned) {
            head.id = tsig.original_id;
            head.put(covered.get_mut(at..).unwrap_or_default());
        }
        let place = if self.signed == 0 { Place::Response(&self.prior) } else { Place::Later(&self.prior) };
        if !Covered::new(place, &covered, &tsig).is_mac(&self.key, &tsig.mac) {
            return Err(TsigFault::Mac);
        }
        if tsig.error != 0 {
            return Err(TsigFault::Server(tsig.error));
        }
        if now.0.abs_diff(tsig.time) > u64::from(tsig.fudge.min(FUDGE)) {
            return Err(TsigFault::Time);
        }
        self.prior = tsig.mac;
        self.signed += 1;
        self.run = 0;
        Ok(unsigned)
    }

    /// Whether the last message was signed: so must the last of a stream be.
    pub(crate) fn is_settled(&self) -> bool {
        self.signed > 0 && self.waiting.is_empty()
    }
}
