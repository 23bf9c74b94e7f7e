//! A sample of the queries, one line each, in the log (target `dime_dns::query`, level `info`).
//!
//! One in so many of each thread or connection, and never more lines than so many a second: a flood of questions is not made a flood of
//! lines. Off by default: what is asked says who looks at whom.

use crate::{
    QueryLogConfig,
    respond::Peer,
    walk::{self, Head, TC},
};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Lines written in one second, of all threads.
#[derive(Default)]
pub(crate) struct QueryLog {
    second: AtomicU64,
    lines: AtomicU32,
}

/// Counts down to the next query that is logged; one per thread or connection.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sampler {
    left: u32,
}

impl Sampler {
    /// Whether this query's turn has come.
    pub(crate) fn is_due(&mut self, config: QueryLogConfig) -> bool {
        if config.one_in == 0 {
            return false;
        }
        if self.left > 0 && self.left < config.one_in {
            self.left -= 1;
            return false;
        }
        self.left = config.one_in - 1;
        true
    }
}

impl QueryLog {
    /// Writes a line, if there is room for one in this second (of any clock).
    pub(crate) fn write(
        &self,
        config: QueryLogConfig,
        second: u64,
        peer: Peer,
        request: &[u8],
        response: &[u8],
    ) {
        if !self.has_room(config, second) {
            return;
        }
        let (Some(asked), Some(head)) = (walk::question(request), Head::of(response)) else { return };
        tracing::info!(
            target: "dime_dns::query",
            source = %peer.address,
            transport = %peer.transport,
            name = %asked.name,
            record_type = %asked.record_type,
            rcode = head.rcode(),
            answers = head.counts[1],
            truncated = head.flags & TC != 0,
            octets = response.len(),
            "query",
        );
    }

    fn has_room(&self, config: QueryLogConfig, second: u64) -> bool {
        // Two threads that meet here at the turn of a second may both begin it anew: a line more, nothing worse.
        if self.second.swap(second, Ordering::Relaxed) != second {
            self.lines.store(0, Ordering::Relaxed);
        }
        self.lines.fetch_add(1, Ordering::Relaxed) < config.per_second
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_so_many() {
        let due = |one_in, queries| {
            let mut sampler = Sampler::default();
            (0..queries).filter(|_| sampler.is_due(QueryLogConfig { one_in, per_second: 1 })).count()
        };
        assert_eq!(due(0, 1000), 0);
        assert_eq!(due(1, 1000), 1000);
        assert_eq!(due(10, 1000), 100);
        let mut sampler = Sampler { left: 1_000_000 };
        assert!(sampler.is_due(QueryLogConfig { one_in: 10, per_second: 1 }), "changed while counting");
    }

    #[test]
    fn no_more_lines_than_allowed() {
        let log = QueryLog::default();
        let config = QueryLogConfig { one_in: 1, per_second: 3 };
        let lines = |second| (0..10).filter(|_| log.has_room(config, second)).count();
        assert_eq!((lines(7), lines(7), lines(8)), (3, 0, 3));
    }
}
