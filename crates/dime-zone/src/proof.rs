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
//! | any of these, of a copy whose primary has not sent what it takes (`received`) | nothing: SERVFAIL |

use crate::{
    Answer, Name, Position, Question, Rcode, Record, RecordType, Rest,
    chain::Owner,
    dnssec::{Asker, Denial, Rrset},
    received::Signs,
    zone::Zone,
};

impl Zone {
    /// The answer with signatures and proofs; where the zone is not signed, the answer as it is.
    ///
    /// The address of an asker may be known to be theirs: of the signatures that are made for the answer, those have a share
    /// of their own.
    pub(crate) fn answer_to(&self, question: Question<'_>, position: Position, asker: Asker) -> Answer {
        let answer = self.answer(question, position);
        let Some(signs) = self.signs().filter(|_| answer.rcode != Rcode::ServFail) else {
            return answer;
        };
        match signs {
            Signs::Own(signer)
                if answer.answers.is_empty()
                    && !answer.is_referral()
                    && signer.denial() == Denial::Compact =>
            {
                self.deny_compactly(question, position, answer, signer, asker)
            }
            _ => self.with_proofs(question, position, answer, signs).unwrap_or(Answer::unable()),
        }
    }

    /// The answer with signatures, and with NSEC records where it is negative or refers to others; `None` where what it takes has not come
    /// from the primary.
    fn with_proofs(
        &self,
        question: Question<'_>,
        position: Position,
        mut answer: Answer,
        signs: Signs<'_>,
    ) -> Option<Answer> {
        if answer.is_referral() {
            if let Some((cut, _)) = self.cut_above(position) {
                let owner = Owner::Cut(*cut);
                let ds = self.sets_at(&owner, signs);
                let proof = if ds.is_empty() { vec![self.nsec_of(&owner, signs)?] } else { ds };
                for set in &proof {
                    answer.authority.extend(records_of(set));
                    answer.authority.extend(self.signatures_of(&owner, set, signs)?);
                }
            }
        } else if answer.answers.is_empty() {
            answer.authority.extend(self.signatures_of_soa(signs)?);
            for (set, owner) in self.denying(question, position, answer.rcode, signs)? {
                let signatures = self.signatures_of(&owner, &set, signs)?;
                answer.authority.extend(records_of(&set).chain(signatures));
            }
        }
        let is_det = position.nibbles == 32 && position.rest == Rest::Nothing;
        answer.answers = self.signed_sets(answer.answers, is_det.then_some(position.number), signs)?;
        answer.additional = self.signed_sets(answer.additional, None, signs)?;
        Some(answer)
    }

    /// The signatures of the SOA, whose TTL in a negative answer is less than the one that is signed.
    pub(crate) fn signatures_of_soa(&self, signs: Signs<'_>) -> Option<impl Iterator<Item = Record>> {
        let soa = Rrset::of(vec![self.soa(self.config.ttl)])?;
        let signatures = self.signatures_of(&Owner::Apex, &soa, signs)?;
        let ttl = self.negative_ttl();
        Some(signatures.into_iter().map(move |record| Record { ttl, ..record }))
    }

    /// Asked for the records of the signing itself: DNSKEY, CDS and CDNSKEY of the zone, NSEC of any owner, RRSIG of all sets there.
    pub(crate) fn answer_signing(&self, question: Question<'_>, position: Position) -> Answer {
        let Some(signs) = self.signs() else { return self.no_data() };
        let owner = match self.cut_above(position) {
            Some((cut, _)) => Owner::Cut(*cut),
            None => self.owner_at_or_before(question.name, position),
        };
        if !self.name_of(&owner).is_same(question.name) {
            return self.no_data();
        }
        let records: Vec<Record> = match question.record_type {
            RecordType::NSEC | RecordType::RRSIG => {
                let Some(nsec) = self.nsec_of(&owner, signs) else { return Answer::unable() };
                if question.record_type == RecordType::NSEC {
                    records_of(&nsec).collect()
                } else {
                    let sets = self.sets_at(&owner, signs).into_iter().chain([nsec]);
                    sets.flat_map(|set| self.signatures_of(&owner, &set, signs).unwrap_or_default()).collect()
                }
            }
            wanted if owner == Owner::Apex => {
                let sets = signs.key_sets(self.config.ttl).into_iter();
                sets.filter(|set| set.record_type == wanted)
                    .flat_map(|set| records_of(&set).collect::<Vec<_>>())
                    .collect()
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
        signs: Signs<'_>,
    ) -> Option<Vec<(Rrset, Owner)>> {
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
        owners.into_iter().map(|owner| Some((self.nsec_of(&owner, signs)?, owner))).collect()
    }

    /// The wildcard that would have answered for a name that does not exist: below the longest of its ancestors that exists. That one is
    /// an ancestor of the owner before the name, or of the one after it.
    fn wildcard_of(&self, name: &Name, before: &Owner) -> Name {
        let after = self.owner_after(before);
        let common = [before, &after].map(|owner| self.name_of(owner).common_labels(name));
        name.wildcard_above(common.into_iter().max().unwrap_or(0))
    }

    /// Records, of a DET if they are a DET's, with the signatures of those sets that this zone is the authority for, each after its set.
    fn signed_sets(&self, records: Vec<Record>, det: Option<u128>, signs: Signs<'_>) -> Option<Vec<Record>> {
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
                let set = Rrset::of(set)?;
                let signatures = match (&det, signs) {
                    (Some(det), signs) => self.signatures_of(det, &set, signs)?,
                    (None, Signs::Own(signer)) => signer.sign(&set),
                    (None, Signs::Received(_)) => {
                        self.signatures_of(&self.owner_of(&set.owner)?, &set, signs)?
                    }
                };
                all.extend(signatures.into_iter().map(|record| Record { owner: owner.clone(), ..record }));
            }
        }
        Some(all)
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
