//! Looks after everything that is followed: one task that knows what is due, and one for each transfer.

use super::{
    client::{self, FetchError},
    config::{Primary, SecondaryConfig, SecondaryConfigError},
    follow::{Book, Follow, Kind, Next, Work, key},
    incoming::{Got, IncomingFault, Of, Whole},
    members::Members,
    shelf::Kept,
};
use dime_zone::{
    Name, Serial, Soa, Zones,
    copy::{ZoneCopy, read_soa},
    snapshot::shelf::Shelf,
};
use drip_det::{UnixTime, ZoneCut};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{Notify, Semaphore, watch};

/// Tells the time.
pub type Time = Arc<dyn Fn() -> UnixTime + Send + Sync>;

/// How often the clock is looked at: what is due by it is done that late at most.
const LOOK: Duration = Duration::from_millis(200);
/// How long after a change a copy is put on disk, so that not every change costs a file.
const SAVE: Duration = Duration::from_secs(60);

/// A secondary, which [`Secondary::run`] keeps up to date.
pub struct Secondary {
    pub(super) zones: Arc<Zones>,
    config: SecondaryConfig,
    time: Time,
    book: Mutex<Book>,
    wake: Notify,
    pub(super) kept: Option<Kept>,
    /// Only one at a time writes copies.
    pub(super) saving: tokio::sync::Mutex<()>,
}

/// What is not followed here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not followed here: this server is no secondary of it")]
pub struct NotFollowed(pub Name);

/// What a look at a primary came to.
enum Outcome {
    /// The copy is right.
    Right(Soa),
    /// The same of a catalogue.
    Catalog(Soa),
    /// A catalogue has changed.
    Members(Soa, Members),
}

impl Secondary {
    /// Begins to follow: copies that are on the shelf are served from now on.
    pub fn new(
        zones: Arc<Zones>,
        config: SecondaryConfig,
        time: Time,
        shelf: Option<Arc<dyn Shelf>>,
    ) -> Result<Arc<Self>, SecondaryConfigError> {
        config.check()?;
        let book = Book::of(&config, time());
        let secondary = Secondary {
            zones,
            config,
            time,
            book: Mutex::new(book),
            wake: Notify::new(),
            kept: shelf.map(Kept),
            saving: tokio::sync::Mutex::new(()),
        };
        secondary.take_kept();
        Ok(Arc::new(secondary))
    }

    /// Keeps the copies up to date until it is told to stop; then puts on disk what has changed.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<()>) {
        let permits = Arc::new(Semaphore::new(self.config.at_once.max(1)));
        let mut saved = tokio::time::Instant::now();
        loop {
            self.expire();
            for (key, job) in self.due() {
                let (secondary, permits) = (Arc::clone(&self), Arc::clone(&permits));
                tokio::spawn(async move {
                    let _permit = permits.acquire().await;
                    let outcome = secondary.look_after(&job).await;
                    secondary.settle(&key, &job, outcome);
                });
            }
            if saved.elapsed() >= SAVE {
                saved = tokio::time::Instant::now();
                let secondary = Arc::clone(&self);
                tokio::spawn(async move { secondary.save().await });
            }
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.changed() => break,
            }
        }
        self.save().await;
    }

    /// Fetches a zone whole, whatever its serial is; of a catalogue, the catalogue and its members.
    pub fn retransfer(&self, name: &Name) -> Result<(), NotFollowed> {
        let now = self.now();
        {
            let mut book = self.book();
            let follow = book.0.get_mut(&key(name)).ok_or_else(|| NotFollowed(name.clone()))?;
            let is_catalog = follow.cut().is_none();
            follow.hurry(Next::Forced, now);
            if is_catalog {
                let of_it = |follow: &&mut Follow| {
                    follow.catalog.as_ref().is_some_and(|(catalog, _)| catalog.is_same(name))
                };
                book.0.values_mut().filter(of_it).for_each(|follow| follow.hurry(Next::Forced, now));
            }
        }
        self.wake();
        Ok(())
    }

    pub(super) fn now(&self) -> UnixTime {
        (self.time)()
    }

    pub(super) fn zones(&self) -> &Zones {
        &self.zones
    }

    pub(super) fn config(&self) -> &SecondaryConfig {
        &self.config
    }

    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }

    /// What is due now, taken as being looked after.
    fn due(&self) -> Vec<(String, Job)> {
        let now = self.now();
        let mut jobs = Vec::new();
        for (key, follow) in &mut self.book().0 {
            let forced = match follow.work {
                Work::Forced => true,
                Work::None if follow.times.is_due(now) => false,
                _ => continue,
            };
            follow.work = Work::Running;
            let of = match &follow.kind {
                Kind::Zone(cut) => Of::Zone(*cut),
                Kind::Catalog { .. } => Of::Catalog,
            };
            let known = match &follow.kind {
                Kind::Catalog { members, soa } if !forced => members.serial.zip(soa.clone()),
                _ => None,
            };
            let from = follow.order();
            jobs.push((key.clone(), Job { of, name: follow.name.clone(), from, forced, known }));
        }
        jobs
    }

    /// Stops answering from copies that are too old.
    pub(super) fn expire(&self) {
        let now = self.now();
        for follow in self.book().0.values_mut() {
            follow.watch_signatures(now);
            if let Some(cut) = follow.cut()
                && follow.times.expires().is_some()
                && !follow.times.is_good(now)
                && self.zones.expire_copy(cut) == Ok(dime_zone::CopyStanding::Changed)
            {
                tracing::error!(zone = %follow.name, "the copy is expired: questions are answered SERVFAIL until a primary answers");
            }
        }
    }

    /// Asks the primaries, the preferred one first, until one has an answer.
    async fn look_after(&self, job: &Job) -> Result<(usize, Outcome, Did), String> {
        let mut faults = Vec::new();
        for (index, primary) in &job.from {
            match self.ask(job, primary).await {
                Ok((outcome, did)) => return Ok((*index, outcome, did)),
                Err(error) => faults.push(error.to_string()),
            }
        }
        Err(faults.join("; "))
    }

    async fn ask(&self, job: &Job, primary: &Primary) -> Result<(Outcome, Did), FetchError> {
        match job.of {
            Of::Zone(cut) => self.ask_for_zone(job, cut, primary).await,
            Of::Catalog => self.ask_for_catalog(job, primary).await,
        }
    }

    async fn ask_for_zone(
        &self,
        job: &Job,
        cut: ZoneCut,
        primary: &Primary,
    ) -> Result<(Outcome, Did), FetchError> {
        let clock = self.time.as_ref();
        let what = (job.of, &job.name);
        let ours = self.zones.copy_of(cut).filter(|_| !job.forced);
        let soa = ours.as_ref().map(ZoneCopy::soa_record);
        let mut got = client::transfer(&self.config, primary, what, soa.as_ref(), clock).await?;
        if let (Got::Deltas(deltas), Some(ours)) = (&mut got, &ours) {
            match ours.changed(std::mem::take(deltas)) {
                Ok(copy) => return self.serve(copy, primary).map(|outcome| (outcome, Did::Differences)),
                Err(fault) => {
                    tracing::warn!(zone = %job.name, primary = %primary.address, %fault, "differences do not fit: the zone is fetched whole");
                    got = client::transfer(&self.config, primary, what, None, clock).await?;
                }
            }
        }
        match (got, ours) {
            (Got::Nothing(serial), Some(ours)) => {
                if ours.serial().is_newer_than(serial) {
                    tracing::warn!(zone = %job.name, primary = %primary.address, %serial, ours = %ours.serial(), "the primary's serial is behind the copy's");
                }
                Ok((Outcome::Right(ours.soa().clone()), Did::Nothing))
            }
            (Got::Whole(Whole::Zone(loading)), _) => {
                let fault = |fault| FetchError::Incoming {
                    address: primary.address,
                    fault: Box::new(IncomingFault::Zone(fault)),
                };
                let copy = loading.finish().map_err(fault)?;
                self.serve(copy, primary).map(|outcome| (outcome, Did::Whole))
            }
            _ => {
                let fault = Box::new(IncomingFault::NoSoa);
                Err(FetchError::Incoming { address: primary.address, fault })
            }
        }
    }

    async fn ask_for_catalog(&self, job: &Job, primary: &Primary) -> Result<(Outcome, Did), FetchError> {
        let clock = self.time.as_ref();
        let fault = |fault: String| FetchError::Catalog { address: primary.address, fault };
        if let Some((ours, soa)) = &job.known {
            let serial = client::serial(&self.config, primary, &job.name, clock).await?;
            if !serial.is_newer_than(*ours) {
                return Ok((Outcome::Catalog(soa.clone()), Did::Nothing));
            }
        }
        let got = client::transfer(&self.config, primary, (job.of, &job.name), None, clock).await?;
        let Got::Whole(Whole::Catalog(soa, records)) = got else {
            return Err(fault("this is no catalogue".to_owned()));
        };
        let (soa, serial) = read_soa(&soa).map_err(|error| fault(error.to_string()))?;
        let members = Members::of(&job.name, serial, &records).map_err(|error| fault(error.to_string()))?;
        Ok((Outcome::Members(soa, members), Did::Whole))
    }

    fn serve(&self, copy: ZoneCopy, primary: &Primary) -> Result<Outcome, FetchError> {
        let fault = |fault: dime_zone::ZoneError| FetchError::Incoming {
            address: primary.address,
            fault: Box::new(IncomingFault::Zone(fault.into())),
        };
        self.zones.serve_copy(&copy).map_err(fault)?;
        tracing::info!(zone = %copy.name(), serial = %copy.serial(), dets = copy.dets(), primary = %primary.address, "copied");
        Ok(Outcome::Right(copy.soa().clone()))
    }

    /// Takes note of what a look came to.
    fn settle(&self, key: &str, job: &Job, outcome: Result<(usize, Outcome, Did), String>) {
        let now = self.now();
        let mut gone = Vec::new();
        {
            let mut book = self.book();
            let Some(follow) = book.0.get_mut(key) else {
                // It is followed no more.
                if let Of::Zone(cut) = job.of {
                    self.zones.drop_copy(cut);
                }
                return;
            };
            let next = match follow.work {
                Work::RunningThen(next) => Some(next),
                _ => None,
            };
            follow.work = Work::None;
            let label = match &outcome {
                Ok((_, _, did)) => did.name(),
                Err(_) => "failure",
            };
            metrics::counter!("dime_dns_copies_total", "outcome" => label).increment(1);
            let mut members = None;
            match outcome {
                Err(fault) => {
                    tracing::warn!(zone = %follow.name, %fault, "no primary has an answer");
                    follow.times.failed(now);
                    follow.counts.failures += 1;
                    follow.fault = Some((now, fault));
                }
                Ok((index, outcome, did)) => {
                    follow.prefer = index;
                    follow.fault = None;
                    let counts = &mut follow.counts;
                    *match did {
                        Did::Nothing => &mut counts.nothing,
                        Did::Differences => &mut counts.differences,
                        Did::Whole => &mut counts.whole,
                    } += 1;
                    let soa = match outcome {
                        Outcome::Right(soa) | Outcome::Catalog(soa) => soa,
                        Outcome::Members(soa, new) => {
                            members = Some(new);
                            soa
                        }
                    };
                    follow.times.right(&soa, now);
                    if let Kind::Catalog { soa: kept, .. } = &mut follow.kind {
                        *kept = Some(soa);
                    }
                    if let Some(cut) = follow.cut() {
                        // It may have been too old until now.
                        let _ = self.zones.confirm_copy(cut);
                        follow.signed_until = self.zones.signed_until(cut, now);
                    }
                }
            }
            if let Some(next) = next {
                follow.hurry(next, now);
            }
            if let Some(members) = members {
                gone = book.follow_members(&job.name, members, now);
            }
            for cut in &gone {
                self.zones.drop_copy(*cut);
            }
        }
        for cut in gone {
            tracing::info!(zone = cut.name(), "the catalogue names it no more: it is not served any longer");
            if let Some(Err(error)) = self.kept.as_ref().map(|kept| kept.remove(cut)) {
                tracing::error!(%error, "a copy cannot be removed");
            }
        }
        self.wake();
    }
}

/// What is looked after.
struct Job {
    of: Of,
    name: Name,
    from: Vec<(usize, Primary)>,
    /// It is fetched whole, whatever its serial is.
    forced: bool,
    /// The catalogue that we have.
    known: Option<(Serial, Soa)>,
}

/// What it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Did {
    Nothing,
    Differences,
    Whole,
}

impl Did {
    const fn name(self) -> &'static str {
        match self {
            Did::Nothing => "nothing",
            Did::Differences => "differences",
            Did::Whole => "whole",
        }
    }
}
