//! The zones in snapshot files, so that a server of millions of made-up DETs starts like one that has been stopped.

use dime_zone::{
    Zones,
    snapshot::{
        Standing, ThawedZone,
        shelf::{Folder, Shelf, put},
    },
};
use std::{io, path::Path, sync::Arc};

/// Puts all zones into a folder.
pub(crate) fn keep(zones: &Zones, folder: &Path) -> io::Result<()> {
    let shelf = Folder::at(folder);
    for (number, zone) in zones.freeze().iter().enumerate() {
        put(&shelf, &format!("{number}.zone"), |mut file| zone.write(&mut file))?;
    }
    Ok(())
}

/// Serves the zones of a folder; `None` if there are none.
pub(crate) fn take(folder: &Path) -> Option<Arc<Zones>> {
    let shelf = Folder::at(folder);
    let mut names = shelf.names().ok().filter(|names| !names.is_empty())?;
    names.sort();
    let zones = Arc::new(Zones::new());
    let read = |name: &String| {
        let file = shelf.open(name).expect("a snapshot");
        ThawedZone::read(&*file, Standing::Served).expect("a whole snapshot").0
    };
    zones.thaw(names.iter().map(read).collect()).expect("zones");
    Some(zones)
}
