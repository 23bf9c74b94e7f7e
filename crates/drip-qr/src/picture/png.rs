//! PNG pictures (ISO/IEC 15948).

use super::luma::{Luma, brightness};
use super::{PictureError, sized};
use png::{ColorType, Decoder, DecodingError, Limits, Transformations};
use std::io::Cursor;

/// What the unpacker may allocate beside the picture itself.
const MAX_MEMORY: usize = 256 << 20;

pub(super) fn is_png(octets: &[u8]) -> bool {
    octets.starts_with(b"\x89PNG\r\n\x1a\n")
}

/// Looks at the header first, so that nothing is unpacked that is too large.
pub(super) fn unpack(octets: &[u8]) -> Result<Luma, PictureError> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(octets), Limits { bytes: MAX_MEMORY });
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(damaged)?;
    let (width, height) = (header.width, header.height);
    sized(width, height)?;
    let mut reader = decoder.read_info().map_err(damaged)?;
    let size = reader.output_buffer_size().ok_or(PictureError::TooManyPixels { width, height })?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(damaged)?;
    pixels.truncate(frame.buffer_size());
    let samples = frame.color_type.samples();
    let luma = match frame.color_type {
        ColorType::Grayscale => pixels,
        _ => pixels.chunks_exact(samples).map(grey).collect(),
    };
    Ok(Luma::new(usize::try_from(frame.width).unwrap_or(0), luma))
}

fn grey(pixel: &[u8]) -> u8 {
    match *pixel {
        [grey] => grey,
        [grey, alpha] => brightness(grey, grey, grey, alpha),
        [red, green, blue] => brightness(red, green, blue, 0xff),
        [red, green, blue, alpha, ..] => brightness(red, green, blue, alpha),
        [] => 0xff,
    }
}

fn damaged(error: DecodingError) -> PictureError {
    PictureError::Damaged { format: "PNG", reason: error.to_string() }
}
