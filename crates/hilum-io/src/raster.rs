//! 8-bit PNG pictures: gray, RGB, and masks with a palette. JPEG is read, not written.
//!
//! The same pixels give the same bytes, and a picture appears whole or not at all. Pixels are row-major, the first row on
//! top.

use crate::atomic::{file_name, write_atomically};
use std::fs::File;
use std::io::{self, BufReader, BufWriter};
use std::path::Path;
use zune_core::{colorspace::ColorSpace, options::DecoderOptions};

/// A picture that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum RasterError {
    /// The operating system refused.
    #[error("{file}: the picture cannot be {action}")]
    Io { file: String, action: &'static str, source: io::Error },

    /// The number of bytes does not fit width and height.
    #[error("{file}: {found} bytes given for a picture of {width} x {height} px that takes {expected}")]
    Size { file: String, width: u32, height: u32, expected: u64, found: u64 },

    /// The content is no PNG, or a damaged one.
    #[error("{file}: not a readable PNG picture")]
    Damaged { file: String, source: png::DecodingError },

    /// The content is no JPEG, or a damaged one.
    #[error("{file}: not a readable JPEG picture: {problem}")]
    DamagedJpeg { file: String, problem: String },
}

/// A color of a palette: red, green, blue, and opacity from 0 (clear) to 255.
pub type Rgba = [u8; 4];

/// The pixels of a picture that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pixels {
    /// One byte a pixel.
    Gray(Vec<u8>),
    /// Red, green, blue: three bytes a pixel.
    Rgb(Vec<u8>),
}

/// A picture that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row.
    pub width_px: u32,
    /// Rows.
    pub height_px: u32,
    /// The pixels, row-major.
    pub pixels: Pixels,
}

/// Writes a gray picture, one byte a pixel.
///
/// # Errors
/// [`RasterError::Size`] if `pixels` does not fit; [`RasterError::Io`] if the file cannot be written.
pub fn write_png_gray8(path: &Path, width: u32, height: u32, pixels: &[u8]) -> Result<(), RasterError> {
    write(path, [width, height], pixels, png::ColorType::Grayscale, &[])
}

/// Writes a colour picture, three bytes a pixel: red, green, blue.
///
/// # Errors
/// As [`write_png_gray8`].
pub fn write_png_rgb8(path: &Path, width: u32, height: u32, pixels: &[u8]) -> Result<(), RasterError> {
    write(path, [width, height], pixels, png::ColorType::Rgb, &[])
}

/// Writes a picture of palette numbers, one byte a pixel; for masks that lie over a slice.
///
/// # Arguments
/// * `pixels` - numbers of colours in `palette`; readers show a number beyond it in ways of their own.
///
/// # Errors
/// As [`write_png_gray8`].
pub fn write_png_palette(
    path: &Path,
    width: u32,
    height: u32,
    palette: &[Rgba],
    pixels: &[u8],
) -> Result<(), RasterError> {
    write(path, [width, height], pixels, png::ColorType::Indexed, palette)
}

fn write(
    path: &Path,
    [width, height]: [u32; 2],
    pixels: &[u8],
    color: png::ColorType,
    palette: &[Rgba],
) -> Result<(), RasterError> {
    let expected = u64::from(width) * u64::from(height) * color.samples() as u64;
    let found = pixels.len() as u64;
    if found != expected {
        return Err(RasterError::Size { file: file_name(path), width, height, expected, found });
    }
    let written = write_atomically(path, |file| {
        let mut encoder = png::Encoder::new(BufWriter::new(file), width, height);
        encoder.set_color(color);
        encoder.set_depth(png::BitDepth::Eight);
        if color == png::ColorType::Indexed {
            encoder.set_palette(palette.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect::<Vec<u8>>());
            encoder.set_trns(palette.iter().map(|&[_, _, _, opacity]| opacity).collect::<Vec<u8>>());
        }
        let mut writer = encoder.write_header()?;
        writer.write_image_data(pixels)?;
        Ok(writer.finish()?)
    });
    written.map_err(|source| RasterError::Io { file: file_name(path), action: "written", source })
}

/// Reads a PNG of any kind as 8-bit gray or RGB: palettes are looked up, 16 bits cut to 8, opacity dropped.
///
/// # Errors
/// [`RasterError`] if the file cannot be opened or is no PNG. Pictures beyond 64 MB are refused.
pub fn read_png(path: &Path) -> Result<Picture, RasterError> {
    let damaged = |source| RasterError::Damaged { file: file_name(path), source };
    let file = File::open(path).map_err(|source| RasterError::Io {
        file: file_name(path),
        action: "opened",
        source,
    })?;
    let mut decoder = png::Decoder::new(BufReader::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(damaged)?;
    let size = reader.output_buffer_size().ok_or_else(|| damaged(png::DecodingError::LimitsExceeded))?;
    let mut buffer = vec![0; size];
    let frame = reader.next_frame(&mut buffer).map_err(damaged)?;
    buffer.truncate(frame.buffer_size());
    let pixels = match frame.color_type {
        png::ColorType::GrayscaleAlpha => Pixels::Gray(buffer.chunks_exact(2).map(|p| p[0]).collect()),
        png::ColorType::Rgba => {
            Pixels::Rgb(buffer.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect())
        }
        png::ColorType::Rgb => Pixels::Rgb(buffer),
        png::ColorType::Grayscale | png::ColorType::Indexed => Pixels::Gray(buffer),
    };
    Ok(Picture { width_px: frame.width, height_px: frame.height, pixels })
}

/// Reads a JPEG as 8-bit gray or RGB.
///
/// # Errors
/// [`RasterError`] if the file cannot be read or is no JPEG, or one of more than 16384 pixels a side.
pub fn read_jpeg(path: &Path) -> Result<Picture, RasterError> {
    let damaged = |problem: String| RasterError::DamagedJpeg { file: file_name(path), problem };
    let bytes = std::fs::read(path).map_err(|source| RasterError::Io {
        file: file_name(path),
        action: "read",
        source,
    })?;
    let mut decoder = zune_jpeg::JpegDecoder::new(io::Cursor::new(&bytes));
    decoder.decode_headers().map_err(|e| damaged(e.to_string()))?;
    let is_gray = decoder.input_colorspace() == Some(ColorSpace::Luma);
    let wanted = if is_gray { ColorSpace::Luma } else { ColorSpace::RGB };
    decoder.set_options(DecoderOptions::default().jpeg_set_out_colorspace(wanted));
    let pixels = decoder.decode().map_err(|e| damaged(e.to_string()))?;
    let (width, height) = decoder.dimensions().ok_or_else(|| damaged("it has no size".to_owned()))?;
    let pixels = if is_gray { Pixels::Gray(pixels) } else { Pixels::Rgb(pixels) };
    Ok(Picture { width_px: width as u32, height_px: height as u32, pixels })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_go_there_and_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let gray: Vec<u8> = (0..6).map(|i| i * 40).collect();
        write_png_gray8(&path, 3, 2, &gray).unwrap();
        let first = std::fs::read(&path).unwrap();
        assert_eq!(
            read_png(&path).unwrap(),
            Picture { width_px: 3, height_px: 2, pixels: Pixels::Gray(gray.clone()) }
        );
        write_png_gray8(&path, 3, 2, &gray).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), first, "the same bytes for the same pixels");

        write_png_rgb8(&path, 1, 2, &gray).unwrap();
        assert_eq!(read_png(&path).unwrap().pixels, Pixels::Rgb(gray));

        write_png_palette(&path, 2, 1, &[[0, 0, 0, 0], [255, 80, 10, 128]], &[1, 0]).unwrap();
        assert_eq!(read_png(&path).unwrap().pixels, Pixels::Rgb(vec![255, 80, 10, 0, 0, 0]));
    }

    #[test]
    fn wrong_sizes_and_other_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let error = write_png_gray8(&path, 3, 2, &[0; 5]).unwrap_err();
        assert_eq!(error.to_string(), "a.png: 5 bytes given for a picture of 3 x 2 px that takes 6");
        assert!(!path.exists());
        std::fs::write(&path, b"no picture").unwrap();
        assert!(matches!(read_png(&path), Err(RasterError::Damaged { .. })));
    }

    #[test]
    fn jpegs_are_read_and_others_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jpg");
        let write = |pixels: &[u8], kind| {
            let mut bytes = Vec::new();
            jpeg_encoder::Encoder::new(&mut bytes, 100).encode(pixels, 16, 8, kind).unwrap();
            std::fs::write(&path, bytes).unwrap();
        };
        write(&[200; 128], jpeg_encoder::ColorType::Luma);
        let gray = read_jpeg(&path).unwrap();
        assert_eq!((gray.width_px, gray.height_px, gray.pixels), (16, 8, Pixels::Gray(vec![200; 128])));
        write(&[180; 384], jpeg_encoder::ColorType::Rgb);
        assert_eq!(read_jpeg(&path).unwrap().pixels, Pixels::Rgb(vec![180; 384]));
        std::fs::write(&path, b"no picture").unwrap();
        assert!(matches!(read_jpeg(&path), Err(RasterError::DamagedJpeg { .. })));
    }
}
