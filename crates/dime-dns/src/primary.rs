//! What makes this server the primary of others: transfers, signed requests, the catalogue, who is told of changes.

use crate::{
    Transport,
    catalog::{Catalog, CatalogNameError, usable},
    fetched::Fetched,
    peers::Peers,
    transfer::{Asker, Clock, Outgoing, Request, Source, is_transfer},
    tsig::{self, Chain, Checked},
    walk::{Asked, HEADER, Head, TC},
};
use dime_zone::{Class, Name, Record, RecordType, Serial, Zones};
use drip_det::UnixTime;
use parking_lot::RwLock;
use std::{
    net::IpAddr,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::sync::Notify;

const OPT: RecordType = RecordType(41);
/// The largest datagram for who does not speak EDNS.
const PLAIN: usize = 512;
const REFUSED: u8 = 5;
const NXDOMAIN: u8 = 3;

/// Who takes zones from this server, and what they learn of.
#[derive(Clone, Debug, Default)]
pub struct PrimaryConfig {
    peers: Peers,
    catalog: Option<Name>,
}

impl PrimaryConfig {
    /// These peers, and a catalogue zone of this name.
    pub fn new(peers: Peers, catalog: Option<Name>) -> Result<Self, CatalogNameError> {
        catalog.as_ref().map_or(Ok(()), usable)?;
        Ok(PrimaryConfig { peers, catalog })
    }

    /// The peers, and their keys.
    pub fn peers(&self) -> &Peers {
        &self.peers
    }
}

/// The primary's side of this server.
pub(crate) struct Primary {
    zones: Arc<Zones>,
    serving: RwLock<Serving>,
    clock: Clock,
    changed: Arc<Notify>,
    fetched: Arc<Fetched>,
}

#[derive(Clone, Default)]
struct Serving {
    peers: Arc<Peers>,
    catalog: Option<Arc<Catalog>>,
}

/// A request as far as it could be taken here.
pub(crate) enum Taken {
    /// It is answered.
    Answered(Outgoing),
    /// Somebody else answers the request without its signature, and [`Primary::sign`] signs the response.
    Open {
        /// The request.
        request: Vec<u8>,
        /// Octets that the response may have.
        limit: usize,
        /// Signs the response.
        chain: Option<Chain>,
    },
}

impl Primary {
    /// Begins to watch the zones for changes. There are no peers yet.
    pub(crate) fn new(zones: Arc<Zones>) -> Arc<Self> {
        let changed = Arc::new(Notify::new());
        let wake = Arc::clone(&changed);
        zones.on_change(move || wake.notify_one());
        let fetched = Arc::default();
        Arc::new(Primary { zones, serving: RwLock::default(), clock: now, changed, fetched })
    }

    /// Takes other peers, keys and another catalogue from now on. What is being transferred goes on.
    pub(crate) fn set(&self, config: PrimaryConfig) {
        let before = self.serving().catalog;
        // One that stays keeps its serial.
        let catalog = config.catalog.map(|name| match before {
            Some(catalog) if catalog.name().is_same(&name) => catalog,
            _ => Arc::new(Catalog::new(name, self.now())),
        });
        *self.serving.write() = Serving { peers: Arc::new(config.peers), catalog };
        self.follow();
        self.changed.notify_one();
    }

    /// The peers as they are now.
    pub(crate) fn peers(&self) -> Arc<Peers> {
        self.serving().peers
    }

    /// The name of the catalogue, if there is one.
    pub(crate) fn catalog_name(&self) -> Option<Name> {
        self.serving().catalog.map(|catalog| catalog.name().clone())
    }

    fn serving(&self) -> Serving {
        self.serving.read().clone()
    }

    /// What peers have taken.
    pub(crate) fn fetched(&self) -> &Arc<Fetched> {
        &self.fetched
    }

    /// The time.
    pub(crate) fn now(&self) -> UnixTime {
        (self.clock)()
    }

    /// Waits until something has changed.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// All zones that peers may have, with their SOA and serial; the catalogue among them.
    pub(crate) fn serials(&self) -> Vec<(Name, Record, Serial)> {
        let mut zones = self.zones.serials();
        if let Some(catalog) = self.serving().catalog {
            self.follow();
            zones.push((catalog.name().clone(), catalog.contents().0, catalog.serial()));
        }
        zones
    }

    /// Takes a request: checks its signature, answers transfers and questions about the catalogue.
    pub(crate) fn take(&self, request: &[u8], address: IpAddr, transport: Transport) -> Taken {
        let Serving { peers, catalog } = self.serving();
        let (message, key, chain) = match tsig::check(peers.keys(), request, self.now()) {
            Checked::Wrong(response) => {
                tracing::warn!(%address, %transport, "a signed request is not right");
                return Taken::Answered(Outgoing::One(response));
            }
            Checked::Unsigned => (request.to_vec(), None, None),
            Checked::Signed(signed) => (signed.message, Some(signed.key), Some(signed.chain)),
        };
        let asker = Asker { address, transport, key: key.as_deref() };
        let Some(read) =
            Request::read(&message).filter(|read| read.head.opcode() == 0 && !read.head.is_response())
        else {
            let limit = if transport == Transport::Udp { PLAIN } else { usize::from(u16::MAX) };
            return Taken::Open { request: message, limit, chain };
        };
        if is_transfer(&read.asked) {
            let source = Source {
                zones: &self.zones,
                catalog: catalog.as_deref(),
                peers: &peers,
                clock: self.clock,
                fetched: &self.fetched,
            };
            return Taken::Answered(source.answer(&read, &asker, chain));
        }
        let catalog = catalog.filter(|catalog| read.asked.name.is_within(catalog.name()));
        let Some(catalog) = catalog else {
            let limit = read.limit(transport);
            return Taken::Open { request: message, limit, chain };
        };
        // A question about the catalogue is not worth less than a transfer of it, over whatever transport it comes.
        let may = peers.may_ask(catalog.name(), address, key.as_deref()) && read.asked.class == Class::IN;
        let response = if may { of_catalog(&catalog, &read) } else { read.fault(REFUSED, None) };
        Taken::Answered(Outgoing::One(self.sign(response, read.limit(transport), chain)))
    }

    /// Signs a response, where the request was signed. What no longer fits for the signature is cut off.
    pub(crate) fn sign(&self, response: Vec<u8>, limit: usize, chain: Option<Chain>) -> Vec<u8> {
        let Some(mut chain) = chain else { return response };
        let fits = response.len() + chain.overhead() <= limit;
        let mut response = if fits { response } else { truncated(&response) };
        chain.sign(&mut response, self.now());
        response
    }

    fn follow(&self) {
        if let Some(catalog) = self.serving().catalog {
            catalog.follow(self.zones.serials().into_iter().map(|(name, ..)| name), self.now());
        }
    }
}

/// The answer to a question about the catalogue.
fn of_catalog(catalog: &Catalog, request: &Request<'_>) -> Vec<u8> {
    let Asked { name, record_type, .. } = &request.asked;
    let (soa, records) = catalog.contents();
    let all = || std::iter::once(&soa).chain(&records);
    let answers: Vec<Record> = all()
        .filter(|record| record.owner.is_same(name) && record.record_type == *record_type)
        .cloned()
        .collect();
    let exists = all().any(|record| record.owner.is_within(name));
    request.answer(if exists { 0 } else { NXDOMAIN }, &answers, &soa)
}

/// The response without its records but OPT, and TC set.
fn truncated(response: &[u8]) -> Vec<u8> {
    let Some(head) = Head::of(response) else { return Vec::new() };
    let end = match (head.counts.first(), crate::walk::question(response)) {
        (Some(1), Some(asked)) => asked.end,
        _ => HEADER,
    };
    let records = crate::walk::records(response).unwrap_or_default();
    let opt = records.iter().find(|record| record.record_type == OPT);
    let opt = opt.and_then(|opt| response.get(opt.at..opt.end)).unwrap_or_default();
    let mut cut = response.get(..end).unwrap_or_default().to_vec();
    let counts = [u16::from(end > HEADER), 0, 0, u16::from(!opt.is_empty())];
    Head { flags: head.flags | TC, counts, ..head }.put(&mut cut);
    cut.extend_from_slice(opt);
    cut
}

fn now() -> UnixTime {
    UnixTime(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs()))
}
