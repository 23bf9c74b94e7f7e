//! Starts and stops the service of DNS.

use crate::{BindError, bind::bind_both, handler::Handler};
use dime_zone::Zones;
use hickory_server::Server;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};

/// Settings of the sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DnsConfig {
    /// How long a TCP connection may be silent (RFC 7766, section 6.2.3).
    pub tcp_idle: Duration,
    /// How many responses may wait on a TCP connection for an asker that does not read.
    pub tcp_waiting: usize,
    /// Receive buffer of the UDP sockets in octets, as far as the system allows: bursts beyond it are lost.
    pub receive_buffer: usize,
}

impl Default for DnsConfig {
    fn default() -> Self {
        DnsConfig { tcp_idle: Duration::from_secs(10), tcp_waiting: 64, receive_buffer: 4 << 20 }
    }
}

/// A socket that stopped working while it should serve.
#[derive(Debug, thiserror::Error)]
#[error("a socket of the name server failed: {0}")]
pub struct ServeError(String);

/// The name server, serving from [`DnsServer::bind`] until [`DnsServer::shutdown`] or until it is dropped.
pub struct DnsServer {
    server: Server<Handler>,
    addresses: Vec<SocketAddr>,
}

impl DnsServer {
    /// Binds UDP and TCP on every address and serves the zones on them. Port 0 picks a port that is free for both.
    ///
    /// Must be called inside a tokio runtime. When it returns, queries are answered.
    pub fn bind(
        addresses: impl IntoIterator<Item = SocketAddr>,
        zones: Arc<Zones>,
        config: DnsConfig,
    ) -> Result<Self, BindError> {
        let mut server = Server::new(Handler::new(zones));
        let mut bound = Vec::new();
        for address in addresses {
            let (udp, tcp, local) = bind_both(address, config.receive_buffer)?;
            let error = |transport| move |source: io::Error| BindError { address, transport, source };
            let udp = tokio::net::UdpSocket::from_std(udp).map_err(error(crate::Transport::Udp))?;
            let tcp = tokio::net::TcpListener::from_std(tcp).map_err(error(crate::Transport::Tcp))?;
            server.register_socket(udp);
            server.register_listener(tcp, config.tcp_idle, config.tcp_waiting);
            tracing::info!(address = %local, "answering DNS over UDP and TCP");
            bound.push(local);
        }
        Ok(DnsServer { server, addresses: bound })
    }

    /// The addresses served, in the order they were given, with the ports that were picked.
    pub fn local_addrs(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Waits until a socket fails; without failure, for ever.
    pub async fn failure(&mut self) -> ServeError {
        match self.server.block_until_done().await {
            Ok(()) => std::future::pending().await,
            Err(error) => ServeError(error.to_string()),
        }
    }

    /// Stops: takes no more requests, ends connections, frees the ports.
    pub async fn shutdown(mut self) -> Result<(), ServeError> {
        self.server.shutdown_gracefully().await.map_err(|error| ServeError(error.to_string()))
    }
}
