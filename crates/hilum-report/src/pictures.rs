//! Small versions of a scan's pictures, ready to be put into the page.

use crate::{
    layer::{Tissue, layer_png},
    resample::{Rect, area_average},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{fs::File, io::BufReader, path::Path};

/// What all pictures of a report may weigh together, in bytes of the page: it must pass through mail.
const REPORT_BYTES: usize = 22_000_000;
/// What the pictures of one scan may weigh in a small cohort.
const SCAN_BYTES: usize = 60_000;
/// Longer side in pixels and JPEG quality, from the finest to the coarsest.
const QUALITIES: [(usize, u8); 6] = [(512, 84), (448, 82), (360, 80), (320, 74), (280, 68), (240, 60)];
/// In the lung window, tissue is brighter than this and air is darker.
const BODY_GREY: u8 = 150;
/// A row or column shows the body if one in so many of its pixels is tissue: the thin lines of the table are not enough.
const BODY_ONE_IN: usize = 4;
/// Margin about the body, in pixels.
const MARGIN_PX: usize = 12;

/// The pictures of one scan as data URIs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    /// The slice, a grey JPEG.
    pub(crate) slice: String,
    /// The mask layer, a PNG of the same size; `None` if there is no mask to show.
    pub(crate) layer: Option<String>,
    /// Size of both in pixels.
    pub(crate) width: usize,
    /// Size of both in pixels.
    pub(crate) height: usize,
}

/// How many bytes of the page one scan's pictures may take in a cohort of this size.
pub(crate) fn bytes_per_scan(scans: usize) -> usize {
    SCAN_BYTES.min(REPORT_BYTES / scans.max(1))
}

/// Makes the pictures of the scan whose `slice.png` and `overlay.png` lie in `folder`.
///
/// # Errors
/// In words for the reader of the report: which file is missing or damaged.
pub(crate) fn picture(folder: &Path, budget_bytes: usize) -> Result<Picture, String> {
    let slice = read_png(&folder.join("slice.png"))?;
    let tissue = match read_png(&folder.join("overlay.png")) {
        Ok(overlay) if (overlay.width, overlay.height) != (slice.width, slice.height) => {
            return Err("overlay.png and slice.png differ in size".to_owned());
        }
        Ok(overlay) => overlay.rgb().map(Tissue::from_overlay),
        Err(_) => None,
    };
    let grey = slice.grey();
    let part = body(&grey, slice.width, tissue.as_ref());
    let grey: Vec<f32> = grey.iter().map(|&v| f32::from(v)).collect();
    let mut smallest = None;
    for (edge, quality) in QUALITIES {
        let (width, height) = part.shrunk_size(edge);
        let shrunk = area_average(&grey, slice.width, part, (width, height));
        let jpeg = jpeg(&shrunk, (width, height), quality)?;
        let layer = tissue.as_ref().and_then(|t| layer_png(t, slice.width, part, (width, height)));
        let weight = (jpeg.len() + layer.as_ref().map_or(0, Vec::len)) * 4 / 3;
        let uri = |kind: &str, bytes: &[u8]| format!("data:image/{kind};base64,{}", STANDARD.encode(bytes));
        let picture =
            Picture { slice: uri("jpeg", &jpeg), layer: layer.map(|png| uri("png", &png)), width, height };
        if weight <= budget_bytes {
            return Ok(picture);
        }
        smallest = Some(picture);
    }
    smallest.ok_or_else(|| "slice.png is empty".to_owned())
}

/// The part of a slice that shows the body and the whole mask, grown to 4:3 so that pictures line up in a grid.
fn body(grey: &[u8], width: usize, tissue: Option<&Tissue>) -> Rect {
    let height = grey.len() / width;
    let is_body = |x: usize, y: usize| grey[y * width + x] >= BODY_GREY;
    let is_lung = |x: usize, y: usize| tissue.is_some_and(|t| t.contains(y * width + x));
    let column = |x: &usize| {
        (0..height).filter(|&y| is_body(*x, y)).count() * BODY_ONE_IN >= height
            || (0..height).any(|y| is_lung(*x, y))
    };
    let row = |y: &usize| {
        (0..width).filter(|&x| is_body(x, *y)).count() * BODY_ONE_IN >= width
            || (0..width).any(|x| is_lung(x, *y))
    };
    let (x0, x1) = span((0..width).filter(column), width);
    let (y0, y1) = span((0..height).filter(row), height);
    Rect { x0, y0, x1, y1 }.grown_to_aspect(4, 3, width, height)
}

/// From the first to past the last of ascending places, with a margin; all of it if there are none.
fn span(mut places: impl Iterator<Item = usize>, limit: usize) -> (usize, usize) {
    let Some(first) = places.next() else { return (0, limit) };
    let last = places.last().unwrap_or(first);
    (first.saturating_sub(MARGIN_PX), (last + 1 + MARGIN_PX).min(limit))
}

fn jpeg(grey: &[f32], (width, height): (usize, usize), quality: u8) -> Result<Vec<u8>, String> {
    let pixels: Vec<u8> = grey.iter().map(|v| v.round() as u8).collect();
    let side = |v: usize| u16::try_from(v).map_err(|_| "slice.png is too large".to_owned());
    let mut bytes = Vec::new();
    jpeg_encoder::Encoder::new(&mut bytes, quality)
        .encode(&pixels, side(width)?, side(height)?, jpeg_encoder::ColorType::Luma)
        .map_err(|fault| format!("slice.png cannot be made smaller: {fault}"))?;
    Ok(bytes)
}

/// A decoded PNG of 8 bits a channel.
pub(crate) struct Pixels {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) channels: usize,
    pub(crate) bytes: Vec<u8>,
}

impl Pixels {
    /// One byte a pixel; of a coloured picture the green channel.
    fn grey(&self) -> Vec<u8> {
        let channel = usize::from(self.channels >= 3);
        self.bytes.chunks_exact(self.channels).map(|pixel| pixel[channel]).collect()
    }

    /// Three bytes a pixel, if the picture is coloured and has no opacity.
    fn rgb(&self) -> Option<&[u8]> {
        (self.channels == 3).then_some(&self.bytes)
    }
}

pub(crate) fn read_png(path: &Path) -> Result<Pixels, String> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let damaged = |fault: &dyn std::fmt::Display| format!("{name} cannot be read: {fault}");
    let file = File::open(path).map_err(|fault| match fault.kind() {
        std::io::ErrorKind::NotFound => format!("{name} is missing"),
        _ => damaged(&fault),
    })?;
    let mut decoder = png::Decoder::new(BufReader::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|fault| damaged(&fault))?;
    let size = reader.output_buffer_size().ok_or_else(|| damaged(&"too large"))?;
    let mut bytes = vec![0; size];
    let info = reader.next_frame(&mut bytes).map_err(|fault| damaged(&fault))?;
    bytes.truncate(info.buffer_size());
    Ok(Pixels {
        width: info.width as usize,
        height: info.height as usize,
        channels: info.color_type.samples(),
        bytes,
    })
}
