//! Writes a snapshot's file, from its beginning to its end.

use super::{
    file::{Form, Gathered, START, Trailer},
    head::Head,
};
use crate::sequence::Sequence;
use std::io::{self, Write};

/// How much was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// DETs in the file.
    pub dets: u64,
    /// Octets of the file.
    pub octets: u64,
    /// The checksum by which this file is known from others.
    pub checksum: u32,
}

/// Writes a file of these DETs; `seals` is what their primary has signed, where it has.
pub(super) fn write(
    out: &mut dyn Write,
    head: &Head,
    dets: &Sequence,
    seals: Option<&Sequence>,
) -> io::Result<Written> {
    let form = if seals.is_some() { Form::Sealed } else { Form::Block };
    out.write_all(&form.start())?;
    let mut written = Written { dets: 0, octets: START as u64, checksum: 0 };
    let (mut directory, mut gathered, mut octets) = (Vec::new(), Gathered::default(), Vec::new());
    let mut parts = 0;
    let mut finish = |gathered: &mut Gathered, out: &mut dyn Write| -> io::Result<()> {
        octets.clear();
        let Some(part) = gathered.finish(&mut octets) else { return Ok(()) };
        out.write_all(&octets)?;
        part.encode(&mut directory);
        parts += 1;
        written.dets += u64::from(part.dets);
        written.octets += part.octets;
        Ok(())
    };
    for (number, block) in dets.iter() {
        let seal = seals.map(|seals| seals.find(number).unwrap_or_default());
        gathered.push(number, block, seal);
        if gathered.is_full() {
            finish(&mut gathered, out)?;
        }
    }
    finish(&mut gathered, out)?;
    let head = head.encode();
    out.write_all(&head)?;
    out.write_all(&directory)?;
    let trailer = Trailer {
        head_octets: head.len() as u64,
        head_checksum: crc32c::crc32c(&head),
        parts,
        directory_checksum: crc32c::crc32c(&directory),
        dets: written.dets,
    }
    .encode();
    out.write_all(&trailer)?;
    written.octets += (head.len() + directory.len() + trailer.len()) as u64;
    written.checksum = crc32c::crc32c(&trailer);
    Ok(written)
}
