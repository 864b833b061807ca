//! From SVG to pixels, and to SVG that needs no font: figures look alike on every machine.
//!
//! In: SVG text whose pictures are inside it (`data:` URIs); nothing is fetched or read from disk. Out: PNG bytes, or SVG
//! text with its words drawn as paths. Words are set in Noto Sans, regular and bold, whatever family the SVG names; other
//! scripts than Latin, Greek and Cyrillic are not in it and show as boxes. The same text gives the same bytes.

use crate::{ReportError, render::replace};
use resvg::{
    tiny_skia::{Color, Pixmap, Transform},
    usvg::{ImageHrefResolver, Options, Tree, WriteOptions, fontdb::Database},
};
use std::{
    path::Path,
    sync::{Arc, LazyLock},
};

/// The widest picture that is drawn: beyond it lies a slip of the keyboard, not a figure.
const WIDEST_PX: u32 = 30_000;
/// CSS pixels in a metre: SVG counts 96 of them in an inch.
const CSS_PX_PER_METRE: f64 = 96.0 / 0.0254;
/// Name of the typeface inside.
const FAMILY: &str = "Noto Sans";

static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_font_data(notosans::REGULAR_TTF.to_vec());
    fonts.load_font_data(notosans::BOLD_TTF.to_vec());
    fonts.set_sans_serif_family(FAMILY);
    // The last resort for a family that is not known.
    fonts.set_serif_family(FAMILY);
    Arc::new(fonts)
});

/// Draws an SVG as a PNG of `width_px` pixels across; its height follows from the SVG's own shape.
///
/// Drawn on white, 8 bits a channel, no opacity. Where the SVG gives its size in mm, the PNG says how many pixels a metre
/// has, so that it prints at that size. One user unit of the SVG on one pixel keeps embedded pictures sharp.
///
/// # Errors
/// [`ReportError::Figure`] if the text is no SVG, [`ReportError::FigureSize`] if the picture would be empty or wider or
/// higher than 30 000 pixels.
pub fn rasterise(svg: &str, width_px: u32) -> Result<Vec<u8>, ReportError> {
    let tree = parsed(svg)?;
    let scale = f64::from(width_px) / f64::from(tree.size().width());
    let height_px = (f64::from(tree.size().height()) * scale).round() as u32;
    let size = ReportError::FigureSize { width_px, height_px, most_px: WIDEST_PX };
    if width_px > WIDEST_PX || height_px > WIDEST_PX {
        return Err(size);
    }
    let mut pixels = Pixmap::new(width_px, height_px).ok_or(size)?;
    pixels.fill(Color::WHITE);
    let scale_f32 = scale as f32;
    resvg::render(&tree, Transform::from_scale(scale_f32, scale_f32), &mut pixels.as_mut());
    let rgb: Vec<u8> = pixels.data().chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    let pixels_per_metre = (scale * CSS_PX_PER_METRE).round() as u32;
    encoded(&rgb, width_px, height_px, pixels_per_metre).map_err(|source| ReportError::FigurePng { source })
}

/// The same drawing with its words as paths, so that it looks alike where the typeface is not installed. Its `<title>` and
/// `<desc>` stay, for readers who do not see it.
///
/// # Errors
/// [`ReportError::Figure`] if the text is no SVG.
pub fn words_as_paths(svg: &str) -> Result<String, ReportError> {
    let options = WriteOptions { coordinates_precision: 5, ..WriteOptions::default() };
    let drawn = parsed(svg)?.to_string(&options);
    let kept: String = ["title", "desc"].iter().filter_map(|name| element(svg, name)).collect();
    Ok(match drawn.find('>') {
        Some(end) => format!("{}{kept}{}", &drawn[..=end], &drawn[end + 1..]),
        None => drawn,
    })
}

/// The first element of this name that has no attributes, as it stands in the text.
fn element<'a>(svg: &'a str, name: &str) -> Option<&'a str> {
    let start = svg.find(&format!("<{name}>"))?;
    let end = svg[start..].find(&format!("</{name}>"))? + start + name.len() + 3;
    svg.get(start..end)
}

/// Writes a figure to `path`: as PNG of `width_px` across where the path ends in `.png`, else as SVG without text. A file
/// that is already there is replaced in one step.
///
/// # Errors
/// As [`rasterise`], and [`ReportError::Write`] if the file cannot be written.
pub fn write_figure(path: &Path, svg: &str, width_px: u32) -> Result<(), ReportError> {
    let is_png = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
    let bytes = if is_png { rasterise(svg, width_px)? } else { words_as_paths(svg)?.into_bytes() };
    replace(path, &bytes).map_err(|source| ReportError::Write { path: path.to_owned(), source })
}

fn parsed(svg: &str) -> Result<Tree, ReportError> {
    let inside_only =
        ImageHrefResolver { resolve_string: Box::new(|_, _| None), ..ImageHrefResolver::default() };
    let options = Options {
        font_family: FAMILY.to_owned(),
        fontdb: Arc::clone(&FONTS),
        image_href_resolver: inside_only,
        ..Options::default()
    };
    Tree::from_str(svg, &options).map_err(|fault| ReportError::Figure { problem: fault.to_string() })
}

fn encoded(
    rgb: &[u8],
    width: u32,
    height: u32,
    pixels_per_metre: u32,
) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: pixels_per_metre,
        yppu: pixels_per_metre,
        unit: png::Unit::Meter,
    }));
    encoder.write_header()?.write_image_data(rgb)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (png::Info<'static>, Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let info = reader.info().clone();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        (info, pixels)
    }

    #[test]
    fn size_and_print_size_are_those_asked_for() {
        let svg =
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="25.4mm" height="50.8mm" viewBox="0 0 10 20"/>"#;
        let (info, pixels) = decoded(&rasterise(svg, 300).unwrap());
        assert_eq!((info.width, info.height), (300, 600));
        // 300 pixels on an inch: 300 / 0.0254 = 11 811 a metre.
        assert_eq!(info.pixel_dims.unwrap().xppu, 11_811);
        assert!(pixels.iter().all(|&v| v == 255), "drawn on white");
    }

    #[test]
    fn words_are_drawn_whatever_family_is_named_and_need_no_font_as_paths() {
        let svg = |family: &str| {
            format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 40" width="200" height="40"><text x="4" y="30" font-family="{family}" font-size="24">Lung 5 cm² – µ</text></svg>"#
            )
        };
        let (_, named) = decoded(&rasterise(&svg("sans-serif"), 200).unwrap());
        assert!(named.iter().filter(|&&v| v < 60).count() > 300, "letters are dark on white");
        let (_, unknown) = decoded(&rasterise(&svg("No Such Face"), 200).unwrap());
        assert!(named == unknown);
        let paths = words_as_paths(&svg("sans-serif")).unwrap();
        assert!(!paths.contains("<text") && paths.contains("<path"));
        let titled = svg("sans-serif").replacen("><", "><title>A</title><desc>B</desc><", 1);
        assert!(words_as_paths(&titled).unwrap().contains("><title>A</title><desc>B</desc>"));
        let (_, redrawn) = decoded(&rasterise(&paths, 200).unwrap());
        // Coordinates are cut to five digits: the grey of an edge may change, no letter may move by a pixel.
        let furthest = named.iter().zip(&redrawn).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(furthest < Some(64), "paths and letters are the same drawing: {furthest:?}");
    }

    #[test]
    fn a_picture_inside_keeps_its_pixels() {
        let grey: Vec<u8> = (0..16).map(|v| v * 17).collect();
        let mut inner = Vec::new();
        let mut encoder = png::Encoder::new(&mut inner, 4, 4);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header().unwrap().write_image_data(&grey).unwrap();
        let data = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, inner);
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4" width="20mm" height="10mm"><image x="2" width="4" height="4" href="data:image/png;base64,{data}"/></svg>"#
        );
        let (_, pixels) = decoded(&rasterise(&svg, 8).unwrap());
        let seen: Vec<u8> =
            (0..4).flat_map(|y| (2..6).map(move |x| (y, x))).map(|(y, x)| pixels[(y * 8 + x) * 3]).collect();
        let far = grey.iter().zip(&seen).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        assert!(far <= 1, "{seen:?}");
    }

    #[test]
    fn what_is_no_figure_is_refused_in_words() {
        assert!(matches!(rasterise("<html>", 100), Err(ReportError::Figure { .. })));
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>"#;
        let words = rasterise(svg, 90_000).unwrap_err().to_string();
        assert!(words.contains("90000 x 90000"), "{words}");
        assert!(matches!(rasterise(svg, 0), Err(ReportError::FigureSize { .. })));
    }

    #[test]
    fn files_on_disk_are_never_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("black.png");
        let mut inner = Vec::new();
        png::Encoder::new(&mut inner, 1, 1).write_header().unwrap().write_image_data(&[0]).unwrap();
        std::fs::write(&file, inner).unwrap();
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image width="9" height="9" href="{}"/></svg>"#,
            file.display()
        );
        let (_, pixels) = decoded(&rasterise(&svg, 9).unwrap());
        assert!(pixels.iter().all(|&v| v == 255));
    }
}
