//! One zone: its contents, and how they change.

pub(crate) mod copied;
pub(crate) mod keep;
pub(crate) mod past;

use crate::{
    Delegation, Ds, Host, Name, Position, Record, RecordType, Rest, Serial, ZoneConfig, ZoneError,
    dnssec::Signed,
    journal::{Change, Journal},
    received::Received,
    sequence::Sequence,
    template::{Block, DetRecord, Numbered, Table},
};
use drip_det::{Det, ZoneCut};
use parking_lot::Mutex;
use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

/// The contents of one zone. DETs are kept by number: canonical DNS order is numeric order.
#[derive(Clone)]
pub(crate) struct Zone {
    pub(crate) name: Name,
    pub(crate) config: Arc<ZoneConfig>,
    /// The number of the last change.
    change: Serial,
    /// How we sign it, if we do.
    pub(crate) signed: Option<Signed>,
    /// What its primary has signed, if it is a copy of a signed zone.
    pub(crate) received: Option<Arc<Received>>,
    /// Whose zone it is.
    pub(crate) origin: copied::Origin,
    /// What changed lately; copies of the zone share it.
    pub(crate) journal: Arc<Mutex<Journal>>,
    /// What is touched by a change under way, to be noted in the journal.
    pub(crate) touched: Option<Vec<Change>>,
    dets: Sequence,
    /// Signatures of DETs' records by number: see `presigned`; what a primary has signed, see `received`.
    signatures: Sequence,
    table: Table,
    /// Zones below, served here too or elsewhere, by prefix and its length.
    delegations: Arc<BTreeMap<(u128, u8), (ZoneCut, Delegation)>>,
}

/// The contents of a zone at one serial, which later changes leave alone.
pub(crate) struct Snapshot {
    pub(crate) name: Name,
    pub(crate) config: Arc<ZoneConfig>,
    pub(crate) serial: Serial,
    pub(crate) signed: Option<Signed>,
    dets: Sequence,
    templates: Numbered,
    pub(crate) delegations: Vec<(ZoneCut, Delegation)>,
}

impl Zone {
    pub(crate) fn new(config: ZoneConfig) -> Result<Self, ZoneError> {
        let name = Name::of_nibbles(config.cut.prefix(), config.cut.prefix_bits() / 4);
        if matches!(config.cut, ZoneCut::Hda(hid) if hid.hda.is_reserved_to_raa()) {
            return Err(ZoneError::NoCut(name));
        }
        check_servers(&name, &config.ns, &config.glue)?;
        Ok(Zone {
            name,
            change: config.serial,
            signed: None,
            received: None,
            origin: copied::Origin::Own,
            config: Arc::new(config),
            journal: Arc::default(),
            touched: None,
            dets: Sequence::default(),
            signatures: Sequence::default(),
            table: Table::default(),
            delegations: Arc::default(),
        })
    }

    /// The zone for who reads: it shares everything with this one, and what only a writer needs is not in it.
    pub(crate) fn to_show(&self) -> Self {
        Zone {
            name: self.name.clone(),
            config: Arc::clone(&self.config),
            change: self.change,
            signed: self.signed.clone(),
            received: self.received.clone(),
            origin: self.origin,
            journal: Arc::clone(&self.journal),
            touched: None,
            dets: self.dets.clone(),
            signatures: self.signatures.clone(),
            table: self.table.to_show(),
            delegations: Arc::clone(&self.delegations),
        }
    }

    /// The delegation that a zone above gives to this one.
    pub(crate) fn as_delegation(&self) -> Delegation {
        let ds = self.signed.as_ref().map(|signed| signed.signer.ds()).unwrap_or_default();
        Delegation { ns: self.config.ns.clone(), glue: self.config.glue.clone(), ds }
    }

    /// The serial: the number of the last change, and where the zone is signed, when its signing changed last.
    pub(crate) fn serial(&self) -> Serial {
        let offset = self.signed.as_ref().map_or(0, |signed| signed.offset);
        Serial(self.change.0.wrapping_add(offset))
    }

    /// Takes note of a numbered change.
    pub(crate) fn advance(&mut self, change: Serial) {
        self.change = self.change.after(change);
    }

    /// Puts other DS at a cut; returns whether they are others.
    pub(crate) fn set_ds(&mut self, cut: ZoneCut, ds: Vec<Ds>) -> bool {
        match Arc::make_mut(&mut self.delegations).get_mut(&(cut.prefix(), cut.prefix_bits())) {
            Some((_, delegation)) if delegation.ds != ds => {
                if let Some(touched) = &mut self.touched {
                    touched.push(Change::Cut(cut, Some(delegation.clone())));
                }
                delegation.ds = ds;
                true
            }
            _ => false,
        }
    }

    /// Cuts a zone out of this one, or changes its name servers.
    pub(crate) fn delegate(
        &mut self,
        cut: ZoneCut,
        delegation: Delegation,
        change: Serial,
    ) -> Result<(), ZoneError> {
        let name = Name::of_nibbles(cut.prefix(), cut.prefix_bits() / 4);
        check_servers(&name, &delegation.ns, &delegation.glue)?;
        let (low, high) = range_of(cut);
        if self.dets.first_from(low).is_some_and(|first| first <= high) {
            return Err(ZoneError::Occupied(name));
        }
        let before =
            Arc::make_mut(&mut self.delegations).insert((cut.prefix(), cut.prefix_bits()), (cut, delegation));
        self.touch(|_| Change::Cut(cut, before.map(|(_, delegation)| delegation)));
        self.advance(change);
        Ok(())
    }

    /// Ends a delegation; returns the serial, or `None` if there was no such delegation.
    pub(crate) fn undelegate(&mut self, cut: ZoneCut, change: Serial) -> Option<Serial> {
        let (_, before) = Arc::make_mut(&mut self.delegations).remove(&(cut.prefix(), cut.prefix_bits()))?;
        self.touch(|_| Change::Cut(cut, Some(before)));
        self.advance(change);
        Some(self.serial())
    }

    /// The uppermost zone cut at or above a place, inside this zone.
    pub(crate) fn cut_above(&self, position: Position) -> Option<&(ZoneCut, Delegation)> {
        if self.delegations.is_empty() {
            return None;
        }
        let mine = self.config.cut.prefix_bits();
        let inside = position.cuts().filter(|cut| cut.prefix_bits() > mine);
        inside.filter_map(|cut| self.delegations.get(&(cut.prefix(), cut.prefix_bits()))).last()
    }

    /// Keeps the records of a DET, instead of those it may have had.
    pub(crate) fn put(&mut self, det: Det, block: Block, ttl: u32, records: &[(u16, Vec<u8>)]) {
        self.touch_det(det.as_u128());
        let kept = self.table.enter(det, block, ttl, records);
        if let Some(before) = self.dets.insert(det.as_u128(), &kept) {
            self.table.leave(&before);
            self.signatures.remove(det.as_u128());
        }
    }

    /// Keeps many blocks at once, which are in order and whose templates are counted; returns those that were there before.
    pub(crate) fn merge_dets(&mut self, dets: &[(u128, &[u8])], threads: usize) -> Vec<Vec<u8>> {
        if self.signatures.len() > 0 {
            dets.iter().for_each(|(number, _)| drop(self.signatures.remove(*number)));
        }
        self.dets.merge(dets, threads)
    }

    /// The templates, to be counted.
    pub(crate) fn table_mut(&mut self) -> &mut Table {
        &mut self.table
    }

    /// Drops the records of a DET; returns whether there were any.
    pub(crate) fn drop_det(&mut self, det: Det) -> bool {
        self.touch_det(det.as_u128());
        let Some(block) = self.dets.remove(det.as_u128()) else { return false };
        self.table.leave(&block);
        self.signatures.remove(det.as_u128());
        true
    }

    /// The records of a DET.
    pub(crate) fn records(&self, number: u128) -> Option<impl Iterator<Item = DetRecord<'_>>> {
        records_of(self.table.numbered(), number, self.dets.find(number)?)
    }

    /// The DETs that are published, in order.
    pub(crate) fn sequence(&self) -> &Sequence {
        &self.dets
    }

    /// The signatures that are kept of DETs.
    pub(crate) fn signatures(&self) -> &Sequence {
        &self.signatures
    }

    /// Keeps signatures of a DET.
    pub(crate) fn insert_signatures(&mut self, number: u128, signatures: &[u8]) {
        self.signatures.insert(number, signatures);
    }

    /// Keeps no signatures of a number any more.
    pub(crate) fn remove_signatures(&mut self, number: u128) {
        self.signatures.remove(number);
    }

    /// Keeps these signatures, and no others.
    pub(crate) fn set_signatures(&mut self, signatures: Sequence) {
        self.signatures = signatures;
    }

    /// The cuts to zones below, by prefix and its length.
    pub(crate) fn cuts(&self) -> &BTreeMap<(u128, u8), (ZoneCut, Delegation)> {
        &self.delegations
    }

    /// Whether any DET or zone cut lies in a range of numbers.
    pub(crate) fn has_any(&self, (low, high): (u128, u128)) -> bool {
        self.dets.first_from(low).is_some_and(|first| first <= high)
            || self.delegations.range((low, 0)..=(high, u8::MAX)).next().is_some()
    }

    pub(crate) fn det_count(&self) -> usize {
        self.dets.len()
    }

    pub(crate) fn template_count(&self) -> usize {
        self.table.len()
    }

    pub(crate) fn delegation_count(&self) -> usize {
        self.delegations.len()
    }

    pub(crate) fn memory(&self) -> usize {
        self.dets.memory() + self.signatures.memory()
    }

    /// The SOA record; in a negative answer its TTL is the negative TTL (RFC 2308, section 3).
    pub(crate) fn soa(&self, ttl: u32) -> Record {
        soa_record(&self.name, &self.config, self.serial(), ttl)
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot {
            name: self.name.clone(),
            config: self.config.clone(),
            serial: self.serial(),
            signed: self.signed.clone(),
            dets: self.dets.clone(),
            templates: self.table.numbered().clone(),
            delegations: self.delegations.values().cloned().collect(),
        }
    }
}

impl Snapshot {
    pub(crate) fn soa(&self) -> Record {
        soa_record(&self.name, &self.config, self.serial, self.config.ttl)
    }

    pub(crate) fn det_count(&self) -> usize {
        self.dets.len()
    }

    /// The DETs in order, each with its records.
    pub(crate) fn dets(&self) -> impl Iterator<Item = (u128, Vec<DetRecord<'_>>)> {
        self.dets.iter().filter_map(|(number, block)| {
            Some((number, records_of(&self.templates, number, block)?.collect()))
        })
    }
}

/// NS records, and address records of those servers that `glue` names.
pub(crate) fn ns_records(owner: &Name, ns: &[Name], ttl: u32) -> Vec<Record> {
    let record = |server: &Name| Record {
        owner: owner.clone(),
        record_type: RecordType::NS,
        ttl,
        rdata: server.wire().to_vec(),
    };
    ns.iter().map(record).collect()
}

/// The DS records of a cut.
pub(crate) fn ds_records(owner: &Name, ds: &[Ds], ttl: u32) -> Vec<Record> {
    let record =
        |ds: &Ds| Record { owner: owner.clone(), record_type: RecordType::DS, ttl, rdata: ds.encode() };
    ds.iter().map(record).collect()
}

/// A and AAAA records of a host.
pub(crate) fn address_records(host: &Host, ttl: u32) -> impl Iterator<Item = Record> {
    host.addresses.iter().map(move |address| {
        let (record_type, rdata) = match address {
            IpAddr::V4(v4) => (RecordType::A, v4.octets().to_vec()),
            IpAddr::V6(v6) => (RecordType::AAAA, v6.octets().to_vec()),
        };
        Record { owner: host.name.clone(), record_type, ttl, rdata }
    })
}

/// The lowest and highest number under a cut.
pub(crate) fn range_of(cut: ZoneCut) -> (u128, u128) {
    (cut.prefix(), cut.prefix() | (u128::MAX >> cut.prefix_bits()))
}

/// The records of a DET of which a block is kept.
pub(crate) fn records_of<'a>(
    templates: &'a Numbered,
    number: u128,
    block: &'a [u8],
) -> Option<impl Iterator<Item = DetRecord<'a>>> {
    let det = Det::from_u128(number).ok()?;
    let template = templates.find(Block::number_of(block)?)?;
    Some(template.records.iter().map(move |record| DetRecord { det, block, ttl: template.ttl, record }))
}

fn soa_record(name: &Name, config: &ZoneConfig, serial: Serial, ttl: u32) -> Record {
    let soa = &config.soa;
    let mut rdata = Vec::with_capacity(soa.mname.wire().len() + soa.rname.wire().len() + 20);
    rdata.extend_from_slice(soa.mname.wire());
    rdata.extend_from_slice(soa.rname.wire());
    for number in [serial.0, soa.refresh, soa.retry, soa.expire, soa.minimum] {
        rdata.extend_from_slice(&number.to_be_bytes());
    }
    Record { owner: name.clone(), record_type: RecordType::SOA, ttl, rdata }
}

/// Checks that the name servers of a zone can be found, and that all addresses given are inside it. Beside a cut, an address would be
/// data of the zone above, which has its own.
fn check_servers(zone: &Name, ns: &[Name], glue: &[Host]) -> Result<(), ZoneError> {
    if ns.is_empty() {
        return Err(ZoneError::NoNameServer(zone.clone()));
    }
    for host in glue {
        if !host.name.is_within(zone) {
            return Err(ZoneError::OutOfBailiwick { host: host.name.clone(), zone: zone.clone() });
        }
        if Position::of(&host.name).is_none_or(|position| position.rest == Rest::Nothing) {
            return Err(ZoneError::NotAHostName(host.name.clone()));
        }
    }
    let has_address =
        |server: &Name| glue.iter().any(|host| host.name.is_same(server) && !host.addresses.is_empty());
    match ns.iter().find(|server| server.is_within(zone) && !has_address(server)) {
        Some(server) => Err(ZoneError::NoAddress { host: server.clone(), zone: zone.clone() }),
        None => Ok(()),
    }
}
