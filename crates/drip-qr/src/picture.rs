//! The texts of the QR codes in a picture: PNG or JPEG, one code or many, upright or not.
//!
//! Pictures come from outside, to a machine that holds a key. Their size is looked at before anything is unpacked, and a reader of codes
//! that stumbles over what it sees is a picture that cannot be read, no more.

mod jpeg;
mod luma;
mod png;
mod region;

use luma::Luma;
use rqrr::PreparedImage;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc,
    thread,
    time::Duration,
};

/// The most octets of a picture's file.
pub const MAX_FILE: usize = 32 << 20;
/// The most pixels of a side.
pub const MAX_SIDE: u32 = 10_000;
/// The most pixels: a photograph of 48 million is read.
pub const MAX_PIXELS: u64 = 50_000_000;

/// How long a picture is looked at. A photograph of a sheet takes some seconds; one that was made to look like thousands of codes would
/// take for ever.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What was found in a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The texts of the codes that were read.
    pub texts: Vec<String>,
    /// How many more codes there seem to be that could not be read.
    pub unreadable: usize,
}

/// Why a picture gives nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// The file is too large.
    #[error("the picture's file has {octets} octets, at most {MAX_FILE} are read")]
    FileTooLarge {
        /// How many.
        octets: usize,
    },
    /// It has too many pixels.
    #[error(
        "the picture has {width} x {height} pixels: at most {MAX_SIDE} a side and {MAX_PIXELS} in all are read"
    )]
    TooManyPixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// It is a PDF document.
    #[error(
        "this is a PDF document: photograph the printed pages, or make pictures of them ('pdftoppm -r 200 -png FILE page'), and give those"
    )]
    Pdf,
    /// It is an SVG page.
    #[error(
        "this is an SVG page: photograph it printed, or make a picture of it ('rsvg-convert -o page.png FILE'), and give that"
    )]
    Svg,
    /// It is neither PNG nor JPEG.
    #[error("this is no picture in PNG or JPEG")]
    NotAPicture,
    /// It begins as one, but cannot be unpacked.
    #[error("the {format} picture cannot be unpacked: {reason}")]
    Damaged {
        /// PNG or JPEG.
        format: &'static str,
        /// What the unpacker says.
        reason: String,
    },
    /// It is taking too long to look at.
    #[error("nothing was found in the picture in {} seconds: it shows too much; give one of fewer codes", .limit.as_secs())]
    TooMuch {
        /// How long it was looked at.
        limit: Duration,
    },
    /// There is no code in it.
    #[error("there is no QR code in the picture")]
    NoCode,
    /// There are codes, but none can be read.
    #[error(
        "there seem to be {codes} QR codes in the picture, and none can be read: take it closer, sharper or flatter"
    )]
    Unreadable {
        /// How many there seem to be.
        codes: usize,
    },
}

/// Whether octets begin as a picture, or as a document that people take for one.
pub fn is_picture(octets: &[u8]) -> bool {
    png::is_png(octets) || jpeg::is_jpeg(octets) || octets.starts_with(b"%PDF-") || is_svg(octets)
}

/// Whether octets begin as an SVG page, with or without an XML declaration.
fn is_svg(octets: &[u8]) -> bool {
    let head = octets.get(..octets.len().min(256)).unwrap_or_default();
    let within = |word: &[u8]| head.windows(word.len()).any(|found| found == word);
    octets.starts_with(b"<") && within(b"<svg")
}

/// Reads the codes in a picture, with [`PATIENCE`].
pub fn read(octets: &[u8]) -> Result<Found, PictureError> {
    read_within(octets, PATIENCE)
}

/// Reads the codes in a picture, or gives up after this time: the look at it then goes on in a thread of its own, until its end or the
/// program's.
pub fn read_within(octets: &[u8], limit: Duration) -> Result<Found, PictureError> {
    if octets.len() > MAX_FILE {
        return Err(PictureError::FileTooLarge { octets: octets.len() });
    }
    let picture = if png::is_png(octets) {
        png::unpack(octets)?
    } else if jpeg::is_jpeg(octets) {
        jpeg::unpack(octets)?
    } else if octets.starts_with(b"%PDF-") {
        return Err(PictureError::Pdf);
    } else if is_svg(octets) {
        return Err(PictureError::Svg);
    } else {
        return Err(PictureError::NotAPicture);
    };
    let (sender, receiver) = mpsc::channel();
    // Nobody listens any more when it took too long.
    let looking = thread::Builder::new().spawn(move || drop(sender.send(codes(picture))));
    looking.map_err(|_| PictureError::TooMuch { limit: Duration::ZERO })?;
    let found = receiver.recv_timeout(limit).map_err(|_| PictureError::TooMuch { limit })?;
    match (found.texts.is_empty(), found.unreadable) {
        (true, 0) => Err(PictureError::NoCode),
        (true, codes) => Err(PictureError::Unreadable { codes }),
        _ => Ok(found),
    }
}

/// The size of a picture, when it is one that is read.
fn sized(width: u32, height: u32) -> Result<(), PictureError> {
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PictureError::TooManyPixels { width, height });
    }
    Ok(())
}

/// Reads the codes: first those that stand by themselves, each in its own piece of the picture. If that leaves something that may be a
/// code, or finds none, the whole is looked at, at its own size and at half of it, where noise and blur are less. What was read is wiped
/// out before the next look, because where codes stand close, corners of two may be taken for one.
fn codes(mut picture: Luma) -> Found {
    let mut found = Found { texts: Vec::new(), unreadable: 0 };
    let mut undecided = 0;
    for region in region::regions(&picture) {
        let read = look_closely(&picture.piece(region));
        undecided += usize::from(read.is_empty());
        found.take(read, &mut picture, (region.x, region.y));
    }
    if !found.texts.is_empty() && undecided == 0 {
        return found;
    }
    loop {
        let (read, unreadable) = look(&picture);
        found.unreadable = found.unreadable.max(unreadable);
        if !found.take(read, &mut picture, (0, 0)) {
            break;
        }
        found.unreadable = 0;
    }
    if let Some(mut half) = picture.halved() {
        let (read, unreadable) = look(&half);
        found.unreadable = found.unreadable.max(unreadable).saturating_sub(read.len());
        found.take(read, &mut half, (0, 0));
    }
    found
}

/// A code's text and its corners in pixels.
type Read = (String, [(i32, i32); 4]);

/// The codes in a piece of the picture. Where one way of looking fails another often does not: with dark and light told apart for the whole
/// piece or place by place, and at twice the size, where edges are found to a fraction of a pixel.
fn look_closely(piece: &Luma) -> Vec<Read> {
    let same = |piece: Luma| (piece, 1.0);
    let ways: [&dyn Fn() -> Option<(Luma, f32)>; 5] = [
        &|| Some(same(piece.in_black_and_white())),
        &|| piece.doubled().map(|twice| (twice.in_black_and_white(), 0.5)),
        &|| Some(same(piece.clone())),
        &|| piece.doubled().map(|twice| (twice, 0.5)),
        &|| piece.halved().map(|half| (half, 2.0)),
    ];
    for way in ways {
        let Some((picture, scale)) = way() else { continue };
        let (read, _) = look(&picture);
        if !read.is_empty() {
            let scaled = |at: i32| (at as f32 * scale) as i32;
            let corners = |corners: [(i32, i32); 4]| corners.map(|(x, y)| (scaled(x), scaled(y)));
            return read.into_iter().map(|(text, at)| (text, corners(at))).collect();
        }
    }
    Vec::new()
}

/// The codes that were read, and how many more there seem to be.
fn look(picture: &Luma) -> (Vec<Read>, usize) {
    let look = AssertUnwindSafe(|| {
        let pixel = |x, y| picture.at(x, y);
        let mut image = PreparedImage::prepare_from_greyscale(picture.width(), picture.height(), pixel);
        let (mut read, mut unreadable) = (Vec::new(), 0);
        for grid in image.detect_grids() {
            match grid.decode() {
                Ok((_, text)) => read.push((text, grid.bounds.map(|corner| (corner.x, corner.y)))),
                Err(_) => unreadable += 1,
            }
        }
        (read, unreadable)
    });
    catch_unwind(look).unwrap_or((Vec::new(), 1))
}

impl Found {
    /// Adds what was read in a piece of the picture that begins at `origin`, and wipes it out there. Whether there was anything.
    fn take(&mut self, read: Vec<Read>, picture: &mut Luma, origin: (usize, usize)) -> bool {
        let news = !read.is_empty();
        let offset = |at: usize| i32::try_from(at).unwrap_or(i32::MAX);
        for (text, corners) in read {
            picture.wipe(
                corners
                    .map(|(x, y)| (x.saturating_add(offset(origin.0)), y.saturating_add(offset(origin.1)))),
            );
            if !self.texts.contains(&text) {
                self.texts.push(text);
            }
        }
        news
    }
}
