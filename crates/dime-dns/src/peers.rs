//! Who may have whole zones, and who is told of changes.
//!
//! A peer is an address or a prefix, a TSIG key or none, and the transports it may use; a request is a peer's only if all of them agree.
//! What a peer may do is said of each: take zones, be notified, and of which zones.

use crate::{
    Transport,
    tsig::{KeyRing, TsigKey},
};
use dime_zone::Name;
use std::{
    collections::HashSet,
    fmt,
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

/// A block of addresses, as `192.0.2.0/24`, `2001:db8::/32` or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    address: IpAddr,
    length: u8,
}

/// Text that is no block of addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an address or a prefix such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32")]
pub struct NetworkError(String);

impl Network {
    /// Whether an address lies in the block. An IPv4 address that came to an IPv6 socket is an IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(block), IpAddr::V4(address)) => {
                let bits = u32::from(block) ^ u32::from(address);
                bits.leading_zeros() >= u32::from(self.length)
            }
            (IpAddr::V6(block), IpAddr::V6(address)) => {
                let bits = u128::from(block) ^ u128::from(address);
                bits.leading_zeros() >= u32::from(self.length)
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let wrong = || NetworkError(text.to_owned());
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let length = length.unwrap_or(most);
        if length > most {
            return Err(wrong());
        }
        Ok(Network {
            address: address.to_canonical(),
            length: if address.to_canonical() == address { length } else { length.saturating_sub(96) },
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = if self.address.is_ipv4() { 32 } else { 128 };
        if self.length == whole { self.address.fmt(f) } else { write!(f, "{}/{}", self.address, self.length) }
    }
}

/// The zones that a peer may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerZones {
    /// All that are served here, and the catalogue of them.
    All,
    /// These; the catalogue only if it is one of them.
    Only(Vec<Name>),
}

/// Whether a peer may take whole zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transfers {
    /// It may.
    Allowed,
    /// It is only told of changes.
    Refused,
}

/// A secondary, or somebody else who takes zones.
#[derive(Clone, Debug)]
pub struct PeerConfig {
    /// What it is called in logs.
    pub name: String,
    /// Where it asks from.
    pub networks: Vec<Network>,
    /// The name of the key its requests are signed with; without one they must not be signed.
    pub key: Option<Name>,
    /// What it may ask over.
    pub transports: Vec<Transport>,
    /// Whether it may take zones.
    pub transfer: Transfers,
    /// Where it is told of changes.
    pub notify: Option<SocketAddr>,
    /// Of which zones.
    pub zones: PeerZones,
}

/// What is wrong with a configuration of peers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeersError {
    /// Two peers have one name.
    #[error("there are two peers named {0:?}")]
    Twice(String),
    /// There is no such key.
    #[error("peer {peer:?}: there is no TSIG key named {key}")]
    NoKey {
        /// The peer.
        peer: String,
        /// The key's name.
        key: Name,
    },
    /// Nobody could ever be this peer.
    #[error("peer {0:?} has no address to take zones from, and no place to be notified at")]
    Nobody(String),
}

/// All peers and keys.
#[derive(Clone, Debug, Default)]
pub struct Peers {
    keys: KeyRing,
    peers: Vec<PeerConfig>,
}

impl Peers {
    /// These peers, whose keys are among these.
    pub fn new(keys: KeyRing, peers: Vec<PeerConfig>) -> Result<Self, PeersError> {
        let mut names = HashSet::new();
        for peer in &peers {
            if !names.insert(peer.name.as_str()) {
                return Err(PeersError::Twice(peer.name.clone()));
            }
            if let Some(key) = peer.key.as_ref().filter(|key| keys.find(key).is_none()) {
                return Err(PeersError::NoKey { peer: peer.name.clone(), key: key.clone() });
            }
            if peer.networks.is_empty() && peer.notify.is_none() {
                return Err(PeersError::Nobody(peer.name.clone()));
            }
        }
        Ok(Peers { keys, peers })
    }

    /// The keys.
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// The peers, in order.
    pub fn all(&self) -> &[PeerConfig] {
        &self.peers
    }

    /// Whether who asks may have a zone over some transport.
    pub(crate) fn may_ask(&self, zone: &Name, address: IpAddr, key: Option<&TsigKey>) -> bool {
        let transports = [Transport::Udp, Transport::Tcp, Transport::Tls];
        transports.into_iter().any(|transport| self.may_transfer(zone, address, transport, key).is_some())
    }

    /// The peer that may take a zone and is who asks: its address, transport and key all agree.
    pub(crate) fn may_transfer(
        &self,
        zone: &Name,
        address: IpAddr,
        transport: Transport,
        key: Option<&TsigKey>,
    ) -> Option<&PeerConfig> {
        self.peers.iter().find(|peer| {
            peer.transfer == Transfers::Allowed
                && peer.has(zone)
                && peer.transports.contains(&transport)
                && peer.is_key(key)
                && peer.networks.iter().any(|network| network.contains(address))
        })
    }
}

impl PeerConfig {
    /// Whether a zone is one of those it may have.
    pub(crate) fn has(&self, zone: &Name) -> bool {
        match &self.zones {
            PeerZones::All => true,
            PeerZones::Only(zones) => zones.iter().any(|one| one.is_same(zone)),
        }
    }

    fn is_key(&self, key: Option<&TsigKey>) -> bool {
        match (&self.key, key) {
            (None, None) => true,
            (Some(wanted), Some(key)) => wanted.is_same(key.name()),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tsig::Algorithm;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    fn key(text: &str) -> TsigKey {
        TsigKey::new(name(text), Algorithm::HmacSha256, &[7; 32]).unwrap()
    }

    fn peer() -> PeerConfig {
        PeerConfig {
            name: "ns1".into(),
            networks: vec!["192.0.2.0/28".parse().unwrap(), "2001:db8::1".parse().unwrap()],
            key: Some(name("a.")),
            transports: vec![Transport::Tcp],
            transfer: Transfers::Allowed,
            notify: None,
            zones: PeerZones::Only(vec![name("0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.")]),
        }
    }

    #[test]
    fn blocks_of_addresses() {
        for (text, inside, outside) in [
            ("192.0.2.0/28", "192.0.2.15", "192.0.2.16"),
            ("192.0.2.7", "::ffff:192.0.2.7", "192.0.2.6"),
            ("0.0.0.0/0", "255.0.0.1", "::1"),
            ("2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"),
            ("::/0", "fe80::1", "127.0.0.1"),
            ("::ffff:192.0.2.0/120", "192.0.2.255", "192.0.3.0"),
        ] {
            let network: Network = text.parse().unwrap();
            assert!(network.contains(inside.parse().unwrap()), "{text} {inside}");
            assert!(!network.contains(outside.parse().unwrap()), "{text} {outside}");
            assert_eq!(network.to_string().parse::<Network>().unwrap(), network);
        }
        for text in ["", "192.0.2.0/33", "192.0.2", "::/129", "host", "1.2.3.4/", "1.2.3.4/-1"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }

    /// Address, key, transport, zone and leave: one that is another is enough to be refused.
    #[test]
    fn all_must_agree() {
        let peers = Peers::new(KeyRing::new([key("a."), key("b.")]).unwrap(), vec![peer()]).unwrap();
        let zone = name("0.E.F.F.3.0.0.1.0.0.2.ip6.arpa.");
        let (a, b) = (key("A."), key("b."));
        let may = |zone: &Name, address: &str, transport, key| {
            peers.may_transfer(zone, address.parse().unwrap(), transport, key).is_some()
        };
        assert!(may(&zone, "192.0.2.1", Transport::Tcp, Some(&a)));
        assert!(may(&zone, "2001:db8::1", Transport::Tcp, Some(&a)));
        assert!(!may(&name("1.e.f.f.3.0.0.1.0.0.2.ip6.arpa."), "192.0.2.1", Transport::Tcp, Some(&a)));
        assert!(!may(&zone, "192.0.2.16", Transport::Tcp, Some(&a)));
        assert!(!may(&zone, "192.0.2.1", Transport::Udp, Some(&a)));
        assert!(!may(&zone, "192.0.2.1", Transport::Tcp, Some(&b)));
        assert!(!may(&zone, "192.0.2.1", Transport::Tcp, None));
        let told = PeerConfig { transfer: Transfers::Refused, ..peer() };
        let peers = Peers::new(KeyRing::new([key("a.")]).unwrap(), vec![told]).unwrap();
        assert!(peers.may_transfer(&zone, "192.0.2.1".parse().unwrap(), Transport::Tcp, Some(&a)).is_none());
        let open = PeerConfig { key: None, zones: PeerZones::All, ..peer() };
        let peers = Peers::new(KeyRing::new([key("a.")]).unwrap(), vec![open]).unwrap();
        let may =
            |key| peers.may_transfer(&zone, "192.0.2.1".parse().unwrap(), Transport::Tcp, key).is_some();
        assert!(may(None) && !may(Some(&a)), "who is known by no key signs with none");
    }

    #[test]
    fn peers_that_cannot_be() {
        let new = |peers| Peers::new(KeyRing::new([key("a.")]).unwrap(), peers).unwrap_err();
        assert_eq!(new(vec![peer(), peer()]), PeersError::Twice("ns1".into()));
        let stranger = PeerConfig { key: Some(name("c.")), ..peer() };
        assert_eq!(new(vec![stranger]), PeersError::NoKey { peer: "ns1".into(), key: name("c.") });
        let nobody = PeerConfig { networks: Vec::new(), ..peer() };
        assert_eq!(new(vec![nobody]), PeersError::Nobody("ns1".into()));
    }
}
