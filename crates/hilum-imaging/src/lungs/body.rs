//! The body on one slice, coarsely: what tells a lung from the foam inside a table or the air in a blanket's fold.

use crate::components::{Components, Connectivity};
use crate::lungs::regions::{AirRegions, Region};
use crate::morphology::{Disk, open};
use hilum_core::{InPlaneSpacingMm, Mask, MaskView, MaskVolume};

/// Table shells, clothes and skin folds are thinner than twice this (mm); the torso is not.
const OPENING_RADIUS_MM: f64 = 6.0;
/// The coarse grid's pixel (mm): fine enough for the opening, coarse enough to cost nothing.
const COARSE_PIXEL_MM: f64 = 4.0;
/// How many slices of a component are looked at.
const SAMPLES: usize = 6;

/// The outline of the body on a coarse grid.
#[derive(Debug, Clone)]
pub struct Body {
    mask: Mask,
    row_step: usize,
    col_step: usize,
}

impl Body {
    /// The largest solid object of the slice after an opening of 6 mm, and all that lies between its parts.
    ///
    /// * `air` - pixels below -500 HU.
    pub fn on_slice(air: MaskView<'_>, spacing: InPlaneSpacingMm) -> Self {
        let step = |mm: f64| ((COARSE_PIXEL_MM / mm).round().max(1.0)) as usize;
        let (row_step, col_step) = (step(spacing.row), step(spacing.col));
        let solid = Mask::from_fn(air.rows().div_ceil(row_step), air.cols().div_ceil(col_step), |r, c| {
            !air.get(
                (r * row_step + row_step / 2).min(air.rows() - 1),
                (c * col_step + col_step / 2).min(air.cols() - 1),
            )
        });
        let radius_px = |mm: f64, step: usize| OPENING_RADIUS_MM / (mm * step as f64);
        let disk = Disk::ellipse(radius_px(spacing.row, row_step), radius_px(spacing.col, col_step));
        let opened = open(solid.view(), &disk);
        let components = Components::of(opened.view(), Connectivity::Four);
        let largest = components.largest();
        let mask = with_what_lies_between(components.select(|i, _| Some(i) == largest).view());
        Self { mask, row_step, col_step }
    }

    /// The middle of the body between its left and right ends: a column, or a row where rows run left to right. The
    /// middle of the image where no body was found.
    pub fn middle(&self, left_right_is_columns: bool) -> usize {
        let view = self.mask.view();
        let parts = Components::of(view, Connectivity::Four);
        let bounds = parts.largest().map(|i| parts.list()[i].bounds);
        let [top, left, bottom, right] = bounds.unwrap_or([0, 0, view.rows() as u32, view.cols() as u32]);
        if left_right_is_columns {
            (left + right) as usize * self.col_step / 2
        } else {
            (top + bottom) as usize * self.row_step / 2
        }
    }

    /// First row and column of the body and the ones past the last, in pixels of the slice, to the coarse grid's
    /// exactness; they may lie beyond the slice by less than a coarse pixel. `None` where no body was found.
    pub fn bounds_px(&self) -> Option<[usize; 4]> {
        let parts = Components::of(self.mask.view(), Connectivity::Four);
        let [top, left, bottom, right] = parts.list()[parts.largest()?].bounds.map(|edge| edge as usize);
        Some([top * self.row_step, left * self.col_step, bottom * self.row_step, right * self.col_step])
    }

    /// How many of the coarse grid's points in the region lie inside the body, and how many there are.
    fn sample(&self, regions: &AirRegions, region: u32) -> [u64; 2] {
        let view = self.mask.view();
        let (mut inside, mut total) = (0, 0);
        for r in regions.runs(region).iter().filter(|r| r.row() % self.row_step == self.row_step / 2) {
            let row = r.row() / self.row_step;
            let first = (r.run().start as usize + self.col_step / 2) / self.col_step;
            let end = (r.run().end as usize + self.col_step / 2) / self.col_step;
            total += (end - first) as u64;
            inside += (first..end).filter(|&col| view.get(row, col)).count() as u64;
        }
        [inside, total]
    }
}

/// The mask, and every pixel that has some of it on both sides in its row or in its column. More than its holes: the
/// chest wall of a thin patient is lost to the opening, and the lungs then lie in bays.
fn with_what_lies_between(mask: MaskView<'_>) -> Mask {
    let (rows, cols) = (mask.rows(), mask.cols());
    let mut in_row = vec![None; rows];
    let mut in_col = vec![None; cols];
    let widen = |range: &mut Option<(usize, usize)>, at: usize| {
        let (first, _) = *range.get_or_insert((at, at));
        *range = Some((first, at));
    };
    for (row, range) in in_row.iter_mut().enumerate() {
        for col in mask.columns(row) {
            widen(range, col);
            widen(&mut in_col[col], row);
        }
    }
    let within = |range: Option<(usize, usize)>, at: usize| range.is_some_and(|(a, b)| (a..=b).contains(&at));
    Mask::from_fn(rows, cols, |row, col| within(in_row[row], col) || within(in_col[col], row))
}

/// The share of a component's pixels that lies inside the body, from up to six slices spread over its length.
///
/// * `members` - regions of the component, ascending by slice.
pub(crate) fn share_inside_body(
    regions: &AirRegions,
    members: &[u32],
    air: &MaskVolume,
    spacing: InPlaneSpacingMm,
    body_of_slice: &mut [Option<Body>],
) -> f64 {
    let slice_of = |m: u32| -> &Region { regions.region(m) };
    let mut slices: Vec<usize> = members.iter().map(|&m| slice_of(m).slice).collect();
    slices.dedup();
    let step = slices.len().div_ceil(SAMPLES).max(1);
    let (mut inside, mut total) = (0, 0);
    for &slice in slices.iter().skip(step / 2).step_by(step) {
        let body = body_of_slice[slice].get_or_insert_with(|| Body::on_slice(air.slice(slice), spacing));
        for &member in members.iter().filter(|&&m| slice_of(m).slice == slice) {
            let [sampled_inside, sampled] = body.sample(regions, member);
            inside += sampled_inside;
            total += sampled;
        }
    }
    if total == 0 { 0.0 } else { inside as f64 / total as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bays_of_the_body_belong_to_it_and_what_lies_below_does_not() {
        let body = Mask::drawn(
            ". . # . . .
             # . # . # .
             # # # # # .
             . . . . . .",
        );
        let filled = Mask::drawn(
            ". . # . . .
             # # # # # .
             # # # # # .
             . . . . . .",
        );
        assert_eq!(with_what_lies_between(body.view()), filled);
    }

    #[test]
    fn a_thin_chest_wall_does_not_cost_the_lungs() {
        // A chest of 300 x 200 mm on pixels of 2 mm: walls of 20 mm, but 6 mm in front; a mediastinum of 40 mm.
        let spacing = InPlaneSpacingMm { row: 2.0, col: 2.0 };
        let solid = |row: usize, col: usize| {
            let inside = (20..120).contains(&row) && (20..170).contains(&col);
            let lung = (23..110).contains(&row) && ((30..85).contains(&col) || (105..160).contains(&col));
            inside && !lung
        };
        let air = Mask::from_fn(140, 190, |row, col| !solid(row, col));
        let body = Body::on_slice(air.view(), spacing);
        assert!(body.mask.view().get(60 / 2, 50 / 2) && body.mask.view().get(60 / 2, 130 / 2));
        assert!(!body.mask.view().get(10 / 2, 90 / 2) && !body.mask.view().get(60 / 2, 180 / 2));
    }
}
