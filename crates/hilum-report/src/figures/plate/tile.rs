//! The part of a slice that a panel shows, at the resolution of the print.

use super::Panel;
use crate::{
    ReportError,
    resample::{Rect, area_average},
};

/// The pixels of a panel as PNG, and how they lie in the slice's picture.
pub(super) struct Tile {
    pub(super) png: Vec<u8>,
    /// Column and row of the slice's picture at the tile's upper left corner; negative where black was added.
    pub(super) origin: [f64; 2],
    /// Pixels of the slice's picture across the tile.
    pub(super) span_px: f64,
}

/// Cuts `extent_mm` (across, down) round the middle of the panel's focus; what lies beyond the slice is black. Finer
/// pixels than those of the print are averaged to it, coarser ones are kept.
pub(super) fn tile(panel: &Panel, extent_mm: [f64; 2], print_px: [usize; 2]) -> Result<Tile, ReportError> {
    let [top, left, bottom, right] = panel.focus;
    let size = [panel.picture.width, panel.picture.height];
    let wanted = extent_mm.map(|mm| ((mm / panel.mm_per_px).round() as usize).max(1));
    let middle = [(left + right) / 2, (top + bottom) / 2];
    let first = [0, 1].map(|axis| {
        let (wanted, size) = (wanted[axis] as i64, size[axis] as i64);
        // Inside the slice where it is large enough, about its middle where it is not.
        if wanted >= size {
            -(wanted - size) / 2
        } else {
            (middle[axis] as i64 - wanted / 2).clamp(0, size - wanted)
        }
    });
    let channels = panel.channels();
    let part = Rect { x0: 0, y0: 0, x1: wanted[0], y1: wanted[1] };
    let shrinks = wanted[0] > print_px[0] && wanted[1] > print_px[1];
    let kept = if shrinks { print_px } else { wanted };
    let mut bytes = vec![0; kept[0] * kept[1] * channels];
    for channel in 0..channels {
        let plane = plane(panel, channel, first, wanted);
        let shrunk = if shrinks { area_average(&plane, wanted[0], part, (kept[0], kept[1])) } else { plane };
        for (pixel, value) in bytes.iter_mut().skip(channel).step_by(channels).zip(shrunk) {
            *pixel = value.round() as u8;
        }
    }
    let colour = if channels == 1 { png::ColorType::Grayscale } else { png::ColorType::Rgb };
    let png = encoded(&bytes, kept, colour).map_err(|source| ReportError::FigurePng { source })?;
    Ok(Tile { png, origin: first.map(|v| v as f64), span_px: wanted[0] as f64 })
}

fn plane(panel: &Panel, channel: usize, first: [i64; 2], wanted: [usize; 2]) -> Vec<f32> {
    let (channels, picture) = (panel.channels(), &panel.picture);
    let mut plane = Vec::with_capacity(wanted[0] * wanted[1]);
    for y in (first[1]..).take(wanted[1]) {
        for x in (first[0]..).take(wanted[0]) {
            let place = usize::try_from(y).ok().zip(usize::try_from(x).ok());
            let inside = place.filter(|&(y, x)| y < picture.height && x < picture.width);
            let value =
                inside.map_or(0, |(y, x)| picture.bytes[(y * picture.width + x) * channels + channel]);
            plane.push(f32::from(value));
        }
    }
    plane
}

/// Pixels as PNG.
pub(in crate::figures) fn encoded(
    bytes: &[u8],
    size: [usize; 2],
    colour: png::ColorType,
) -> Result<Vec<u8>, png::EncodingError> {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, size[0] as u32, size[1] as u32);
    encoder.set_color(colour);
    encoder.write_header()?.write_image_data(bytes)?;
    Ok(png)
}
