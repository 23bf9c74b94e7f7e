//! Files of questions in dnsperf's form, `NAME TYPE` a line, about DETs that are there and DETs that are not.

use crate::synthetic::{Synthetic, Words};
use dime_zone::Name;
use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

/// The types asked for, and what the files are called after.
const TYPES: [(&str, u16); 3] = [("hip", 55), ("hhit", 67), ("brid", 68)];

/// Writes `TYPE.existing` and `TYPE.missing`: at most so many questions each, about DETs drawn from the first `dets`.
pub(crate) fn write(synthetic: &Synthetic, folder: &Path, dets: u64, most: u64) -> std::io::Result<()> {
    for (label, record_type) in TYPES {
        let mut words = Words(u64::from(record_type));
        let mut existing = BufWriter::new(File::create(folder.join(format!("{label}.existing")))?);
        let mut missing = BufWriter::new(File::create(folder.join(format!("{label}.missing")))?);
        for index in 0..most.min(dets) {
            let det = synthetic.det(words.next() % dets);
            writeln!(existing, "{} TYPE{record_type}", Name::of_det(det))?;
            writeln!(missing, "{} TYPE{record_type}", Name::of_det(synthetic.missing(index)))?;
        }
        existing.flush()?;
        missing.flush()?;
    }
    Ok(())
}
