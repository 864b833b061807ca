//! The representative slice: the one with the largest lung area, and how sure that choice is.
//!
//! In: the area curve and the lung mask. Out: index, plateau, and how the two lungs stand on the slice.

use crate::components::{Components, Connectivity};
use crate::lungs::{Body, Lungs};
use hilum_core::schema::LungState;
use hilum_core::{Geometry, MaskView};

/// Slices within this share of the largest area count as equally good.
pub const PLATEAU_FRAC: f64 = 0.02;
/// A part of the mask below this share of the whole is no lung of its own.
const LEAST_PART_FRAC: f64 = 0.05;
/// A connected mask is both lungs when at least this share lies on either side of the body's middle.
const FUSED_SIDE_FRAC: f64 = 0.2;

/// The chosen slice.
#[derive(Debug, Clone, PartialEq)]
pub struct SliceChoice {
    /// Index of the slice.
    pub index: usize,
    /// Its lung area in pixels.
    pub area_px: u64,
    /// First and last slice of the unbroken run round it whose area is within 2 % of the largest.
    pub plateau: (usize, usize),
}

impl SliceChoice {
    /// The first slice with the largest lung area; `None` when no slice has any.
    pub fn largest(area_px: &[u64]) -> Option<Self> {
        let index = first_maximum(area_px).filter(|&i| area_px[i] > 0)?;
        Some(Self { index, area_px: area_px[index], plateau: plateau(area_px, index) })
    }

    /// The length of the plateau in mm.
    pub fn plateau_width_mm(&self, slice_spacing_mm: f64) -> f64 {
        (self.plateau.1 - self.plateau.0 + 1) as f64 * slice_spacing_mm
    }
}

/// The index of the first largest value; `None` for an empty curve.
pub fn first_maximum(curve: &[u64]) -> Option<usize> {
    let most = curve.iter().max()?;
    curve.iter().position(|x| x == most)
}

/// The unbroken run of slices round `index` whose area is within [`PLATEAU_FRAC`] of the area at `index`.
fn plateau(curve: &[u64], index: usize) -> (usize, usize) {
    let least = curve[index] as f64 * (1.0 - PLATEAU_FRAC);
    let good = |&i: &usize| curve[i] as f64 >= least;
    let first = (0..=index).rev().take_while(good).last().unwrap_or(index);
    let last = (index..curve.len()).take_while(good).last().unwrap_or(index);
    (first, last)
}

/// How the two lungs stand on the chosen slice.
pub fn lung_state(lungs: &Lungs, choice: &SliceChoice, geometry: &Geometry) -> LungState {
    let left_right_is_columns = geometry.frame().columns_run_left_right();
    match &lungs.body {
        _ if lungs.cut_off[choice.index] => LungState::CutOff,
        Some(body) => state_on_slice(lungs.lung.slice(choice.index), body, left_right_is_columns),
        None => LungState::Single,
    }
}

fn state_on_slice(lung: MaskView<'_>, body: &Body, left_right_is_columns: bool) -> LungState {
    let parts = Components::of(lung, Connectivity::Four);
    let whole_px = lung.count_px() as f64;
    let middle = body.middle(left_right_is_columns);
    // For every part: pixels on the low and on the high side of the body's middle.
    let mut sides = vec![[0u64; 2]; parts.list().len()];
    for (row, run, label) in parts.all_runs() {
        if left_right_is_columns {
            let low = u64::from(run.end.min(middle as u32).saturating_sub(run.start));
            sides[label as usize][0] += low;
            sides[label as usize][1] += u64::from(run.len_px()) - low;
        } else {
            sides[label as usize][usize::from(row >= middle)] += u64::from(run.len_px());
        }
    }
    sides.retain(|[low, high]| (low + high) as f64 >= LEAST_PART_FRAC * whole_px);
    let fused = |[low, high]: &[u64; 2]| *low.min(high) as f64 >= FUSED_SIDE_FRAC * (low + high) as f64;
    if sides.iter().any(fused) {
        return LungState::Fused;
    }
    let on_low = sides.iter().any(|[low, high]| low > high);
    let on_high = sides.iter().any(|[low, high]| low <= high);
    if on_low && on_high { LungState::Open } else { LungState::Single }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_slices_is_chosen() {
        assert_eq!(first_maximum(&[1, 5, 3, 5]), Some(1));
        assert_eq!(first_maximum(&[]), None);
    }

    #[test]
    fn the_plateau_is_an_unbroken_run() {
        assert_eq!(plateau(&[0, 99, 98, 100, 99, 90, 100], 3), (1, 4));
        assert_eq!(plateau(&[100], 0), (0, 0));
    }
}
