//! Starts and stops the service of DNS.

use crate::{
    BindError, Transport,
    bind::{Bound, bind_both},
    handler::Handler,
};
use dime_zone::Zones;
use hickory_server::Server;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinSet};

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
#[error("the name server's {transport} socket on {address} failed: {fault}")]
pub struct ServeError {
    /// Where it was listening.
    pub address: SocketAddr,
    /// The transport that failed.
    pub transport: Transport,
    /// What happened.
    pub fault: String,
}

/// The name server, serving from [`DnsServer::bind`] until [`DnsServer::shutdown`] or until it is dropped.
pub struct DnsServer {
    addresses: Vec<SocketAddr>,
    /// One task a socket, so that the first that fails is noticed.
    sockets: JoinSet<Result<(), ServeError>>,
    stop: watch::Sender<()>,
}

impl DnsServer {
    /// Binds UDP and TCP on every address and serves the zones on them. Port 0 picks a port that is free for both.
    ///
    /// Must be called inside a tokio runtime. When it returns, queries are answered. If any address cannot be had, none is served.
    pub fn bind(
        addresses: impl IntoIterator<Item = SocketAddr>,
        zones: Arc<Zones>,
        config: DnsConfig,
    ) -> Result<Self, BindError> {
        let bound = addresses
            .into_iter()
            .map(|address| bind_both(address, config.receive_buffer))
            .collect::<Result<Vec<Bound>, _>>()?;
        let handler = Handler::new(zones);
        let (stop, _) = watch::channel(());
        let mut server = DnsServer { addresses: Vec::new(), sockets: JoinSet::new(), stop };
        for Bound { address, udp, tcp } in bound {
            let mut over_udp = Server::new(handler.clone());
            over_udp.register_socket(udp);
            server.run(address, Transport::Udp, over_udp);
            let mut over_tcp = Server::new(handler.clone());
            over_tcp.register_listener(tcp, config.tcp_idle, config.tcp_waiting);
            server.run(address, Transport::Tcp, over_tcp);
            tracing::info!(%address, "answering DNS over UDP and TCP");
            server.addresses.push(address);
        }
        Ok(server)
    }

    fn run(&mut self, address: SocketAddr, transport: Transport, mut socket: Server<Handler>) {
        let mut stop = self.stop.subscribe();
        self.sockets.spawn(async move {
            let ended = tokio::select! {
                ended = socket.block_until_done() => ended,
                _ = stop.changed() => return socket.shutdown_gracefully().await.map_err(|error| failed(address, transport, &error)),
            };
            Err(match ended {
                Ok(()) => failed(address, transport, &"it ended by itself"),
                Err(error) => failed(address, transport, &error),
            })
        });
    }

    /// The addresses served, in the order they were given, with the ports that were picked.
    pub fn local_addrs(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Waits until a socket fails; without failure, for ever.
    pub async fn failure(&mut self) -> ServeError {
        loop {
            match self.sockets.join_next().await {
                Some(Ok(Err(error))) => return error,
                Some(_) => {}
                None => std::future::pending().await,
            }
        }
    }

    /// Stops: takes no more requests, ends connections, frees the ports.
    pub async fn shutdown(mut self) -> Result<(), ServeError> {
        // Without a receiver every socket has failed already, and says so below.
        let _ = self.stop.send(());
        let mut outcome = Ok(());
        while let Some(ended) = self.sockets.join_next().await {
            if let Ok(Err(error)) = ended {
                outcome = Err(error);
            }
        }
        outcome
    }
}

fn failed(address: SocketAddr, transport: Transport, fault: &dyn std::fmt::Display) -> ServeError {
    ServeError { address, transport, fault: fault.to_string() }
}
