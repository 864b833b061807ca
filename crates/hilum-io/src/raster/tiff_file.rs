//! TIFF of one page, in grey or RGB, 8 or 16 bit, in the usual codes.

use super::{
    format::PictureFormat,
    grey::{Layout, Samples},
    picture::{Decoded, PictureFacts, PictureMode, Refusal},
};
use std::io::Cursor;
use tiff::{
    ColorType, TiffError,
    decoder::{Decoder, DecodingResult},
    tags::Tag,
};

type Tiff<'a> = Decoder<Cursor<&'a [u8]>>;

pub(super) fn facts(bytes: &[u8]) -> Result<PictureFacts, Refusal> {
    Ok(opened(bytes)?.1)
}

pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, Refusal> {
    let (mut decoder, facts) = opened(bytes)?;
    if decoder.more_images() {
        let problem = "with several pages: save the one you mean as a file of its own".to_owned();
        return Err(Refusal::Unsupported(problem));
    }
    let planes = decoder.find_tag_unsigned::<u16>(Tag::PlanarConfiguration).map_err(refused)?;
    if facts.mode != PictureMode::Grey && planes == Some(2) {
        return Err(Refusal::Unsupported("with each colour in a plane of its own".to_owned()));
    }
    let layout = match facts.mode {
        PictureMode::Grey => Layout::GREY,
        PictureMode::Rgb => Layout::RGB,
        PictureMode::Rgba => Layout::RGB.with_alpha(),
        mode => return Err(Refusal::Unsupported(format!("in {mode}"))),
    };
    if ![8, 16].contains(&facts.bits) {
        return Err(Refusal::Unsupported(format!("of {} bits a sample", facts.bits)));
    }
    let samples = match decoder.read_image().map_err(refused)? {
        DecodingResult::U8(samples) => Samples::U8(samples),
        DecodingResult::U16(samples) => Samples::U16(samples),
        _ => return Err(Refusal::Unsupported("of signed or floating point samples".to_owned())),
    };
    Ok(Decoded { facts, layout, samples })
}

fn opened(bytes: &[u8]) -> Result<(Tiff<'_>, PictureFacts), Refusal> {
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(refused)?;
    let (width, height) = decoder.dimensions().map_err(refused)?;
    let (mode, bits) = match decoder.colortype() {
        Ok(ColorType::Gray(bits)) => (PictureMode::Grey, bits),
        Ok(ColorType::RGB(bits)) => (PictureMode::Rgb, bits),
        Ok(ColorType::RGBA(bits)) => (PictureMode::Rgba, bits),
        Ok(ColorType::CMYK(bits) | ColorType::CMYKA(bits)) => (PictureMode::Cmyk, bits),
        Ok(ColorType::GrayA(bits) | ColorType::Multiband { bit_depth: bits, num_samples: 2 }) => {
            (PictureMode::GreyAlpha, bits)
        }
        Ok(other) => return Err(Refusal::Unsupported(format!("in {other:?}"))),
        Err(error) => match decoder.find_tag_unsigned::<u16>(Tag::PhotometricInterpretation) {
            Ok(Some(3)) => {
                let bits = decoder.find_tag_unsigned_vec::<u8>(Tag::BitsPerSample).ok().flatten();
                (PictureMode::Palette, bits.and_then(|bits| bits.first().copied()).unwrap_or(1))
            }
            _ => return Err(refused(error)),
        },
    };
    let (rows, cols) = (height as usize, width as usize);
    Ok((decoder, PictureFacts { format: PictureFormat::Tiff, rows, cols, bits, mode }))
}

fn refused(error: TiffError) -> Refusal {
    match error {
        TiffError::UnsupportedError(error) => {
            Refusal::Unsupported(format!("of a kind that is not read: {error}"))
        }
        error => Refusal::Damaged(error.to_string()),
    }
}
