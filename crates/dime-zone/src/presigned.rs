//! Signatures of DETs' records, made when they are published and kept beside them, so that an answer with signatures is composed as
//! quickly as one without.
//!
//! They are kept by number in a sequence of their own, 64 octets each:
//!
//! | octets | content |
//! |---|---|
//! | 4 | when they begin to be valid: seconds since 1970 modulo 2^32, as in RRSIG |
//! | 4 | which keys made them, for how long ([`Signer::stamp`]) |
//! | 16 | the DET that the NSEC links to; all bits set where it links to something else, or to nothing that must be kept in mind |
//! | 64 each | for each set in the order of the template's records, and then for the NSEC: one of each key that signs |
//!
//! What is kept is believed only as long as it is what the zone's keys and clock would make now, so nothing has to be thrown away when
//! these change: what does not fit is made when asked for, and made anew by a walk through the zone that goes on a little with every
//! [tick](crate::Zones::tick). The name of a DET says when its signatures are renewed, so the walk has about as much to do on each day.

use crate::{
    Name, Record, RecordType,
    chain::Owner,
    dnssec::{Denial, Rrset, Signer},
    received::Signs,
    zone::Zone,
};

/// Octets before the signatures.
const HEAD: usize = 24;
const SIGNATURE: usize = 64;
/// The NSEC links to no DET.
const NO_DET: u128 = u128::MAX;

/// The signatures that are kept of a DET, and are those that would be made now.
pub(crate) struct Presigned<'a> {
    octets: &'a [u8],
    signers: usize,
}

impl<'a> Presigned<'a> {
    /// What is kept, if it is of this time and these keys, and of so many sets.
    fn current(octets: &'a [u8], sets: usize, owner: &Name, signer: &Signer) -> Option<Self> {
        let signers = signer.signers();
        let head = octets.first_chunk::<8>()?;
        let fits = *head == head_of(owner, signer) && octets.len() == HEAD + (sets + 1) * signers * SIGNATURE;
        fits.then_some(Presigned { octets, signers })
    }

    fn of(&self, index: usize) -> impl Iterator<Item = &'a [u8]> {
        let size = self.signers * SIGNATURE;
        let start = HEAD + index * size;
        self.octets.get(start..start + size).unwrap_or_default().chunks(SIGNATURE)
    }

    /// What the NSEC that was signed links to.
    fn next(&self) -> u128 {
        let octets = self.octets.get(8..HEAD).and_then(|octets| octets.first_chunk());
        octets.map_or(NO_DET, |octets| u128::from_be_bytes(*octets))
    }
}

/// When signatures made now begin to be valid, and who makes them.
fn head_of(owner: &Name, signer: &Signer) -> [u8; 8] {
    let mut head = [0; 8];
    let (begin, keys) = head.split_at_mut(4);
    begin.copy_from_slice(&(signer.window(owner).inception.0 as u32).to_be_bytes());
    keys.copy_from_slice(&signer.stamp().to_be_bytes());
    head
}

impl Zone {
    /// The RRSIG records of a set at an owner: composed of what is kept, or made.
    pub(crate) fn sign_set(&self, owner: &Owner, set: &Rrset, signer: &Signer) -> Vec<Record> {
        self.kept(owner, set, signer).unwrap_or_else(|| signer.sign(set))
    }

    fn kept(&self, owner: &Owner, set: &Rrset, signer: &Signer) -> Option<Vec<Record>> {
        let Owner::Det(number) = *owner else { return None };
        let mut index = None;
        let mut sets = 0;
        for (at, record) in self.records(number)?.enumerate() {
            sets = at + 1;
            if record.record.record_type == set.record_type.0 {
                index = Some(at);
            }
        }
        let kept = Presigned::current(self.signatures().find(number)?, sets, &set.owner, signer)?;
        let index = match index {
            Some(index) => index,
            None if set.record_type == RecordType::NSEC && kept.next() == self.link(number, signer)? => sets,
            None => return None,
        };
        Some(signer.compose(&set.covered(), &signer.window(&set.owner), kept.of(index)))
    }

    /// The DET that the NSEC of a DET links to, as it is kept; `None` where it links to something else, whose signature is not kept.
    fn link(&self, number: u128, signer: &Signer) -> Option<u128> {
        match signer.denial() {
            Denial::Compact => Some(NO_DET),
            Denial::Nsec => match self.owner_after(&Owner::Det(number)) {
                Owner::Det(next) => Some(next),
                Owner::Apex | Owner::Cut(_) | Owner::Host(_) => None,
            },
        }
    }

    /// Whether the signatures that are kept of a DET are not those that would be made now.
    pub(crate) fn is_due(&self, number: u128, signer: &Signer) -> bool {
        let sets = self.records(number).map_or(0, Iterator::count);
        let owner = Name::of_nibbles(number, 32);
        let kept =
            self.signatures().find(number).and_then(|kept| Presigned::current(kept, sets, &owner, signer));
        kept.is_none_or(|kept| self.link(number, signer).is_some_and(|next| next != kept.next()))
    }

    /// What is to be signed of a DET.
    pub(crate) fn unsigned(&self, number: u128, signer: &Signer) -> Option<Unsigned> {
        let (owner, name) = (Owner::Det(number), Name::of_nibbles(number, 32));
        let sets = self.sets_at(&owner, Signs::Own(signer));
        if sets.is_empty() {
            return None;
        }
        let kept = self.signatures().find(number);
        let kept = kept.filter(|kept| Presigned::current(kept, sets.len(), &name, signer).is_some());
        let size = sets.len() * signer.signers() * SIGNATURE;
        let kept = kept.and_then(|kept| kept.get(HEAD..HEAD + size)).map(<[u8]>::to_vec);
        let next = self.link(number, signer).unwrap_or(NO_DET);
        Some(Unsigned { number, sets, kept, nsec: self.nsec(&owner, signer), next })
    }

    /// Keeps the signatures of a DET, unless what they are of has changed since.
    pub(crate) fn keep_signatures(&mut self, unsigned: &Unsigned, signatures: &[u8], signer: &Signer) {
        if self.sets_at(&Owner::Det(unsigned.number), Signs::Own(signer)) == unsigned.sets {
            self.insert_signatures(unsigned.number, signatures);
        }
    }
}

/// The sets of a DET that want signatures.
pub(crate) struct Unsigned {
    number: u128,
    sets: Vec<Rrset>,
    /// Signatures of the sets that are good still: only the NSEC is another.
    kept: Option<Vec<u8>>,
    nsec: Rrset,
    next: u128,
}

impl Unsigned {
    /// How many signatures there are to make.
    pub(crate) fn cost(&self) -> usize {
        if self.kept.is_some() { 1 } else { self.sets.len() + 1 }
    }

    /// Makes the signatures. This takes a while: nobody should wait for it.
    pub(crate) fn sign(&self, signer: &Signer) -> Vec<u8> {
        let mut octets = Vec::with_capacity(HEAD + (self.sets.len() + 1) * signer.signers() * SIGNATURE);
        octets.extend_from_slice(&head_of(&self.nsec.owner, signer));
        octets.extend_from_slice(&self.next.to_be_bytes());
        match &self.kept {
            Some(kept) => octets.extend_from_slice(kept),
            None => self.sets.iter().for_each(|set| octets.extend(signer.signatures(set).concat())),
        }
        octets.extend(signer.signatures(&self.nsec).concat());
        octets
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Class, Published, Question, Serial, Soa, ZoneConfig, Zones, dnssec::*};
    use drip_det::{Det, DripTime, EntityType, Hid, HostIdentity, SuiteId, UnixTime, ZoneCut};

    fn published(hid: Hid, hash: u64) -> Published {
        let hi = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes();
        Published {
            det: Det::from_parts(hid, SuiteId::EDDSA_CSHAKE128, hash),
            hi: HostIdentity::from_bytes(&hi).unwrap(),
            ttl: 60,
            entity_type: EntityType::UA,
            abbreviation: hid.abbreviation(),
            certificate: vec![0x30, 1, 0],
            brid: None,
            uri: None,
            vnb: DripTime(0),
            vna: DripTime(1),
        }
    }

    /// An answer is composed of what is kept, and of nothing else: what is kept is put out of order to see it.
    #[test]
    fn what_is_kept_is_what_is_answered() {
        let folder = tempfile::tempdir().unwrap();
        let (keys, now) = (KeyFolder::new(folder.path()), UnixTime(1_795_350_896));
        let hid = Hid::from_numbers(16376, 16376).unwrap();
        let cut = ZoneCut::Hda(hid);
        let name: Name = cut.name().parse().unwrap();
        let new = first_keys(KeyRole::KeySigning, now);
        keys.create(&name, &ZoneKey::from_seed(&[1; 32], new.role, new.times)).unwrap();
        let policy = SigningPolicy::new(1_209_600, 604_800, UpperZones::Test, HdaZones::Nsec).unwrap();
        let zones = Zones::signed(Signing::new(keys, policy, now));
        let server: Name = "ns.example.".parse().unwrap();
        let soa =
            Soa { mname: server.clone(), rname: server.clone(), refresh: 1, retry: 1, expire: 1, minimum: 1 };
        let config = ZoneConfig { cut, soa, serial: Serial(1), ns: vec![server], glue: Vec::new(), ttl: 60 };
        zones.add_zone(config).unwrap();
        let dets = [1, 2].map(|hash| published(hid, hash));
        for det in &dets {
            zones.publish(det, Serial(2)).unwrap();
        }
        zones.sign_ahead(cut, 1).unwrap();
        let owner = Name::of_det(dets[0].det);
        let ask = |record_type| {
            let question = Question { name: &owner, record_type, class: Class::IN };
            let answer = zones.lookup_signed(question);
            answer.answers.into_iter().chain(answer.authority).collect::<Vec<_>>()
        };
        let kinds = [RecordType::HHIT, RecordType::TLSA, RecordType::NSEC, RecordType::A];
        let before = kinds.map(ask);
        let number = dets[0].det.as_u128();
        let kept = zones.kept_signatures(cut, number).unwrap();
        // Four sets and the NSEC.
        assert_eq!(kept.len(), HEAD + 5 * SIGNATURE);
        let mut spoilt = kept;
        spoilt[HEAD..].iter_mut().for_each(|octet| *octet ^= 1);
        zones.spoil_signatures(cut, number, &spoilt);
        for (before, after) in before.iter().zip(kinds.map(ask)) {
            let differ = before.iter().zip(&after).filter(|(a, b)| a != b).count();
            assert_eq!((differ, before.len()), (1, after.len()), "{before:?}");
        }
        // Signatures of another time are none.
        spoilt[0] ^= 1;
        zones.spoil_signatures(cut, number, &spoilt);
        assert_eq!(kinds.map(ask), before);
    }
}
