//! PNG of every kind: 1 to 16 bits, palettes, opacity, interlaced.

use super::{
    format::PictureFormat,
    grey::{Layout, Samples},
    picture::{Decoded, PictureFacts, PictureMode, Refusal},
};
use png::{ColorType, Decoder, DecodingError, Info, Transformations};
use std::io::Cursor;

pub(super) fn facts(bytes: &[u8]) -> Result<PictureFacts, Refusal> {
    let reader = Decoder::new(Cursor::new(bytes)).read_info().map_err(damaged)?;
    Ok(facts_of(reader.info()))
}

pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, Refusal> {
    let mut decoder = Decoder::new(Cursor::new(bytes));
    // Palettes are looked up, 1 to 4 bits spread over 8, a clear colour becomes opacity.
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(damaged)?;
    let facts = facts_of(reader.info());
    let size = reader.output_buffer_size().ok_or_else(|| damaged(DecodingError::LimitsExceeded))?;
    let mut buffer = vec![0; size];
    let frame = reader.next_frame(&mut buffer).map_err(damaged)?;
    buffer.truncate(frame.buffer_size());
    let layout = match frame.color_type {
        ColorType::Grayscale | ColorType::Indexed => Layout::GREY,
        ColorType::GrayscaleAlpha => Layout::GREY.with_alpha(),
        ColorType::Rgb => Layout::RGB,
        ColorType::Rgba => Layout::RGB.with_alpha(),
    };
    let samples = match frame.bit_depth {
        png::BitDepth::Sixteen => {
            Samples::U16(buffer.as_chunks::<2>().0.iter().map(|&pair| u16::from_be_bytes(pair)).collect())
        }
        _ => Samples::U8(buffer),
    };
    Ok(Decoded { facts, layout, samples })
}

fn facts_of(info: &Info<'_>) -> PictureFacts {
    let mode = match info.color_type {
        ColorType::Grayscale => PictureMode::Grey,
        ColorType::GrayscaleAlpha => PictureMode::GreyAlpha,
        ColorType::Indexed => PictureMode::Palette,
        ColorType::Rgb => PictureMode::Rgb,
        ColorType::Rgba => PictureMode::Rgba,
    };
    let (rows, cols) = (info.height as usize, info.width as usize);
    PictureFacts { format: PictureFormat::Png, rows, cols, bits: info.bit_depth as u8, mode }
}

fn damaged(error: DecodingError) -> Refusal {
    Refusal::Damaged(error.to_string())
}
