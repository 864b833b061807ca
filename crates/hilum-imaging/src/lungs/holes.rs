//! The holes of the lung mask, and filling those that belong to the lung.
//!
//! Vessels, airway walls and lesions leave holes that belong to it; the liver dome, the heart's apex and the hilum also
//! appear as holes on some slices, and do not. Which is which only neighbouring slices tell: see `organs`.

use crate::enclosed::{Enclosed, EnclosedRun};
use crate::lungs::airway::Grid;
use crate::lungs::organs::Organs;
use crate::lungs::regions::RowRun;
use crate::lungs::window::Window;
use crate::runs::Run;
use hilum_core::{Mask, MaskVolume};
use std::ops::Range;

/// Holes below this (mm2) are always filled: vessels, and the very tip of a dome.
const ALWAYS_FILLED_BELOW_MM2: f64 = 50.0;

/// A hole of one slice.
#[derive(Debug)]
pub(crate) struct Hole {
    pub(crate) slice: usize,
    pub(crate) area_px: u64,
    pub(crate) runs: Vec<RowRun>,
}

impl Hole {
    /// Pixels that two holes have in common.
    pub(crate) fn overlap_px(&self, other: &Self) -> u64 {
        let mut first = 0;
        let mut shared = 0;
        for a in &self.runs {
            while first < other.runs.len() && other.runs[first].row() < a.row() {
                first += 1;
            }
            let same_row = other.runs[first..].iter().take_while(|b| b.row() == a.row());
            shared += same_row.map(|b| u64::from(a.run().overlap_px(b.run()))).sum::<u64>();
        }
        shared
    }
}

/// Holes large enough to be asked about, slice by slice.
#[derive(Debug)]
pub(crate) struct Holes {
    list: Vec<Hole>,
    grid: Grid,
    background: Enclosed,
}

impl Holes {
    /// No holes yet, on such slices.
    pub(crate) fn new(grid: Grid) -> Self {
        Self { list: Vec::new(), grid, background: Enclosed::default() }
    }

    /// Fills the small holes of `lung`, the part of a slice in `window` that holds all of its lung, and notes the large ones.
    /// Returns all of them, small and large. Slices must come in order.
    pub(crate) fn take(&mut self, lung: &mut Mask, slice: usize, window: &Window) -> Mask {
        self.background.set_background(lung.view());
        self.note(lung, slice, window)
    }

    /// Does so with the holes that have just been told from the rest of the background.
    fn note(&mut self, lung: &mut Mask, slice: usize, window: &Window) -> Mask {
        let mut inside = Mask::new(lung.view().rows(), lung.view().cols());
        // Where the large ones stand in the list, by label.
        let mut places = Vec::with_capacity(self.background.regions() + 1);
        for area_px in self.background.areas_px() {
            let is_large = area_px as f64 * self.grid.pixel_mm2 >= ALWAYS_FILLED_BELOW_MM2;
            places.push(is_large.then_some(self.list.len()));
            self.list.extend(is_large.then(|| Hole { slice, area_px, runs: Vec::new() }));
        }
        let (first_row, first_col) = (window.rows.start as u32, window.words.start as u32 * 64);
        for &EnclosedRun { row, run, label } in self.background.runs() {
            let Run { start, end } = run;
            inside.view_mut().set_run(row as usize, start as usize, end as usize);
            match places[label as usize] {
                Some(large) => {
                    let run = Run { start: first_col + start, end: first_col + end };
                    self.list[large].runs.push(RowRun::new(first_row + row, run));
                }
                None => lung.view_mut().set_run(row as usize, start as usize, end as usize),
            }
        }
        inside
    }

    /// Forgets the holes of a slice and takes those of `lung` in their place, as [`Holes::take`] does.
    pub(crate) fn retake(&mut self, lung: &mut Mask, slice: usize, window: &Window) {
        self.retake_up_to(u64::MAX, lung, slice, window);
    }

    /// Does so unless the new holes hold more than `most_px` pixels: then all stays as it is. Whether it was done.
    pub(crate) fn retake_up_to(
        &mut self,
        most_px: u64,
        lung: &mut Mask,
        slice: usize,
        window: &Window,
    ) -> bool {
        self.background.set_background(lung.view());
        if self.background.enclosed_px() > most_px {
            return false;
        }
        let Range { start, end } = self.places(slice);
        let after = self.list.split_off(end);
        self.list.truncate(start);
        self.note(lung, slice, window);
        self.list.extend(after);
        true
    }

    /// Where the holes of a slice stand in the list.
    fn places(&self, slice: usize) -> Range<usize> {
        let first_of = |slice: usize| self.list.partition_point(|hole| hole.slice < slice);
        first_of(slice)..first_of(slice + 1)
    }

    /// Pixels of the noted holes of a slice.
    pub(crate) fn area_px(&self, slice: usize) -> u64 {
        self.list[self.places(slice)].iter().map(|hole| hole.area_px).sum()
    }

    /// The pixels of a window that lie in noted holes of a slice.
    pub(crate) fn in_window(&self, slice: usize, window: &Window) -> Mask {
        let mut mask = window.empty();
        let mut view = mask.view_mut();
        for r in self.list[self.places(slice)].iter().flat_map(|hole| &hole.runs) {
            window.set_run(&mut view, r.row(), r.run());
        }
        mask
    }

    /// Fills every noted hole that is not part of an organ.
    pub(crate) fn fill_all_but_organs(self, lung: &mut MaskVolume) {
        let organs = Organs::new(&self.list, lung, self.grid).tell();
        for (hole, _) in self.list.iter().zip(organs).filter(|(_, organ)| !organ) {
            let mut mask = lung.slice_mut(hole.slice);
            hole.runs.iter().for_each(|run| run.paint(&mut mask));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels of 1 mm2 on slices of 5 mm.
    const GRID: Grid = Grid { pixel_mm2: 1.0, slice_mm: 5.0, superior_is_last: true };

    fn square(half: usize) -> Mask {
        Mask::from_fn(64, 64, |row, col| row.abs_diff(32) < half && col.abs_diff(32) < half)
    }

    /// A lung of 64 x 64 mm with a square hole in the middle.
    fn with_hole(half: usize) -> Mask {
        let mut lung = Mask::from_fn(64, 64, |row, col| (1..63).contains(&row) && (1..63).contains(&col));
        lung.view_mut().and_not(square(half).view());
        lung
    }

    #[test]
    fn small_holes_are_filled_at_once_and_large_ones_noted() {
        let mut holes = Holes::new(GRID);
        let (mut small, mut large) = (with_hole(4), with_hole(5));
        let whole = Window::whole(&MaskVolume::new(64, 64, 2));
        assert_eq!(holes.take(&mut small, 0, &whole), square(4));
        assert_eq!(holes.take(&mut large, 1, &whole), square(5));
        assert_eq!((small, large), (with_hole(0), with_hole(5)));
        assert_eq!(holes.list.iter().map(|hole| (hole.slice, hole.area_px)).collect::<Vec<_>>(), [(1, 81)]);
        assert_eq!([0, 1].map(|slice| holes.area_px(slice)), [0, 81]);
        assert_eq!(holes.in_window(1, &whole), square(5));
        // Holes that hold too much are not taken in place of those that are known.
        let mut larger = with_hole(6);
        assert!(!holes.retake_up_to(120, &mut larger, 1, &whole));
        assert_eq!(holes.area_px(1), 81);
        assert!(holes.retake_up_to(121, &mut larger, 1, &whole));
        assert_eq!(holes.area_px(1), 121);
    }
}
