//! Copies on disk, so that a restart serves them at once.
//!
//! | file | content |
//! |---|---|
//! | *zone*`.copy` | [a snapshot](dime_zone::snapshot) of the copy |
//! | `copies` | of each: when it was last seen to be right, and which catalogue names it |
//!
//! `copies` is text: a line `dime copies 1`, then lines `zone NAME CHECKED CATALOG LABEL`, the time in seconds since 1970 and the label in
//! hexadecimal; `-` where no catalogue names it. It may be older than the copies: then they expire earlier.

use super::members::Member;
use dime_zone::{
    Name,
    copy::ZoneCopy,
    snapshot::{
        SnapshotError, Standing, ThawedZone,
        shelf::{self, Shelf},
    },
};
use drip_det::{UnixTime, ZoneCut};
use std::{
    io::{self, Write as _},
    sync::Arc,
};

const COPIES: &str = "copies";
const FIRST_LINE: &str = "dime copies 1";
/// The longest list that is read.
const MOST: u64 = 64 << 20;

/// Why a copy could not be put away or taken out.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// The disk failed.
    #[error("{file}: {source}")]
    Disk {
        /// The file.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// The file is no copy to serve from.
    #[error("{file}: {source}")]
    Snapshot {
        /// The file.
        file: String,
        /// Why.
        source: SnapshotError,
    },
    /// It is another zone's.
    #[error("{0} is a copy of another zone")]
    OtherZone(String),
}

/// The folder of copies.
#[derive(Clone)]
pub(super) struct Kept(pub(super) Arc<dyn Shelf>);

/// What is noted of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) zone: Name,
    pub(super) checked: UnixTime,
    /// The catalogue, and the label in it.
    pub(super) catalog: Option<(Name, Vec<u8>)>,
}

impl Note {
    pub(super) fn member(&self) -> Option<Member> {
        let (_, label) = self.catalog.as_ref()?;
        Some(Member { zone: self.zone.clone(), label: label.clone() })
    }
}

impl Kept {
    /// The notes; none where they cannot be read.
    pub(super) fn notes(&self) -> Result<Vec<Note>, KeptError> {
        let octets = shelf::read(self.0.as_ref(), COPIES, MOST).map_err(disk(COPIES))?;
        Ok(octets.map(|octets| parse(&String::from_utf8_lossy(&octets))).unwrap_or_default())
    }

    pub(super) fn put_notes(&self, notes: &[Note]) -> Result<(), KeptError> {
        let text = text(notes);
        shelf::put(self.0.as_ref(), COPIES, |file| file.write_all(text.as_bytes())).map_err(disk(COPIES))
    }

    /// The copy of a zone, if there is one.
    pub(super) fn take(&self, cut: ZoneCut) -> Result<Option<ZoneCopy>, KeptError> {
        let file = file_of(cut);
        let opened = match self.0.open(&file) {
            Ok(opened) => opened,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(KeptError::Disk { file, source }),
        };
        match ThawedZone::read(opened.as_ref(), Standing::Served) {
            Ok((thawed, _)) if thawed.cut() == cut => Ok(Some(ZoneCopy::thawed(thawed))),
            Ok(_) => Err(KeptError::OtherZone(file)),
            Err(source) => Err(KeptError::Snapshot { file, source }),
        }
    }

    pub(super) fn put(&self, copy: &ZoneCopy) -> Result<(), KeptError> {
        let file = file_of(copy.cut());
        let frozen = copy.frozen();
        let written = shelf::put(self.0.as_ref(), &file, |out| {
            let mut buffered = io::BufWriter::with_capacity(1 << 20, out);
            frozen.write(&mut buffered)?;
            buffered.flush()
        });
        written.map_err(disk(&file))
    }

    pub(super) fn remove(&self, cut: ZoneCut) -> Result<(), KeptError> {
        let file = file_of(cut);
        match self.0.remove(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk(&file)(error)),
            _ => Ok(()),
        }
    }

    /// Removes what is no copy of these zones.
    pub(super) fn tidy(&self, cuts: &[ZoneCut]) -> Result<(), KeptError> {
        let files: std::collections::HashSet<String> = cuts.iter().map(|cut| file_of(*cut)).collect();
        shelf::tidy(self.0.as_ref(), |name| name == COPIES || files.contains(name))
            .map_err(disk("the folder of copies"))
    }
}

fn disk(file: &str) -> impl FnOnce(io::Error) -> KeptError {
    let file = file.to_owned();
    |source| KeptError::Disk { file, source }
}

fn file_of(cut: ZoneCut) -> String {
    format!("{}copy", cut.name())
}

fn text(notes: &[Note]) -> String {
    let mut text = format!("{FIRST_LINE}\n");
    for Note { zone, checked, catalog } in notes {
        let (catalog, label) = match catalog {
            Some((catalog, label)) => {
                let hex: String = label.iter().map(|octet| format!("{octet:02x}")).collect();
                (catalog.to_string(), hex)
            }
            None => ("-".to_owned(), "-".to_owned()),
        };
        text.push_str(&format!("zone {zone} {} {catalog} {label}\n", checked.0));
    }
    text
}

/// The notes that can be read: a copy without one counts as expired.
fn parse(text: &str) -> Vec<Note> {
    let mut lines = text.lines();
    if lines.next() != Some(FIRST_LINE) {
        return Vec::new();
    }
    lines.filter_map(note).collect()
}

fn note(line: &str) -> Option<Note> {
    let mut fields = line.split(' ');
    let (Some("zone"), zone, checked) = (fields.next(), fields.next()?, fields.next()?) else { return None };
    let (catalog, label) = (fields.next()?, fields.next()?);
    let catalog = match (catalog, label) {
        ("-", "-") => None,
        _ => Some((catalog.parse().ok()?, octets(label)?)),
    };
    let checked = UnixTime(checked.parse().ok()?);
    fields.next().is_none().then_some(Note { zone: zone.parse().ok()?, checked, catalog })
}

fn octets(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = hex.chars().map(|digit| digit.to_digit(16)).collect();
    let (pairs, rest) = digits.as_deref()?.as_chunks::<2>();
    let octets = pairs.iter().map(|[high, low]| (high * 16 + low) as u8).collect();
    rest.is_empty().then_some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_both_ways_and_damaged() {
        let zone: Name = "a.0.0.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.".parse().unwrap();
        let catalog: Name = "cat\\032alog.example.".parse().unwrap();
        let notes = [
            Note { zone: zone.clone(), checked: UnixTime(17), catalog: None },
            Note { zone, checked: UnixTime(u64::MAX), catalog: Some((catalog, b"a b\xff".to_vec())) },
        ];
        let whole = text(&notes);
        assert_eq!(parse(&whole), notes);
        for length in 0..whole.len() {
            let some = parse(whole.get(..length).unwrap());
            assert!(some.iter().all(|note| note.catalog.is_some() || note == &notes[0]), "{some:?}");
        }
        assert_eq!(parse(&whole.replace("copies 1", "copies 2")), []);
    }
}
