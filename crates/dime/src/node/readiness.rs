//! What `/readyz` asks of the other planes: whether the name server answers, over its own socket, for a zone that is served here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use dime_http::ReadyCheck;
use dime_zone::{RecordType, Zones};
use drip_client::dns::{Answer, Resolver};

/// Long enough for a busy machine, short enough for whoever waits for the answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// Asks the name server at an address for the SOA of the first zone served.
pub(crate) fn dns_answers(address: SocketAddr, zones: Arc<Zones>) -> ReadyCheck {
    let resolver = Resolver::new(reachable(address)).with_patience(PATIENCE, 2);
    let run = move || {
        let zone = zones.summaries().into_iter().next().ok_or("no zone is served")?.cut.name();
        match resolver.ask(&zone, RecordType::SOA.0) {
            Ok(Answer::Records(_)) => Ok(()),
            Ok(_) => Err(format!("{zone} has no SOA")),
            Err(error) => Err(error.to_string()),
        }
    };
    ReadyCheck { name: "dns".to_owned(), run: Arc::new(run) }
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
