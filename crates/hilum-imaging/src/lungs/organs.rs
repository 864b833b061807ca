//! Which holes of the lung mask are organs: the liver's dome, the heart's apex, the hilum.
//!
//! Seen on one slice an organ and a large lesion look alike. Across slices they do not. An organ's hole, followed to where it
//! grows, opens into the rest of the body, and there the organ goes on for centimetres; a lesion that touches the chest wall
//! opens into it too, but a few slices further on there is lung again. So a hole is an organ's when nearly all of it lies over
//! an organ's hole on the next slice below (or above), or over body that goes on for at least 4 cm, and when the organ reaches
//! 3 cm2 somewhere on the way.
//!
//! A lesion on the diaphragm rests on an organ as its dome does, but stands on it like a column. A round top of radius R has a
//! section of 2 pi R times the depth below its summit, so from slice to slice a dome gains the same area, whatever its depth;
//! a column gains little. What widens too slowly to be a top is none.

use crate::lungs::airway::Grid;
use crate::lungs::holes::Hole;
use crate::lungs::regions::count_in_run;
use hilum_core::MaskVolume;

/// A stack that nowhere reaches this (mm2) is a vessel or lesion: hilar vessels inside the lung stay below 2 cm across.
const ORGAN_FROM_MM2: f64 = 300.0;
/// An organ narrows: this much of its hole lies over its section on the slice before. A lesion that grows on a dome
/// reaches beyond it.
const RESTS_FROM_FRAC: f64 = 0.85;
/// What a hole opens into is body where less than this much of it is lung.
const STILL_BODY_FRAC: f64 = 0.5;
/// An organ goes on beyond the opening for at least this (mm), or to the end of the scan: heart and liver for twice that
/// and more, lesions at the chest wall for less.
const ORGAN_GOES_ON_MM: f64 = 40.0;
/// A dome gains at least this from the head to the feet, mm2 per mm: as a ball of 16 mm radius. Those of the diaphragm are three to
/// five times as wide; lesions are not seen to widen faster.
const DOME_GAINS_MM: f64 = 100.0;
/// Over how far the gain is measured (mm), at least one slice.
const GAIN_OVER_MM: f64 = 3.0;

/// The large holes of a scan, slice by slice, and the lung round them.
pub(crate) struct Organs<'a> {
    holes: &'a [Hole],
    lung: &'a MaskVolume,
    grid: Grid,
}

impl<'a> Organs<'a> {
    /// Asks about `holes`, in the order of their slices.
    pub(crate) fn new(holes: &'a [Hole], lung: &'a MaskVolume, grid: Grid) -> Self {
        Self { holes, lung, grid }
    }

    /// For every hole whether it is an organ, seen from below or from above.
    pub(crate) fn tell(&self) -> Vec<bool> {
        let mut organs = vec![false; self.holes.len()];
        for upwards in [false, true] {
            for (organ, holds) in organs.iter_mut().zip(self.rest_on_organs(upwards)) {
                *organ |= holds;
            }
        }
        organs
    }

    /// For every hole whether it narrows, slice by slice, from body that goes on upwards or downwards.
    fn rest_on_organs(&self, upwards: bool) -> Vec<bool> {
        let count = self.holes.len();
        let mut organ = vec![false; count];
        let mut large = vec![false; count];
        let from_the_body: Vec<usize> =
            if upwards { (0..count).rev().collect() } else { (0..count).collect() };
        let on_the_diaphragm = upwards != self.grid.superior_is_last;
        for index in from_the_body {
            let hole = &self.holes[index];
            if on_the_diaphragm && self.is_column(hole) {
                continue;
            }
            large[index] = hole.area_px as f64 * self.grid.pixel_mm2 >= ORGAN_FROM_MM2;
            let Some(next) = self.slice_at(hole.slice, upwards, 1) else {
                // The scan ends here: what the hole opens into was not scanned.
                organ[index] = large[index];
                continue;
            };
            let mut open_px = hole.area_px.saturating_sub(self.lung_over_px(hole, next));
            let mut organ_px = 0;
            for (other, candidate) in self.on_slice(next) {
                let shared_px = hole.overlap_px(candidate);
                open_px = open_px.saturating_sub(shared_px);
                if organ[other] && shared_px > 0 {
                    organ_px += shared_px;
                    large[index] |= large[other];
                }
            }
            let rests = |px: u64| px as f64 >= RESTS_FROM_FRAC * hole.area_px as f64;
            organ[index] =
                large[index] && (rests(organ_px) || rests(organ_px + open_px) && self.goes_on(hole, upwards));
        }
        organ
    }

    /// Whether the hole is hardly wider than what lies over it towards the head. What has nothing over it is the top.
    fn is_column(&self, hole: &Hole) -> bool {
        let steps = (GAIN_OVER_MM / self.grid.slice_mm).round().max(1.0) as usize;
        let Some(over) = self.slice_at(hole.slice, self.grid.superior_is_last, steps) else { return false };
        let over_px: u64 = self.on_slice(over).map(|(_, other)| hole.overlap_px(other)).sum();
        let gained_mm2 = hole.area_px.saturating_sub(over_px) as f64 * self.grid.pixel_mm2;
        over_px > 0 && gained_mm2 < DOME_GAINS_MM * steps as f64 * self.grid.slice_mm
    }

    /// Whether what the hole opens into stays free of lung for as long as an organ would, or to the end of the scan.
    fn goes_on(&self, hole: &Hole, upwards: bool) -> bool {
        let steps = (ORGAN_GOES_ON_MM / self.grid.slice_mm).ceil().max(1.0) as usize;
        (1..=steps)
            .map_while(|step| self.slice_at(hole.slice, upwards, step))
            .all(|slice| (self.lung_over_px(hole, slice) as f64) < STILL_BODY_FRAC * hole.area_px as f64)
    }

    /// The slice `steps` further upwards or downwards; `None` beyond the scan.
    fn slice_at(&self, slice: usize, upwards: bool, steps: usize) -> Option<usize> {
        let at = if upwards { slice.checked_add(steps) } else { slice.checked_sub(steps) };
        at.filter(|&at| at < self.lung.slices())
    }

    fn lung_over_px(&self, hole: &Hole, slice: usize) -> u64 {
        let view = self.lung.slice(slice);
        hole.runs.iter().map(|r| count_in_run(view.row(r.row()), r.run())).sum()
    }

    fn on_slice(&self, slice: usize) -> impl Iterator<Item = (usize, &Hole)> {
        let first = self.holes.partition_point(|h| h.slice < slice);
        self.holes[first..]
            .iter()
            .take_while(move |h| h.slice == slice)
            .enumerate()
            .map(move |(i, h)| (first + i, h))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lungs::holes::Holes;
    use crate::lungs::window::Window;

    /// Pixels of 1 mm2 on slices of 5 mm, the head last.
    const GRID: Grid = Grid { pixel_mm2: 1.0, slice_mm: 5.0, superior_is_last: true };

    /// A square lung on every slice with a square hole whose half width is given per slice.
    fn lung_with_holes(half_widths: &[Option<usize>]) -> MaskVolume {
        let mut lung = MaskVolume::new(64, 64, half_widths.len());
        for (slice, half) in half_widths.iter().enumerate() {
            let Some(half) = half else { continue };
            for row in 4usize..60 {
                let inside = |c: usize| row.abs_diff(32) < *half && c.abs_diff(32) < *half;
                for col in 4..60 {
                    lung.slice_mut(slice).set(row, col, !inside(col));
                }
            }
        }
        lung
    }

    fn filled(half_widths: &[Option<usize>]) -> Vec<u64> {
        let lung = lung_with_holes(half_widths);
        fill(lung)
    }

    fn fill(mut lung: MaskVolume) -> Vec<u64> {
        let mut holes = Holes::new(GRID);
        for slice in 0..lung.slices() {
            let mut mask = lung.slice(slice).to_mask();
            holes.take(&mut mask, slice, &Window::whole(&lung));
            lung.slice_mut(slice).or(mask.view());
        }
        holes.fill_all_but_organs(&mut lung);
        (0..lung.slices()).map(|s| lung.slice(s).count_px()).collect()
    }

    const WHOLE: u64 = 56 * 56;

    #[test]
    fn a_lesion_inside_the_lung_is_filled() {
        let areas = filled(&[Some(0), Some(6), Some(12), Some(12), Some(6), Some(0)]);
        assert_eq!(areas, [WHOLE; 6]);
    }

    #[test]
    fn a_dome_that_opens_into_the_body_is_not() {
        // From above: a small cap, a growing disc, then no lung at all: the liver.
        let areas = filled(&[None, Some(20), Some(14), Some(8), Some(3), Some(0)]);
        let without = |half: u64| WHOLE - (2 * half - 1).pow(2);
        assert_eq!(areas, [0, without(20), without(14), without(8), WHOLE, WHOLE]);
    }

    #[test]
    fn a_lesion_that_reaches_the_chest_wall_on_some_slices_is_filled_on_the_others() {
        // Slices of 5 mm: lung, three with the lesion inside, two where it reaches the wall, lung again.
        let mut halves = vec![Some(0); 14];
        halves[3..8].fill(Some(12));
        let mut lung = lung_with_holes(&halves);
        for slice in 6..8 {
            for row in 21..44 {
                for col in 0..44 {
                    lung.slice_mut(slice).set(row, col, false);
                }
            }
        }
        let open = lung.slice(6).count_px();
        let mut expected = vec![WHOLE; 14];
        expected[6..8].fill(open);
        assert_eq!(fill(lung), expected);
    }

    #[test]
    fn a_vessel_that_leaves_the_lung_is_filled() {
        assert_eq!(filled(&[None, Some(5), Some(5), Some(5)])[1..], [WHOLE; 3]);
    }

    #[test]
    fn a_lesion_that_stands_on_the_diaphragm_is_filled() {
        // Over no lung at all, the diaphragm, a column of 23 pixels across: a dome would gain 500 mm2 a slice and more.
        let columns = [None, Some(12), Some(12), Some(11), Some(10), Some(4), Some(0)];
        assert_eq!(filled(&columns)[1..], [WHOLE; 6]);
    }

    #[test]
    fn a_column_hung_from_the_body_above_is_an_organ() {
        // The great vessels leave the lungs upwards and do not widen.
        let columns = [Some(0), Some(10), Some(10), Some(10), None, None];
        let without = WHOLE - 19 * 19;
        assert_eq!(filled(&columns)[1..4], [without; 3]);
    }

    #[test]
    fn a_dome_stays_out_under_a_lesion_that_stands_on_it() {
        // Under a column of 15 pixels across the dome begins, 900 mm2 larger a slice.
        let areas = filled(&[None, Some(21), Some(16), Some(8), Some(8), Some(5), Some(0)]);
        let without = |half: u64| WHOLE - (2 * half - 1).pow(2);
        assert_eq!(areas, [0, without(21), without(16), WHOLE, WHOLE, WHOLE, WHOLE]);
    }
}
