//! Zones given to peers: whole (AXFR, RFC 5936) and as what changed (IXFR, RFC 1995).
//!
//! | request | answer |
//! |---|---|
//! | not from a peer by address, key and transport | REFUSED (EDE 18) |
//! | a zone that denies compactly (RFC 9824) | REFUSED (EDE 21): a copy of it could deny nothing |
//! | a zone that is not served here | NOTAUTH (EDE 20) |
//! | AXFR over UDP | REFUSED (EDE 21): RFC 5936, section 4.2, has no such thing |
//! | IXFR of who has the present serial, or a later one | the SOA |
//! | IXFR over UDP | the difference if one datagram holds it, else the SOA: the asker comes again over TCP |
//! | IXFR from a serial that the journal does not reach | the whole zone |
//! | IXFR, AXFR otherwise | one difference, condensed; the whole zone |
//!
//! What is sent stems from the zone as it was when it was asked for, record by record as it goes out: nobody waits for a slow reader, and
//! no message waits in memory.

mod pack;
mod request;
mod stream;

use crate::{
    Transport,
    catalog::Catalog,
    ede::Ede,
    fetched::{Fetch, Fetched},
    peers::Peers,
    tsig::{Chain, TsigKey},
    walk::{AA, Asked, RD},
};
use dime_zone::{Changes, Name, Position, Record, RecordType, Serial, Zones, dnssec::Denial};
use request::{FORMERR, NOTAUTH, REFUSED};
pub(crate) use request::{Request, sign};
use std::net::IpAddr;
pub(crate) use stream::{Clock, Records, Stream};

/// Who asks for a transfer.
pub(crate) struct Asker<'a> {
    pub(crate) address: IpAddr,
    pub(crate) transport: Transport,
    /// The key that the request was signed with, if it was.
    pub(crate) key: Option<&'a TsigKey>,
}

/// The zones that there are, and who may have them.
pub(crate) struct Source<'a> {
    pub(crate) zones: &'a Zones,
    pub(crate) catalog: Option<&'a Catalog>,
    pub(crate) peers: &'a Peers,
    pub(crate) clock: Clock,
    pub(crate) fetched: &'a Fetched,
}

/// What is sent back: one message, or those of a stream.
pub(crate) enum Outgoing {
    One(Vec<u8>),
    Many(Stream),
}

/// Whether a type is asked for that takes a whole zone.
pub(crate) fn is_transfer(asked: &Asked) -> bool {
    [RecordType::AXFR, RecordType::IXFR].contains(&asked.record_type)
}

impl Source<'_> {
    /// Answers a request for a transfer. `chain` signs what goes out.
    pub(crate) fn answer(&self, request: &Request<'_>, asker: &Asker<'_>, chain: Option<Chain>) -> Outgoing {
        let one = |response, chain| Outgoing::One(sign(response, chain, (self.clock)()));
        if request.is_of_later_edns() {
            return one(request.later_edns(), chain);
        }
        let zone = &request.asked.name;
        if request.asked.class != dime_zone::Class::IN {
            return one(request.fault(REFUSED, None), chain);
        }
        let Some(peer) = self.peers.may_transfer(zone, asker.address, asker.transport, asker.key) else {
            tracing::warn!(%zone, address = %asker.address, transport = %asker.transport, key = ?asker.key, "refused to transfer a zone");
            return one(request.fault(REFUSED, Some(Ede::PROHIBITED)), chain);
        };
        if self.denies_compactly(zone) {
            tracing::warn!(%zone, peer = peer.name, "not transferred: without the zone's key nobody can deny as it does");
            return one(request.fault(REFUSED, Some(Ede::NOT_SUPPORTED)), chain);
        }
        let whole = request.asked.record_type == RecordType::AXFR;
        let over_udp = asker.transport == Transport::Udp;
        if whole && over_udp {
            return one(request.fault(REFUSED, Some(Ede::NOT_SUPPORTED)), chain);
        }
        let since = match (whole, request.serial) {
            (true, _) => None,
            (false, Some(serial)) => Some(serial),
            (false, None) => return one(request.fault(FORMERR, None), chain),
        };
        let Some(Sent { soa, records, kind }) = self.records(zone, since) else {
            return one(request.fault(NOTAUTH, Some(Ede::NOT_AUTHORITATIVE)), chain);
        };
        metrics::counter!("dime_dns_transfers_total", "kind" => kind).increment(1);
        tracing::info!(%zone, peer = peer.name, since = since.map(|since| since.0), kind, "transfer");
        let head = request.head.response(0);
        let head = crate::walk::Head { flags: head.flags & !RD | AA, ..head };
        let stream = |records| {
            let opt = request.opt(0, None);
            Stream::new(head, request.asked.encode(), opt, records, self.clock)
        };
        let note = || {
            if let Some(serial) = serial_of(&soa) {
                let (peer, zone, at) = (peer.name.clone(), zone.clone(), (self.clock)());
                self.fetched.note(Fetch { peer, zone, serial, at });
            }
        };
        if !over_udp {
            note();
            return Outgoing::Many(stream(records).signed(chain));
        }
        let size = request.datagram();
        // The chain signs what goes out in the end; what is only tried out needs its room.
        let taken = chain.as_ref().map_or(0, Chain::overhead);
        let fits = stream(records).single(size.saturating_sub(taken));
        if fits.is_some() {
            note();
        }
        let alone = || stream(Box::new(std::iter::once(soa.clone()))).single(usize::from(u16::MAX));
        one(fits.or_else(alone).unwrap_or_default(), chain)
    }

    /// Whether what a zone does not have is signed when somebody asks for it (RFC 9824): a copy could not do that.
    fn denies_compactly(&self, zone: &Name) -> bool {
        let cut = Position::of(zone).and_then(Position::cut);
        cut.is_some_and(|cut| matches!(self.zones.denial(cut), Ok(Some(Denial::Compact))))
    }

    /// The records of a zone in the order they are sent; `None` where it is not served here.
    fn records(&self, zone: &Name, since: Option<Serial>) -> Option<Sent> {
        if let Some(catalog) = self.catalog.filter(|catalog| catalog.name().is_same(zone)) {
            let (soa, records) = catalog.contents();
            let is_new = since.is_none_or(|since| catalog.serial().is_newer_than(since));
            return Some(if is_new { whole(soa, Box::new(records.into_iter())) } else { alone(soa) });
        }
        let cut = Position::of(zone)?.cut()?;
        if let Some(since) = since {
            let difference = self.zones.difference(cut, since).ok()?;
            let soa = difference.soa;
            match difference.changes {
                Changes::None => return Some(alone(soa)),
                Changes::Since { before, removed, added } => {
                    let now = [soa.clone(), soa.clone(), soa.clone()].map(std::iter::once);
                    let [first, middle, last] = now;
                    let records = first.chain([before]).chain(removed).chain(middle).chain(added).chain(last);
                    return Some(Sent { soa, records: Box::new(records), kind: "ixfr" });
                }
                Changes::Unknown => {}
            }
        }
        let transfer = self.zones.transfer(cut).ok()?;
        Some(whole(transfer.soa, transfer.records))
    }
}

/// What is sent of a zone.
struct Sent {
    soa: Record,
    records: Records,
    /// For the log.
    kind: &'static str,
}

/// The serial stands before the last four of a SOA's numbers, which end it.
fn serial_of(soa: &Record) -> Option<Serial> {
    let (_, numbers) = soa.rdata.split_last_chunk::<20>()?;
    numbers.first_chunk().map(|serial| Serial(u32::from_be_bytes(*serial)))
}

fn alone(soa: Record) -> Sent {
    Sent { records: Box::new(std::iter::once(soa.clone())), soa, kind: "soa" }
}

fn whole(soa: Record, records: Records) -> Sent {
    let (first, last) = (soa.clone(), soa.clone());
    let records = std::iter::once(first).chain(records).chain(std::iter::once(last));
    Sent { soa, records: Box::new(records), kind: "axfr" }
}
