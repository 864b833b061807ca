//! Small versions of the plates that lie beside the report, and the names of their files.

use crate::{
    pictures::{Pixels, read_png},
    resample::{Rect, area_average},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::path::Path;

/// The plates of a run: name of the file without ending, title.
const PLATES: [(&str, &str); 4] = [
    ("overlay", "Lung and dense"),
    ("outline", "Lung outlines"),
    ("lung", "Lung masks"),
    ("dense", "Dense tissue"),
];
/// Figures of a model.
const OF_MODEL: [(&str, &str); 1] = [("history", "Accuracy and loss while it was trained")];
/// Width of a small version: enough to see what a plate shows, not to replace it.
const PREVIEW_PX: usize = 720;
/// Higher plates are cut below this: their beginning says what they are.
const HIGHEST_PX: usize = 900;
const QUALITY: u8 = 72;

/// A plate in the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlateLink {
    /// Name of its files without ending.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// Its upper part as JPEG in a data URI.
    pub(crate) preview: String,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

/// The plates whose PNG lies in `folder`; one that is missing or damaged is not shown.
pub(crate) fn plates(folder: &Path) -> Vec<PlateLink> {
    PLATES.into_iter().filter_map(|(name, title)| plate(folder, name, title)).collect()
}

/// The figures of the model in `folder` whose PNG lies in its folder `figures`.
pub(crate) fn model_figures(folder: &Path) -> Vec<PlateLink> {
    let folder = folder.join("figures");
    OF_MODEL.into_iter().filter_map(|(name, title)| plate(&folder, name, title)).collect()
}

fn plate(folder: &Path, name: &'static str, title: &'static str) -> Option<PlateLink> {
    let pixels: Pixels = read_png(&folder.join(name).with_extension("png")).ok()?;
    let (wide, high) = (pixels.width, pixels.bytes.len() / pixels.channels / pixels.width);
    let width = PREVIEW_PX.min(wide);
    let shown = high.min(HIGHEST_PX * wide / width);
    let height = (shown * width).div_ceil(wide).max(1);
    let part = Rect { x0: 0, y0: 0, x1: wide, y1: shown };
    let mut rgb = vec![0; width * height * 3];
    for channel in 0..3 {
        let of = channel.min(pixels.channels - 1);
        let plane: Vec<f32> =
            pixels.bytes.iter().skip(of).step_by(pixels.channels).map(|&v| f32::from(v)).collect();
        let small = area_average(&plane, wide, part, (width, height));
        for (pixel, value) in rgb.iter_mut().skip(channel).step_by(3).zip(small) {
            *pixel = value.round() as u8;
        }
    }
    let mut jpeg = Vec::new();
    let side = |v: usize| u16::try_from(v).ok();
    let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, QUALITY);
    // Dense tissue is a few pixels wide here: halving the colours would wash it out.
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_1_1);
    encoder.encode(&rgb, side(width)?, side(height)?, jpeg_encoder::ColorType::Rgb).ok()?;
    let preview = format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg));
    Some(PlateLink { name, title, preview, width, height })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plate_is_shown_small_and_a_missing_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let file = std::fs::File::create(dir.path().join("lung.png")).unwrap();
        let mut encoder = png::Encoder::new(file, 1440, 2000);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().unwrap().write_image_data(&vec![90; 1440 * 2000 * 3]).unwrap();
        let found = plates(dir.path());
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name, found[0].width, found[0].height), ("lung", 720, 900));
        assert!(found[0].preview.starts_with("data:image/jpeg;base64,"));
        assert!(plates(&dir.path().join("none")).is_empty());
        assert!(model_figures(dir.path()).is_empty());
        std::fs::create_dir(dir.path().join("figures")).unwrap();
        std::fs::rename(dir.path().join("lung.png"), dir.path().join("figures/history.png")).unwrap();
        assert_eq!(model_figures(dir.path())[0].name, "history");
    }
}
