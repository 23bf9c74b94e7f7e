//! Reading forms as they come from the other machine: files, pictures of QR codes, or the text that another QR reader printed; in any
//! order, and folders of any of these.

use std::path::{Path, PathBuf};

use dime_sign::ceremony::Form;
use drip_qr::{Added, Assembly, Part, PartError, lines, picture};

use crate::input;
use crate::outcome::Failure;

/// The files of a folder that are looked at.
const EXTENSIONS: [&str; 5] = ["cbor", "jpeg", "jpg", "png", "txt"];
/// Those that we print ourselves and cannot read.
const PRINTED: [&str; 2] = ["pdf", "svg"];

/// All forms in these files: each that is one by itself, and the one that all QR codes together are.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<Form>, Failure> {
    let mut forms = Vec::new();
    let mut assembly = Assembly::new();
    for path in files(paths)? {
        let octets = input::octets(&path)?;
        if Form::is_one(&octets) {
            add_form(&mut forms, decode(&path.display().to_string(), &octets)?);
        } else if picture::is_picture(&octets) {
            add_picture(&mut assembly, &path, &octets)?;
        } else if let Some(text) = std::str::from_utf8(&octets).ok().filter(|text| text.contains("DQR")) {
            for part in lines::parts(text) {
                add(&mut assembly, &path, &part.map_err(|error| Failure::file(&path, error))?)?;
            }
        } else {
            return Err(Failure::file(
                &path,
                "neither a ceremony's request, answer or bundle, nor a picture of one, nor the text of its QR codes",
            ));
        }
    }
    if assembly.parts() > 0 {
        let octets = assembly.finish().map_err(|error| Failure::unable(format!("QR codes: {error}")))?;
        add_form(&mut forms, decode("QR codes", &octets)?);
    }
    if forms.is_empty() { Err(Failure::usage("there is nothing in these files")) } else { Ok(forms) }
}

/// A folder often has the same form as a file and as QR codes.
fn add_form(forms: &mut Vec<Form>, form: Form) {
    if !forms.contains(&form) {
        forms.push(form);
    }
}

fn decode(from: &str, octets: &[u8]) -> Result<Form, Failure> {
    Form::decode(octets).map_err(|error| Failure::unable(format!("{from}: {error}")))
}

/// The files, and those in the folders among them, by name.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
        let entries = entries.map_err(|error| Failure::file(path, error))?;
        let mut found: Vec<PathBuf> =
            entries.iter().map(std::fs::DirEntry::path).filter(|path| is_medium(path)).collect();
        found.sort();
        if found.is_empty() {
            return Err(Failure::usage(nothing_in(path, &entries)));
        }
        files.extend(found);
    }
    Ok(files)
}

/// Why a folder gives nothing, and what to do about it.
fn nothing_in(folder: &Path, entries: &[std::fs::DirEntry]) -> String {
    let folder = folder.display();
    if entries.iter().any(|entry| has_extension(&entry.path(), &PRINTED)) {
        return format!(
            "{folder}: printed pages (PDF, SVG) are not read: photograph them, or make pictures of them with 'pdftoppm -r 200 -png' or 'rsvg-convert'"
        );
    }
    format!("{folder}: no file in it is named .{}", EXTENSIONS.join(", ."))
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let named = |extension: &str| extensions.iter().any(|known| extension.eq_ignore_ascii_case(known));
    path.extension().and_then(|extension| extension.to_str()).is_some_and(named)
}

fn is_medium(path: &Path) -> bool {
    let transcript = path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with("transcript"));
    path.is_file() && !transcript && has_extension(path, &EXTENSIONS)
}

fn add_picture(assembly: &mut Assembly, path: &Path, octets: &[u8]) -> Result<(), Failure> {
    let found = picture::read(octets).map_err(|error| Failure::file(path, error))?;
    let mut ours = 0;
    for text in &found.texts {
        match text.parse::<Part>() {
            // A picture may show other things' codes, too.
            Err(PartError::NotAPart) => {}
            Err(error) => return Err(Failure::file(path, error)),
            Ok(part) => {
                ours += 1;
                add(assembly, path, &part)?;
            }
        }
    }
    if found.unreadable > 0 {
        eprintln!("{}: {} more QR codes that cannot be read", path.display(), found.unreadable);
    }
    if ours == 0 {
        return Err(Failure::file(path, "its QR codes are no parts of a ceremony's form"));
    }
    Ok(())
}

fn add(assembly: &mut Assembly, path: &Path, part: &Part) -> Result<(), Failure> {
    match assembly.add(part) {
        Ok(Added::New | Added::Again) => Ok(()),
        Err(error) => Err(Failure::file(path, error)),
    }
}
