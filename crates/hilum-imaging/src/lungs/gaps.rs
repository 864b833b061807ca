//! Short gaps of the lung along the slices, near its wall.
//!
//! In: the lung in cells, and how far it reaches. Out: cells that are not lung though lung lies close above and close below, and
//! the pixels that they hold. A lesion leaves such a gap, whatever else of the slice is lung: also where lung lies behind it,
//! which hides it from a view along the directions.
//!
//! So does whatever bulges into the lung, as the heart does: at its widest, lung lies above and below. But where a round
//! surface of radius R stands in over a length of L, it stands in by L^2 / 8R: over 3 cm, a heart of 4 cm radius by 3 mm.
//! What is thicker than 1 cm is none. Large vessels pass through the hilum in as short a stretch, far from the wall: only gaps
//! near it count.

use crate::lungs::along::short_gaps;
use crate::lungs::bay::LEAST_THICKNESS_MM;
use crate::lungs::cells::Cells;
use crate::lungs::holes::Holes;
use crate::lungs::polar::{PolarMap, Survey, quarters};
use crate::lungs::window::Window;
use crate::morphology::{Disk, dilate, erode};
use hilum_core::{Geometry, Mask, MaskView, MaskVolume};

/// A gap is shorter than this along the slices (mm).
const LONGEST_MM: f64 = 30.0;
/// Behind the heart it may be as long as this: aorta and spine go on for longer.
const LONGEST_BEHIND_MM: f64 = 45.0;
/// So far behind the line between the lungs (mm), beside the spine, there is no heart.
const BEHIND_FROM_MM: f64 = 30.0;
/// Nothing is looked for deeper than this below the wall (mm), nor nearer to the line than to the wall: there the hilum begins.
const DEEPEST: u16 = quarters(50.0);
/// Half a cell: how far lung may reach beyond the middle of the last one.
const UNSEEN: u16 = quarters(1.5);

/// The gaps of a lung.
pub(crate) struct Gaps {
    /// A pixel for every cell and a slice for every layer.
    cells: MaskVolume,
    /// The longest gap in slices.
    longest: usize,
}

impl Gaps {
    /// Looks for gaps of the lung in `cells`.
    ///
    /// * `far` - how far the lung reaches, without dips.
    pub(crate) fn of(cells: &Cells, survey: &Survey, far: &PolarMap, geometry: &Geometry) -> Self {
        let gaps = near_wall(cells, survey, far, geometry);
        let thick = cells.disk(LEAST_THICKNESS_MM / 2.0, geometry);
        let mut opened = MaskVolume::new(gaps.rows(), gaps.cols(), gaps.slices());
        for layer in 0..gaps.slices() {
            let cores = erode(gaps.slice(layer), &thick);
            if !cores.view().is_empty() {
                opened.slice_mut(layer).or(dilate(cores.view(), &thick).view());
            }
        }
        // A lesion tapers: over and under a thick gap a thin one counts too.
        let mut kept = opened.clone();
        for layer in 0..gaps.slices() {
            let mut thin = Mask::new(gaps.rows(), gaps.cols());
            let next = [layer.checked_sub(1), Some(layer + 1).filter(|&next| next < gaps.slices())];
            next.into_iter().flatten().for_each(|next| thin.view_mut().or(opened.slice(next)));
            thin.view_mut().and(gaps.slice(layer));
            kept.slice_mut(layer).or(thin.view());
        }
        Self { cells: kept, longest: (LONGEST_BEHIND_MM / geometry.slice_spacing_mm()) as usize }
    }

    /// The gaps of a layer; `None` if it has none.
    pub(crate) fn on_layer(&self, layer: usize, cells: &Cells) -> Option<LayerGaps> {
        let gap = self.cells.slice(layer);
        if gap.is_empty() {
            return None;
        }
        let mut beside = dilate(gap, &Disk::new(1.0));
        beside.view_mut().and_not(gap);
        let [inside, beside] = [gap, beside.view()].map(|of| cells.paint(of));
        Some(LayerGaps { inside, beside, longest: self.longest })
    }
}

/// The gaps of one layer, in pixels.
pub(crate) struct LayerGaps {
    pub(crate) inside: Mask,
    /// The cells beside them.
    pub(crate) beside: Mask,
    longest: usize,
}

impl LayerGaps {
    /// The pixels of a slice of the layer that lie in gaps and are neither lung nor `air`; of the cells beside a gap, those that
    /// have lung above and below. Holes are left to those who tell them from organs. What lies in `window`: it must hold the gaps.
    pub(crate) fn on_slice(
        &self,
        slice: usize,
        window: &Window,
        lung: &MaskVolume,
        air: MaskView<'_>,
        holes: &Holes,
    ) -> Mask {
        let mut known = window.cut(lung.slice(slice));
        known.view_mut().or(window.cut(air).view());
        let [mut pixels, mut beside] = [&self.inside, &self.beside].map(|mask| window.cut(mask.view()));
        pixels.view_mut().and_not(known.view());
        beside.view_mut().and_not(known.view());
        let words = beside.view().words_per_row();
        let mut seen = [Vec::new(), Vec::new()];
        for (at, word) in beside.view_mut().words_mut().iter_mut().enumerate().filter(|(_, word)| **word != 0)
        {
            let place = (window.rows.start + at / words, window.words.start + at % words);
            *word = self.short(lung, slice, place, *word, &mut seen);
        }
        pixels.view_mut().or(beside.view());
        if !pixels.view().is_empty() {
            pixels.view_mut().and_not(holes.in_window(slice, window).view());
        }
        pixels
    }

    /// Which of the `open` pixels in a word of a slice have lung above and below, near enough for a gap. `seen` is room to work in.
    fn short(
        &self,
        lung: &MaskVolume,
        slice: usize,
        (row, word): (usize, usize),
        open: u64,
        [above, below]: &mut [Vec<u64>; 2],
    ) -> u64 {
        let lung_in = |other: usize| lung.slice(other).row(row)[word];
        see_within(open, (slice + 1..lung.slices()).take(self.longest).map(lung_in), above);
        see_within(open, (0..slice).rev().take(self.longest).map(lung_in), below);
        // Between lung `below` + 1 slices below and `above` + 1 slices above lie `below + above + 1`.
        let short = below.iter().enumerate().map(|(below, seen_below)| {
            let above = above.get(..self.longest - below).unwrap_or(above);
            seen_below & above.last().copied().unwrap_or(0)
        });
        short.fold(0, |short, seen| short | seen)
    }
}

/// Writes into `within` which of the `open` pixels are set in one of the first words, in the first two, and so on until all have
/// been seen.
fn see_within(open: u64, words: impl Iterator<Item = u64>, within: &mut Vec<u64>) {
    within.clear();
    let mut seen = 0;
    for word in words {
        seen |= word & open;
        within.push(seen);
        if seen == open {
            break;
        }
    }
}

/// All cells in gaps near the wall.
fn near_wall(cells: &Cells, survey: &Survey, far: &PolarMap, geometry: &Geometry) -> MaskVolume {
    let layer_mm = cells.slices_per_layer as f64 * geometry.slice_spacing_mm();
    let [short, mut gaps] = short_gaps(
        cells.lung(),
        [LONGEST_MM, LONGEST_BEHIND_MM].map(|longest| (longest / layer_mm) as usize),
    );
    let is_gap = |layer: usize, cell_row: usize, cell_col: usize| {
        let cell = cells.number(cell_row, cell_col);
        let (direction, distance) = survey.seen(cell);
        let far = far.layer(layer)[direction];
        let at_wall = (hilum_to(far)..=far.saturating_add(UNSEEN)).contains(&distance);
        at_wall && (survey.behind_mm(cell) >= BEHIND_FROM_MM || short.slice(layer).get(cell_row, cell_col))
    };
    for layer in 0..gaps.slices() {
        for cell_row in 0..gaps.rows() {
            for (at, word) in gaps.slice_mut(layer).row_mut(cell_row).iter_mut().enumerate() {
                let mut left = *word;
                while left != 0 {
                    let cell_col = 64 * at + left.trailing_zeros() as usize;
                    if !is_gap(layer, cell_row, cell_col) {
                        *word &= !(left & left.wrapping_neg());
                    }
                    left &= left - 1;
                }
            }
        }
    }
    gaps
}

/// Up to where from the line the hilum may reach, where the wall lies at `far`.
fn hilum_to(far: u16) -> u16 {
    far.saturating_sub(DEEPEST).max(far / 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lungs::airway::Grid;

    const GRID: Grid = Grid { pixel_mm2: 1.0, slice_mm: 3.0, superior_is_last: true };

    /// Two lungs of 60 x 99 mm, 60 mm apart, on 40 slices of 3 mm with pixels of 1 mm, less what `missing` says of slice, row and
    /// column.
    fn lungs(missing: impl Fn(usize, usize, usize) -> bool) -> MaskVolume {
        let mut lung = MaskVolume::new(159, 240, 40);
        for (slice, row) in (0..40).flat_map(|slice| (30..129).map(move |row| (slice, row))) {
            for col in (30..90).chain(150..210) {
                lung.slice_mut(slice).set(row, col, !missing(slice, row, col));
            }
        }
        lung
    }

    /// Pixels in gaps, slice by slice, where the whole lungs are known.
    fn in_gaps(missing: impl Fn(usize, usize, usize) -> bool) -> Vec<u64> {
        let geometry = Geometry::lps([240, 159, 40], [1.0, 1.0, 3.0]).unwrap();
        let survey = Survey::of(Cells::of(&lungs(|_, _, _| false), &geometry), &geometry).unwrap();
        let lung = lungs(missing);
        let holes = Holes::new(GRID);
        let gaps = Gaps::of(&Cells::of(&lung, &geometry), &survey, &survey.far, &geometry);
        let pixels = |slice: usize| {
            let gaps = gaps.on_layer(slice, &survey.cells);
            let window = Window::whole(&lung);
            gaps.map_or(0, |gaps| {
                gaps.on_slice(slice, &window, &lung, lung.slice(slice), &holes).view().count_px()
            })
        };
        (0..40).map(pixels).collect()
    }

    #[test]
    fn a_gap_is_taken_to_its_last_pixel_and_to_its_thin_ends() {
        // 31 x 16 mm against the wall on six slices; 31 x 7 mm on two more at either end.
        let found = in_gaps(|slice, row, col| {
            let depth = if (17..23).contains(&slice) { 16 } else { 7 };
            (15..25).contains(&slice) && (64..95).contains(&row) && col < 30 + depth
        });
        for (slice, px) in found.into_iter().enumerate() {
            let expected = match slice {
                17..23 => 31 * 16,
                16 | 23 => 31 * 7,
                _ => 0,
            };
            assert_eq!(px, expected, "slice {slice}");
        }
    }

    #[test]
    fn what_is_thin_or_long_or_deep_is_no_gap() {
        let thin =
            in_gaps(|slice, row, col| (16..24).contains(&slice) && (64..95).contains(&row) && col < 37);
        let long =
            in_gaps(|slice, row, col| (16..28).contains(&slice) && (64..95).contains(&row) && col < 46);
        let deep = in_gaps(|slice, row, col| {
            (16..24).contains(&slice) && (64..95).contains(&row) && (78..90).contains(&col)
        });
        assert_eq!([thin, long, deep].map(|found| found.into_iter().sum::<u64>()), [0, 0, 0]);
    }
}
