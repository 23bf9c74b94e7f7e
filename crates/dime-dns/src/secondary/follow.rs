//! What is known of each zone that is followed.

use super::{
    config::{Followed, Primary, SecondaryConfig, cut_of},
    members::{Member, Members},
    times::Times,
};
use dime_zone::{Name, Serial, Soa};
use drip_det::{UnixTime, ZoneCut};
use std::{collections::BTreeMap, sync::Arc};

/// A zone or catalogue that is followed.
pub(super) struct Follow {
    pub(super) name: Name,
    pub(super) kind: Kind,
    pub(super) primaries: Arc<[Primary]>,
    /// The catalogue that names it; none where the configuration does.
    pub(super) catalog: Option<(Name, Vec<u8>)>,
    pub(super) times: Times,
    pub(super) work: Work,
    /// Which primary had it last, or says that it has something new.
    pub(super) prefer: usize,
    pub(super) fault: Option<(UnixTime, String)>,
    pub(super) counts: Counts,
    /// The serial of the copy on disk.
    pub(super) on_disk: Option<Serial>,
    /// Until when the primary's signatures can be valid; nothing once it has been said that they are no more.
    pub(super) signed_until: Option<UnixTime>,
}

/// What it is.
pub(super) enum Kind {
    Zone(ZoneCut),
    Catalog { members: Members, soa: Option<Soa> },
}

/// What is done about it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    None,
    /// It is to be fetched whole, whatever its serial is.
    Forced,
    /// It is being looked after.
    Running,
    /// The same, and it is to be looked after once more: something was said meanwhile.
    RunningThen(Next),
}

/// What comes after what is done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Again,
    Forced,
}

/// What came of all looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) whole: u64,
    pub(super) differences: u64,
    pub(super) nothing: u64,
    pub(super) failures: u64,
}

/// Everything that is followed, by name in lower case.
#[derive(Default)]
pub(super) struct Book(pub(super) BTreeMap<String, Follow>);

pub(super) fn key(name: &Name) -> String {
    name.to_string().to_ascii_lowercase()
}

impl Follow {
    fn new(name: Name, kind: Kind, primaries: Arc<[Primary]>, now: UnixTime) -> Self {
        Follow {
            name,
            kind,
            primaries,
            catalog: None,
            times: Times::none(now),
            work: Work::None,
            prefer: 0,
            fault: None,
            counts: Counts::default(),
            on_disk: None,
            signed_until: None,
        }
    }

    /// Says once that the signatures are not valid any more: they are served on, and who validates takes them for an attack.
    pub(super) fn watch_signatures(&mut self, now: UnixTime) {
        if let Some(ended) = self.signed_until.take_if(|until| until.0 < now.0) {
            metrics::counter!("dime_dns_copies_outdated_total").increment(1);
            tracing::warn!(zone = %self.name, %ended, "the signatures of the copy are not valid any more: its primary has to sign anew");
        }
    }

    /// Its zone; none of a catalogue.
    pub(super) fn cut(&self) -> Option<ZoneCut> {
        match self.kind {
            Kind::Zone(cut) => Some(cut),
            Kind::Catalog { .. } => None,
        }
    }

    /// Has it looked after at once.
    pub(super) fn hurry(&mut self, next: Next, now: UnixTime) {
        self.times.hurry(now);
        self.work = match (self.work, next) {
            (Work::None, Next::Again) => Work::None,
            (Work::None | Work::Forced, _) => Work::Forced,
            (Work::Running, next) | (Work::RunningThen(Next::Again), next) => Work::RunningThen(next),
            (Work::RunningThen(Next::Forced), _) => Work::RunningThen(Next::Forced),
        };
    }

    /// The primaries in the order in which they are asked.
    pub(super) fn order(&self) -> Vec<(usize, Primary)> {
        let all = self.primaries.iter().cloned().enumerate();
        let (mut first, others): (Vec<_>, Vec<_>) = all.partition(|(index, _)| *index == self.prefer);
        first.extend(others);
        first
    }
}

impl Book {
    /// What the configuration says, nothing known of it yet.
    pub(super) fn of(config: &SecondaryConfig, now: UnixTime) -> Self {
        let mut book = Book::default();
        for following in &config.following {
            let name = following.what.name().clone();
            let kind = match &following.what {
                Followed::Zone(name) => cut_of(name).map(Kind::Zone),
                Followed::Catalog(_) => Some(Kind::Catalog { members: Members::default(), soa: None }),
            };
            if let Some(kind) = kind {
                let primaries = following.primaries.clone().into();
                book.0.insert(key(&name), Follow::new(name, kind, primaries, now));
            }
        }
        book
    }

    /// Follows the members of a catalogue, and those no more that are gone; returns their zones. What the configuration names stays as that
    /// says. Names that are none of zones of DETs are left alone.
    pub(super) fn follow_members(&mut self, catalog: &Name, new: Members, now: UnixTime) -> Vec<ZoneCut> {
        let Some(follow) = self.0.get_mut(&key(catalog)) else { return Vec::new() };
        let primaries = Arc::clone(&follow.primaries);
        let zones = new.zones.clone();
        if let Kind::Catalog { members, .. } = &mut follow.kind {
            *members = new;
        }
        let mut gone = Vec::new();
        self.0.retain(|name, follow| {
            let stays = follow.catalog.as_ref().is_none_or(|(of, label)| {
                !of.is_same(catalog) || zones.get(name).is_some_and(|member| member.label == *label)
            });
            if !stays {
                gone.extend(follow.cut());
            }
            stays
        });
        for (name, member) in zones {
            self.follow_member(catalog, name, member, &primaries, now);
        }
        gone
    }

    pub(super) fn follow_member(
        &mut self,
        catalog: &Name,
        name: String,
        member: Member,
        primaries: &Arc<[Primary]>,
        now: UnixTime,
    ) {
        let Some(cut) = cut_of(&member.zone) else {
            tracing::warn!(%catalog, zone = %member.zone, "the catalogue names a zone that is none of DETs: it is not copied");
            return;
        };
        self.0.entry(name).or_insert_with(|| {
            let mut follow = Follow::new(member.zone, Kind::Zone(cut), Arc::clone(primaries), now);
            follow.catalog = Some((catalog.clone(), member.label));
            follow
        });
    }
}
