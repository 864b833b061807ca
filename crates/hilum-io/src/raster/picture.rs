//! A picture file as grey values with the facts of how it was stored.

use super::{
    error::RasterError,
    format::{HEAD_BYTES, PictureFormat},
    grey::{Layout, Samples},
    jpeg, png_file, tiff_file,
};
use crate::atomic::file_name;
use std::{
    fmt,
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

/// How the pixels of a picture are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PictureMode {
    /// One sample.
    Grey,
    /// Grey and opacity.
    GreyAlpha,
    /// Numbers of colours in a palette.
    Palette,
    /// Red, green, blue; also where they are coded as luma and chroma.
    Rgb,
    /// Red, green, blue, opacity.
    Rgba,
    /// Four inks; known, not read.
    Cmyk,
}

impl fmt::Display for PictureMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Grey => "grey",
            Self::GreyAlpha => "grey with opacity",
            Self::Palette => "palette",
            Self::Rgb => "RGB",
            Self::Rgba => "RGB with opacity",
            Self::Cmyk => "CMYK",
        })
    }
}

/// What the head of a picture says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureFacts {
    /// The file format, by content.
    pub format: PictureFormat,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
    /// Bits a sample in the file: 1 to 16.
    pub bits: u8,
    /// How pixels are stored.
    pub mode: PictureMode,
}

impl fmt::Display for PictureFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { format, rows, cols, bits, mode } = self;
        write!(f, "{format} picture of {cols} x {rows} px, {bits} bit {mode}")
    }
}

/// A picture that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The file format, by content.
    pub format: PictureFormat,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
    /// Bits a sample in the file: 1 to 16.
    pub bits: u8,
    /// How the file stores pixels.
    pub mode: PictureMode,
    /// Pixels that are not fully opaque; they count with their stored colour.
    pub clear_px: usize,
    /// Grey from 0 (black) to 1 (white), row-major.
    pub grey: Vec<f32>,
}

/// What a decoder hands over.
pub(super) struct Decoded {
    pub(super) facts: PictureFacts,
    pub(super) layout: Layout,
    pub(super) samples: Samples,
}

/// Why a decoder hands nothing over.
pub(super) enum Refusal {
    Damaged(String),
    Unsupported(String),
}

impl Refusal {
    fn of(self, path: &Path, format: PictureFormat) -> RasterError {
        let file = file_name(path);
        match self {
            Self::Damaged(problem) => RasterError::Damaged { file, format, problem },
            Self::Unsupported(problem) => RasterError::Unsupported { file, format, problem },
        }
    }
}

/// Reads a picture as grey values between 0 and 1.
///
/// The content decides what the file is, not its ending. Samples are divided by the largest that their bits hold; colour
/// becomes luma (ITU-R BT.601, as Pillow's `convert("L")` before rounding), palettes are looked up, opacity is dropped.
/// Colour profiles, gamma and the Exif orientation play no part.
///
/// Read: PNG of every kind; JPEG in grey, YCbCr and RGB; TIFF of one page in grey or RGB, 8 or 16 bit.
///
/// # Errors
/// [`RasterError`] if the file cannot be read, is no picture, is damaged, or of a kind without grey values of its own (CMYK,
/// floating point, several pages).
pub fn read_picture(path: &Path) -> Result<Picture, RasterError> {
    let bytes = fs::read(path).map_err(io_error(path))?;
    let Some(format) = PictureFormat::of_bytes(&bytes) else {
        return Err(RasterError::NoPicture { file: file_name(path) });
    };
    let decoded = match format {
        PictureFormat::Png => png_file::decode(&bytes),
        PictureFormat::Jpeg => jpeg::decode(&bytes),
        PictureFormat::Tiff => tiff_file::decode(&bytes),
        _ => Err(Refusal::Unsupported("is not read".to_owned())),
    };
    let Decoded { facts, layout, samples } = decoded.map_err(|refusal| refusal.of(path, format))?;
    let PictureFacts { rows, cols, bits, mode, .. } = facts;
    if rows == 0 || cols == 0 || samples.len() != rows * cols * layout.samples() {
        let problem = format!("{} samples for {cols} x {rows} px", samples.len());
        return Err(RasterError::Damaged { file: file_name(path), format, problem });
    }
    let (grey, clear_px) = samples.grey(layout);
    Ok(Picture { format, rows, cols, bits, mode, clear_px, grey })
}

/// What the head of a picture says; `None` for a file that is no picture by its content.
///
/// # Errors
/// [`RasterError`] as from [`read_picture`], for what the head alone tells.
pub fn picture_facts(path: &Path) -> Result<Option<PictureFacts>, RasterError> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    let file = File::open(path).map_err(io_error(path))?;
    file.take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(io_error(path))?;
    let Some(format) = PictureFormat::of_bytes(&head) else { return Ok(None) };
    let bytes = fs::read(path).map_err(io_error(path))?;
    let facts = match format {
        PictureFormat::Png => png_file::facts(&bytes),
        PictureFormat::Jpeg => jpeg::facts(&bytes),
        PictureFormat::Tiff => tiff_file::facts(&bytes),
        _ => Err(Refusal::Unsupported("is not read".to_owned())),
    };
    facts.map(Some).map_err(|refusal| refusal.of(path, format))
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> RasterError {
    move |source| RasterError::Io { file: file_name(path), action: "read", source }
}
