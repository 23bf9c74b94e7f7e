//! Copies put on disk, and served from there.

use super::{
    follow::key,
    run::Secondary,
    shelf::{Kept, Note},
    times::Times,
};
use drip_det::UnixTime;
use std::sync::Arc;

impl Secondary {
    /// Serves what is on the shelf.
    pub(super) fn take_kept(&self) {
        let Some(kept) = &self.kept else { return };
        let notes = kept.notes().unwrap_or_else(|error| {
            tracing::error!(%error, "when the copies were right is not known: they count as expired");
            Vec::new()
        });
        let now = self.now();
        let mut book = self.book();
        for note in &notes {
            if let (Some(member), Some((catalog, _))) = (note.member(), &note.catalog)
                && let Some(primaries) = book.0.get(&key(catalog)).filter(|follow| follow.cut().is_none())
            {
                let primaries = Arc::clone(&primaries.primaries);
                book.follow_member(catalog, key(&note.zone), member, &primaries, now);
            }
        }
        let mut cuts = Vec::new();
        for (key_of, follow) in &mut book.0 {
            let Some(cut) = follow.cut() else { continue };
            cuts.push(cut);
            let checked = notes.iter().find(|note| key(&note.zone) == *key_of).map(|note| note.checked);
            let served = match kept.take(cut) {
                Ok(None) => continue,
                Ok(Some(copy)) => {
                    self.zones.serve_copy(&copy).map(|()| copy).map_err(|error| error.to_string())
                }
                Err(error) => Err(error.to_string()),
            };
            match served {
                Ok(copy) => {
                    tracing::info!(zone = %follow.name, serial = %copy.serial(), dets = copy.dets(), "served from disk");
                    follow.on_disk = Some(copy.serial());
                    follow.signed_until = self.zones.signed_until(cut, now);
                    follow.times = Times::kept(copy.soa(), checked.unwrap_or(UnixTime(0)), now);
                }
                Err(error) => {
                    tracing::error!(zone = %follow.name, %error, "the copy on disk cannot be served")
                }
            }
        }
        if let Err(error) = kept.tidy(&cuts) {
            tracing::error!(%error, "old copies cannot be removed");
        }
        drop(book);
        self.expire();
    }

    /// Puts on disk what is not there yet, and when each copy was last seen to be right.
    pub async fn save(self: &Arc<Self>) {
        let Some(kept) = self.kept.clone() else { return };
        let _others_wait = self.saving.lock().await;
        let secondary = Arc::clone(self);
        let saved = tokio::task::spawn_blocking(move || secondary.save_now(&kept)).await;
        if let Err(error) = saved {
            tracing::error!(%error, "saving copies panicked");
        }
    }

    fn save_now(&self, kept: &Kept) {
        let (mut stale, mut notes) = (Vec::new(), Vec::new());
        for (key, follow) in &self.book().0 {
            let Some(cut) = follow.cut() else { continue };
            if self.zones.serial(cut).ok() != follow.on_disk {
                stale.push((key.clone(), cut));
            }
            if let Some(checked) = follow.times.checked() {
                notes.push(Note { zone: follow.name.clone(), checked, catalog: follow.catalog.clone() });
            }
        }
        for (key, cut) in stale {
            let Some(copy) = self.zones.copy_of(cut) else { continue };
            match kept.put(&copy) {
                Ok(()) => {
                    if let Some(follow) = self.book().0.get_mut(&key) {
                        follow.on_disk = Some(copy.serial());
                    }
                }
                Err(error) => tracing::error!(%error, "a copy cannot be put on disk"),
            }
        }
        if let Err(error) = kept.put_notes(&notes) {
            tracing::error!(%error, "the list of copies cannot be put on disk");
        }
    }
}
