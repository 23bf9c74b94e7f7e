//! How requests are answered, whatever the zones say.

use crate::{
    CookieCheck, Cookies, QueryLogConfig, RateLimit, Transport,
    respond::{Moment, Peer},
};
use dime_zone::Name;

/// The largest datagram sent or asked for: it passes unfragmented on practically every path (DNS flag day 2020).
pub(crate) const MAX_PAYLOAD: u16 = 1232;
/// The largest datagram for who does not speak EDNS (RFC 1035, section 4.2.1).
pub(crate) const PLAIN_PAYLOAD: u16 = 512;

/// How requests are answered, whatever the zones say.
#[derive(Default)]
pub struct Answering {
    /// What this server calls itself for who asks by NSID.
    pub nsid: Vec<u8>,
    /// Makes and checks cookies; without, cookies are not spoken.
    pub cookies: Option<Cookies>,
    /// How much goes to one network over UDP.
    pub rate_limit: Option<RateLimit>,
    /// Which queries are logged.
    pub query_log: QueryLogConfig,
    /// Zones that are served and have no DETs: questions about them are none of the everyday ones.
    pub elsewhere: Vec<Name>,
}

impl Answering {
    /// What the cookie of a request says; `None` where cookies are not spoken.
    pub(crate) fn check_cookie(&self, option: &[u8], peer: Peer, moment: Moment) -> Option<CookieCheck> {
        Some(self.cookies.as_ref()?.check(option, peer.address.ip(), moment.now.0 as u32))
    }

    /// The cookie of the response.
    pub(crate) fn answer_cookie(
        &self,
        check: Option<CookieCheck>,
        peer: Peer,
        moment: Moment,
    ) -> Option<[u8; 24]> {
        match check? {
            CookieCheck::Valid { answer } => Some(answer),
            CookieCheck::ClientOnly { client } | CookieCheck::Bad { client } => {
                Some(self.cookies.as_ref()?.answer(client, peer.address.ip(), moment.now.0 as u32))
            }
            CookieCheck::Malformed => None,
        }
    }

    pub(crate) fn is_elsewhere(&self, name: &[u8]) -> bool {
        let ends_with = |zone: &Name| {
            let above = name.len().checked_sub(zone.wire().len());
            above
                .and_then(|above| name.get(above..))
                .is_some_and(|tail| tail.eq_ignore_ascii_case(zone.wire()))
        };
        // Now and then a name only looks as if it were below: then nothing but time is lost.
        self.elsewhere.iter().any(ends_with)
    }
}

/// Octets that a response may have; `payload` is what the asker's EDNS says.
pub(crate) fn payload_limit(transport: Transport, payload: Option<u16>) -> u16 {
    match (transport, payload) {
        (Transport::Tcp | Transport::Tls, _) => u16::MAX,
        (Transport::Udp, Some(payload)) => payload.clamp(PLAIN_PAYLOAD, MAX_PAYLOAD),
        (Transport::Udp, None) => PLAIN_PAYLOAD,
    }
}
