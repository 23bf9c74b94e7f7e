//! JPEG photographs (ITU-T T.81).

use super::luma::Luma;
use super::{MAX_SIDE, PictureError, sized};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

pub(super) fn is_jpeg(octets: &[u8]) -> bool {
    octets.starts_with(&[0xff, 0xd8, 0xff])
}

/// Looks at the headers first, so that nothing is unpacked that is too large.
pub(super) fn unpack(octets: &[u8]) -> Result<Luma, PictureError> {
    // The unpacker's own limit lies above ours, so that ours can say what the size is.
    let side = usize::try_from(MAX_SIDE).unwrap_or(usize::MAX).saturating_mul(8);
    let options = DecoderOptions::new_safe()
        .jpeg_set_out_colorspace(ColorSpace::Luma)
        .set_max_width(side)
        .set_max_height(side);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(octets), options);
    decoder.decode_headers().map_err(damaged)?;
    let info = decoder.info();
    let (width, height) = info.map_or((0, 0), |info| (info.width, info.height));
    sized(u32::from(width), u32::from(height))?;
    Ok(Luma::new(usize::from(width), decoder.decode().map_err(damaged)?))
}

fn damaged(error: DecodeErrors) -> PictureError {
    PictureError::Damaged { format: "JPEG", reason: format!("{error:?}") }
}
