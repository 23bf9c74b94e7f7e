//! What `/readyz` asks of the other planes: whether the name server answers, over its own socket, for a zone that is served here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use dime_http::ReadyCheck;
use dime_zone::{RecordType, Zones};
use drip_client::dns::{Answer, Resolver};

use super::name_server::Answering;

/// Long enough for a busy machine, short enough for whoever waits for the answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// Asks the name server at each of its addresses for the SOA of the first zone served; there is nothing to ask where it has none.
pub(super) fn dns_answers(answering: Answering, zones: Arc<Zones>) -> ReadyCheck {
    let run = move || {
        answering.borrow().clone().into_iter().try_for_each(|address| dns_answers_at(address, &zones))
    };
    ReadyCheck { name: "dns".to_owned(), run: Arc::new(run) }
}

fn dns_answers_at(address: SocketAddr, zones: &Zones) -> Result<(), String> {
    let resolver = Resolver::new(reachable(address)).with_patience(PATIENCE, 2);
    let zone = zones.summaries().into_iter().next().ok_or("no zone is served")?.cut.name();
    match resolver.ask(&zone, RecordType::SOA.0) {
        Ok(Answer::Records(_)) => Ok(()),
        Ok(_) => Err(format!("{zone} has no SOA")),
        Err(error) => Err(error.to_string()),
    }
}

/// An address to ask a socket at that listens on all addresses.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}
