//! One address that connections come to.

use super::{
    Limits, Streams,
    census::{Full, Seat},
    connection::{self, End, Service},
};
use crate::{ServeError, Transport};
use rustls::ServerConfig;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

/// How long to wait while the system has no more descriptors or memory.
const SHORTAGE: Duration = Duration::from_millis(50);

/// A listening socket, and what is spoken there.
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) address: SocketAddr,
    /// The certificate, for TLS; another one is used from the next connection on.
    pub(crate) tls: Option<watch::Receiver<Arc<ServerConfig>>>,
}

impl Listener {
    fn transport(&self) -> Transport {
        if self.tls.is_some() { Transport::Tls } else { Transport::Tcp }
    }

    /// Lets connections in until told to stop, then waits until they have ended.
    pub(crate) async fn run<S: Service + 'static>(
        self,
        streams: Streams,
        serve: impl Fn(SocketAddr, Transport) -> S,
        mut stop: watch::Receiver<()>,
    ) -> Result<(), ServeError> {
        let transport = self.transport();
        let told = stop.clone();
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                Some(_) = connections.join_next() => continue,
                _ = stop.changed() => break,
            };
            let (socket, address) = match accepted {
                Ok(accepted) => accepted,
                Err(error) if is_shortage(&error) => {
                    tracing::warn!(%error, "no more connections can be taken for now");
                    sleep(SHORTAGE).await;
                    continue;
                }
                Err(error) if is_of_the_asker(&error) => continue,
                Err(error) => {
                    return Err(ServeError { address: self.address, transport, fault: error.to_string() });
                }
            };
            // Neither can be answered: nobody is there, or it is ourselves.
            if address.port() == 0 || address.ip().is_unspecified() || address.ip().is_multicast() {
                continue;
            }
            let seat = match streams.census.admit(address.ip(), streams.limits.borrow().room) {
                Ok(seat) => seat,
                Err(full) => {
                    tracing::debug!(%address, %transport, ?full, "connection refused");
                    streams.gauges.refused(transport, full.into());
                    continue;
                }
            };
            let service = serve(address, transport);
            let tls = self.tls.as_ref().map(|current| TlsAcceptor::from(Arc::clone(&current.borrow())));
            connections.spawn(welcome(socket, tls, service, seat, streams.clone(), transport, told.clone()));
        }
        drop(self.socket);
        while connections.join_next().await.is_some() {}
        Ok(())
    }
}

async fn welcome<S: Service>(
    socket: TcpStream,
    tls: Option<TlsAcceptor>,
    service: S,
    seat: Seat,
    streams: Streams,
    transport: Transport,
    stop: watch::Receiver<()>,
) {
    // Responses leave at once; they are written in as large pieces as there are.
    let _ = socket.set_nodelay(true);
    streams.gauges.opened(transport);
    let end = converse(socket, tls, service, &seat, streams.limits.clone(), stop).await;
    tracing::trace!(%transport, ?end, "connection ended");
    streams.gauges.ended(transport, end);
}

async fn converse<S: Service>(
    mut socket: TcpStream,
    tls: Option<TlsAcceptor>,
    service: S,
    seat: &Seat,
    limits: watch::Receiver<Limits>,
    mut stop: watch::Receiver<()>,
) -> End {
    let Some(acceptor) = tls else {
        let (reader, writer) = socket.split();
        return connection::serve(reader, writer, service, seat, limits, stop).await;
    };
    let patience = limits.borrow().handshake;
    let handshake = tokio::select! {
        handshake = timeout(patience, acceptor.accept(socket)) => handshake,
        () = seat.wanted() => return End::Told,
        _ = stop.changed() => return End::Told,
    };
    match handshake {
        Ok(Ok(secret)) => {
            let (reader, writer) = tokio::io::split(secret);
            connection::serve(reader, writer, service, seat, limits, stop).await
        }
        Ok(Err(error)) => {
            tracing::debug!(%error, "TLS handshake failed");
            End::Handshake
        }
        Err(_) => End::Handshake,
    }
}

fn is_shortage(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let shortages = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM];
    shortages.iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

/// Whether a connection came to nothing while it was being accepted (accept(2), "Error handling").
fn is_of_the_asker(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let passing = [
        Errno::CONNABORTED,
        Errno::CONNRESET,
        Errno::INTR,
        Errno::AGAIN,
        Errno::PERM,
        Errno::PROTO,
        Errno::NETDOWN,
        Errno::NETUNREACH,
        Errno::HOSTUNREACH,
        Errno::HOSTDOWN,
        Errno::NOPROTOOPT,
        Errno::NONET,
        Errno::OPNOTSUPP,
        Errno::TIMEDOUT,
    ];
    passing.iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

impl From<Full> for End {
    fn from(full: Full) -> Self {
        match full {
            Full::Source => End::FullSource,
            Full::Total => End::FullTotal,
        }
    }
}
