//! From committed changes to zones: the one place that decides what the DNS says (RFC 9886).
//!
//! The publisher is a subscriber of the store, so it sees every change in order, once it is durable and before its commit returns. At start
//! it is given the whole journal. The serial of a zone is the number of the last change that touched it.
//!
//! | committed | zones |
//! |---|---|
//! | authority, delegation | see the module below |
//! | registration in force | its HHIT, HIP, CERT, TLSA, and for aircraft and sessions BRID with the whole chain |
//! | registration ended | gone |
//! | cross-endorsement given by an own authority | in that authority's BRID, until it is withdrawn |
//! | anything else | nothing |

mod authority;
mod cross;
mod late;

use crate::{AuthorityView, Publication, authorities::Authorities};
use dime_store::{Entry, Kind, Registration, RegistrationId, State, Write};
use dime_zone::{Host, Name, NameError, Prepared, Published, Serial, Zones};
use drip_det::Det;
use drip_wire::{Endorsement, rdata::Brid};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Keeps the zones at what the store says.
pub(crate) struct Publisher {
    zones: Arc<Zones>,
    authorities: Arc<Authorities>,
    publication: Publication,
    name_servers: Vec<Name>,
    /// Addresses of those that are named inside one of our zones.
    addresses: Vec<Host>,
    mname: Name,
    rname: Name,
    /// Registrations that were intended and not yet signed.
    unfinished: Mutex<BTreeSet<RegistrationId>>,
    /// The cross-endorsements that were not withdrawn.
    crossing: Mutex<cross::Crossing>,
}

/// What was prepared of a change: for each of its writes, the records that it publishes, encoded.
#[derive(Default)]
pub(crate) struct Ahead {
    generation: u64,
    prepared: Vec<Option<Prepared>>,
}

/// What a snapshot keeps of the publisher.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) unfinished: BTreeSet<RegistrationId>,
    pub(crate) crossing: BTreeMap<(Det, Det), Endorsement>,
}

/// A name in the [`Publication`] that is no domain name.
#[derive(Debug, thiserror::Error)]
pub enum PublicationFault {
    /// No name server at all.
    #[error("publication.name_servers: at least one is needed")]
    NoNameServer,
    /// A name is no domain name.
    #[error("publication.{field}: {name:?} is no domain name")]
    Name {
        /// Which setting.
        field: &'static str,
        /// What it says.
        name: String,
        /// What is wrong with it.
        #[source]
        cause: NameError,
    },
}

impl Publisher {
    pub(crate) fn new(
        zones: Arc<Zones>,
        authorities: Arc<Authorities>,
        publication: Publication,
    ) -> Result<Self, PublicationFault> {
        let name = |field, name: &String| {
            name.parse::<Name>().map_err(|cause| PublicationFault::Name { field, name: name.clone(), cause })
        };
        let name_servers = publication
            .name_servers
            .iter()
            .map(|server| name("name_servers", server))
            .collect::<Result<Vec<_>, _>>()?;
        let mname = name_servers.first().cloned().ok_or(PublicationFault::NoNameServer)?;
        let rname = name("responsible", &publication.responsible)?;
        let addresses = publication
            .addresses
            .iter()
            .map(|(host, addresses)| {
                Ok(Host { name: name("addresses", host)?, addresses: addresses.clone() })
            })
            .collect::<Result<Vec<_>, PublicationFault>>()?;
        let (unfinished, crossing) = Default::default();
        Ok(Publisher {
            zones,
            authorities,
            publication,
            name_servers,
            addresses,
            mname,
            rname,
            unfinished,
            crossing,
        })
    }

    /// Begins with what a snapshot has kept.
    pub(crate) fn resume(&self, kept: Kept) {
        *self.unfinished.lock() = kept.unfinished;
        self.crossing.lock().0 = kept.crossing;
    }

    /// A copy of what is in memory beside the zones.
    pub(crate) fn kept(&self) -> Kept {
        Kept { unfinished: self.unfinished.lock().clone(), crossing: self.crossing.lock().0.clone() }
    }

    /// Encodes what a change will probably publish, beside others and before its turn: good if no authority was put meanwhile.
    pub(crate) fn prepare(&self, entry: &Entry) -> Ahead {
        let generation = self.authorities.generation();
        let prepared = entry.change.writes.iter().map(|write| match write {
            Write::PutRegistration { record, .. } if self.is_to_be_published(record) => {
                self.published(record).map(|published| published.prepare())
            }
            _ => None,
        });
        Ahead { generation, prepared: prepared.collect() }
    }

    /// Takes one change in, of which something may have been prepared.
    pub(crate) fn follow_prepared(&self, entry: &Entry, ahead: Ahead) {
        let mut prepared = ahead.prepared.into_iter();
        // Who sees the serial of a change sees all of the change.
        let _held = self.zones.hold();
        // Serials have 32 bits and wrap around, in arithmetic that allows for it (RFC 1982).
        let serial = Serial(entry.seq.0 as u32);
        for write in &entry.change.writes {
            let prepared = prepared.next().flatten();
            match write {
                Write::PutAuthority { record, .. } => match AuthorityView::of(record) {
                    Ok(authority) => self.put_authority(authority, serial),
                    Err(error) => {
                        tracing::error!(det = %record.det, %error, "an authority's stored endorsement cannot be read")
                    }
                },
                Write::PutRegistration { record, .. } => {
                    // The chain it shows may be another by now.
                    let prepared = prepared.filter(|_| ahead.generation == self.authorities.generation());
                    self.put_registration(record, prepared, serial);
                }
                Write::PutDelegation { record, .. } => self.put_delegation(record, serial),
                Write::PutDocument { record, .. } => self.put_document(record, serial),
                Write::PutProspect { .. }
                | Write::PutCeremony { .. }
                | Write::PutJob { .. }
                | Write::PutToken { .. }
                | Write::PutRequest { .. } => {}
            }
        }
    }

    /// Registrations that were intended and not yet signed, as far as the feed has been followed.
    pub(crate) fn unfinished(&self) -> Vec<RegistrationId> {
        self.unfinished.lock().iter().cloned().collect()
    }

    /// Whether this record says that a registration, and not an authority, is in force.
    fn is_to_be_published(&self, record: &Registration) -> bool {
        record.state == State::Registered && !matches!(record.kind, Kind::Hda | Kind::Raa)
    }

    fn put_registration(&self, record: &Registration, prepared: Option<Prepared>, serial: Serial) {
        let is_unfinished = record.state == State::Issuing || record.renewal.is_some();
        {
            let mut unfinished = self.unfinished.lock();
            if is_unfinished {
                unfinished.insert(record.id.clone());
            } else {
                unfinished.remove(&record.id);
            }
        }
        if matches!(record.kind, Kind::Hda | Kind::Raa) {
            // A registry is published as the authority it is.
            return;
        }
        if record.state == State::Registered && record.renewal.is_none() {
            self.authorities.count_signature(record.issuer);
        }
        match record.state {
            // An intended renewal changes nothing yet: what was published stays.
            State::Registered if record.renewal.is_some() && self.zones.is_published(record.det) => {}
            State::Registered => match prepared.or_else(|| self.published(record).map(|now| now.prepare())) {
                Some(prepared) => self.publish_prepared(record.det, prepared, serial),
                None => {
                    tracing::error!(det = %record.det, "a registration in force lacks its endorsement, certificate or chain")
                }
            },
            State::Revoked | State::Expired => {
                self.zones.remove(record.det, serial);
            }
            State::Pending | State::Issuing | State::Denied => {}
        }
    }

    /// Publishes a registration in force once more: a chain that it shows has changed.
    pub(crate) fn republish(&self, record: &Registration, serial: Serial) {
        if let Some(published) = self.published(record).filter(|_| self.zones.is_published(record.det)) {
            self.publish(published, serial);
        }
    }

    pub(crate) fn published(&self, record: &Registration) -> Option<Published> {
        let endorsement = Endorsement::decode(record.endorsement.as_ref()?).ok()?;
        let brid = match record.kind {
            Kind::Aircraft | Kind::Session => {
                let mut chain = self.authorities.chain(endorsement.parent)?;
                chain.push(endorsement);
                let Publication { uas_type, brid_shape, .. } = self.publication;
                Some(Brid::for_session(record.det, uas_type, &chain, brid_shape).encode())
            }
            Kind::Operator | Kind::Manufacturer | Kind::Service | Kind::Hda | Kind::Raa => None,
        };
        Some(Published {
            det: record.det,
            hi: record.hi,
            ttl: self.publication.operational_ttl,
            entity_type: record.entity_type,
            abbreviation: record.hid().abbreviation(),
            certificate: record.certificate.clone()?,
            brid,
            uri: None,
            vnb: endorsement.vnb,
            vna: endorsement.vna,
        })
    }

    fn publish(&self, published: Published, serial: Serial) {
        self.publish_prepared(published.det, published.prepare(), serial);
    }

    fn publish_prepared(&self, det: Det, prepared: Prepared, serial: Serial) {
        if let Err(error) = self.zones.publish_prepared(prepared, serial) {
            tracing::error!(%det, %error, "a DET cannot be published");
        }
    }
}
