//! The records of a transfer in order: nothing new, what changed, or all (RFC 1995, section 4; RFC 5936, section 2.2).
//!
//! ```text
//! SOA                                            nothing newer than what we have
//! SOA new, (SOA from, goes…, SOA to, comes…)…, SOA new   differences, the last of them to `new`
//! SOA, everything else…, SOA                      the whole zone
//! ```

use dime_zone::{
    Name, Record, RecordType, Serial,
    copy::{CopyError, Delta, Loading},
};
use drip_det::ZoneCut;

/// The most records that differences and catalogues may have: a whole zone of DETs is put into its place as it comes, these wait in memory.
const MOST_WAITING: usize = 4 << 20;

/// Why records are no transfer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IncomingFault {
    /// It does not begin with a SOA.
    #[error("the transfer does not begin with a SOA")]
    NoSoa,
    /// It ends with another SOA than it began with.
    #[error("the transfer begins with serial {first} and ends with {last}")]
    OtherSoa {
        /// The serial at the start.
        first: Serial,
        /// The serial at the end.
        last: Serial,
    },
    /// Differences that do not follow one another.
    #[error("the differences do not follow one another: after serial {after} comes {found}")]
    Gap {
        /// Where one ends.
        after: Serial,
        /// Where the next begins.
        found: Serial,
    },
    /// Something comes after the end.
    #[error("there are records after the end of the transfer")]
    Trailing,
    /// It has more than waits in memory.
    #[error("the differences have more records than are taken")]
    TooMany,
    /// What came is no zone that can be served.
    #[error(transparent)]
    Zone(#[from] CopyError),
}

/// What a transfer turned out to be.
pub(crate) enum Whole {
    /// A zone of DETs.
    Zone(Box<Loading>),
    /// The records of a catalogue, its SOA apart.
    Catalog(Record, Vec<Record>),
}

/// What came.
pub(crate) enum Got {
    /// This serial, which is not newer than what we have.
    Nothing(Serial),
    /// Differences, one after the other.
    Deltas(Vec<Delta>),
    /// Everything.
    Whole(Whole),
}

/// What is transferred.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Of {
    Zone(ZoneCut),
    Catalog,
}

/// A transfer that is coming in.
pub(crate) struct Incoming {
    of: Of,
    zone: Name,
    /// What we have, where differences from it were asked for.
    ours: Option<Serial>,
    /// The SOA that began it.
    first: Option<(Record, Serial)>,
    state: State,
    waiting: usize,
}

enum State {
    /// Only the first SOA has come.
    Begun,
    Whole(Whole),
    /// What goes by the last of these comes now.
    Removing(Vec<Delta>),
    /// What comes by the last of these comes now.
    Adding(Vec<Delta>),
    Done(Got),
    Failed,
}

impl Incoming {
    pub(crate) fn new(of: Of, zone: Name, ours: Option<Serial>) -> Self {
        Incoming { of, zone, ours, first: None, state: State::Begun, waiting: 0 }
    }

    /// Whether it is complete.
    pub(crate) fn is_done(&self) -> bool {
        matches!(self.state, State::Done(_))
    }

    /// What came; `None` while it is not complete.
    pub(crate) fn got(self) -> Option<Got> {
        match self.state {
            State::Done(got) => Some(got),
            _ => None,
        }
    }

    /// Takes the next record.
    pub(crate) fn push(&mut self, record: Record) -> Result<(), IncomingFault> {
        if record.record_type == RecordType::SOA && !record.owner.is_same(&self.zone) {
            let Record { owner, record_type, .. } = record;
            return Err(CopyError::Outside { owner, record_type, zone: self.zone.clone() }.into());
        }
        let Some((first_record, first)) = &self.first else {
            let serial = serial_of(&record).ok_or(IncomingFault::NoSoa)?;
            if self.ours.is_some_and(|ours| !serial.is_newer_than(ours)) {
                self.state = State::Done(Got::Nothing(serial));
            }
            self.first = Some((record, serial));
            return Ok(());
        };
        let first = *first;
        let soa = serial_of(&record);
        self.state = match (std::mem::replace(&mut self.state, State::Failed), soa) {
            (State::Begun, Some(from)) if Some(from) == self.ours && from != first => {
                State::Removing(vec![delta(record)])
            }
            (State::Begun, soa) => {
                let mut whole = Whole::begin(self.of, first_record.clone())?;
                match soa {
                    Some(last) => State::Done(Got::Whole(whole.end(first, last)?)),
                    None => {
                        whole.add(record, &mut self.waiting)?;
                        State::Whole(whole)
                    }
                }
            }
            (State::Whole(whole), Some(last)) => State::Done(Got::Whole(whole.end(first, last)?)),
            (State::Whole(mut whole), None) => {
                whole.add(record, &mut self.waiting)?;
                State::Whole(whole)
            }
            (State::Removing(mut deltas), Some(_)) => {
                if let Some(delta) = deltas.last_mut() {
                    delta.to = record;
                }
                State::Adding(deltas)
            }
            (State::Adding(mut deltas), Some(found)) => {
                let after = deltas.last().and_then(|delta| serial_of(&delta.to)).unwrap_or(first);
                if found != after {
                    return Err(IncomingFault::Gap { after, found });
                }
                if found == first {
                    State::Done(Got::Deltas(deltas))
                } else {
                    wait(&mut self.waiting)?;
                    deltas.push(delta(record));
                    State::Removing(deltas)
                }
            }
            (State::Removing(mut deltas), None) => {
                wait(&mut self.waiting)?;
                if let Some(delta) = deltas.last_mut() {
                    delta.removed.push(record);
                }
                State::Removing(deltas)
            }
            (State::Adding(mut deltas), None) => {
                wait(&mut self.waiting)?;
                if let Some(delta) = deltas.last_mut() {
                    delta.added.push(record);
                }
                State::Adding(deltas)
            }
            (State::Done(_) | State::Failed, _) => return Err(IncomingFault::Trailing),
        };
        Ok(())
    }
}

impl Whole {
    fn begin(of: Of, soa: Record) -> Result<Self, IncomingFault> {
        Ok(match of {
            Of::Zone(cut) => Whole::Zone(Box::new(Loading::new(cut, soa)?)),
            Of::Catalog => Whole::Catalog(soa, Vec::new()),
        })
    }

    fn add(&mut self, record: Record, waiting: &mut usize) -> Result<(), IncomingFault> {
        match self {
            Whole::Zone(loading) => loading.add(record)?,
            Whole::Catalog(_, records) => {
                wait(waiting)?;
                records.push(record);
            }
        }
        Ok(())
    }

    fn end(self, first: Serial, last: Serial) -> Result<Self, IncomingFault> {
        if first == last { Ok(self) } else { Err(IncomingFault::OtherSoa { first, last }) }
    }
}

fn wait(waiting: &mut usize) -> Result<(), IncomingFault> {
    *waiting += 1;
    if *waiting > MOST_WAITING { Err(IncomingFault::TooMany) } else { Ok(()) }
}

/// A difference that begins here; where it leads to is said later.
fn delta(from: Record) -> Delta {
    Delta { to: from.clone(), from, removed: Vec::new(), added: Vec::new() }
}

/// The serial of a SOA; `None` of another record.
pub(super) fn serial_of(record: &Record) -> Option<Serial> {
    let numbers = record.rdata.split_last_chunk::<20>().filter(|_| record.record_type == RecordType::SOA);
    let (_, numbers) = numbers?;
    numbers.first_chunk().map(|serial| Serial(u32::from_be_bytes(*serial)))
}
