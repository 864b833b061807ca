//! PNG pictures for eyes: gray, RGB, and masks with a palette; 8 bit.

use super::error::RasterError;
use crate::atomic::{file_name, write_atomically};
use std::io::BufWriter;
use std::path::Path;

/// A color of a palette: red, green, blue, and opacity from 0 (clear) to 255.
pub type Rgba = [u8; 4];

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::{PictureMode, read_picture};

    fn levels(path: &Path) -> (PictureMode, Vec<u8>) {
        let picture = read_picture(path).unwrap();
        (picture.mode, picture.grey.iter().map(|grey| (grey * 255.0).round() as u8).collect())
    }

    #[test]
    fn pictures_go_there_and_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let gray: Vec<u8> = (0..6).map(|i| i * 40).collect();
        write_png_gray8(&path, 3, 2, &gray).unwrap();
        let first = std::fs::read(&path).unwrap();
        assert_eq!(levels(&path), (PictureMode::Grey, gray.clone()));
        write_png_gray8(&path, 3, 2, &gray).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), first, "the same bytes for the same pixels");

        write_png_rgb8(&path, 1, 2, &[40, 40, 40, 0, 255, 0]).unwrap();
        assert_eq!(levels(&path), (PictureMode::Rgb, vec![40, 150]));

        write_png_palette(&path, 2, 1, &[[0, 0, 0, 0], [255, 255, 255, 128]], &[1, 0]).unwrap();
        assert_eq!(levels(&path), (PictureMode::Palette, vec![255, 0]));
        assert_eq!(read_picture(&path).unwrap().clear_px, 2);
    }

    #[test]
    fn wrong_sizes_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let error = write_png_gray8(&path, 3, 2, &[0; 5]).unwrap_err();
        assert_eq!(error.to_string(), "a.png: 5 bytes given for a picture of 3 x 2 px that takes 6");
        assert!(!path.exists());
    }
}
