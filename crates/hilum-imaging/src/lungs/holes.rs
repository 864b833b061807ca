//! Which holes of the lung mask belong to the lung.
//!
//! Vessels, airway walls and lesions leave holes that belong to it; the liver dome, the heart's apex and the hilum also
//! appear as holes on some slices, and do not. Seen on one slice they look alike. Across slices they do not: an organ's
//! hole, followed to where it grows, opens into the rest of the body, and there the organ goes on for centimetres; a lesion
//! that touches the chest wall opens into it too, but a few slices further on there is lung again. So a hole is an organ's
//! when nearly all of it lies over an organ's hole on the next slice below (or above), or over body that goes on for at least
//! 4 cm, and when the organ reaches 3 cm2 somewhere on the way.

use crate::components::{Components, Connectivity};
use crate::lungs::regions::{RowRun, count_in_run};
use crate::runs::Run;
use hilum_core::{Mask, MaskVolume};

/// Holes below this (mm2) are always filled: vessels, and the very tip of a dome.
const ALWAYS_FILLED_BELOW_MM2: f64 = 50.0;
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

#[derive(Debug)]
struct Hole {
    slice: usize,
    area_px: u64,
    runs: Vec<RowRun>,
}

impl Hole {
    fn overlap_px(&self, other: &Self) -> u64 {
        let mut first = 0;
        let mut shared = 0;
        for a in &self.runs {
            while first < other.runs.len() && other.runs[first].row < a.row {
                first += 1;
            }
            let same_row = other.runs[first..].iter().take_while(|b| b.row == a.row);
            shared += same_row.map(|b| u64::from(a.run.overlap_px(b.run))).sum::<u64>();
        }
        shared
    }
}

/// Holes large enough to be asked about, slice by slice.
#[derive(Debug)]
pub(crate) struct Holes {
    list: Vec<Hole>,
    pixel_mm2: f64,
    slice_mm: f64,
}

impl Holes {
    /// No holes yet, on slices of this distance with pixels of this area.
    pub(crate) fn new(pixel_mm2: f64, slice_mm: f64) -> Self {
        Self { list: Vec::new(), pixel_mm2, slice_mm }
    }

    /// Fills the small holes of `lung`, a window of one slice whose first pixel is (`first_row`, `first_col`), and notes
    /// the large ones. Returns all of them, small and large. Slices must come in order.
    pub(crate) fn take(&mut self, lung: &mut Mask, slice: usize, first_row: usize, first_col: usize) -> Mask {
        let view = lung.view();
        let background = Components::of_background(view, Connectivity::Four);
        let mut inside = Mask::new(view.rows(), view.cols());
        let mut filled = inside.clone();
        let is_small = |area_px: u64| (area_px as f64) * self.pixel_mm2 < ALWAYS_FILLED_BELOW_MM2;
        let mut large: Vec<Option<Hole>> = background
            .list()
            .iter()
            .map(|c| {
                let large = !c.touches_border && !is_small(c.area_px);
                large.then(|| Hole { slice, area_px: c.area_px, runs: Vec::new() })
            })
            .collect();
        for (row, run, label) in background.all_runs() {
            let (start, end) = (run.start as usize, run.end as usize);
            if background.list()[label as usize].touches_border {
                continue;
            }
            inside.view_mut().set_run(row, start, end);
            match &mut large[label as usize] {
                Some(hole) => hole.runs.push(RowRun {
                    row: (first_row + row) as u32,
                    run: Run { start: (first_col + start) as u32, end: (first_col + end) as u32 },
                }),
                None => filled.view_mut().set_run(row, start, end),
            }
        }
        lung.view_mut().or(filled.view());
        self.list.extend(large.into_iter().flatten());
        inside
    }

    /// Forgets the holes of a slice and takes those of `lung`, the whole slice, in their place.
    pub(crate) fn retake(&mut self, lung: &mut Mask, slice: usize) {
        let first = self.list.partition_point(|h| h.slice < slice);
        let end = self.list.partition_point(|h| h.slice <= slice);
        let after = self.list.split_off(end);
        self.list.truncate(first);
        self.take(lung, slice, 0, 0);
        self.list.extend(after);
    }

    /// Fills every noted hole that is not part of an organ.
    pub(crate) fn fill_all_but_organs(self, lung: &mut MaskVolume) {
        let organs = self.organs(lung);
        for (hole, _) in self.list.iter().zip(organs).filter(|(_, organ)| !organ) {
            let mut mask = lung.slice_mut(hole.slice);
            for r in &hole.runs {
                mask.set_run(r.row as usize, r.run.start as usize, r.run.end as usize);
            }
        }
    }

    /// For every hole whether it is an organ, seen from below or from above.
    fn organs(&self, lung: &MaskVolume) -> Vec<bool> {
        let mut organs = vec![false; self.list.len()];
        for upwards in [false, true] {
            for (organ, holds) in organs.iter_mut().zip(self.rests_on_organs(lung, upwards)) {
                *organ |= holds;
            }
        }
        organs
    }

    /// For every hole whether it narrows, slice by slice, from body that goes on upwards or downwards.
    fn rests_on_organs(&self, lung: &MaskVolume, upwards: bool) -> Vec<bool> {
        let mut organ = vec![false; self.list.len()];
        let mut large = vec![false; self.list.len()];
        let from_the_body: Vec<usize> =
            if upwards { (0..self.list.len()).rev().collect() } else { (0..self.list.len()).collect() };
        for index in from_the_body {
            let hole = &self.list[index];
            large[index] = hole.area_px as f64 * self.pixel_mm2 >= ORGAN_FROM_MM2;
            let next = if upwards { Some(hole.slice + 1) } else { hole.slice.checked_sub(1) };
            let Some(next) = next.filter(|&s| s < lung.slices()) else {
                // The scan ends here: what the hole opens into was not scanned.
                organ[index] = large[index];
                continue;
            };
            let mut open_px = hole.area_px.saturating_sub(self.lung_over_px(hole, lung, next));
            let mut organ_px = 0;
            for (other, candidate) in self.on_slice(next) {
                let shared_px = hole.overlap_px(candidate);
                open_px = open_px.saturating_sub(shared_px);
                if organ[other] && shared_px > 0 {
                    organ_px += shared_px;
                    large[index] |= large[other];
                }
            }
            if self.goes_on(hole, lung, upwards) {
                organ_px += open_px;
            }
            organ[index] = large[index] && organ_px as f64 >= RESTS_FROM_FRAC * hole.area_px as f64;
        }
        organ
    }

    /// Whether what the hole opens into stays free of lung for as long as an organ would, or to the end of the scan.
    fn goes_on(&self, hole: &Hole, lung: &MaskVolume, upwards: bool) -> bool {
        let steps = (ORGAN_GOES_ON_MM / self.slice_mm).ceil().max(1.0) as usize;
        (1..=steps)
            .map_while(|step| {
                let slice = if upwards { hole.slice.checked_add(step) } else { hole.slice.checked_sub(step) };
                slice.filter(|&s| s < lung.slices())
            })
            .all(|slice| {
                (self.lung_over_px(hole, lung, slice) as f64) < STILL_BODY_FRAC * hole.area_px as f64
            })
    }

    fn lung_over_px(&self, hole: &Hole, lung: &MaskVolume, slice: usize) -> u64 {
        let view = lung.slice(slice);
        hole.runs.iter().map(|r| count_in_run(view.row(r.row as usize), r.run)).sum()
    }

    fn on_slice(&self, slice: usize) -> impl Iterator<Item = (usize, &Hole)> {
        let first = self.list.partition_point(|h| h.slice < slice);
        self.list[first..]
            .iter()
            .take_while(move |h| h.slice == slice)
            .enumerate()
            .map(move |(i, h)| (first + i, h))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let mut holes = Holes::new(1.0, 5.0);
        for slice in 0..lung.slices() {
            let mut mask = lung.slice(slice).to_mask();
            holes.take(&mut mask, slice, 0, 0);
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
}
