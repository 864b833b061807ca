//! Ground glass above the threshold of air, taken back into the lung.
//!
//! In: which pixels of a slice lie below -400 HU, and the lung drawn on it. Out: the lung with its ground glass.
//!
//! Ground glass is lung with little air, some -700 to -300 HU: much of it is no air at -500 HU, and makes bays and holes of the
//! mask that look like organs. It tells itself by its values. Pixels between -500 and -400 HU lie all over it, where an organ has
//! them on its surface alone: a surface that crosses a slice aslant passes evenly from lung to soft tissue, so of its pixels
//! above -500 HU less than a fifth lie in that range, in a band no wider than the slice is thick where it is steeper than 45
//! degrees. Consolidation holds no air and is not told here: see `wall` and `holes`.

use crate::components::{Components, Connectivity};
use crate::lungs::holes::Holes;
use crate::lungs::mask::{CLOSING_RADIUS_MM, Drawn};
use crate::lungs::regions::count_in_run;
use crate::morphology::{Disk, close, dilate, erode};
use hilum_core::{Geometry, Mask, MaskView, MaskVolume};

/// At least this share of what is taken in lies below -400 HU: twice what a slanted surface has.
const HAZY_FRAC: f64 = 0.35;
/// What is taken in is at least this thick (mm), and twice as thick as a slice: twice the band of a slanted surface.
const LEAST_THICKNESS_MM: f64 = 6.0;
const LEAST_THICKNESS_SLICES: f64 = 2.0;
/// Nothing is taken in unless a square of this side (mm) holds such pixels, not lung yet, to this share; the share is lower
/// than that of ground glass since a square may hold less of it.
const SQUARE_MM: f64 = 12.0;
const SQUARE_FRAC: f64 = 0.15;
/// Only a row in about so many millimetres is looked at for that.
const ROWS_APART_MM: f64 = 3.0;

/// Looks for ground glass on slice after slice.
pub(crate) struct Haze {
    closing: Disk,
    thick: Disk,
    rows_apart: usize,
    /// Half a square, in pixels.
    half_rows: usize,
    half_cols: usize,
}

impl Haze {
    /// Prepares for the slices of a scan.
    pub(crate) fn new(geometry: &Geometry) -> Self {
        let spacing = geometry.in_plane_spacing_mm();
        let disk = |mm: f64| Disk::ellipse((mm / spacing.row).max(1.0), (mm / spacing.col).max(1.0));
        let thickness_mm = LEAST_THICKNESS_MM.max(LEAST_THICKNESS_SLICES * geometry.slice_spacing_mm());
        let pixels = |mm: f64, spacing_mm: f64| ((mm / spacing_mm).round() as usize).max(1);
        Self {
            closing: disk(CLOSING_RADIUS_MM),
            thick: disk(thickness_mm / 2.0),
            rows_apart: pixels(ROWS_APART_MM, spacing.row),
            half_rows: pixels(SQUARE_MM / 2.0, spacing.row),
            half_cols: pixels(SQUARE_MM / 2.0, spacing.col),
        }
    }

    /// Adds its ground glass to what was drawn of a slice, and to `lungs`, and has its holes taken anew.
    pub(crate) fn take_in(&self, drawn: Drawn, slice: usize, lungs: &mut MaskVolume, holes: &mut Holes) {
        let Drawn { window, mut lung, air, below_edge: mut haze } = drawn;
        haze.view_mut()
            .combine([lung.view(), air.view()], |below_edge, [lung, air]| below_edge & !lung & !air);
        if !self.may_show(haze.view()) {
            return;
        }
        let mut joined = lung.clone();
        joined.view_mut().or(haze.view());
        let mut left_out = close(joined.view(), &self.closing);
        // Air that is not lung stays out, as it does when the lung is drawn.
        left_out.view_mut().combine([lung.view(), air.view()], |closed, [lung, air]| closed & !lung & !air);

        let taken_in = self.hazy_parts(&left_out, &haze, &lung);
        if taken_in.view().is_empty() {
            return;
        }
        lung.view_mut().or(taken_in.view());
        holes.retake(&mut lung, slice, &window);
        window.paste(&lung, lungs.slice_mut(slice));
    }

    /// The parts of `left_out` that touch the lung, are thick, and hold much of `haze`.
    fn hazy_parts(&self, left_out: &Mask, haze: &Mask, lung: &Mask) -> Mask {
        let cores = erode(left_out.view(), &self.thick);
        if cores.view().is_empty() {
            return cores;
        }
        let beside = dilate(lung.view(), &Disk::new(1.0));
        let parts = Components::of(left_out.view(), Connectivity::Four);
        let mut hazy_px = vec![0u64; parts.list().len()];
        let (mut has_core, mut touches) = (vec![false; hazy_px.len()], vec![false; hazy_px.len()]);
        for (row, run, label) in parts.all_runs() {
            let part = label as usize;
            hazy_px[part] += count_in_run(haze.view().row(row), run);
            has_core[part] |= count_in_run(cores.view().row(row), run) > 0;
            touches[part] |= count_in_run(beside.view().row(row), run) > 0;
        }
        parts.select(|part, component| {
            let hazy = hazy_px[part] as f64 >= HAZY_FRAC * component.area_px as f64;
            has_core[part] && touches[part] && hazy
        })
    }

    /// Whether some square of a mask, of pixels below -400 HU that are neither lung nor air, holds enough of them.
    fn may_show(&self, haze: MaskView<'_>) -> bool {
        let across = haze.cols() / self.half_cols + 1;
        let mut halves_px = vec![0u32; across * (haze.rows() / self.half_rows + 1)];
        let mut most_px = 0;
        for row in (self.rows_apart / 2..haze.rows()).step_by(self.rows_apart) {
            let first = row / self.half_rows * across;
            for col in haze.columns(row) {
                let half_px = &mut halves_px[first + col / self.half_cols];
                *half_px += 1;
                most_px = most_px.max(*half_px);
            }
        }
        let looked_at_px = (2 * self.half_rows).div_ceil(self.rows_apart) * 2 * self.half_cols;
        let least_px = (SQUARE_FRAC * looked_at_px as f64).ceil() as u32;
        // A square has four quarters.
        if 4 * most_px < least_px {
            return false;
        }
        let quarter = |row: usize, col: usize| halves_px.get(row * across + col).copied().unwrap_or(0);
        (0..halves_px.len() / across).any(|row| {
            (0..across - 1).any(|col| {
                quarter(row, col) + quarter(row, col + 1) + quarter(row + 1, col) + quarter(row + 1, col + 1)
                    >= least_px
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lungs::airway::Grid;
    use crate::lungs::planes::Planes;
    use crate::lungs::window::Window;
    use hilum_core::{SliceData, SliceView};

    const GRID: Grid = Grid { pixel_mm2: 1.0, slice_mm: 3.0, superior_is_last: true };
    const LUNG_HU: i16 = -850;
    const TISSUE_HU: i16 = 40;
    const SIDE: usize = 120;

    /// Pixels of the mask before and after, on a slice of 120 x 120 pixels of 1 mm, 3 mm thick: a lung of 80 x 80 but where
    /// `left_out` gives another value.
    fn taken_in(left_out: impl Fn(usize, usize) -> Option<i16>) -> (u64, u64) {
        let lung = |row: usize, col: usize| (20..100).contains(&row) && (20..100).contains(&col);
        let hu: Vec<i16> = (0..SIDE * SIDE)
            .map(|pixel| {
                let (row, col) = (pixel / SIDE, pixel % SIDE);
                left_out(row, col).unwrap_or(if lung(row, col) { LUNG_HU } else { TISSUE_HU })
            })
            .collect();
        let mut planes = Planes::new(SIDE, SIDE, 1);
        planes.take(0, SliceView::new(SIDE, SIDE, SliceData::I16(&hu)).unwrap());
        let haze = Haze::new(&Geometry::lps([SIDE, SIDE, 1], [1.0, 1.0, 3.0]).unwrap());
        let window = Window::around([20, 20, 100, 100], &haze.closing, 1, &planes.air);
        let [air, below_edge] = [&planes.air, &planes.edge].map(|plane| window.cut(plane.slice(0)));
        let drawn = Drawn { window, lung: air.clone(), air, below_edge };
        let mut lungs = planes.air;
        let before = lungs.count_vox();
        haze.take_in(drawn, 0, &mut lungs, &mut Holes::new(GRID));
        (before, lungs.count_vox())
    }

    const WHOLE: u64 = 80 * 80;

    /// Ground glass about -400 HU, as noise would have it.
    fn ground_glass(row: usize, col: usize) -> i16 {
        if (row + col).is_multiple_of(2) { -450 } else { -350 }
    }

    #[test]
    fn ground_glass_at_the_wall_is_taken_in() {
        let at_wall = |row: usize, col: usize| (40..64).contains(&row) && (20..40).contains(&col);
        let (before, after) = taken_in(|row, col| at_wall(row, col).then(|| ground_glass(row, col)));
        assert_eq!(before, WHOLE - 24 * 20);
        assert!(after.abs_diff(WHOLE) <= 12, "{after} of {WHOLE}");
    }

    #[test]
    fn ground_glass_round_something_dense_leaves_a_hole() {
        let within = |row: usize, col: usize, half: usize| row.abs_diff(60) < half && col.abs_diff(60) < half;
        let (_, after) = taken_in(|row, col| {
            let dense = within(row, col, 10).then_some(TISSUE_HU);
            dense.or(within(row, col, 20).then(|| ground_glass(row, col)))
        });
        let dense = 19 * 19;
        assert!(after.abs_diff(WHOLE - dense) <= 24, "{after}");
    }

    #[test]
    fn an_organ_with_a_slanted_surface_stays_out() {
        // From lung to tissue over 8 mm, as a slice of 8 mm shows a slope of 45 degrees.
        let organ = |row: usize, col: usize| {
            let depth_mm = 8 - col.saturating_sub(40).min(8) as i16;
            ((40..80).contains(&row) && (20..48).contains(&col))
                .then(|| LUNG_HU + (TISSUE_HU - LUNG_HU) / 8 * depth_mm)
        };
        let (before, after) = taken_in(organ);
        assert_eq!(before, after);
    }

    #[test]
    fn a_band_along_the_wall_stays_out() {
        let band = |row: usize, col: usize| (40..80).contains(&row) && (20..25).contains(&col);
        let (before, after) = taken_in(|row, col| band(row, col).then(|| ground_glass(row, col)));
        assert_eq!(before, after);
    }

    #[test]
    fn a_block_away_from_the_lung_stays_out() {
        // In an organ that stands into the lung, 14 mm off it: further than the closing reaches.
        let organ = |row: usize, col: usize| (40..80).contains(&row) && (20..60).contains(&col);
        let block = |row: usize, col: usize| (54..66).contains(&row) && (20..34).contains(&col);
        let (before, after) = taken_in(|row, col| {
            let hazy = block(row, col).then(|| ground_glass(row, col));
            hazy.or(organ(row, col).then_some(TISSUE_HU))
        });
        assert_eq!(before, after);
    }
}
