//! Writing a form for the other machine: a file, and QR codes beside it if asked for. Nothing that is there is overwritten, and no file
//! is ever there in half.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use drip_qr::{Code, Density, Part, Sheet, split};

use crate::files;
use crate::outcome::Failure;

/// Where to, and in what form.
#[derive(Args, Clone, Debug)]
pub(super) struct Output {
    /// The file to write (.cbor), or a directory to write into; nothing is overwritten
    #[arg(long, value_name = "FILE|DIR")]
    out: PathBuf,
    /// QR codes as well: a PNG picture each, or pages to print
    #[arg(long, value_name = "FORM")]
    qr: Option<QrForm>,
    /// How much a QR code carries: low is for video calls and poor cameras
    #[arg(long, value_name = "DENSITY", default_value = "standard", requires = "qr")]
    density: DensityWord,
}

/// A form of QR codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum QrForm {
    /// A picture for each code
    Png,
    /// Pages to print, a file for each
    Svg,
    /// Pages to print in one file
    Pdf,
}

/// How much a code carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DensityWord {
    /// About 900 octets
    Standard,
    /// About 110 octets
    Low,
}

/// The files of one form: all paths before anything is written, so that what is there already is found first.
pub(super) struct Places {
    pub(super) cbor: PathBuf,
    /// What the names of all other files begin with.
    stem: PathBuf,
    qr: Option<QrForm>,
    density: Density,
}

/// What stands on printed pages.
pub(super) struct Caption {
    pub(super) title: String,
    pub(super) lines: Vec<String>,
}

impl Output {
    /// Where a form of this name goes: the file itself, or files of that name in the directory.
    pub(super) fn places(&self, name: &str) -> Result<Places, Failure> {
        let named = self.out.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("cbor"));
        let stem = if named && !self.out.is_dir() {
            self.out.with_extension("")
        } else {
            files::make_dir(&self.out)?;
            self.out.join(name)
        };
        let density = match self.density {
            DensityWord::Standard => Density::Standard,
            DensityWord::Low => Density::Low,
        };
        let places = Places { cbor: beside(&stem, ".cbor"), stem, qr: self.qr, density };
        files::absent(&places.cbor)?;
        Ok(places)
    }
}

impl Places {
    /// A file beside the form's.
    pub(super) fn beside(&self, ending: &str) -> PathBuf {
        beside(&self.stem, ending)
    }

    /// Writes the form, and its QR codes before it; all paths that were written.
    pub(super) fn write(&self, octets: &[u8], caption: Caption) -> Result<Vec<PathBuf>, Failure> {
        let mut written = Vec::new();
        let mut write = |path: PathBuf, octets: &[u8]| {
            files::write_new(&path, octets)?;
            written.push(path);
            Ok::<(), Failure>(())
        };
        if let Some(form) = self.qr {
            for (ending, octets) in pictures(octets, form, self.density, caption)? {
                write(self.beside(&ending), &octets)?;
            }
        }
        write(self.cbor.clone(), octets)?;
        Ok(written)
    }
}

/// The files of the codes: what their names end with, and their content.
fn pictures(
    octets: &[u8],
    form: QrForm,
    density: Density,
    caption: Caption,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let parts = split(octets, density).map_err(Failure::unable)?;
    let code = |part: &Part| Code::of(part, density).map_err(|error| Failure::unable(error.to_string()));
    let words =
        |part: &Part| format!("part {} of {}, transfer {}", part.number(), part.total(), part.transfer());
    let sheet = || {
        let codes = parts.iter().map(|part| Ok((code(part)?, words(part))));
        let codes = codes.collect::<Result<_, Failure>>()?;
        Ok::<_, Failure>(Sheet { title: caption.title, lines: caption.lines, codes })
    };
    let numbered = |number: usize, ending: &str| format!("-{number:03}.{ending}");
    match form {
        QrForm::Png => parts
            .iter()
            .map(|part| {
                let png = code(part)?.png().map_err(Failure::unable)?;
                Ok((numbered(part.number().into(), "png"), png))
            })
            .collect(),
        QrForm::Svg => {
            let pages = sheet()?.to_svg();
            Ok((1..).zip(pages).map(|(page, svg)| (numbered(page, "svg"), svg.into_bytes())).collect())
        }
        QrForm::Pdf => Ok(vec![(".pdf".to_owned(), sheet()?.to_pdf())]),
    }
}

fn beside(stem: &Path, ending: &str) -> PathBuf {
    let mut name = stem.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
