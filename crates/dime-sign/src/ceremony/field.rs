//! The fields that the forms are made of, read and written one way.
//!
//! | field | CBOR |
//! |---|---|
//! | DET, key, digest, endorsement | byte string of 16, 32, 32, 136 octets |
//! | HID | unsigned, 28 bits: RAA above HDA |
//! | time | unsigned, Unix seconds |
//! | level | 0 Apex, 1 RAA, 2 HDA |
//! | class | 0 Authorization, 1 Issuing |
//! | object that may be absent | byte string, empty when absent |

use super::{FormError, FormFault, MAX_TEXT};
use drip_cbor::{CborError, Reader, Writer};
use drip_det::{Det, DetClass, Hid, HostIdentity, Level, UnixTime};

/// The layout that is written, and read.
const VERSION: u64 = 1;
/// The largest certificate in a form.
const MAX_OBJECT: usize = 4096;

pub(super) type Read<T> = Result<T, FormError>;

impl From<CborError> for FormError {
    fn from(error: CborError) -> Self {
        FormError { fault: FormFault::Cbor(error.fault), what: error.what, at: error.at }
    }
}

pub(super) const fn fault(fault: FormFault, what: &'static str, at: usize) -> FormError {
    FormError { fault, what, at }
}

/// A form's name, version and number of fields.
pub(super) fn open<'a>(octets: &'a [u8], form: &'static str, most: usize, fields: usize) -> Read<Reader<'a>> {
    if octets.len() > most {
        let too_many = FormFault::TooMany { found: octets.len() as u64, most: most as u64 };
        return Err(fault(too_many, "octets", most));
    }
    let mut reader = Reader::new(octets);
    reader.array_of(3, form, "an array of name, version and fields")?;
    let at = reader.at();
    if reader.text(form)? != form {
        return Err(fault(FormFault::OtherForm(form), "name", at));
    }
    let at = reader.at();
    let version = reader.uint("version")?;
    if version != VERSION {
        return Err(fault(FormFault::Version(version), "version", at));
    }
    reader.array_of(fields, form, "an array of the form's fields")?;
    Ok(reader)
}

pub(super) fn begin(form: &str, fields: usize) -> Writer {
    let mut writer = Writer::new();
    writer.array(3).text(form).uint(VERSION).array(fields);
    writer
}

/// The head of a list that must not be empty, nor longer than `most`.
pub(super) fn list(reader: &mut Reader<'_>, what: &'static str, most: usize) -> Read<usize> {
    let at = reader.at();
    match reader.array(what)? {
        0 => Err(fault(FormFault::Empty, what, at)),
        count if count > most => {
            Err(fault(FormFault::TooMany { found: count as u64, most: most as u64 }, what, at))
        }
        count => Ok(count),
    }
}

pub(super) fn fixed<const N: usize>(reader: &mut Reader<'_>, what: &'static str) -> Read<[u8; N]> {
    let at = reader.at();
    let octets = reader.bytes(what)?;
    octets.try_into().map_err(|_| fault(FormFault::Length { found: octets.len(), expected: N }, what, at))
}

pub(super) fn det(reader: &mut Reader<'_>, what: &'static str) -> Read<Det> {
    let at = reader.at();
    Det::from_bytes(fixed(reader, what)?).map_err(|error| fault(FormFault::Det(error), what, at))
}

pub(super) fn hi(reader: &mut Reader<'_>, what: &'static str) -> Read<HostIdentity> {
    let at = reader.at();
    HostIdentity::from_bytes(&fixed(reader, what)?)
        .map_err(|error| fault(FormFault::HostIdentity(error), what, at))
}

pub(super) fn hid(reader: &mut Reader<'_>, what: &'static str) -> Read<Hid> {
    let at = reader.at();
    let bits = reader.uint(what)?;
    let number = |bits: u64| u16::try_from(bits).map_err(|_| fault(FormFault::Value(bits), what, at));
    Hid::from_numbers(number(bits >> 14)?, number(bits & 0x3fff)?)
        .map_err(|error| fault(FormFault::Place(error), what, at))
}

pub(super) fn time(reader: &mut Reader<'_>, what: &'static str) -> Read<UnixTime> {
    Ok(UnixTime(reader.uint(what)?))
}

pub(super) fn level(reader: &mut Reader<'_>) -> Read<Level> {
    let at = reader.at();
    match reader.uint("level")? {
        0 => Ok(Level::Apex),
        1 => Ok(Level::Raa),
        2 => Ok(Level::Hda),
        other => Err(fault(FormFault::Value(other), "level", at)),
    }
}

pub(super) const fn level_code(level: Level) -> u64 {
    match level {
        Level::Apex => 0,
        Level::Raa => 1,
        Level::Hda => 2,
    }
}

pub(super) fn class(reader: &mut Reader<'_>) -> Read<DetClass> {
    let at = reader.at();
    match reader.uint("class")? {
        0 => Ok(DetClass::Authorization),
        1 => Ok(DetClass::Issuing),
        other => Err(fault(FormFault::Value(other), "class", at)),
    }
}

/// Operational DETs have no code: no form can carry them, and reading refuses theirs.
pub(super) const fn class_code(class: DetClass) -> u64 {
    match class {
        DetClass::Authorization => 0,
        DetClass::Issuing => 1,
        DetClass::Operational => 2,
    }
}

/// Octets that must be there, at most so many.
pub(super) fn octets(reader: &mut Reader<'_>, what: &'static str, most: usize) -> Read<Vec<u8>> {
    let at = reader.at();
    let octets = maybe_octets(reader, what, most)?;
    octets.ok_or_else(|| fault(FormFault::Empty, what, at))
}

/// Octets that may be absent.
pub(super) fn maybe_octets(
    reader: &mut Reader<'_>,
    what: &'static str,
    most: usize,
) -> Read<Option<Vec<u8>>> {
    let at = reader.at();
    let octets = reader.bytes(what)?;
    if octets.len() > most {
        let too_many = FormFault::TooMany { found: octets.len() as u64, most: most as u64 };
        return Err(fault(too_many, what, at));
    }
    Ok((!octets.is_empty()).then(|| octets.to_vec()))
}

pub(super) fn certificate(reader: &mut Reader<'_>, what: &'static str) -> Read<Vec<u8>> {
    octets(reader, what, MAX_OBJECT)
}

pub(super) fn maybe_certificate(reader: &mut Reader<'_>, what: &'static str) -> Read<Option<Vec<u8>>> {
    maybe_octets(reader, what, MAX_OBJECT)
}

pub(super) fn absent_or(octets: &Option<Vec<u8>>) -> &[u8] {
    octets.as_deref().unwrap_or_default()
}

/// A text for people: whatever is in it shows on the terminal of the machine with the key.
pub(super) fn text(reader: &mut Reader<'_>, what: &'static str) -> Read<String> {
    let at = reader.at();
    let text = reader.text(what)?;
    if text.len() > MAX_TEXT {
        let too_many = FormFault::TooMany { found: text.len() as u64, most: MAX_TEXT as u64 };
        return Err(fault(too_many, what, at));
    }
    match text.chars().find(|character| !is_plain(*character)) {
        Some(character) => Err(fault(FormFault::Unprintable(character.into()), what, at)),
        None => Ok(text.to_owned()),
    }
}

pub(super) fn maybe_text(reader: &mut Reader<'_>, what: &'static str) -> Read<Option<String>> {
    Ok(Some(text(reader, what)?).filter(|text| !text.is_empty()))
}

/// Whether Rust's own table of printable characters has it; controls, directional marks and the like are not in it.
pub(super) fn is_plain(character: char) -> bool {
    matches!(character, '\'' | '"' | '\\') || character.escape_debug().len() == 1
}
