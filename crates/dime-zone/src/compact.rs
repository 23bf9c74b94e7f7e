//! Compact denial of existence (RFC 9824): what there is not is told by one NSEC record, made when asked, which says nothing of any other
//! name. So nobody can list the zone, and who validates gets one signature instead of two or three.
//!
//! | asked for | NSEC at the name asked for, linked to the name right after it; types |
//! |---|---|
//! | a type that a name does not have | the types that it has, RRSIG, NSEC |
//! | an empty non-terminal | RRSIG, NSEC |
//! | a name that does not exist | RRSIG, NSEC, NXNAME |
//! | a cut without DS | NS, RRSIG, NSEC; linked to a name beside the cut |
//!
//! The response code is NOERROR: such a name exists, as far as the NSEC says. Who sets the CO flag gets NXDOMAIN (section 5.1), and so does
//! who does not set DO and has nothing to compare it with. NSEC and RRSIG are at each name, whatever is asked for, so questions for these
//! types have answers.

use crate::{
    Answer, Name, Position, Question, Rcode, Record, RecordType,
    chain::Owner,
    dnssec::{Asker, Denial, Rrset, Signer, nsec_rdata},
    proof::records_of,
    received::Signs,
    zone::Zone,
};

impl Zone {
    /// The negative answer of the lookup, as who validates must have it.
    pub(crate) fn deny_compactly(
        &self,
        question: Question<'_>,
        position: Position,
        denied: Answer,
        signer: &Signer,
        asker: Asker,
    ) -> Answer {
        let exists = denied.rcode == Rcode::NoError;
        let (set, signatures) = match self.owner_at(question.name, position).filter(|_| exists) {
            Some(owner) => {
                let set = self.nsec(&owner, signer);
                let signatures = self.sign_set(&owner, &set, signer);
                (set, Some(signatures))
            }
            None => {
                let set = self.compact_nsec(question.name, exists);
                let signatures = signer.sign_denial(&set, asker);
                (set, signatures)
            }
        };
        let Some(signatures) = signatures else { return Answer::unable() };
        let as_asked = |record| Record { owner: question.name.clone(), ..record };
        let (nsec, signatures) = (records_of(&set).map(as_asked), signatures.into_iter().map(as_asked));
        match question.record_type {
            RecordType::NSEC => Answer::of_records(nsec.chain(signatures).collect(), Vec::new()),
            RecordType::RRSIG => Answer::of_records(signatures.collect(), Vec::new()),
            _ => {
                let mut answer = Answer { rcode: Rcode::NoError, nxname: !exists, ..denied };
                answer.authority.extend(self.signatures_of_soa(Signs::Own(signer)).into_iter().flatten());
                answer.authority.extend(nsec.chain(signatures));
                answer
            }
        }
    }

    /// How the zone denies; `None` where it is not signed.
    pub(crate) fn denial(&self) -> Option<Denial> {
        self.signs().map(|signs| signs.denial())
    }

    /// The owner that has a name.
    pub(crate) fn owner_at(&self, name: &Name, position: Position) -> Option<Owner> {
        let owner = match self.cut_above(position) {
            Some((cut, _)) => Owner::Cut(*cut),
            None => self.owner_at_or_before(name, position),
        };
        self.name_of(&owner).is_same(name).then_some(owner)
    }

    /// NSEC of a name that no record of the zone has.
    fn compact_nsec(&self, name: &Name, exists: bool) -> Rrset {
        let types = (!exists).then_some(RecordType::NXNAME);
        Rrset {
            owner: name.to_lower(),
            record_type: RecordType::NSEC,
            ttl: self.negative_ttl(),
            rdata: vec![nsec_rdata(&name.successor(&self.name), types)],
        }
    }
}
