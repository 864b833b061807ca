//! JPEG in grey, YCbCr and RGB, 8 bit, baseline or progressive.

use super::{
    format::PictureFormat,
    grey::{Layout, Samples},
    picture::{Decoded, PictureFacts, PictureMode, Refusal},
};
use std::io::Cursor;
use zune_core::{colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::JpegDecoder;

type Jpeg<'a> = JpegDecoder<Cursor<&'a [u8]>>;

pub(super) fn facts(bytes: &[u8]) -> Result<PictureFacts, Refusal> {
    Ok(opened(bytes)?.1)
}

pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, Refusal> {
    let (mut decoder, facts) = opened(bytes)?;
    let (wanted, layout) = match facts.mode {
        PictureMode::Grey => (ColorSpace::Luma, Layout::GREY),
        PictureMode::Rgb => (ColorSpace::RGB, Layout::RGB),
        _ => {
            let problem = "in CMYK: the grey of four inks depends on the printer".to_owned();
            return Err(Refusal::Unsupported(problem));
        }
    };
    decoder.set_options(options().jpeg_set_out_colorspace(wanted));
    let samples = decoder.decode().map_err(damaged)?;
    Ok(Decoded { facts, layout, samples: Samples::U8(samples) })
}

fn opened(bytes: &[u8]) -> Result<(Jpeg<'_>, PictureFacts), Refusal> {
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), options());
    decoder.decode_headers().map_err(damaged)?;
    let (cols, rows) = decoder.dimensions().ok_or_else(|| Refusal::Damaged("it has no size".to_owned()))?;
    let mode = match decoder.input_colorspace() {
        Some(ColorSpace::Luma) => PictureMode::Grey,
        Some(ColorSpace::CMYK | ColorSpace::YCCK) => PictureMode::Cmyk,
        _ => PictureMode::Rgb,
    };
    Ok((decoder, PictureFacts { format: PictureFormat::Jpeg, rows, cols, bits: 8, mode }))
}

/// Strict: a file that was cut off is an error, not a picture with a grey half.
fn options() -> DecoderOptions {
    DecoderOptions::default().set_strict_mode(true)
}

fn damaged(error: impl std::fmt::Debug) -> Refusal {
    Refusal::Damaged(format!("{error:?}"))
}
