//! Sending a question and waiting for its answer: UDP first, TCP when the answer says it was cut
//! (RFC 1035 §4.2.1 TC, RFC 7766 §5).

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use super::{DnsError, Resolver};

/// Where the TC bit is in a message: the octet of the header, and the mask.
const TC: (usize, u8) = (2, 0x02);

/// Send `message` (whose identifier is `id`) and return the octets of the answer.
pub(super) fn exchange(
    resolver: &Resolver,
    server: SocketAddr,
    id: u16,
    message: &[u8],
) -> Result<Vec<u8>, DnsError> {
    let mut outcome = Err(timed_out(resolver, server));
    for _ in 0..resolver.attempts {
        outcome = over_udp(resolver, server, id, message);
        match &outcome {
            Ok(reply) if is_truncated(reply) => return over_tcp(resolver, server, message),
            Ok(_) => break,
            Err(_) => {}
        }
    }
    outcome
}

/// One attempt over a fresh UDP port. Answers that carry another identifier are not ours and are
/// passed over, until the time is up.
fn over_udp(resolver: &Resolver, server: SocketAddr, id: u16, message: &[u8]) -> Result<Vec<u8>, DnsError> {
    let io = |doing| move |source| DnsError::Io { server, doing, source };
    let local: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(local).map_err(io("opening a UDP port"))?;
    socket.connect(server).map_err(io("choosing a route"))?;
    socket.send(message).map_err(io("sending over UDP"))?;
    let deadline = Instant::now() + resolver.timeout;
    let mut buffer = vec![0_u8; usize::from(u16::MAX)];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(timed_out(resolver, server));
        }
        socket.set_read_timeout(Some(left)).map_err(io("setting a time limit"))?;
        match socket.recv(&mut buffer) {
            Ok(length) => {
                let reply = buffer.get(..length).unwrap_or_default();
                if reply.get(..2) == Some(&id.to_be_bytes()) {
                    return Ok(reply.to_vec());
                }
            }
            Err(error) if is_timeout(&error) => return Err(timed_out(resolver, server)),
            Err(error) => return Err(io("receiving over UDP")(error)),
        }
    }
}

/// The same question over TCP, each message led by its length in two octets.
fn over_tcp(resolver: &Resolver, server: SocketAddr, message: &[u8]) -> Result<Vec<u8>, DnsError> {
    let io = |doing| {
        move |source: std::io::Error| {
            if is_timeout(&source) {
                timed_out(resolver, server)
            } else {
                DnsError::Io { server, doing, source }
            }
        }
    };
    let mut stream =
        TcpStream::connect_timeout(&server, resolver.timeout).map_err(io("connecting over TCP"))?;
    stream.set_read_timeout(Some(resolver.timeout)).map_err(io("setting a time limit"))?;
    stream.set_write_timeout(Some(resolver.timeout)).map_err(io("setting a time limit"))?;
    let length = u16::try_from(message.len()).map_err(|_| DnsError::Malformed {
        server,
        what: "the question is longer than 65535 octets".to_owned(),
    })?;
    let mut framed = length.to_be_bytes().to_vec();
    framed.extend_from_slice(message);
    stream.write_all(&framed).map_err(io("sending over TCP"))?;
    let mut length = [0_u8; 2];
    stream.read_exact(&mut length).map_err(io("receiving over TCP"))?;
    let mut reply = vec![0_u8; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut reply).map_err(io("receiving over TCP"))?;
    Ok(reply)
}

fn is_truncated(reply: &[u8]) -> bool {
    reply.get(TC.0).is_some_and(|octet| octet & TC.1 != 0)
}

fn is_timeout(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

fn timed_out(resolver: &Resolver, server: SocketAddr) -> DnsError {
    let waited: Duration = resolver.timeout.saturating_mul(resolver.attempts);
    DnsError::Timeout { server, waited }
}
