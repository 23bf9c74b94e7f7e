//! What an answer of a signed zone has more, for who sets the DO bit (RFC 4035, section 3.1): the signatures of its sets, and NSEC
//! records that prove what there is not.
//!
//! | answer | more |
//! |---|---|
//! | records | RRSIG of each set |
//! | no data at a name | NSEC of the name; of an empty non-terminal, the NSEC that spans it |
//! | negative, in a zone that denies compactly | see `compact` |
//! | no such name | NSEC that spans it, NSEC that spans the wildcard below the closest name that exists |
//! | referral | DS; without DS, NSEC of the cut: the zone below is not signed |

use crate::{
    Answer, Name, Position, Question, Rcode, Record, RecordType, Rest,
    chain::Owner,
    dnssec::{Asker, Denial, Rrset, Signer},
    zone::Zone,
};

impl Zone {
    /// The answer with signatures and proofs; where the zone is not signed, the answer as it is.
    ///
    /// The address of an asker may be known to be theirs: of the signatures that are made for the answer, those have a share
    /// of their own.
    pub(crate) fn answer_to(&self, question: Question<'_>, position: Position, asker: Asker) -> Answer {
        let mut answer = self.answer(question, position);
        let Some(signed) = self.signed.as_ref().filter(|_| answer.rcode != Rcode::ServFail) else {
            return answer;
        };
        let signer = &*signed.signer;
        if answer.is_referral() {
            if let Some((cut, _)) = self.cut_above(position) {
                let owner = Owner::Cut(*cut);
                let ds = self.sets_at(&owner, signer);
                let proof = if ds.is_empty() { vec![self.nsec(&owner, signer)] } else { ds };
                proof.iter().for_each(|set| answer.authority.extend(records_and_signatures(set, signer)));
            }
        } else if answer.answers.is_empty() && signer.denial() == Denial::Compact {
            return self.deny_compactly(question, position, answer, signer, asker);
        } else if answer.answers.is_empty() {
            answer.authority.extend(self.signatures_of_soa(signer));
            for (set, owner) in self.denying(question, position, answer.rcode, signer) {
                answer.authority.extend(records_of(&set).chain(self.sign_set(&owner, &set, signer)));
            }
        }
        let is_det = position.nibbles == 32 && position.rest == Rest::Nothing;
        answer.answers = self.signed_sets(answer.answers, is_det.then_some(position.number), signer);
        answer.additional = self.signed_sets(answer.additional, None, signer);
        answer
    }

    /// The signatures of the SOA, whose TTL in a negative answer is less than the one that is signed.
    pub(crate) fn signatures_of_soa(&self, signer: &Signer) -> impl Iterator<Item = Record> {
        let signatures = Rrset::of(vec![self.soa(self.config.ttl)]).map(|soa| signer.sign(&soa));
        let ttl = self.negative_ttl();
        signatures.into_iter().flatten().map(move |record| Record { ttl, ..record })
    }

    /// Asked for the records of the signing itself: DNSKEY, CDS and CDNSKEY of the zone, NSEC of any owner, RRSIG of all sets there.
    pub(crate) fn answer_signing(&self, question: Question<'_>, position: Position) -> Answer {
        let Some(signed) = &self.signed else { return self.no_data() };
        let signer = &*signed.signer;
        let owner = match self.cut_above(position) {
            Some((cut, _)) => Owner::Cut(*cut),
            None => self.owner_at_or_before(question.name, position),
        };
        if !self.name_of(&owner).is_same(question.name) {
            return self.no_data();
        }
        let records: Vec<Record> = match question.record_type {
            RecordType::NSEC => records_of(&self.nsec(&owner, signer)).collect(),
            RecordType::RRSIG => {
                let sets = self.sets_at(&owner, signer).into_iter().chain([self.nsec(&owner, signer)]);
                sets.flat_map(|set| self.sign_set(&owner, &set, signer)).collect()
            }
            wanted if owner == Owner::Apex => {
                let set = signer.key_sets(self.config.ttl).find(|set| set.record_type == wanted);
                set.iter().flat_map(records_of).collect()
            }
            _ => Vec::new(),
        };
        if records.is_empty() {
            return self.no_data();
        }
        let as_asked = |record| Record { owner: question.name.clone(), ..record };
        Answer::of_records(records.into_iter().map(as_asked).collect(), Vec::new())
    }

    /// The NSEC records of a negative answer, each once.
    fn denying(
        &self,
        question: Question<'_>,
        position: Position,
        rcode: Rcode,
        signer: &Signer,
    ) -> Vec<(Rrset, Owner)> {
        let owner = match self.cut_above(position) {
            Some((cut, _)) => Owner::Cut(*cut),
            None => self.owner_at_or_before(question.name, position),
        };
        let mut owners = vec![owner.clone()];
        if rcode == Rcode::NxDomain {
            let wildcard = self.wildcard_of(question.name, &owner);
            if let Some(position) = Position::of(&wildcard) {
                let spanning = self.owner_at_or_before(&wildcard, position);
                if spanning != owner {
                    owners.push(spanning);
                }
            }
        }
        owners.into_iter().map(|owner| (self.nsec(&owner, signer), owner)).collect()
    }

    /// The wildcard that would have answered for a name that does not exist: below the longest of its ancestors that exists. That one is
    /// an ancestor of the owner before the name, or of the one after it.
    fn wildcard_of(&self, name: &Name, before: &Owner) -> Name {
        let after = self.owner_after(before);
        let common = [before, &after].map(|owner| self.name_of(owner).common_labels(name));
        name.wildcard_above(common.into_iter().max().unwrap_or(0))
    }

    /// Records, of a DET if they are a DET's, with the signatures of those sets that this zone is the authority for, each after its set.
    fn signed_sets(&self, records: Vec<Record>, det: Option<u128>, signer: &Signer) -> Vec<Record> {
        let det = det.map(Owner::Det);
        let mut all = Vec::with_capacity(2 * records.len());
        let mut rest = records.into_iter().peekable();
        while let Some(first) = rest.next() {
            let (owner, record_type) = (first.owner.clone(), first.record_type);
            let mut set = vec![first];
            while let Some(next) =
                rest.next_if(|next| next.record_type == record_type && next.owner.is_same(&owner))
            {
                set.push(next);
            }
            all.extend(set.iter().cloned());
            let at_cut = record_type == RecordType::DS || record_type == RecordType::NSEC;
            if record_type != RecordType::RRSIG && (at_cut || self.is_authoritative(&owner)) {
                let sign = |set: Rrset| match &det {
                    Some(det) => self.sign_set(det, &set, signer),
                    None => signer.sign(&set),
                };
                let signatures = Rrset::of(set).map(sign).into_iter().flatten();
                all.extend(signatures.map(|record| Record { owner: owner.clone(), ..record }));
            }
        }
        all
    }
}

/// The records of a set.
pub(crate) fn records_of(set: &Rrset) -> impl Iterator<Item = Record> {
    set.rdata.iter().map(|rdata| Record {
        owner: set.owner.clone(),
        record_type: set.record_type,
        ttl: set.ttl,
        rdata: rdata.clone(),
    })
}

fn records_and_signatures(set: &Rrset, signer: &Signer) -> impl Iterator<Item = Record> {
    records_of(set).chain(signer.sign(set))
}
