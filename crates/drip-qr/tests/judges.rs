//! Readers and writers of QR codes that are not ours: zbarimg reads what we make, we read what qrencode makes, and the printed sheets come
//! back through the programs that draw SVG and PDF.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use drip_qr::{Assembly, Code, Density, Part, PictureError, Sheet, lines, picture, split};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Octets of every value, no two stretches alike.
fn octets(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    };
    (0..length).map(|_| next()).collect()
}

fn run(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; scripts/tools installs it"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What zbarimg reads from these pictures, put together.
fn by_zbar(pictures: &[PathBuf]) -> Vec<u8> {
    let mut arguments = vec!["--quiet", "--set", "*.enable=0", "--set", "qrcode.enable=1"];
    arguments.extend(pictures.iter().map(|path| path.to_str().unwrap()));
    let text = String::from_utf8(run("zbarimg", &arguments)).unwrap();
    assembled(lines::parts(&text).map(Result::unwrap))
}

/// What we read from these pictures, put together.
fn by_us(pictures: &[PathBuf]) -> Vec<u8> {
    assembled(pictures.iter().flat_map(|path| {
        let found =
            picture::read(&std::fs::read(path).unwrap()).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        assert_eq!(found.unreadable, 0, "{path:?}");
        found.texts.into_iter().map(|text| text.parse().unwrap())
    }))
}

fn assembled(parts: impl Iterator<Item = Part>) -> Vec<u8> {
    let mut assembly = Assembly::new();
    for part in parts {
        assembly.add(&part).unwrap();
    }
    assembly.finish().unwrap()
}

fn write_pngs(dir: &Path, octets: &[u8], density: Density) -> Vec<PathBuf> {
    let write = |part: &Part| {
        let path = dir.join(format!("part-{:03}.png", part.number()));
        std::fs::write(&path, Code::of(part, density).unwrap().png().unwrap()).unwrap();
        path
    };
    split(octets, density).unwrap().iter().map(write).collect()
}

#[test]
fn zbarimg_reads_our_codes_and_so_do_we() {
    let dir = TempDir::new().unwrap();
    for (density, length) in
        [(Density::Standard, 1), (Density::Standard, 938), (Density::Standard, 4000), (Density::Low, 700)]
    {
        let octets = octets(length);
        let mut pictures = write_pngs(dir.path(), &octets, density);
        pictures.reverse();
        assert_eq!(by_zbar(&pictures), octets, "{density:?} {length}");
        assert_eq!(by_us(&pictures), octets, "{density:?} {length}");
    }
}

#[test]
fn we_read_what_qrencode_writes_from_our_texts() {
    let dir = TempDir::new().unwrap();
    let octets = octets(2500);
    let pictures: Vec<PathBuf> = split(&octets, Density::Standard)
        .unwrap()
        .iter()
        .map(|part| {
            let path = dir.path().join(format!("{}.png", part.number()));
            // 8-bit mode, as a program that knows nothing of the text's characters would choose.
            run("qrencode", &["-l", "L", "-8", "-o", path.to_str().unwrap(), &part.to_string()]);
            path
        })
        .collect();
    assert_eq!(by_us(&pictures), octets);
    assert_eq!(by_zbar(&pictures), octets);
}

/// The pages of a sheet as pictures: SVG drawn by librsvg, PDF by poppler, the latter as JPEG too.
#[test]
fn printed_sheets_come_back() {
    let dir = TempDir::new().unwrap();
    for (density, length) in [(Density::Standard, 7000), (Density::Low, 600)] {
        let octets = octets(length);
        let parts = split(&octets, density).unwrap();
        let codes = parts.iter().map(|part| {
            (Code::of(part, density).unwrap(), format!("part {} of {}", part.number(), part.total()))
        });
        let sheet = Sheet {
            title: "Ceremony request <1> & more".into(),
            lines: vec!["legal winner thank year wave sausage worth useful".into(), "é".into()],
            codes: codes.collect(),
        };

        let pages = sheet.to_svg();
        let drawn: Vec<PathBuf> = (0..)
            .zip(&pages)
            .map(|(page, svg)| {
                let (source, picture) =
                    (dir.path().join(format!("{page}.svg")), dir.path().join(format!("svg-{page}.png")));
                std::fs::write(&source, svg).unwrap();
                let arguments = ["--dpi-x=200", "--dpi-y=200", "-o"];
                let files = [picture.to_str().unwrap(), source.to_str().unwrap()];
                run("rsvg-convert", &[arguments.as_slice(), files.as_slice()].concat());
                picture
            })
            .collect();
        assert_eq!(by_us(&drawn), octets, "SVG, {density:?}");
        assert_eq!(by_zbar(&drawn), octets, "SVG, {density:?}");

        let document = dir.path().join("sheet.pdf");
        std::fs::write(&document, sheet.to_pdf()).unwrap();
        let text = String::from_utf8(run("pdftotext", &[document.to_str().unwrap(), "-"])).unwrap();
        assert!(text.contains("legal winner thank year wave sausage worth useful"), "{text}");
        assert!(text.contains("Ceremony request <1> & more") && text.contains("part 1 of"), "{text}");
        for (option, extension) in [("-png", "png"), ("-jpeg", "jpg")] {
            let prefix = dir.path().join(format!("pdf-{density:?}-{extension}"));
            run("pdftoppm", &["-r", "200", option, document.to_str().unwrap(), prefix.to_str().unwrap()]);
            let drawn: Vec<PathBuf> = std::fs::read_dir(dir.path())
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.to_str().unwrap().starts_with(prefix.to_str().unwrap()))
                .collect();
            assert_eq!(drawn.len(), pages.len());
            assert_eq!(by_us(&drawn), octets, "PDF as {extension}, {density:?}");
            assert_eq!(by_zbar(&drawn), octets, "PDF as {extension}, {density:?}");
        }
        let error = picture::read(&std::fs::read(&document).unwrap()).unwrap_err();
        assert_eq!(error, PictureError::Pdf);
    }
}
