//! The text of a copy of a signed zone: keys, signatures and NSEC records as they came.

use super::{ExportForm, Text};
use crate::{
    transfer::{beside, records_at},
    zone::Zone,
};
use std::io::{self, Write};

pub(super) fn write(zone: &Zone, form: ExportForm, to: &mut impl Write) -> io::Result<()> {
    writeln!(to, "; zone {}, serial {}, {} DETs", zone.name, zone.serial(), zone.det_count())?;
    let mut out = Text { to, form, line: String::new() };
    out.records(&[zone.soa(zone.config.ttl)])?;
    let mut beside = beside(zone);
    beside.sort_by(|one, other| one.owner.canonical_cmp(&other.owner));
    let mut beside = beside.into_iter().peekable();
    for owner in zone.owners() {
        let name = zone.name_of(&owner);
        while let Some(record) = beside.next_if(|record| record.owner.canonical_cmp(&name).is_lt()) {
            out.records(&[record])?;
        }
        out.records(&records_at(zone, &owner))?;
    }
    out.records(&beside.collect::<Vec<_>>())
}
