//! Following delegations from the Apex or an RAA down to the zone that holds a name (RFC 1034, section 4.3.2 and 5.3.3).
//!
//! Every referral must lead further down towards the name, so there are no circles; there are three cuts in the DRIP tree, and no more
//! than [`MOST`] are followed. Addresses are believed only for name servers within the zone of the server that gave them (RFC 2181,
//! section 5.4.1); names elsewhere are not looked up: a recursive resolver does that, and can be asked instead. The port is that of
//! the server asked first, for no record says another.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use drip_det::ZoneCut;
use hickory_proto::rr::Name;

use super::nsec::Nsec;
use super::query::Question;
use super::response::{Referral, Reply};
use super::{Answer, DnsError, Resolver};

/// How many referrals are followed for one question.
const MOST: usize = 8;
/// How many addresses of one zone are tried.
const MOST_ADDRESSES: usize = 6;

/// Who serves the zones met so far; shared by the clones of a resolver.
#[derive(Clone, Debug, Default)]
pub(super) struct Delegations(Arc<Mutex<BTreeMap<Name, Vec<SocketAddr>>>>);

impl Delegations {
    /// The deepest zone known that the name is in.
    fn nearest(&self, name: &Name) -> Option<(Name, Vec<SocketAddr>)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .iter()
            .filter(|(zone, _)| zone.zone_of(name))
            .max_by_key(|(zone, _)| zone.num_labels())
            .map(|(zone, servers)| (zone.clone(), servers.clone()))
    }

    fn remember(&self, zone: &Name, servers: &[SocketAddr]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(zone.clone(), servers.to_vec());
    }
}

/// What a question came to.
pub(super) enum Found {
    /// An answer.
    Answer(Answer),
    /// Nothing, with its proof, where that was asked for.
    Nothing(Vec<Nsec>),
}

/// Ask the server given, then those it refers to, until one answers.
pub(super) fn follow(resolver: &Resolver, question: &Question) -> Result<Found, DnsError> {
    let (mut zone, mut servers) = match resolver.delegations.nearest(&question.name) {
        Some((zone, servers)) => (Some(zone), servers),
        None => (None, vec![resolver.server]),
    };
    for _ in 0..=MOST {
        let (server, reply) = ask_any(resolver, &servers, question)?;
        let referral = match reply {
            Reply::Answer(answer) => return Ok(Found::Answer(answer)),
            Reply::Nothing(proof) => return Ok(Found::Nothing(proof)),
            Reply::Referral(referral) => referral,
        };
        servers = addresses(resolver, server, question, zone.as_ref(), &referral)?;
        resolver.delegations.remember(&referral.zone, &servers);
        zone = Some(referral.zone);
    }
    let zone = zone.map(|zone| zone.to_string()).unwrap_or_default();
    let name = question.name.to_string();
    Err(DnsError::Referral { server: resolver.server, name, zone, why: "too many referrals" })
}

/// The first answer that one of the servers gives, and who gave it.
fn ask_any(
    resolver: &Resolver,
    servers: &[SocketAddr],
    question: &Question,
) -> Result<(SocketAddr, Reply), DnsError> {
    let mut outcome = Err(DnsError::Timeout { server: resolver.server, waited: core::time::Duration::ZERO });
    for &server in servers {
        outcome = resolver.ask_one(server, question).map(|reply| (server, reply));
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

/// Where a referral leads, when it leads towards the name and says how to get there.
fn addresses(
    resolver: &Resolver,
    server: SocketAddr,
    question: &Question,
    zone: Option<&Name>,
    referral: &Referral,
) -> Result<Vec<SocketAddr>, DnsError> {
    let error = |why| {
        let (name, zone) = (question.name.to_string(), referral.zone.to_string());
        Err(DnsError::Referral { server, name, zone, why })
    };
    if !referral.zone.zone_of(&question.name) {
        return error("the name is not in that zone");
    }
    if zone.is_some_and(|zone| !zone.zone_of(&referral.zone) || *zone == referral.zone) {
        return error("that is not below the zone of the server, so it leads nowhere");
    }
    let bailiwick = zone.cloned().or_else(apex);
    let within = |name: &Name| bailiwick.as_ref().is_some_and(|bailiwick| bailiwick.zone_of(name));
    let found: Vec<SocketAddr> = referral
        .glue
        .iter()
        .filter(|(name, _)| referral.servers.contains(name) && within(name))
        .map(|(_, address)| SocketAddr::new(*address, resolver.server.port()))
        .take(MOST_ADDRESSES)
        .collect();
    if found.is_empty() {
        return error(
            "no address of its name servers came along that could be believed; ask a recursive resolver",
        );
    }
    Ok(found)
}

/// What the first server may speak for, as long as it has not said what its zone is.
fn apex() -> Option<Name> {
    let mut name = Name::from_ascii(ZoneCut::Apex.name()).ok()?;
    name.set_fqdn(true);
    Some(name)
}
