//! The lung's area with its bays along the chest wall bridged: what selection compares.
//!
//! Disease that lies along the chest wall stays outside the mask and takes several per cent off a slice's area, more than
//! the slices round the largest differ by. So slices are compared by the area that the lungs would have without such
//! bays: pixels that a closing of 25 mm adds, as far as they have lung before them, and no more than 25 mm of it behind
//! them, when seen from between the lungs, where that makes a bay of 2 cm2 or more. The heart has no lung before it, the
//! hilum much behind it; neither is added, nor are holes of the mask, which are organs: what else was enclosed is filled
//! already. The mask itself is not changed.

use crate::components::{Components, Connectivity, fill_holes};
use crate::morphology::{Disk, close};
use hilum_core::{InPlaneSpacingMm, Mask, MaskView};

/// Bays narrower than twice this (mm) are bridged.
const BRIDGING_RADIUS_MM: f64 = 25.0;
/// Smaller bays (mm2) are how a healthy lung follows the ribs.
const LEAST_BAY_MM2: f64 = 200.0;
/// A bay at the chest wall has no lung farther out than this (mm).
const FROM_WALL_MM: f64 = 25.0;
/// Directions in which the lung's nearest and farthest pixels are looked for.
const DIRECTIONS: usize = 256;

/// Bays are looked for on pixels of about this size (mm): they are centimetres wide.
const COARSE_PIXEL_MM: f64 = 2.0;

/// Pixels of `lung` and of its bays along the chest wall.
pub(crate) fn costal_area_px(lung: MaskView<'_>, spacing: InPlaneSpacingMm) -> u64 {
    let step = |mm: f64| (COARSE_PIXEL_MM / mm).round().max(1.0) as usize;
    let (row_step, col_step) = (step(spacing.row), step(spacing.col));
    let coarse = Mask::from_fn(lung.rows().div_ceil(row_step), lung.cols().div_ceil(col_step), |row, col| {
        let (row, col) = (row * row_step + row_step / 2, col * col_step + col_step / 2);
        lung.get(row.min(lung.rows() - 1), col.min(lung.cols() - 1))
    });
    let spacing = InPlaneSpacingMm { row: spacing.row * row_step as f64, col: spacing.col * col_step as f64 };
    lung.count_px() + bays_px(coarse.view(), spacing) * (row_step * col_step) as u64
}

/// Pixels of the bays of `lung` along the chest wall.
fn bays_px(lung: MaskView<'_>, spacing: InPlaneSpacingMm) -> u64 {
    let area_px = lung.count_px();
    let runs: Vec<(usize, f64, f64)> = Components::of(lung, Connectivity::Four)
        .all_runs()
        .map(|(row, run, _)| (row, f64::from(run.start), f64::from(run.end)))
        .collect();
    if area_px == 0 {
        return 0;
    }
    let (mut row_sum, mut col_sum) = (0.0, 0.0);
    for &(row, start, end) in &runs {
        row_sum += row as f64 * (end - start);
        col_sum += (start + end - 1.0) / 2.0 * (end - start);
    }
    let (centre_row, centre_col) = (row_sum / area_px as f64, col_sum / area_px as f64);
    let polar = |row: f64, col: f64| -> (usize, f64) {
        let (y, x) = ((row - centre_row) * spacing.row, (col - centre_col) * spacing.col);
        let turn = y.atan2(x) / std::f64::consts::TAU + 0.5;
        ((turn * DIRECTIONS as f64) as usize % DIRECTIONS, y.hypot(x))
    };
    let mut nearest_mm = [f64::INFINITY; DIRECTIONS];
    let mut farthest_mm = [0.0f64; DIRECTIONS];
    for &(row, start, end) in &runs {
        for col in [start, end - 1.0] {
            let (direction, mm) = polar(row as f64, col);
            nearest_mm[direction] = nearest_mm[direction].min(mm);
            farthest_mm[direction] = farthest_mm[direction].max(mm);
        }
    }
    let disk = Disk::ellipse(BRIDGING_RADIUS_MM / spacing.row, BRIDGING_RADIUS_MM / spacing.col);
    let mut added = close(lung, &disk);
    added.view_mut().and_not(fill_holes(lung).view());
    let view = added.view();
    let bays = Mask::from_fn(view.rows(), view.cols(), |row, col| {
        view.get(row, col) && {
            let (direction, mm) = polar(row as f64, col as f64);
            mm > nearest_mm[direction] && mm > farthest_mm[direction] - FROM_WALL_MM
        }
    });
    let pixel_mm2 = spacing.row * spacing.col;
    let bays = Components::of(bays.view(), Connectivity::Four);
    let large =
        bays.list().iter().map(|bay| bay.area_px).filter(|&px| px as f64 * pixel_mm2 >= LEAST_BAY_MM2);
    large.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACING: InPlaneSpacingMm = InPlaneSpacingMm { row: 2.0, col: 2.0 };

    /// Two lungs of 60 x 100 mm with 60 mm between them, less what `missing` says.
    fn lungs(missing: impl Fn(usize, usize) -> bool) -> Mask {
        Mask::from_fn(80, 140, |row, col| {
            let lung = (15..65).contains(&row) && ((20..50).contains(&col) || (80..110).contains(&col));
            lung && !missing(row, col)
        })
    }

    #[test]
    fn a_bay_at_the_chest_wall_is_bridged_and_one_at_the_heart_is_not() {
        let whole = costal_area_px(lungs(|_, _| false).view(), SPACING);
        let costal = costal_area_px(lungs(|row, col| (34..46).contains(&row) && col < 28).view(), SPACING);
        let cardiac = costal_area_px(
            lungs(|row, col| (34..46).contains(&row) && (42..50).contains(&col)).view(),
            SPACING,
        );
        assert!(costal as f64 > 0.98 * whole as f64, "{costal} of {whole}");
        assert_eq!(cardiac, whole - 12 * 8);
    }
}
