//! One connection, from its first octet to its end.
//!
//! Requests are answered in the order they come, as many as there are, and the responses leave in one write. What takes longer goes on
//! beside that and is answered when it is ready, out of order (RFC 7766, section 6.2.1.1); of a transfer, the next message is made when
//! the last one has left. An asker that does not read is not read from: only itself waits, and not for long.

use super::{
    Limits,
    census::Seat,
    frames::{Inbox, Outbox, Series},
};
use crate::{respond::Disposition, unusual::Unusual};
use std::{future::Future, io, pin::Pin, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::watch,
    task::JoinSet,
    time::{Instant, Sleep, sleep_until, timeout},
};

/// Octets that may wait for the asker before nothing more is answered.
const WAITING: usize = 48 * 1024;
/// Octets that may wait before no more of a transfer is made: what is quick finds room beside it.
const OF_SERIES: usize = 16 * 1024;
/// How long what is under way may take once the connection has to end.
const FAREWELL: Duration = Duration::from_secs(2);

/// What answers the requests of one connection.
pub(crate) trait Service: Send {
    /// Answers at once, or says that this one takes longer. `out` is cleared first.
    fn answer(&mut self, request: &[u8], out: &mut Vec<u8>) -> Disposition;
    /// All requests that have come are answered for now: so many, in so long.
    fn settle(&mut self, answered: u64, took: Duration);
    /// Answers what takes longer.
    fn unusual(&self, request: Vec<u8>) -> Pin<Box<dyn Future<Output = Unusual> + Send>>;
}

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The asker closed it, or it broke.
    Closed,
    /// Nothing was asked for long enough, or half a request came.
    Idle,
    /// The asker did not read.
    Slow,
    /// What came was no DNS.
    Malformed,
    /// It was told to leave for somebody else, or the server stops.
    Told,
    /// The TLS handshake failed, or took too long.
    Handshake,
    /// It was never let in: there were enough from its source.
    FullSource,
    /// It was never let in: there were enough, and each had something under way.
    FullTotal,
}

impl End {
    pub(crate) const ALL: [End; 8] = [
        End::Closed,
        End::Idle,
        End::Slow,
        End::Malformed,
        End::Told,
        End::Handshake,
        End::FullSource,
        End::FullTotal,
    ];

    /// As it is counted.
    pub(crate) fn label(self) -> &'static str {
        match self {
            End::Closed => "closed",
            End::Idle => "idle",
            End::Slow => "slow",
            End::Malformed => "malformed",
            End::Told => "told",
            End::Handshake => "handshake",
            End::FullSource => "source-limit",
            End::FullTotal => "limit",
        }
    }
}

/// Serves a connection to its end.
pub(crate) async fn serve<R, W, S>(
    reader: R,
    mut writer: W,
    service: S,
    seat: &Seat,
    limits: watch::Receiver<Limits>,
    stop: watch::Receiver<()>,
) -> End
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
    S: Service,
{
    let mut connection = Connection {
        service,
        inbox: Inbox::default(),
        outbox: Outbox::default(),
        unflushed: false,
        response: Vec::new(),
        jobs: JoinSet::new(),
        series: Series::default(),
        state: State::Open,
        farewell: None,
        since: Instant::now(),
        mark: None,
        limits,
    };
    let end = connection.run(reader, &mut writer, seat, stop).await;
    // Says that this is the end, where somebody still listens; whether they heard changes nothing.
    let _ = timeout(FAREWELL, writer.shutdown()).await;
    end
}

/// What there still is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Requests are read.
    Open,
    /// No more requests are read; what was asked is answered, and then the connection ends so.
    Leaving(End),
}

/// What happened next.
enum Event {
    Read(io::Result<usize>),
    Written(io::Result<usize>),
    Answered(Unusual),
    Late,
    Told,
}

struct Connection<S> {
    service: S,
    inbox: Inbox,
    outbox: Outbox,
    /// Whether a layer below may still hold octets that were written.
    unflushed: bool,
    response: Vec<u8>,
    jobs: JoinSet<Unusual>,
    series: Series,
    state: State,
    /// When it is over, whatever is under way.
    farewell: Option<Instant>,
    /// When the last request came, or the last answer left.
    since: Instant,
    /// Until when how many octets must have been read.
    mark: Option<(Instant, u64)>,
    limits: watch::Receiver<Limits>,
}

impl<S: Service> Connection<S> {
    async fn run<R, W>(
        &mut self,
        mut reader: R,
        writer: &mut W,
        seat: &Seat,
        mut stop: watch::Receiver<()>,
    ) -> End
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let mut timer = Box::pin(sleep_until(Instant::now()));
        loop {
            if let Err(end) = self.work() {
                return end;
            }
            let under_way = self.is_under_way();
            if under_way {
                seat.busy()
            } else {
                seat.idle()
            }
            let end = match self.state {
                State::Leaving(end) if !under_way => return end,
                State::Leaving(_) | State::Open => self.deadline(under_way),
            };
            let is_open = self.state == State::Open;
            let reads = is_open && self.takes_more();
            match self
                .event(&mut reader, writer, reads, is_open, wake(&mut timer, end), seat, &mut stop)
                .await
            {
                Event::Read(Ok(0)) => self.leave(End::Closed),
                Event::Read(Ok(_)) => {}
                Event::Written(Ok(octets)) => self.wrote(octets),
                Event::Read(Err(_)) | Event::Written(Err(_)) => return End::Closed,
                Event::Answered(unusual) => self.answered(unusual),
                Event::Told => self.leave(End::Told),
                Event::Late if Instant::now() >= end => return self.late(under_way),
                Event::Late => {}
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "each is borrowed for this wait alone")]
    async fn event<R, W>(
        &mut self,
        reader: &mut R,
        writer: &mut W,
        reads: bool,
        is_open: bool,
        timer: impl Future<Output = ()>,
        seat: &Seat,
        stop: &mut watch::Receiver<()>,
    ) -> Event
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let waiting = self.outbox.waiting();
        let writes = !waiting.is_empty() || self.unflushed;
        let room = if reads { self.inbox.room() } else { None };
        let has_room = room.is_some();
        let mut nowhere = Vec::new();
        let room = room.unwrap_or(&mut nowhere);
        tokio::select! {
            read = reader.read_buf(room), if has_room => Event::Read(read),
            written = write(writer, waiting), if writes => Event::Written(written),
            // A job that fails has no answer; its asker asks again.
            Some(job) = self.jobs.join_next() => Event::Answered(job.unwrap_or(Unusual::Nothing)),
            () = timer => Event::Late,
            () = seat.wanted(), if is_open => Event::Told,
            _ = stop.changed(), if is_open => Event::Told,
        }
    }

    /// Answers what there is, as long as the asker reads.
    fn work(&mut self) -> Result<(), End> {
        let began = Instant::now();
        let (mut has_taken, mut answered) = (false, 0);
        while self.takes_more() {
            let Some(range) = self.inbox.take().map_err(|error| {
                tracing::debug!(%error, "connection ended");
                End::Malformed
            })?
            else {
                break;
            };
            has_taken = true;
            let request = self.inbox.message(range);
            match self.service.answer(request, &mut self.response) {
                Disposition::Send => {
                    self.outbox.push(&self.response);
                    answered += 1;
                }
                Disposition::Drop => {}
                Disposition::Unusual => {
                    self.jobs.spawn(self.service.unusual(request.to_vec()));
                }
            }
        }
        if has_taken {
            self.since = Instant::now();
            self.service.settle(answered, self.since - began);
        }
        while self.outbox.waiting().len() < OF_SERIES {
            let Some(message) = self.series.next() else { break };
            self.outbox.push(&message);
        }
        if self.outbox.waiting().is_empty() {
            self.mark = None;
        } else if self.mark.is_none_or(|(_, octets)| self.outbox.total() >= octets) {
            self.mark = Some((Instant::now() + self.limits.borrow().idle, self.outbox.end()));
        }
        Ok(())
    }

    /// Whether another request may be taken.
    fn takes_more(&self) -> bool {
        let under_way = self.jobs.len() + self.series.len();
        self.outbox.waiting().len() < WAITING && under_way < self.limits.borrow().under_way
    }

    fn is_under_way(&self) -> bool {
        !self.jobs.is_empty() || self.series.len() > 0 || !self.outbox.waiting().is_empty() || self.unflushed
    }

    /// When there is nothing more to wait for. A request that comes in pieces has to be whole by then, too.
    fn deadline(&self, under_way: bool) -> Instant {
        let idle = self.limits.borrow().idle;
        let deadline = match self.mark {
            Some((deadline, _)) => deadline,
            // A layer below holds the last octets, or somebody works on an answer.
            None if self.unflushed => self.since + idle,
            None if under_way => Instant::now() + idle,
            None => self.since + idle,
        };
        self.farewell.map_or(deadline, |farewell| farewell.min(deadline))
    }

    fn late(&self, under_way: bool) -> End {
        match self.state {
            State::Leaving(end) => end,
            State::Open if under_way => End::Slow,
            State::Open => End::Idle,
        }
    }

    /// Ends once what is under way is done. Who said all they had to say is given the time that everybody has.
    fn leave(&mut self, end: End) {
        if self.state == State::Open {
            self.state = State::Leaving(end);
            self.farewell = (end == End::Told).then(|| Instant::now() + FAREWELL);
        }
    }

    fn wrote(&mut self, octets: usize) {
        self.since = Instant::now();
        self.outbox.went(octets);
        // Nothing was left to write: it was a flush.
        self.unflushed = octets > 0;
    }

    fn answered(&mut self, unusual: Unusual) {
        match unusual {
            Unusual::Nothing => {}
            Unusual::One(response) => self.outbox.push(&response),
            Unusual::Many(messages) => self.series.begin(messages),
        }
    }
}

/// Writes what waits; when nothing does, makes sure that it has left.
async fn write(writer: &mut (impl AsyncWrite + Unpin), waiting: &[u8]) -> io::Result<usize> {
    if waiting.is_empty() {
        return writer.flush().await.map(|()| 0);
    }
    match writer.write(waiting).await {
        Ok(0) => Err(io::ErrorKind::WriteZero.into()),
        written => written,
    }
}

/// Rings at a time or, which costs less than moving it each time, before.
async fn wake(timer: &mut Pin<Box<Sleep>>, at: Instant) {
    let now = Instant::now();
    if timer.deadline() <= now || timer.deadline() > at {
        timer.as_mut().reset(at);
    }
    timer.as_mut().await;
}

#[cfg(test)]
mod tests;
