//! The lookup: a question, the zones, an answer, and nothing else (RFC 1034, section 4.3.2).
//!
//! Inside the deepest zone that holds the name, in this order:
//!
//! 1. at or below a cut to a zone that is not served here: referral; a DS question at the cut itself is the parent's to answer;
//! 2. the addresses of name servers that are named inside the zone;
//! 3. the apex: SOA and NS;
//! 4. a published DET: its records; another type: no data;
//! 5. a prefix of a published DET or of a zone cut: an empty non-terminal, no data;
//! 6. anything else: no such name.
//!
//! What a signed zone says more is in `proof`.

use crate::{
    Answer, Host, Name, Position, Question, Rcode, Record, RecordType, Rest,
    zone::{Zone, address_records, copied::Origin, ds_records, ns_records},
};

impl Zone {
    /// Answers a question whose name is at or below this zone's.
    pub(crate) fn answer(&self, question: Question<'_>, position: Position) -> Answer {
        if self.origin == Origin::Expired {
            return Answer::unable();
        }
        if let Some((cut, delegation)) = self.cut_above(position) {
            return if position.is_at(*cut) && question.record_type == RecordType::DS {
                let ds = ds_records(question.name, &delegation.ds, self.config.ttl);
                if ds.is_empty() { self.no_data() } else { Answer::of_records(ds, Vec::new()) }
            } else if position.is_at(*cut) && question.record_type == RecordType::NSEC && self.is_signed() {
                self.answer_signing(question, position)
            } else {
                let owner = Name::of_nibbles(cut.prefix(), cut.prefix_bits() / 4);
                self.referral(&owner, &delegation.ns, &delegation.glue)
            };
        }
        match position.rest {
            Rest::Labels => self.answer_host(question),
            Rest::Nothing if position.is_at(self.config.cut) => self.answer_apex(question),
            Rest::Nothing if position.nibbles == 32 => self.answer_det(question, position.number),
            Rest::Nothing if self.has_any(position.range()) => self.no_data(),
            // A prefix without DETs below it exists still if the name of a name server is below it.
            Rest::Nothing => self.answer_host(question),
        }
    }

    fn answer_apex(&self, question: Question<'_>) -> Answer {
        match question.record_type {
            RecordType::SOA | RecordType::ANY => {
                let soa = Record { owner: question.name.clone(), ..self.soa(self.config.ttl) };
                Answer::of_records(vec![soa], Vec::new())
            }
            RecordType::NS => {
                let ns = ns_records(question.name, &self.config.ns, self.config.ttl);
                Answer::of_records(ns, self.addresses(&self.config.ns, &[]))
            }
            _ => self.answer_signing(question, Position::of_cut(self.config.cut)),
        }
    }

    fn answer_det(&self, question: Question<'_>, number: u128) -> Answer {
        // Even a name like a DET's may have the name of a name server below it.
        let Some(mut records) = self.records(number) else { return self.answer_host(question) };
        let found = match question.record_type {
            // One RRset, the smallest, is answer enough (RFC 8482, section 4.1).
            RecordType::ANY => records.min_by_key(|record| record.length()),
            RecordType(wanted) => records.find(|record| record.record.record_type == wanted),
        };
        match found {
            Some(found) => {
                let answer = Record {
                    owner: question.name.clone(),
                    record_type: RecordType(found.record.record_type),
                    ttl: found.ttl,
                    rdata: found.rdata(),
                };
                Answer::of_records(vec![answer], Vec::new())
            }
            None => self.answer_signing(question, Position { number, nibbles: 32, rest: Rest::Nothing }),
        }
    }

    fn answer_host(&self, question: Question<'_>) -> Answer {
        if !self.config.glue.iter().any(|host| host.name.is_within(question.name)) {
            return self.no_name();
        }
        let hosts = self.config.glue.iter().filter(|host| host.name.is_same(question.name));
        let all: Vec<Record> = hosts.flat_map(|host| address_records(host, self.config.ttl)).collect();
        let wanted = match question.record_type {
            // One RRset is answer enough (RFC 8482, section 4.1).
            RecordType::ANY => all.first().map_or(RecordType::ANY, |first| first.record_type),
            wanted => wanted,
        };
        let addresses: Vec<Record> = all
            .into_iter()
            .filter(|record| record.record_type == wanted)
            .map(|record| Record { owner: question.name.clone(), ..record })
            .collect();
        if !addresses.is_empty() {
            return Answer::of_records(addresses, Vec::new());
        }
        match Position::of(question.name) {
            Some(position) => self.answer_signing(question, position),
            None => self.no_data(),
        }
    }

    fn referral(&self, owner: &Name, ns: &[Name], glue: &[Host]) -> Answer {
        Answer::referral(ns_records(owner, ns, self.config.ttl), self.addresses(ns, glue))
    }

    /// Addresses of name servers, from the glue given and from the zone's own; never of names outside the zone.
    fn addresses(&self, ns: &[Name], glue: &[Host]) -> Vec<Record> {
        let own = self.config.glue.iter().filter(|own| !glue.iter().any(|host| host.name.is_same(&own.name)));
        let hosts: Vec<&Host> = glue.iter().chain(own).collect();
        ns.iter()
            .filter_map(|server| hosts.iter().find(|host| host.name.is_same(server)))
            .flat_map(|host| address_records(host, self.config.ttl))
            .collect()
    }

    pub(crate) fn no_data(&self) -> Answer {
        Answer::negative(Rcode::NoError, self.negative_soa())
    }

    fn no_name(&self) -> Answer {
        Answer::negative(Rcode::NxDomain, self.negative_soa())
    }

    fn negative_soa(&self) -> Record {
        self.soa(self.negative_ttl())
    }

    /// How long a negative answer may be remembered (RFC 2308, section 5; RFC 9077).
    pub(crate) fn negative_ttl(&self) -> u32 {
        self.config.ttl.min(self.config.soa.minimum)
    }
}
