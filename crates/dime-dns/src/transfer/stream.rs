//! The messages of a transfer, made one by one while they are sent (RFC 5936, section 2.2; RFC 8945, section 5.3.1).

use super::pack::{Fit, Packer};
use crate::{tsig::Chain, walk::Head};
use dime_zone::Record;
use drip_det::UnixTime;

/// What a message of a transfer has at most, unless one record has more: all of it can be pointed into.
const MESSAGE: usize = 16_384;
/// What any message has at most.
const LONGEST: usize = 65_535;

/// Tells the time that messages are signed at.
pub(crate) type Clock = fn() -> UnixTime;

/// The records of a transfer in order, the SOA first and last.
pub(crate) type Records = Box<dyn Iterator<Item = Record> + Send>;

/// Octets of messages, signed where the request was. If a record is too large for any message, the stream ends without the last SOA, which
/// tells the asker that it has not got everything.
pub(crate) struct Stream {
    head: Head,
    question: Vec<u8>,
    opt: Option<Vec<u8>>,
    records: Records,
    next: Option<Record>,
    chain: Option<Chain>,
    clock: Clock,
    limit: usize,
}

impl Stream {
    /// `question` and `opt` are in the first message only.
    pub(crate) fn new(
        head: Head,
        question: Vec<u8>,
        opt: Option<Vec<u8>>,
        records: Records,
        clock: Clock,
    ) -> Self {
        Stream { head, question, opt, records, next: None, chain: None, clock, limit: MESSAGE }
    }

    /// Signs every message.
    pub(crate) fn signed(self, chain: Option<Chain>) -> Self {
        Stream { chain, ..self }
    }

    /// The only message, if everything goes into one of this size.
    pub(crate) fn single(mut self, size: usize) -> Option<Vec<u8>> {
        self.limit = size;
        let message = self.message(size)?;
        let is_all = self.next.is_none() && self.records.next().is_none();
        is_all.then(|| self.sign(message))
    }

    fn message(&mut self, longest: usize) -> Option<Vec<u8>> {
        let (question, opt) = (std::mem::take(&mut self.question), self.opt.take());
        let taken = self.chain.as_ref().map_or(0, Chain::overhead) + opt.as_ref().map_or(0, Vec::len);
        let mut packer = Packer::new(self.head, &question, self.limit.saturating_sub(taken));
        while let Some(record) = self.next.take().or_else(|| self.records.next()) {
            if packer.push(&record) == Fit::Taken {
                continue;
            }
            if packer.is_empty() {
                packer.raise_limit(longest - taken);
                if packer.push(&record) == Fit::Full {
                    tracing::error!(owner = %record.owner, record_type = %record.record_type, "a record is too large to be transferred");
                    self.records = Box::new(std::iter::empty());
                    return None;
                }
                break;
            }
            self.next = Some(record);
            break;
        }
        (!packer.is_empty()).then(|| packer.finish(opt.as_deref()))
    }

    fn sign(&mut self, mut message: Vec<u8>) -> Vec<u8> {
        if let Some(chain) = &mut self.chain {
            chain.sign(&mut message, (self.clock)());
        }
        message
    }
}

impl Iterator for Stream {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let message = self.message(LONGEST)?;
        Some(self.sign(message))
    }
}
