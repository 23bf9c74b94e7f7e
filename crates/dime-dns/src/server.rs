//! Starts, changes and stops the service of DNS.

use crate::{
    BindError, DnsConfig, TlsFileError, Transport,
    bind::{Bound, Datagrams, bind_both, bind_stream},
    counters::Counters,
    fetched::Fetched,
    notify,
    primary::{Primary, PrimaryConfig},
    query_log::QueryLog,
    respond::Peer,
    secondary::Secondary,
    shared::{self, Shared},
    stream::{Limits, Listener, Streams, answers::Answers, room, tls},
    udp,
};
use dime_zone::Zones;
use parking_lot::RwLock;
use rustls::ServerConfig;
use std::{
    net::{SocketAddr, UdpSocket},
    sync::{Arc, OnceLock},
    time::Instant,
};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

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

/// Settings that cannot be served with. When they came while others were in force, those still are.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The system has no randomness for secrets.
    #[error("the system has no randomness: {0}")]
    Randomness(getrandom::Error),
    /// TLS cannot be spoken with these files.
    #[error(transparent)]
    Tls(#[from] TlsFileError),
}

/// The name server, serving from [`DnsServer::bind`] until [`DnsServer::shutdown`] or until it is dropped.
pub struct DnsServer {
    shared: Arc<Shared>,
    config: DnsConfig,
    doors: Vec<Door>,
    addresses: Vec<SocketAddr>,
    tls_addresses: Vec<SocketAddr>,
    /// One task a socket, so that the first that fails is noticed.
    sockets: JoinSet<Result<(), ServeError>>,
    streams: Streams,
    limits: watch::Sender<Limits>,
    certificate: Option<watch::Sender<Arc<ServerConfig>>>,
    /// Tells peers of changes; ends when it is dropped.
    _notifying: JoinSet<()>,
}

/// An address that is served.
struct Door {
    /// As it was asked for: with port 0 where any would do.
    asked: SocketAddr,
    address: SocketAddr,
    kind: Kind,
    /// Told or dropped, its sockets take no more requests, and end when those that came are answered.
    stop: watch::Sender<()>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Tls,
}

/// Sockets that are not served yet.
enum Ready {
    Plain(SocketAddr, Vec<UdpSocket>, TcpListener),
    Tls(SocketAddr, TcpListener),
}

impl DnsServer {
    /// Binds UDP and TCP on every address and serves the zones on them, whatever addresses the settings have. Port 0 picks a port that is
    /// free for both. See [`DnsServer::start`].
    pub fn bind(
        addresses: impl IntoIterator<Item = SocketAddr>,
        zones: Arc<Zones>,
        config: DnsConfig,
    ) -> Result<Self, StartError> {
        Self::start(zones, DnsConfig { listen: addresses.into_iter().collect(), ..config })
    }

    /// Binds every address of the settings and serves the zones on them.
    ///
    /// Must be called inside a tokio runtime. When it returns, queries are answered. If any address cannot be had, none is served.
    pub fn start(zones: Arc<Zones>, config: DnsConfig) -> Result<Self, StartError> {
        let counters = Arc::new(Counters::new());
        let shared = Arc::new(Shared {
            primary: Primary::new(Arc::clone(&zones)),
            zones,
            query_log: QueryLog::default(),
            counters,
            answering: RwLock::default(),
            own_secret: shared::secret().map_err(StartError::Randomness)?,
            rate_secret: shared::secret().map_err(StartError::Randomness)?,
            began: Instant::now(),
            secondary: OnceLock::new(),
        });
        let mut notifying = JoinSet::new();
        notifying.spawn(notify::run(Arc::clone(&shared.primary), std::future::pending()));
        let (limits, of_streams) = watch::channel(limits_of(&config));
        let mut server = DnsServer {
            shared,
            config: DnsConfig { listen: Vec::new(), tls: None, ..config.clone() },
            doors: Vec::new(),
            addresses: Vec::new(),
            tls_addresses: Vec::new(),
            sockets: JoinSet::new(),
            streams: Streams::new(of_streams),
            limits,
            certificate: None,
            _notifying: notifying,
        };
        server.reload(config)?;
        Ok(server)
    }

    /// Serves with other settings from now on: addresses come and go, certificate and key are read again, limits change.
    ///
    /// What stays is served throughout, with not a query lost. What goes answers what has come, and closes. Settings that cannot be
    /// served with change nothing. An address cannot take the place of all addresses on its port, or the other way round, in one step:
    /// both would have to be had at the same time.
    pub fn reload(&mut self, config: DnsConfig) -> Result<(), StartError> {
        let certificate = config.tls.as_ref().map(|tls| tls::read(&tls.certificate, &tls.key)).transpose()?;
        let wanted = wanted(&config);
        let is_served = |(kind, asked): &(Kind, SocketAddr)| {
            self.doors.iter().any(|door| (door.kind, door.asked) == (*kind, *asked))
        };
        let threads = match config.udp_threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let datagrams = Datagrams { threads, receive_buffer: config.receive_buffer };
        let mut ready = Vec::new();
        for (kind, asked) in wanted.iter().filter(|door| !is_served(door)) {
            ready.push((*asked, *kind, open(*kind, *asked, datagrams)?));
        }
        let answering = self.shared.answering_of(&config);
        // From here on nothing can fail.
        if self.config.udp_threads != config.udp_threads
            || self.config.receive_buffer != config.receive_buffer
        {
            tracing::warn!(
                "udp_threads and receive_buffer of addresses that are served change at the next start"
            );
        }
        *self.shared.answering.write() = Arc::new(answering);
        self.limits.send_replace(limits_of(&config));
        match (certificate, &self.certificate) {
            (Some(certificate), Some(current)) => {
                current.send_replace(certificate);
            }
            (certificate, _) => {
                self.certificate = certificate.map(|certificate| watch::channel(certificate).0)
            }
        }
        // Dropping what is not wanted tells it to end.
        self.doors.retain(|door| {
            let stays = wanted.contains(&(door.kind, door.asked));
            if !stays {
                tracing::info!(address = %door.address, kind = ?door.kind, "no longer answering DNS");
                door.stop.send_replace(());
            }
            stays
        });
        for (asked, kind, sockets) in ready {
            self.serve(asked, kind, sockets);
        }
        self.addresses = self.addresses_of(Kind::Plain, &wanted);
        self.tls_addresses = self.addresses_of(Kind::Tls, &wanted);
        self.config = config;
        Ok(())
    }

    /// Takes other peers, keys and another catalogue from now on; what is being transferred goes on. Before the first time there are none.
    pub fn set_primary(&mut self, config: PrimaryConfig) {
        self.shared.primary.set(config);
        *self.shared.answering.write() = Arc::new(self.shared.answering_of(&self.config));
    }

    fn addresses_of(&self, kind: Kind, wanted: &[(Kind, SocketAddr)]) -> Vec<SocketAddr> {
        let of_kind = wanted.iter().filter(|(one, _)| *one == kind);
        let mut doors: Vec<&Door> = self.doors.iter().filter(|door| door.kind == kind).collect();
        // Where one address is wanted twice (with port 0), each has its own.
        of_kind
            .filter_map(|(_, asked)| {
                let at = doors.iter().position(|door| door.asked == *asked)?;
                Some(doors.remove(at).address)
            })
            .collect()
    }

    fn serve(&mut self, asked: SocketAddr, kind: Kind, sockets: Ready) {
        let (stop, told) = watch::channel(());
        let address = match sockets {
            Ready::Plain(address, udp, tcp) => {
                self.sockets.spawn(udp::run(address, udp, Arc::clone(&self.shared), told.clone()));
                self.listen(Listener { socket: tcp, address, tls: None }, told);
                tracing::info!(%address, "answering DNS over UDP and TCP");
                address
            }
            Ready::Tls(address, socket) => {
                let tls = self.certificate.as_ref().map(watch::Sender::subscribe);
                self.listen(Listener { socket, address, tls }, told);
                tracing::info!(%address, "answering DNS over TLS");
                address
            }
        };
        self.doors.push(Door { asked, address, kind, stop });
    }

    fn listen(&mut self, listener: Listener, told: watch::Receiver<()>) {
        let (shared, streams) = (Arc::clone(&self.shared), self.streams.clone());
        let of_connections = streams.clone();
        let serve = move |address, transport| {
            Answers::new(Arc::clone(&shared), of_connections.clone(), Peer { address, transport })
        };
        self.sockets.spawn(listener.run(streams, serve, told));
    }

    /// Has a secondary told of NOTIFYs from now on. There is one; a second is not taken.
    pub fn tell(&self, secondary: Arc<Secondary>) {
        let _ = self.shared.secondary.set(secondary);
    }

    /// What peers have taken of the zones.
    pub fn fetched(&self) -> Arc<Fetched> {
        Arc::clone(self.shared.primary.fetched())
    }

    /// The addresses of UDP and TCP, in the order they were given, with the ports that were picked.
    pub fn local_addrs(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The addresses of TLS, in the order they were given, with the ports that were picked.
    pub fn tls_addrs(&self) -> &[SocketAddr] {
        &self.tls_addresses
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

    /// Stops: takes no more requests, answers those that came, ends connections, frees the ports.
    pub async fn shutdown(mut self) -> Result<(), ServeError> {
        self.doors.clear();
        let mut outcome = Ok(());
        while let Some(ended) = self.sockets.join_next().await {
            if let Ok(Err(error)) = ended {
                outcome = Err(error);
            }
        }
        outcome
    }
}

fn limits_of(config: &DnsConfig) -> Limits {
    Limits {
        room: room(config.tcp_connections, config.tcp_connections_per_source),
        idle: config.tcp_idle,
        handshake: config.tls_handshake,
        under_way: config.tcp_waiting.max(1),
    }
}

fn wanted(config: &DnsConfig) -> Vec<(Kind, SocketAddr)> {
    let over_tls = config.tls.iter().flat_map(|tls| &tls.listen);
    let plain = config.listen.iter().map(|address| (Kind::Plain, *address));
    plain.chain(over_tls.map(|address| (Kind::Tls, *address))).collect()
}

fn open(kind: Kind, asked: SocketAddr, datagrams: Datagrams) -> Result<Ready, BindError> {
    Ok(match kind {
        Kind::Plain => {
            let Bound { address, udp, tcp } = bind_both(asked, datagrams)?;
            Ready::Plain(address, udp, tcp)
        }
        Kind::Tls => {
            let (address, socket) = bind_stream(asked, Transport::Tls)?;
            Ready::Tls(address, socket)
        }
    })
}
