//! Sockets.

use crate::system;
use rustix::net::{AddressFamily, SocketFlags, SocketType, sockopt};
use std::{
    io,
    net::{SocketAddr, UdpSocket},
    time::Duration,
};

/// Whether other sockets may have the same address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// None may.
    Alone,
    /// Those of the same user that allow it too: the system shares datagrams out among them by where they come from.
    Shared,
}

/// How a socket is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketOptions {
    /// Whether other sockets may have the same address.
    pub sharing: Sharing,
    /// Octets of datagrams that may wait to be received, as far as the system allows: bursts beyond are lost.
    pub receive_buffer: usize,
    /// How long [`Incoming::receive`](crate::Incoming::receive) waits for a first datagram; `None` for ever.
    pub patience: Option<Duration>,
}

/// Binds a socket. Port 0 picks a free port.
pub fn bind(address: SocketAddr, options: &SocketOptions) -> io::Result<UdpSocket> {
    let family = if address.is_ipv6() { AddressFamily::INET6 } else { AddressFamily::INET };
    let socket = rustix::net::socket_with(family, SocketType::DGRAM, SocketFlags::CLOEXEC, None)?;
    if address.is_ipv6() {
        // `[::]` and `0.0.0.0` may both be listened on.
        sockopt::set_ipv6_v6only(&socket, true)?;
    }
    if options.sharing == Sharing::Shared {
        sockopt::set_socket_reuseport(&socket, true)?;
    }
    // Beyond the system's limit only with CAP_NET_ADMIN; without, as much as the limit allows.
    if sockopt::set_socket_recv_buffer_size_force(&socket, options.receive_buffer).is_err() {
        sockopt::set_socket_recv_buffer_size(&socket, options.receive_buffer)?;
    }
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, options.patience)?;
    if address.ip().is_unspecified() {
        system::tell_local_address(&socket, address)?;
    }
    rustix::net::bind(&socket, &address)?;
    Ok(socket.into())
}
