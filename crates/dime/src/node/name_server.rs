//! The name server of a node: started, read anew while it serves, stopped.

use std::net::SocketAddr;
use std::sync::Arc;

use dime_dns::secondary::Secondary;
use dime_dns::{DnsServer, Fetched};
use dime_zone::Zones;
use tokio::sync::watch;

use crate::config::Dns;
use crate::outcome::Failure;

/// Where DNS is answered over UDP and TCP at the moment, for those who ask whether it is.
pub(super) type Answering = watch::Receiver<Vec<SocketAddr>>;

/// What peers have taken, while there is a name server.
pub(super) type Taken = watch::Receiver<Option<Arc<Fetched>>>;

/// The name server, or none while no address is configured.
pub(super) struct NameServer {
    zones: Arc<Zones>,
    server: Option<DnsServer>,
    answering: watch::Sender<Vec<SocketAddr>>,
    taken: watch::Sender<Option<Arc<Fetched>>>,
    /// What is told of NOTIFYs.
    secondary: Option<Arc<Secondary>>,
}

impl NameServer {
    /// Answers as configured.
    pub(super) fn start(zones: Arc<Zones>, dns: &Dns) -> Result<Self, Failure> {
        zones.limit_journals(dns.journal_limits());
        let mut name_server = Self {
            zones,
            server: None,
            answering: watch::Sender::default(),
            taken: watch::Sender::default(),
            secondary: None,
        };
        if let Some(config) = dns.to_server()? {
            let server = DnsServer::start(Arc::clone(&name_server.zones), config);
            let server = name_server.server.insert(server.map_err(Failure::unable)?);
            server.set_primary(dns.primary()?);
        }
        name_server.tell();
        Ok(name_server)
    }

    /// Answers as configured anew. What cannot be done changes nothing.
    pub(super) async fn reload(&mut self, dns: &Dns) -> Result<(), Failure> {
        let primary = dns.primary()?;
        match (dns.to_server()?, &mut self.server) {
            (Some(config), Some(server)) => server.reload(config).map_err(Failure::unable)?,
            (Some(config), none) => {
                *none = Some(DnsServer::start(Arc::clone(&self.zones), config).map_err(Failure::unable)?);
            }
            (None, _) => self.stop().await?,
        }
        if let Some(server) = &mut self.server {
            server.set_primary(primary);
            self.secondary.iter().for_each(|secondary| server.tell(Arc::clone(secondary)));
        }
        self.zones.limit_journals(dns.journal_limits());
        self.tell();
        Ok(())
    }

    /// Has a secondary told of NOTIFYs.
    pub(super) fn tell_of_notify(&mut self, secondary: Arc<Secondary>) {
        if let Some(server) = &self.server {
            server.tell(Arc::clone(&secondary));
        }
        self.secondary = Some(secondary);
    }

    /// Where it answers over UDP and TCP, kept up to date.
    pub(super) fn answering(&self) -> Answering {
        self.answering.subscribe()
    }

    /// What peers have taken of the zones, kept up to date.
    pub(super) fn taken(&self) -> Taken {
        self.taken.subscribe()
    }

    /// Waits until a socket fails; for ever, where there is none.
    pub(super) async fn failure(&mut self) -> String {
        match &mut self.server {
            Some(server) => server.failure().await.to_string(),
            None => std::future::pending().await,
        }
    }

    /// Answers what has come, and stops.
    pub(super) async fn stop(&mut self) -> Result<(), Failure> {
        match self.server.take() {
            Some(server) => server.shutdown().await.map_err(Failure::unable),
            None => Ok(()),
        }
    }

    fn tell(&self) {
        let addresses = self.server.as_ref().map(|server| server.local_addrs().to_vec());
        self.answering.send_replace(addresses.unwrap_or_default());
        self.taken.send_replace(self.server.as_ref().map(DnsServer::fetched));
    }
}
