//! What a snapshot keeps beside the zones: all that following the feed up to a change has made in memory. CBOR:
//!
//! | item | CBOR |
//! |---|---|
//! | state | `[authorities, signatures, replaced, unfinished, cross-endorsements, ledger]` |
//! | authorities | byte string: the records in the form of the [journal](dime_store::record::v1) |
//! | signatures | array of `[DET, how many endorsements it has given]` |
//! | replaced | array of DETs whose chains are still to be published anew |
//! | unfinished | array of identifiers of registrations |
//! | cross-endorsements | array of `[parent, child, the endorsement's 136 octets]` |
//! | ledger | see [`Books`] |

use super::octets::{Read, array, det, list, write_det, wrong};
use crate::{AuthorityView, authorities::KnownAuthorities, revocation::Books};
use dime_store::{Expect, RegistrationId, Write, record::v1};
use drip_cbor::{Reader, Writer};
use drip_det::Det;
use drip_wire::Endorsement;
use std::collections::{BTreeMap, BTreeSet};

/// Everything in memory that is made of the feed, but for the zones.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) authorities: KnownAuthorities,
    pub(crate) unfinished: BTreeSet<RegistrationId>,
    pub(crate) crossing: BTreeMap<(Det, Det), Endorsement>,
    pub(crate) ledger: Books,
}

impl State {
    /// The octets; `None` when a record has no form.
    pub(crate) fn encode(&self) -> Option<Vec<u8>> {
        let KnownAuthorities { authorities, signatures, replaced } = &self.authorities;
        let records: Vec<Write> = authorities
            .iter()
            .map(|authority| Write::PutAuthority {
                record: Box::new(authority.to_record()),
                expect: Expect::Absent,
            })
            .collect();
        let mut out = Writer::new();
        out.array(6).bytes(&v1::encode(&records).ok()?);
        out.array(signatures.len());
        for (det, count) in signatures {
            out.array(2);
            write_det(&mut out, *det);
            out.uint(*count);
        }
        out.array(replaced.len());
        replaced.iter().for_each(|det| write_det(&mut out, *det));
        out.array(self.unfinished.len());
        for id in &self.unfinished {
            out.text(&id.0);
        }
        out.array(self.crossing.len());
        for ((parent, child), endorsement) in &self.crossing {
            out.array(3);
            write_det(&mut out, *parent);
            write_det(&mut out, *child);
            out.bytes(&endorsement.encode());
        }
        self.ledger.write(&mut out);
        Some(out.finish())
    }

    pub(crate) fn decode(octets: &[u8]) -> Read<Self> {
        let mut from = Reader::new(octets);
        from.array_of(6, "state", "an array of six")?;
        let unreadable = wrong(&from, "authorities", "records of authorities");
        let records = v1::decode(from.bytes("authorities")?).map_err(|_| unreadable)?;
        let authorities: Option<Vec<AuthorityView>> = records
            .iter()
            .map(|write| match write {
                Write::PutAuthority { record, .. } => AuthorityView::of(record).ok(),
                _ => None,
            })
            .collect();
        let authorities = authorities.ok_or(unreadable)?;
        let signatures = list(&mut from, "signatures", |from| {
            from.array_of(2, "signatures", "an array of two")?;
            Ok((det(from)?, from.uint("signatures")?))
        })?;
        let replaced = list(&mut from, "replaced", det)?;
        let unfinished =
            list(&mut from, "unfinished", |from| Ok(RegistrationId(from.text("id")?.to_owned())))?;
        let crossing = list(&mut from, "cross-endorsements", |from| {
            from.array_of(3, "cross-endorsement", "an array of three")?;
            let parties = (det(from)?, det(from)?);
            let wrong = wrong(from, "cross-endorsement", "an endorsement");
            let octets: [u8; 136] = array(from, "cross-endorsement")?;
            Ok((parties, Endorsement::decode(&octets).map_err(|_| wrong)?))
        })?;
        let ledger = Books::read(&mut from)?;
        from.end("state")?;
        let authorities = KnownAuthorities {
            authorities,
            signatures: signatures.into_iter().collect(),
            replaced: replaced.into_iter().collect(),
        };
        let (unfinished, crossing) = (unfinished.into_iter().collect(), crossing.into_iter().collect());
        Ok(State { authorities, unfinished, crossing, ledger })
    }
}
