//! A request is checked in the order of RFC 8945, section 5.2: key, MAC, time, truncation.
//!
//! | wrong | RCODE | TSIG error | signed |
//! |---|---|---|---|
//! | the record, or where it stands; a MAC too long, or too short for any policy | FORMERR | | |
//! | key or algorithm | NOTAUTH | BADKEY | no |
//! | MAC | NOTAUTH | BADSIG | no |
//! | time | NOTAUTH | BADTIME, with our time | yes |
//! | MAC right as far as it goes | NOTAUTH | BADTRUNC | yes |

use super::{
    BADKEY, BADSIG, BADTIME, BADTRUNC, Chain, FORMERR, FUDGE, KeyRing, NOTAUTH, TsigKey,
    digest::{Covered, Place},
    record::{Split, Tsig, split},
};
use crate::walk::{self, Head};
use drip_det::UnixTime;
use std::sync::Arc;

/// What a request turned out to be.
pub(crate) enum Checked {
    /// It has no TSIG.
    Unsigned,
    /// It is who it says.
    Signed(Box<SignedRequest>),
    /// It is not right, and this is the response.
    Wrong(Vec<u8>),
}

/// A request whose signature holds.
pub(crate) struct SignedRequest {
    pub(crate) key: Arc<TsigKey>,
    /// The request without its signature.
    pub(crate) message: Vec<u8>,
    /// Signs the responses.
    pub(crate) chain: Chain,
}

/// Checks the signature of a request.
pub(crate) fn check(keys: &KeyRing, request: &[u8], now: UnixTime) -> Checked {
    let Split { tsig, unsigned } = match split(request) {
        Ok(None) => return Checked::Unsigned,
        Ok(Some(split)) => split,
        Err(_) => return Checked::Wrong(bare(request, FORMERR)),
    };
    let known = keys.find(&tsig.key).filter(|key| is_algorithm(key, &tsig));
    let Some(key) = known else {
        return Checked::Wrong(unsigned_error(request, &tsig, BADKEY, now));
    };
    let whole = key.algorithm().mac_length();
    if tsig.mac.len() > whole || tsig.mac.len() < (whole / 2).max(10) {
        return Checked::Wrong(bare(request, FORMERR));
    }
    let mut covered = unsigned.clone();
    if let Some(mut head) = Head::of(&covered) {
        head.id = tsig.original_id;
        head.put(&mut covered);
    }
    if !Covered::new(Place::Request, &covered, &tsig).is_mac(key, &tsig.mac) {
        return Checked::Wrong(unsigned_error(request, &tsig, BADSIG, now));
    }
    let truncated = tsig.mac.len() < whole;
    let mut chain = Chain::after(Arc::clone(key), tsig.mac.clone());
    if now.0.abs_diff(tsig.time) > u64::from(tsig.fudge.min(FUDGE)) {
        let mut response = bare(request, NOTAUTH);
        let [_, _, ours @ ..] = now.0.to_be_bytes();
        // The asker's own time, so that it can verify this (section 5.2.3).
        chain.sign_with(&mut response, tsig.time, tsig.fudge, BADTIME, ours.to_vec());
        return Checked::Wrong(response);
    }
    if truncated {
        let mut response = bare(request, NOTAUTH);
        chain.sign_with(&mut response, now.0, FUDGE, BADTRUNC, Vec::new());
        return Checked::Wrong(response);
    }
    Checked::Signed(Box::new(SignedRequest { key: Arc::clone(key), message: unsigned, chain }))
}

fn is_algorithm(key: &TsigKey, tsig: &Tsig) -> bool {
    tsig.algorithm.wire().eq_ignore_ascii_case(key.algorithm().wire())
}

/// A response without records: the header, and the question where it can be read.
pub(crate) fn bare(request: &[u8], rcode: u8) -> Vec<u8> {
    let Some(head) = Head::of(request) else { return Vec::new() };
    let mut response = head.response(rcode);
    let asked = walk::question(request).filter(|_| head.counts.first() == Some(&1));
    let question = asked.map(|asked| asked.encode()).unwrap_or_default();
    let [questions, ..] = &mut response.counts;
    *questions = u16::from(!question.is_empty());
    [response.encode().as_slice(), &question].concat()
}

/// The response with a TSIG that has no MAC: for who has another secret than we, ours would say nothing.
fn unsigned_error(request: &[u8], tsig: &Tsig, error: u16, now: UnixTime) -> Vec<u8> {
    let mut response = bare(request, NOTAUTH);
    let tsig = Tsig { time: now.0, fudge: FUDGE, mac: Vec::new(), error, other: Vec::new(), ..tsig.clone() };
    tsig.append(&mut response);
    response
}
