//! The mask layer: a see-through picture of lung and dense tissue that lies over the slice.
//!
//! It is taken from `overlay.png` by its colours alone (a pixel of the slice is grey, dense tissue leads in red, the
//! rest of the lung in green or blue), so that the report does not depend on the exact tints of the overlay.

use crate::resample::{Rect, area_average};

/// Tint of the lung: colour and opacity.
const LUNG: [f32; 4] = [64.0, 168.0, 235.0, 0.26];
/// Tint of dense tissue.
const DENSE: [f32; 4] = [255.0, 138.0, 30.0, 0.82];
/// The lung's outline.
const OUTLINE: [f32; 4] = [125.0, 210.0, 255.0, 0.95];
/// A pixel whose strongest and weakest channel differ by less is grey.
const MIN_CHROMA: u8 = 12;
/// Coverage is kept in quarters of a pixel: 15 mixtures and the outline fit a palette of 4 bits.
const QUARTERS: usize = 4;
/// Palette index of the outline.
const OUTLINE_INDEX: u8 = 15;

/// Where lung and dense tissue lie, 1 or 0 a pixel; dense tissue is not counted as lung here.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tissue {
    pub(crate) lung: Vec<f32>,
    pub(crate) dense: Vec<f32>,
}

impl Tissue {
    /// Reads the colours of an overlay, three bytes a pixel.
    pub(crate) fn from_overlay(rgb: &[u8]) -> Self {
        let mut tissue = Self { lung: Vec::new(), dense: Vec::new() };
        for pixel in rgb.as_chunks::<3>().0 {
            let [r, g, b] = *pixel;
            let strongest = r.max(g).max(b);
            let coloured = strongest - r.min(g).min(b) >= MIN_CHROMA;
            let dense = coloured && r == strongest;
            tissue.dense.push(f32::from(u8::from(dense)));
            tissue.lung.push(f32::from(u8::from(coloured && !dense)));
        }
        tissue
    }

    /// Whether a pixel belongs to the lung mask, dense or not.
    pub(crate) fn contains(&self, pixel: usize) -> bool {
        self.lung[pixel] + self.dense[pixel] > 0.0
    }
}

/// The layer as a PNG of 16 colours with opacity; `None` if the part holds no lung.
pub(crate) fn layer_png(tissue: &Tissue, width: usize, part: Rect, size: (usize, usize)) -> Option<Vec<u8>> {
    let lung = area_average(&tissue.lung, width, part, size);
    let dense = area_average(&tissue.dense, width, part, size);
    let covered: Vec<bool> = lung.iter().zip(&dense).map(|(l, d)| l + d >= 0.5).collect();
    let mut indices: Vec<u8> = lung.iter().zip(&dense).map(|(&l, &d)| mixture_index(l, d)).collect();
    for y in 0..size.1 {
        for x in 0..size.0 {
            let at = y * size.0 + x;
            if covered[at] && on_the_edge(&covered, size, x, y) {
                indices[at] = OUTLINE_INDEX;
            }
        }
    }
    if indices.iter().all(|&i| i == 0) {
        return None;
    }
    encode(&indices, size)
}

fn on_the_edge(covered: &[bool], (width, height): (usize, usize), x: usize, y: usize) -> bool {
    x == 0
        || y == 0
        || x + 1 == width
        || y + 1 == height
        || [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)].iter().any(|&(i, j)| !covered[j * width + i])
}

/// The mixtures of lung and dense tissue in quarters, none first.
fn mixtures() -> impl Iterator<Item = (usize, usize)> {
    (0..=QUARTERS).flat_map(|lung| (0..=QUARTERS - lung).map(move |dense| (lung, dense)))
}

fn mixture_index(lung: f32, dense: f32) -> u8 {
    let dense = (dense * QUARTERS as f32).round() as usize;
    let lung = ((lung * QUARTERS as f32).round() as usize).min(QUARTERS - dense.min(QUARTERS));
    mixtures().position(|mixture| mixture == (lung, dense)).map_or(0, |i| i as u8)
}

/// Colour and opacity of every palette index.
fn palette() -> (Vec<u8>, Vec<u8>) {
    let mix = |(lung, dense): (usize, usize)| {
        let (l, d) = (lung as f32 / QUARTERS as f32 * LUNG[3], dense as f32 / QUARTERS as f32 * DENSE[3]);
        let opacity = l + d;
        let colour = |c: usize| if opacity > 0.0 { (LUNG[c] * l + DENSE[c] * d) / opacity } else { 0.0 };
        [colour(0), colour(1), colour(2), opacity]
    };
    let (mut rgb, mut alpha) = (Vec::new(), Vec::new());
    for [r, g, b, opacity] in mixtures().map(mix).chain([OUTLINE]) {
        rgb.extend([r, g, b].map(|v| v.round() as u8));
        alpha.push((opacity * 255.0).round() as u8);
    }
    (rgb, alpha)
}

fn encode(indices: &[u8], (width, height): (usize, usize)) -> Option<Vec<u8>> {
    let packed: Vec<u8> = indices
        .chunks(width)
        .flat_map(|row| row.chunks(2).map(|pair| (pair[0] << 4) | pair.get(1).copied().unwrap_or(0)))
        .collect();
    let (rgb, alpha) = palette();
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Four);
    encoder.set_palette(rgb);
    encoder.set_trns(alpha);
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    encoder.write_header().ok()?.write_image_data(&packed).ok()?;
    Some(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_by_their_leading_channel() {
        let tissue = Tissue::from_overlay(&[90, 90, 90, 80, 120, 160, 230, 90, 40, 100, 104, 100]);
        assert_eq!(tissue.lung, [0.0, 1.0, 0.0, 0.0]);
        assert_eq!(tissue.dense, [0.0, 0.0, 1.0, 0.0]);
        assert!(tissue.contains(1) && tissue.contains(2) && !tissue.contains(3));
    }

    #[test]
    fn every_mixture_has_its_own_palette_entry() {
        assert_eq!(mixtures().count(), usize::from(OUTLINE_INDEX));
        assert_eq!(mixture_index(0.0, 0.0), 0);
        assert_eq!(mixture_index(0.2, 0.9), mixture_index(0.0, 1.0));
        let (rgb, alpha) = palette();
        assert_eq!((rgb.len(), alpha.len(), alpha[0]), (48, 16, 0));
    }

    #[test]
    fn a_layer_can_be_read_back() {
        let tissue = Tissue { lung: vec![1.0; 15], dense: vec![0.0; 15] };
        let part = Rect { x0: 0, y0: 0, x1: 5, y1: 3 };
        let png = layer_png(&tissue, 5, part, (5, 3)).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        let mut rows = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut rows).unwrap();
        // The rim is outline, the middle (three pixels of row 1) is lung.
        let lung = mixture_index(1.0, 0.0);
        assert_eq!(&rows[3..6], [(15 << 4) | lung, (lung << 4) | lung, 15 << 4]);
        let nothing = Tissue { lung: vec![0.0; 15], dense: vec![0.0; 15] };
        assert_eq!(layer_png(&nothing, 5, part, (5, 3)), None);
    }
}
