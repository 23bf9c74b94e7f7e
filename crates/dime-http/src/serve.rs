//! A router behind a socket: plain HTTP or TLS, stopped gracefully.

use crate::{
    HttpConfig, ListenConfig, PlainHttp, ReadyCheck, TlsFiles, Transport,
    bare::{self, Metrics},
    router::of_door,
    state::Door,
};
use axum::Router;
use axum_server::{Handle, tls_rustls::RustlsConfig};
use dime_registry::{Clock, Registry};
use hyper_util::rt::TokioTimer;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::{net::TcpListener, task::JoinHandle};

/// The most octets of a request's head that are read at all; beyond it the connection ends with a bare 431.
const HEAD_BUFFER: usize = 64 * 1024;

/// How long the head of a request may take where there is no registry.
const HEADER_TIME: Duration = Duration::from_secs(10);

/// How often recorded latencies are moved into their buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Plain HTTP on an address that others can reach.
    #[error(
        "plain HTTP on {0} would send tokens in the clear; configure TLS, listen on loopback, or set allow_plain"
    )]
    PlainNotAllowed(SocketAddr),
    /// The address is taken.
    #[error("{0} is in use by another program")]
    InUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {addr}: {source}")]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file of TLS cannot be used.
    #[error("{}: {reason}", path.display())]
    TlsFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Certificate and key do not go together, or TLS cannot be set up.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The running server failed.
    #[error("the HTTP server failed: {0}")]
    Failed(#[source] io::Error),
}

/// A server that runs until it is told to stop.
pub struct HttpServer {
    addr: SocketAddr,
    transport: Transport,
    handle: Handle<SocketAddr>,
    grace: Duration,
    running: JoinHandle<io::Result<()>>,
    upkeep: JoinHandle<()>,
}

impl HttpServer {
    /// Listens and serves. When this returns, connections are accepted.
    pub async fn start(
        registry: Arc<Registry>,
        clock: Arc<dyn Clock>,
        config: HttpConfig,
        listen: ListenConfig,
    ) -> Result<Self, ServeError> {
        let Socket { listener, addr, transport, tls } = open(&listen).await?;
        let door = Door::new(registry, clock, HttpConfig { transport, ..config });
        let app = of_door(door.clone());
        let handle = Handle::new();
        let running = tokio::spawn(run(listener, app, tls, handle.clone(), door.config.request_time));
        let upkeep = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(UPKEEP);
            loop {
                ticks.tick().await;
                door.metrics.upkeep();
            }
        });
        Ok(HttpServer { addr, transport, handle, grace: listen.grace, running, upkeep })
    }

    /// The same for a server without a registry: whether it lives, whether it can serve, its counters, and nothing else.
    pub async fn start_bare(
        checks: Vec<ReadyCheck>,
        metrics: Metrics,
        listen: ListenConfig,
    ) -> Result<Self, ServeError> {
        let Socket { listener, addr, transport, tls } = open(&listen).await?;
        let handle = Handle::new();
        let running =
            tokio::spawn(run(listener, bare::router(checks, metrics), tls, handle.clone(), HEADER_TIME));
        // There is nothing to keep up.
        let upkeep = tokio::spawn(async {});
        Ok(HttpServer { addr, transport, handle, grace: listen.grace, running, upkeep })
    }

    /// Where it listens, the port picked if it was 0.
    pub fn local_addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("{}://{}", self.transport.scheme(), self.addr)
    }

    /// Stops: no new connections, requests under way may end within the grace.
    pub async fn shutdown(self) -> Result<(), ServeError> {
        self.handle.graceful_shutdown(Some(self.grace));
        self.ended().await
    }

    /// Waits until the server ends by itself, which only a failure makes it do.
    pub async fn ended(self) -> Result<(), ServeError> {
        let ended = self.running.await;
        self.upkeep.abort();
        match ended {
            Ok(ended) => ended.map_err(ServeError::Failed),
            Err(failure) => Err(ServeError::Failed(io::Error::other(failure))),
        }
    }
}

/// A socket that listens.
struct Socket {
    listener: TcpListener,
    addr: SocketAddr,
    transport: Transport,
    tls: Option<RustlsConfig>,
}

async fn open(listen: &ListenConfig) -> Result<Socket, ServeError> {
    let transport = if listen.tls.is_some() { Transport::Tls } else { Transport::Plain };
    if transport == Transport::Plain
        && listen.plain == PlainHttp::LoopbackOnly
        && !listen.addr.ip().to_canonical().is_loopback()
    {
        return Err(ServeError::PlainNotAllowed(listen.addr));
    }
    let tls = listen.tls.as_ref().map(tls_config).transpose()?;
    let listener = TcpListener::bind(listen.addr).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ServeError::InUse(listen.addr),
        _ => ServeError::Listen { addr: listen.addr, source },
    })?;
    let addr = listener.local_addr().map_err(|source| ServeError::Listen { addr: listen.addr, source })?;
    Ok(Socket { listener, addr, transport, tls })
}

async fn run(
    listener: TcpListener,
    app: Router,
    tls: Option<RustlsConfig>,
    handle: Handle<SocketAddr>,
    header_time: Duration,
) -> io::Result<()> {
    let mut server = axum_server::Server::from_listener(listener).handle(handle);
    let builder = server.http_builder();
    let mut http1 = builder.http1();
    http1.max_buf_size(HEAD_BUFFER).timer(TokioTimer::new()).header_read_timeout(header_time);
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    // Waiting for what may become HTTP/2 has no time limit: a silent connection would be kept for ever. Changing the acceptor forgets the
    // version, so it is said last.
    match tls {
        Some(config) => {
            let acceptor = axum_server::tls_rustls::RustlsAcceptor::new(config);
            server.acceptor(acceptor).http1_only().serve(service).await
        }
        None => server.http1_only().serve(service).await,
    }
}

/// TLS 1.3 and 1.2 by ring, with these files.
fn tls_config(files: &TlsFiles) -> Result<RustlsConfig, ServeError> {
    let refused = |path: &PathBuf, reason: String| ServeError::TlsFile { path: path.clone(), reason };
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| refused(&files.certificate, error.to_string()))?;
    if chain.is_empty() {
        return Err(refused(&files.certificate, "it holds no certificate".to_owned()));
    }
    let key =
        PrivateKeyDer::from_pem_file(&files.key).map_err(|error| refused(&files.key, error.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}
