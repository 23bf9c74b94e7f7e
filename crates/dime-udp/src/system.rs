//! The calls of the system, and the only `unsafe` code.
//!
//! Safe outside: every pointer that the system is given is made from a slice or reference of the same call, and is dead when the call
//! returns; what the system says it has written is cut to what there is room for.
#![allow(unsafe_code)]

use std::{
    io,
    mem::{self, size_of},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, UdpSocket},
    os::fd::{AsFd, AsRawFd},
    ptr,
};

/// Both ends of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Theirs.
    pub remote: SocketAddr,
    /// Ours, where the socket has more than one; and for IPv6 the number of the interface.
    pub local: Option<(IpAddr, u32)>,
}

/// Room for an address of either family.
#[derive(Clone, Copy)]
pub(crate) struct Name {
    storage: libc::sockaddr_in6,
    length: libc::socklen_t,
}

/// Octets of a control message with the larger of the two kinds of local addresses.
const CONTROL: usize = 40;

/// Room for one control message.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub(crate) struct Control {
    octets: [u8; CONTROL],
    length: usize,
}

/// The header of one message.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Header(libc::mmsghdr);

// SAFETY: its pointers are set before each call and never followed but by that call, so that it may be moved between threads.
unsafe impl Send for Header {}

impl Default for Header {
    fn default() -> Self {
        // SAFETY: null pointers and zero lengths are a valid mmsghdr.
        Header(unsafe { mem::zeroed() })
    }
}

impl Default for Name {
    fn default() -> Self {
        // SAFETY: sockaddr_in6 consists of integers, for which zero is valid.
        let storage = unsafe { mem::zeroed() };
        Name { storage, length: 0 }
    }
}

impl Default for Control {
    fn default() -> Self {
        Control { octets: [0; CONTROL], length: 0 }
    }
}

impl Header {
    /// Octets that came.
    pub(crate) fn length(&self) -> usize {
        self.0.msg_len as usize
    }

    /// Whether more came than there was room for.
    pub(crate) fn is_cut(&self) -> bool {
        self.0.msg_hdr.msg_flags & libc::MSG_TRUNC != 0
    }
}

impl Name {
    /// The address, and with the control message ours.
    pub(crate) fn endpoint(&self, header: &Header, control: &Control) -> Option<Endpoint> {
        let name = &self.storage;
        let remote = match i32::from(name.sin6_family) {
            libc::AF_INET6 if header.0.msg_hdr.msg_namelen as usize >= size_of::<libc::sockaddr_in6>() => {
                let address = Ipv6Addr::from(name.sin6_addr.s6_addr);
                let port = u16::from_be(name.sin6_port);
                SocketAddr::V6(SocketAddrV6::new(address, port, name.sin6_flowinfo, name.sin6_scope_id))
            }
            libc::AF_INET if header.0.msg_hdr.msg_namelen as usize >= size_of::<libc::sockaddr_in>() => {
                // sockaddr_in has its port where sockaddr_in6 has it, and its address where that has the flow.
                let address = Ipv4Addr::from(name.sin6_flowinfo.to_ne_bytes());
                SocketAddr::V4(SocketAddrV4::new(address, u16::from_be(name.sin6_port)))
            }
            _ => return None,
        };
        Some(Endpoint { remote, local: control.local(header.0.msg_hdr.msg_controllen) })
    }

    pub(crate) fn set(&mut self, address: SocketAddr) {
        *self = Name::default();
        self.storage.sin6_port = address.port().to_be();
        match address {
            SocketAddr::V4(address) => {
                self.storage.sin6_family = libc::AF_INET as libc::sa_family_t;
                self.storage.sin6_flowinfo = u32::from_ne_bytes(address.ip().octets());
                self.length = size_of::<libc::sockaddr_in>() as libc::socklen_t;
            }
            SocketAddr::V6(address) => {
                self.storage.sin6_family = libc::AF_INET6 as libc::sa_family_t;
                self.storage.sin6_addr.s6_addr = address.ip().octets();
                self.storage.sin6_flowinfo = address.flowinfo();
                self.storage.sin6_scope_id = address.scope_id();
                self.length = size_of::<libc::sockaddr_in6>() as libc::socklen_t;
            }
        }
    }
}

/// Octets of the header of a control message.
const HEAD: usize = size_of::<libc::cmsghdr>();

impl Control {
    /// Our address in what the system wrote: `length, level, kind` and the data.
    fn local(&self, length: usize) -> Option<(IpAddr, u32)> {
        let octets = self.octets.get(..length)?;
        let (head, data) = octets.split_at_checked(HEAD)?;
        let number = |at: usize| Some(i32::from_ne_bytes(head.get(at..at + 4)?.try_into().ok()?));
        let (level, kind) = (number(size_of::<usize>())?, number(size_of::<usize>() + 4)?);
        match (level, kind) {
            (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                // in_pktinfo: interface, our address for the route, address in the header.
                let address: [u8; 4] = data.get(4..8)?.try_into().ok()?;
                Some((IpAddr::V4(address.into()), 0))
            }
            (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                let address: [u8; 16] = data.get(..16)?.try_into().ok()?;
                Some((IpAddr::V6(address.into()), u32::from_ne_bytes(data.get(16..20)?.try_into().ok()?)))
            }
            _ => None,
        }
    }

    /// The message that sends from our address.
    pub(crate) fn set(&mut self, endpoint: &Endpoint) {
        *self = Control::default();
        let mut data = [0; 20];
        let (level, kind, size) = match endpoint.local {
            Some((IpAddr::V4(address), _)) => {
                if let Some(slot) = data.get_mut(4..8) {
                    slot.copy_from_slice(&address.octets());
                }
                (libc::IPPROTO_IP, libc::IP_PKTINFO, 12)
            }
            Some((IpAddr::V6(address), interface)) => {
                let (to, rest) = data.split_at_mut(16);
                to.copy_from_slice(&address.octets());
                // An address of a link is one only with its interface; of others the routes decide.
                let interface = if address.is_unicast_link_local() { interface } else { 0 };
                rest.copy_from_slice(&interface.to_ne_bytes());
                (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, 20)
            }
            None => return,
        };
        let length = (HEAD + size).to_ne_bytes();
        let parts = [&length[..], &level.to_ne_bytes(), &kind.to_ne_bytes(), &data];
        let octets = parts.into_iter().flatten();
        self.octets.iter_mut().zip(octets).for_each(|(to, from)| *to = *from);
        // The system wants the padding after the data, too.
        self.length = (HEAD + size).next_multiple_of(size_of::<usize>());
    }
}

/// Has the system tell at which of our addresses each datagram came.
pub(crate) fn tell_local_address(socket: &impl AsFd, address: SocketAddr) -> io::Result<()> {
    let (level, option) = match address {
        SocketAddr::V4(_) => (libc::IPPROTO_IP, libc::IP_PKTINFO),
        SocketAddr::V6(_) => (libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO),
    };
    let on: libc::c_int = 1;
    let (fd, size) = (socket.as_fd().as_raw_fd(), size_of::<libc::c_int>() as libc::socklen_t);
    // SAFETY: the option's value is an integer, and the pointer is to one.
    let result = unsafe { libc::setsockopt(fd, level, option, (&raw const on).cast(), size) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Receives into the slots until none waits any more; blocks for the first only.
pub(crate) fn receive<'a>(
    socket: &UdpSocket,
    slots: impl Iterator<Item = &'a mut [u8]>,
    names: &mut [Name],
    controls: &mut [Control],
    headers: &mut [Header],
) -> io::Result<usize> {
    const EMPTY: libc::iovec = libc::iovec { iov_base: ptr::null_mut(), iov_len: 0 };
    let mut vectors = [EMPTY; MOST];
    let mut count = 0;
    let parts = slots.zip(&mut vectors).zip(names.iter_mut().zip(controls)).zip(headers.iter_mut());
    for (((slot, vector), (name, control)), header) in parts {
        *vector = libc::iovec { iov_base: slot.as_mut_ptr().cast(), iov_len: slot.len() };
        *header = Header::default();
        header.0.msg_hdr.msg_name = (&raw mut name.storage).cast();
        header.0.msg_hdr.msg_namelen = size_of::<libc::sockaddr_in6>() as libc::socklen_t;
        header.0.msg_hdr.msg_iov = vector;
        header.0.msg_hdr.msg_iovlen = 1;
        header.0.msg_hdr.msg_control = control.octets.as_mut_ptr().cast();
        header.0.msg_hdr.msg_controllen = CONTROL;
        count += 1;
    }
    let (fd, first) = (socket.as_raw_fd(), headers.as_mut_ptr().cast());
    // SAFETY: the first `count` headers point to slots, names and control messages that are borrowed mutably until the end of this
    // function and do not overlap, with their true lengths; Header is a transparent wrapper in layout, an array of it one of mmsghdr.
    let came = unsafe { libc::recvmmsg(fd, first, count, libc::MSG_WAITFORONE, ptr::null_mut()) };
    usize::try_from(came).map_err(|_| io::Error::last_os_error())
}

/// Sends one batch, or the beginning of it; returns how many went.
pub(crate) fn send(
    socket: &UdpSocket,
    (slots, names, controls): (&[Vec<u8>], &mut [Name], &mut [Control]),
    headers: &mut [Header],
) -> io::Result<usize> {
    const EMPTY: libc::iovec = libc::iovec { iov_base: ptr::null_mut(), iov_len: 0 };
    let mut vectors = [EMPTY; MOST];
    let mut count = 0;
    let parts = slots.iter().zip(&mut vectors).zip(names.iter_mut().zip(controls)).zip(headers.iter_mut());
    for (((slot, vector), (name, control)), header) in parts {
        // sendmmsg only reads what it is pointed to.
        *vector = libc::iovec { iov_base: slot.as_ptr().cast_mut().cast(), iov_len: slot.len() };
        *header = Header::default();
        header.0.msg_hdr.msg_name = (&raw mut name.storage).cast();
        header.0.msg_hdr.msg_namelen = name.length;
        header.0.msg_hdr.msg_iov = vector;
        header.0.msg_hdr.msg_iovlen = 1;
        if control.length > 0 {
            header.0.msg_hdr.msg_control = control.octets.as_mut_ptr().cast();
            header.0.msg_hdr.msg_controllen = control.length;
        }
        count += 1;
    }
    let (fd, first) = (socket.as_raw_fd(), headers.as_mut_ptr().cast());
    // SAFETY: as in `receive`; the octets sent are only read.
    let sent = unsafe { libc::sendmmsg(fd, first, count, 0) };
    usize::try_from(sent).map_err(|_| io::Error::last_os_error())
}

/// The most datagrams of one call.
const MOST: usize = 64;

/// Whether an error is of the socket as a whole, and not of one datagram or of this moment.
pub(crate) fn is_of_the_socket(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EBADF | libc::ENOTSOCK | libc::EFAULT | libc::EPIPE))
}
