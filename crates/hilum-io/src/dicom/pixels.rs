//! From a file to the HU of one of its frames.

use super::error::DicomError;
use super::file::DicomFile;
use super::header::integer;
use super::image::Image;
use super::{rle, syntax};
use dicom_core::value::PrimitiveValue;
use dicom_dictionary_std::{tags, uids};
use dicom_encoding::adapters::PixelDataObject;
use dicom_encoding::transfer_syntax::TransferSyntaxIndex;
use dicom_object::DefaultDicomObject;
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;
use hilum_core::SliceData;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The last file opened, with its pixels, and the pixels of the last frame in HU.
#[derive(Default)]
pub(super) struct Decoder {
    open: Option<(DicomFile, DefaultDicomObject)>,
    whole_hu: Vec<i16>,
    hu: Vec<f32>,
}

/// How integers are stored: the lowest `bits`, signed or not.
#[derive(Clone, Copy)]
struct Stored {
    bits: u32,
    shift: u32,
    signed: bool,
}

impl Decoder {
    /// The pixels of `image` in HU, row-major: whole numbers where all of them are.
    pub(super) fn hu(&mut self, image: &Image) -> Result<SliceData<'_>, DicomError> {
        let object = self.object(&image.file.source, &image.file.name)?;
        let stored = stored(object, image)?;
        let raw = raw_pixels(object, image)?;
        let [slope, intercept] = image.rescale.unwrap_or([1.0, 0.0]);
        let is_whole = slope == 1.0 && intercept.fract() == 0.0 && intercept.abs() < 65536.0;
        if is_whole {
            let shift = intercept as i32;
            self.whole_hu.clear();
            self.whole_hu.extend(raw.iter().map_while(|&r| i16::try_from(stored.value(r) + shift).ok()));
            if self.whole_hu.len() == raw.len() {
                return Ok(SliceData::I16(&self.whole_hu));
            }
        }
        self.hu.clear();
        self.hu.extend(raw.iter().map(|&r| (f64::from(stored.value(r)) * slope + intercept) as f32));
        Ok(SliceData::F32(&self.hu))
    }

    fn object(&mut self, file: &DicomFile, name: &str) -> Result<&DefaultDicomObject, DicomError> {
        if self.open.as_ref().is_none_or(|(open, _)| open != file) {
            self.open = None;
            return Ok(&self.open.insert((file.clone(), file.whole(name)?)).1);
        }
        match &self.open {
            Some((_, object)) => Ok(object),
            None => Err(DicomError::Header { file: name.to_owned(), problem: "it is not open" }),
        }
    }
}

impl Stored {
    /// The integer in the bits of a stored pixel; bits above them may hold overlays and do not count.
    fn value(self, raw: u16) -> i32 {
        let value = (u32::from(raw) >> self.shift) << (32 - self.bits);
        if self.signed { (value as i32) >> (32 - self.bits) } else { (value >> (32 - self.bits)) as i32 }
    }
}

fn stored(object: &DefaultDicomObject, image: &Image) -> Result<Stored, DicomError> {
    let allocated = i64::from(image.file.bits_allocated);
    let bits = integer(object, tags::BITS_STORED).unwrap_or(allocated);
    let high = integer(object, tags::HIGH_BIT).unwrap_or(bits - 1);
    if !(1..=allocated).contains(&bits) || !(bits - 1..allocated).contains(&high) {
        let problem = format!("is {bits} of {allocated} bits, the highest {high}");
        return Err(DicomError::Field { file: image.file.name.clone(), field: "Bits Stored", problem });
    }
    // What the bounds above allow fits.
    Ok(Stored { bits: bits as u32, shift: (high + 1 - bits) as u32, signed: image.file.signed })
}

/// The stored pixels of the frame, one `u16` each whatever the width in the file.
fn raw_pixels(object: &DefaultDicomObject, image: &Image) -> Result<Vec<u16>, DicomError> {
    let pixels = image.plane.rows * image.plane.cols;
    let uid = image.file.transfer_syntax.trim_end_matches('\0');
    let syntax = syntax::words(uid);
    let damaged = || DicomError::Damaged { file: image.file.name.clone(), syntax };
    let unsupported = |problem: String| DicomError::Unsupported { file: image.file.name.clone(), problem };
    if object.number_of_fragments().is_none() {
        return native_pixels(object, image, pixels);
    }
    let code = object.frame_pixel_data(image.frame).ok_or_else(damaged)?;
    if syntax::coded_size(&code).is_some_and(|size| size != (image.plane.cols, image.plane.rows)) {
        return Err(damaged());
    }
    let bytes_a_pixel = usize::from(image.file.bits_allocated / 8);
    if uid == uids::RLE_LOSSLESS && !rle::is_whole(&code, pixels, bytes_a_pixel) {
        return Err(damaged());
    }
    let raw = if syntax::JPEG_LS.contains(&uid) {
        let (cols, rows) = (image.plane.cols as u32, image.plane.rows as u32);
        let (raw, found_cols, found_rows) =
            unharmed(|| jpegls::decode(&code, cols, rows).ok()).ok_or_else(damaged)?;
        if (found_cols, found_rows) != (cols, rows) {
            return Err(damaged());
        }
        raw
    } else {
        let reader = TransferSyntaxRegistry.get(uid).and_then(|known| known.pixel_data_reader());
        let Some(reader) = reader else {
            return Err(unsupported(format!(
                "the pixels are coded in a way that hilum does not read (transfer syntax {uid}); decompress the series first"
            )));
        };
        let mut bytes = Vec::new();
        unharmed(|| reader.decode_frame(object, image.frame, &mut bytes).ok()).ok_or_else(damaged)?;
        if bytes.len() == pixels {
            bytes.into_iter().map(u16::from).collect()
        } else {
            bytes.as_chunks::<2>().0.iter().map(|&pair| u16::from_le_bytes(pair)).collect()
        }
    };
    if raw.len() == pixels { Ok(raw) } else { Err(damaged()) }
}

/// Runs a decoder that may panic on damaged codes.
fn unharmed<T>(decode: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(decode)).ok().flatten()
}

fn native_pixels(object: &DefaultDicomObject, image: &Image, pixels: usize) -> Result<Vec<u16>, DicomError> {
    let too_short =
        |found_px| DicomError::TooShort { file: image.file.name.clone(), expected_px: pixels, found_px };
    let element = object.element_opt(tags::PIXEL_DATA).ok().flatten().ok_or_else(|| too_short(0))?;
    let first = image.frame as usize * pixels;
    let frame = |from: usize, length: usize| (from..length.min(from + pixels), length.saturating_sub(from));
    let (raw, found): (Vec<u16>, usize) = match (element.value().primitive(), image.file.bits_allocated) {
        (Some(PrimitiveValue::U16(words)), 16) => {
            let (range, found) = frame(first, words.len());
            (words.get(range).unwrap_or(&[]).to_vec(), found)
        }
        (Some(PrimitiveValue::U16(words)), _) => {
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            let (range, found) = frame(first, bytes.len());
            (bytes.get(range).unwrap_or(&[]).iter().map(|&b| u16::from(b)).collect(), found)
        }
        (Some(PrimitiveValue::U8(bytes)), 8) => {
            let (range, found) = frame(first, bytes.len());
            (bytes.get(range).unwrap_or(&[]).iter().map(|&b| u16::from(b)).collect(), found)
        }
        (Some(PrimitiveValue::U8(bytes)), _) => {
            let (words, _) = bytes.as_chunks::<2>();
            let (range, found) = frame(first, words.len());
            (words.get(range).unwrap_or(&[]).iter().map(|&pair| u16::from_le_bytes(pair)).collect(), found)
        }
        _ => return Err(too_short(0)),
    };
    if raw.len() == pixels { Ok(raw) } else { Err(too_short(found)) }
}
