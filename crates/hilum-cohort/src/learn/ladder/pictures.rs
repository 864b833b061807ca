//! What a picture file tells without its lungs.

use super::{Numbers, RungKind, coarse::Pixels};
use hilum_core::quantile;
use hilum_io::raster::{Picture, PictureFormat, PictureMode, read_picture};
use std::path::Path;

/// The rungs of pictures.
pub(super) const KINDS: &[RungKind] = &[
    RungKind {
        name: "file_facts",
        title: "file facts only",
        looks_at: "Size, shape, format, mode, bits and bytes of the file; no pixel.",
        outside: false,
    },
    RungKind {
        name: "outside",
        title: "outer frame only",
        looks_at: "The outer tenth of each side, as a histogram and coarse squares: the lung of a picture without HU is not known, and the frame stands for what lies outside it.",
        outside: true,
    },
    RungKind {
        name: "grey_levels",
        title: "grey levels",
        looks_at: "How grey the whole picture is: mean, spread, quantiles, histogram; nothing of where.",
        outside: false,
    },
    RungKind {
        name: "all",
        title: "logistic regression on all of these",
        looks_at: "File facts, outer frame and grey levels together.",
        outside: false,
    },
];

/// The numbers of each rung; `None` where the file cannot be read.
pub(super) fn numbers(path: &Path) -> Option<Numbers> {
    let bytes = std::fs::metadata(path).ok()?.len() as f64;
    let picture = read_picture(path).ok()?;
    let (file, frame, grey) = (file_facts(&picture, bytes), frame(&picture), grey_levels(&picture));
    let all = file.iter().chain(&frame).chain(&grey).cloned().collect();
    Some(vec![file, frame, grey, all])
}

fn file_facts(picture: &Picture, bytes: f64) -> Vec<(String, Option<f64>)> {
    let (rows, cols) = (picture.rows as f64, picture.cols as f64);
    let is = |yes: bool| f64::from(u8::from(yes));
    let modes = [
        ("grey", PictureMode::Grey),
        ("grey_alpha", PictureMode::GreyAlpha),
        ("palette", PictureMode::Palette),
        ("rgb", PictureMode::Rgb),
        ("rgba", PictureMode::Rgba),
    ];
    let mut facts = vec![
        ("rows_log".to_owned(), rows.ln()),
        ("cols_log".to_owned(), cols.ln()),
        ("aspect_log".to_owned(), (cols / rows).ln()),
        ("bytes_log".to_owned(), bytes.ln()),
        ("bytes_per_pixel_log".to_owned(), (bytes / (rows * cols)).ln()),
        ("bits".to_owned(), f64::from(picture.bits)),
        ("clear_share".to_owned(), picture.clear_px as f64 / (rows * cols)),
        ("is_png".to_owned(), is(picture.format == PictureFormat::Png)),
        ("is_jpeg".to_owned(), is(picture.format == PictureFormat::Jpeg)),
    ];
    facts.extend(modes.map(|(name, mode)| (format!("mode_{name}"), is(picture.mode == mode))));
    facts.into_iter().map(|(name, value)| (name, Some(value))).collect()
}

/// The outer tenth of each side.
fn frame(picture: &Picture) -> Vec<(String, Option<f64>)> {
    let (rows, cols) = (picture.rows, picture.cols);
    let in_frame = |row: usize, col: usize| {
        let tenth = |at: usize, all: usize| at * 10 < all || (all - 1 - at) * 10 < all;
        tenth(row, rows) || tenth(col, cols)
    };
    let pixels = Pixels { rows, cols, values: &picture.grey, counts: &in_frame };
    let mut numbers = pixels.histogram("frame", 0.0, 1.0);
    // Parts without a pixel of the frame are the same in every picture.
    numbers.extend(pixels.means("frame").into_iter().filter(|(_, mean)| mean.is_some()));
    numbers
}

fn grey_levels(picture: &Picture) -> Vec<(String, Option<f64>)> {
    let mut sorted: Vec<f64> = picture.grey.iter().map(|grey| f64::from(*grey)).collect();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / n;
    let spread = (sorted.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    let mut numbers = vec![("grey_mean".to_owned(), Some(mean)), ("grey_sd".to_owned(), Some(spread))];
    numbers.extend(
        [5, 25, 50, 75, 95]
            .map(|p| (format!("grey_quantile_{p:02}"), quantile(&sorted, f64::from(p) / 100.0))),
    );
    let all = Pixels { rows: picture.rows, cols: picture.cols, values: &picture.grey, counts: &|_, _| true };
    numbers.extend(all.histogram("grey", 0.0, 1.0));
    numbers
}
