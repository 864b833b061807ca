//! The regions whose outer borders are the notebook's closed contours.

use super::hull::{Point, hull_area_x800};
use crate::components::{Component, Components, Connectivity};
use crate::runs::Run;
use hilum_core::MaskView;

/// What a region is made of: it decides on which side of the border the contour runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// A region of air: vertices lie 1/20 px outside its pixels.
    Air,
    /// A region of tissue surrounded by air: vertices lie 19/20 px outside its pixels.
    Tissue,
}

impl Side {
    fn reach_x20(self) -> i64 {
        match self {
            Self::Air => 1,
            Self::Tissue => 19,
        }
    }
}

/// A region with a closed contour and a large enough hull.
#[derive(Debug, Clone)]
pub(super) struct Region {
    pub(super) side: Side,
    /// 800 times the area of the contour's convex hull in px: whole, so that comparisons are exact.
    pub(super) hull_area_x800: i64,
    /// First row, first column, one past the last row, one past the last column.
    pub(super) bounds: [u32; 4],
    /// Runs with their rows.
    pub(super) runs: Vec<(usize, Run)>,
}

/// All regions with a closed contour whose hull is larger than `least_px`.
pub(super) fn closed_regions(air: MaskView<'_>, least_px: u64) -> Vec<Region> {
    let mut regions = Vec::new();
    let shape = (air.rows(), air.cols());
    for (side, components) in [
        (Side::Air, Components::of(air, Connectivity::Four)),
        (Side::Tissue, Components::of_background(air, Connectivity::Eight)),
    ] {
        let mut candidates: Vec<Option<Region>> = components
            .list()
            .iter()
            .map(|c| {
                let closes = !c.touches_border || side == Side::Air;
                (closes && box_exceeds(c, side, least_px)).then(|| Region {
                    side,
                    hull_area_x800: 0,
                    bounds: c.bounds,
                    runs: Vec::new(),
                })
            })
            .collect();
        if candidates.iter().all(Option::is_none) {
            continue;
        }
        for (row, run, label) in components.all_runs() {
            if let Some(region) = &mut candidates[label as usize] {
                region.runs.push((row, run));
            }
        }
        regions.extend(
            components
                .list()
                .iter()
                .zip(candidates)
                .filter_map(|(component, region)| Some((component, region?)))
                .filter(|(component, region)| !component.touches_border || opens_by_one_pixel(region, shape))
                .map(|(_, region)| Region { hull_area_x800: hull_of(&region, shape), ..region })
                .filter(|region| region.hull_area_x800 > 800 * least_px as i64),
        );
    }
    regions
}

/// Whether the bounding box of the contour could hold a hull of this area.
fn box_exceeds(component: &Component, side: Side, least_px: u64) -> bool {
    let [top, left, bottom, right] = component.bounds.map(i64::from);
    let extent = |length: i64| 20 * (length - 1) + 2 * side.reach_x20();
    extent(bottom - top) * extent(right - left) > 400 * least_px as i64
}

/// A region of air that touches the border of the image in a single pixel still has a contour whose ends lie less than a
/// pixel apart, which the notebook takes for closed.
fn opens_by_one_pixel(region: &Region, (rows, cols): (usize, usize)) -> bool {
    let mut touching = 0;
    for &(row, run) in &region.runs {
        if row == 0 || row + 1 == rows {
            touching += run.len_px();
        } else {
            touching += u32::from(run.start == 0) + u32::from(run.end as usize == cols);
        }
    }
    touching == 1
}

/// 800 times the hull's area. A vertex of the hull is the first or last of its row or of its column.
fn hull_of(region: &Region, (rows, cols): (usize, usize)) -> i64 {
    let [top, left, bottom, right] = region.bounds.map(|b| b as usize);
    let mut row_ends = vec![(i64::MAX, i64::MIN); bottom - top];
    let mut col_ends = vec![(i64::MAX, i64::MIN); right - left];
    let widen = |ends: &mut (i64, i64), at: i64| *ends = (ends.0.min(at), ends.1.max(at));
    for &(row, run) in &region.runs {
        widen(&mut row_ends[row - top], i64::from(run.start));
        widen(&mut row_ends[row - top], i64::from(run.end) - 1);
        for ends in &mut col_ends[run.start as usize - left..run.end as usize - left] {
            widen(ends, row as i64);
        }
    }
    let reach = region.side.reach_x20();
    let mut points: Vec<Point> = Vec::with_capacity(2 * (row_ends.len() + col_ends.len()));
    // No vertex lies beyond the image: a pixel on its border has none on that side.
    let inside = |p: i64, length: usize| (0..=20 * (length as i64 - 1)).contains(&p);
    for (index, &(first, last)) in row_ends.iter().enumerate() {
        let row = 20 * (top + index) as i64;
        points.extend(
            [20 * first - reach, 20 * last + reach]
                .into_iter()
                .filter(|&c| inside(c, cols))
                .map(|c| (row, c)),
        );
    }
    for (index, &(first, last)) in col_ends.iter().enumerate() {
        let col = 20 * (left + index) as i64;
        points.extend(
            [20 * first - reach, 20 * last + reach]
                .into_iter()
                .filter(|&r| inside(r, rows))
                .map(|r| (r, col)),
        );
    }
    hull_area_x800(&mut points)
}
