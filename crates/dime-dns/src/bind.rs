//! Sockets: UDP and TCP on one port, a large receive buffer, and clear words when the port cannot be had.

use core::fmt;
use dime_udp::{Sharing, SocketOptions};
use rustix::net::{AddressFamily, SocketFlags, SocketType, sockopt};
use std::{
    io,
    net::{SocketAddr, UdpSocket},
};
use tokio::net::TcpListener;

/// How requests come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Datagrams: an answer that does not fit is truncated.
    Udp,
    /// A stream of messages with a length before each.
    Tcp,
    /// The same stream inside TLS (RFC 7858).
    Tls,
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
            Transport::Tls => "TLS",
        })
    }
}

/// An address that cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot answer DNS on {address} ({transport}): {}", advice(source))]
pub struct BindError {
    /// The address asked for.
    pub address: SocketAddr,
    /// The transport that failed.
    pub transport: Transport,
    /// What the system said.
    pub source: io::Error,
}

fn advice(source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::AddrInUse => "another program uses this port".into(),
        io::ErrorKind::PermissionDenied => "not permitted; ports below 1024 need CAP_NET_BIND_SERVICE".into(),
        io::ErrorKind::AddrNotAvailable => "this machine does not have that address".into(),
        _ => source.to_string(),
    }
}

/// How often a port that the system picked for TCP may turn out to be taken for UDP.
const PICKS: usize = 16;

/// The sockets of an address, and the address with the port it got.
pub(crate) struct Bound {
    pub(crate) address: SocketAddr,
    /// One per thread.
    pub(crate) udp: Vec<UdpSocket>,
    pub(crate) tcp: TcpListener,
}

/// How UDP is listened for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Datagrams {
    /// Threads, and sockets as many.
    pub(crate) threads: usize,
    /// Octets that may wait in each.
    pub(crate) receive_buffer: usize,
}

/// Binds both transports to one address; with port 0, to one port that is free for both.
///
/// The sockets of UDP share the address with each other, and would with those of another process of this user: that there is none is known
/// by TCP, which is bound first.
pub(crate) fn bind_both(address: SocketAddr, datagrams: Datagrams) -> Result<Bound, BindError> {
    let error = |transport| move |source| BindError { address, transport, source };
    let mut picks = if address.port() == 0 { PICKS } else { 1 };
    loop {
        picks -= 1;
        let tcp = bind_tcp(address).map_err(error(Transport::Tcp))?;
        let bound = tcp.local_addr().map_err(error(Transport::Tcp))?;
        let udp = (0..datagrams.threads.max(1)).map(|_| bind_udp(bound, datagrams.receive_buffer));
        match udp.collect::<io::Result<Vec<_>>>() {
            Ok(udp) => return Ok(Bound { address: bound, udp, tcp }),
            Err(source) if picks > 0 && source.kind() == io::ErrorKind::AddrInUse => {}
            Err(source) => return Err(error(Transport::Udp)(source)),
        }
    }
}

/// Binds a stream to an address.
pub(crate) fn bind_stream(
    address: SocketAddr,
    transport: Transport,
) -> Result<(SocketAddr, TcpListener), BindError> {
    let error = |source| BindError { address, transport, source };
    let listener = bind_tcp(address).map_err(error)?;
    let bound = listener.local_addr().map_err(error)?;
    Ok((bound, listener))
}

fn bind_tcp(address: SocketAddr) -> io::Result<TcpListener> {
    let family = if address.is_ipv6() { AddressFamily::INET6 } else { AddressFamily::INET };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(family, SocketType::STREAM, flags, None)?;
    if address.is_ipv6() {
        // `[::]` and `0.0.0.0` may both be listed.
        sockopt::set_ipv6_v6only(&socket, true)?;
    }
    // A restart need not wait for connections of the last run to time out.
    sockopt::set_socket_reuseaddr(&socket, true)?;
    rustix::net::bind(&socket, &address)?;
    rustix::net::listen(&socket, 1024)?;
    TcpListener::from_std(socket.into())
}

fn bind_udp(address: SocketAddr, receive_buffer: usize) -> io::Result<UdpSocket> {
    let socket = dime_udp::bind(
        address,
        &SocketOptions { sharing: Sharing::Shared, receive_buffer, patience: Some(crate::udp::PATIENCE) },
    )?;
    tracing::debug!(%address, octets = sockopt::socket_recv_buffer_size(&socket).unwrap_or(0), "receive buffer");
    Ok(socket)
}
