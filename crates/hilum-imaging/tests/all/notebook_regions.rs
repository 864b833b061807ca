//! The notebook's lungs once more, by another way, on drawn slices of all kinds: connected regions, filled, instead of
//! contours followed. A closed contour is the outer border of a 4-connected region of air, or of an 8-connected region of
//! tissue, that does not touch the border of the image (a region of air may, in one pixel).

use hilum_core::{Mask, MaskView};
use hilum_imaging::notebook::{Dropped, NotebookSlice};
use hilum_imaging::{Component, Components, Connectivity, fill_holes_of};
use proptest::prelude::*;

const LEAST_PX: u64 = 2000;
const NEIGHBOURS: [(i64, i64); 4] = [(-1, 0), (0, 1), (1, 0), (0, -1)];

/// A region with its holes filled, and the pairs of pixels along its outer border.
struct Region {
    filled: Mask,
    /// Air pixel and step to the tissue pixel.
    border: Vec<((i64, i64), (i64, i64))>,
    hull_area_x800: i64,
}

fn regions(air: MaskView<'_>) -> Vec<Region> {
    let mut found = Vec::new();
    for is_air in [true, false] {
        let (components, background) = if is_air {
            (Components::of(air, Connectivity::Four), Connectivity::Eight)
        } else {
            (Components::of_background(air, Connectivity::Eight), Connectivity::Four)
        };
        for (index, component) in components.list().iter().enumerate() {
            let mask = components.select(|i, _| i == index);
            if is_closed(component, mask.view(), is_air) {
                found.push(region(fill_holes_of(mask.view(), background), is_air));
            }
        }
    }
    found
}

fn is_closed(component: &Component, mask: MaskView<'_>, is_air: bool) -> bool {
    let at_border =
        |row: usize, col: usize| row == 0 || col == 0 || row + 1 == mask.rows() || col + 1 == mask.cols();
    let touching = (0..mask.rows())
        .flat_map(|row| mask.columns(row).map(move |col| (row, col)))
        .filter(|&(row, col)| at_border(row, col))
        .count();
    !component.touches_border || (is_air && touching == 1)
}

fn region(filled: Mask, is_air: bool) -> Region {
    let view = filled.view();
    let mut border = Vec::new();
    for row in 0..view.rows() as i64 {
        for col in view.columns(row as usize).map(|c| c as i64) {
            for (down, right) in NEIGHBOURS {
                let other = (row + down, col + right);
                let within =
                    (0..view.rows() as i64).contains(&other.0) && (0..view.cols() as i64).contains(&other.1);
                if within && !view.get(other.0 as usize, other.1 as usize) {
                    border.push(if is_air { ((row, col), (down, right)) } else { (other, (-down, -right)) });
                }
            }
        }
    }
    let hull_area_x800 =
        hull_area(border.iter().map(|(p, step)| (20 * p.0 + step.0, 20 * p.1 + step.1)).collect());
    Region { filled, border, hull_area_x800 }
}

/// Twice the area of the convex hull, by wrapping: from each corner to the point that leaves all others on one side.
fn hull_area(mut points: Vec<(i64, i64)>) -> i64 {
    points.sort_unstable();
    points.dedup();
    let turn =
        |o: (i64, i64), a: (i64, i64), b: (i64, i64)| (a.0 - o.0) * (b.1 - o.1) - (a.1 - o.1) * (b.0 - o.0);
    let length = |a: (i64, i64), b: (i64, i64)| (a.0 - b.0).pow(2) + (a.1 - b.1).pow(2);
    let start = points[0];
    let (mut at, mut area) = (start, 0);
    loop {
        let next = points.iter().copied().filter(|&p| p != at).reduce(|best, p| {
            let side = turn(at, best, p);
            if side < 0 || (side == 0 && length(at, p) > length(at, best)) { p } else { best }
        });
        let Some(next) = next else { return 0 };
        area += at.0 * next.1 - at.1 * next.0;
        if next == start {
            return area.abs();
        }
        at = next;
    }
}

fn drawn(filled: &Mask) -> Mask {
    let view = filled.view();
    let (rows, cols) = (view.rows(), view.cols());
    Mask::from_fn(rows, cols, |row, col| {
        row + 1 < rows
            && col + 1 < cols
            && view.get(row, col)
            && view.get(row, col + 1)
            && view.get(row + 1, col)
    })
}

fn by_regions(air: MaskView<'_>) -> Result<NotebookSlice, Dropped> {
    let mut kept: Vec<Region> =
        regions(air).into_iter().filter(|r| r.hull_area_x800 > 800 * LEAST_PX as i64).collect();
    kept.sort_by_key(|r| r.hull_area_x800);
    if kept.len() < 2 {
        return Err(Dropped::FewerThanTwoClosedContours);
    }
    let equal = |pair: &[Region]| pair[0].hull_area_x800 == pair[1].hull_area_x800;
    let mut equal_hulls = false;
    if kept.len() > 2 {
        if equal(&kept[kept.len() - 2..]) {
            return Err(Dropped::EqualHullAreas);
        }
        kept.pop();
        equal_hulls = kept.windows(2).any(equal);
    }
    let polygons: Vec<Mask> =
        kept.iter().map(|r| drawn(&r.filled)).filter(|p| p.view().count_px() > LEAST_PX).collect();
    let mut lung = Mask::new(air.rows(), air.cols());
    for polygon in &polygons {
        lung.view_mut().or(polygon.view());
    }
    if lung.view().count_px() < polygons.iter().map(|p| p.view().count_px()).sum() {
        return Err(Dropped::OverlappingPolygons);
    }
    if polygons.len() < 2 {
        return Err(Dropped::FewerThanTwoPolygons);
    }
    let mut contour_px = Mask::new(air.rows(), air.cols());
    for (pixel, _) in kept.iter().flat_map(|r| &r.border) {
        contour_px.view_mut().set(pixel.0 as usize, pixel.1 as usize, true);
    }
    Ok(NotebookSlice { lung, contour_px, equal_hulls })
}

/// Air as ellipses of it and of tissue drawn one over the other, with a grain of noise at their edges.
fn slices() -> impl Strategy<Value = Mask> {
    let ellipse = (-10i64..120, -10i64..190, 3i64..50, 3i64..60, any::<bool>());
    let shapes = proptest::collection::vec(ellipse, 2..12);
    (70usize..110, 100usize..180, any::<bool>(), shapes, any::<u64>(), 0u64..12).prop_map(
        |(rows, cols, background, shapes, seed, noise)| {
            let grain = |row: usize, col: usize| {
                let hash = (seed ^ (row * 8191 + col) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                (hash.rotate_left(29).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 40) % 100 < noise
            };
            Mask::from_fn(rows, cols, |row, col| {
                let inside = |&&(r, c, high, wide, _): &&(i64, i64, i64, i64, bool)| {
                    let (y, x) = ((row as i64 - r) * wide, (col as i64 - c) * high);
                    y * y + x * x <= high * high * wide * wide
                };
                let air = shapes.iter().rev().find(inside).map_or(background, |&(.., air)| air);
                air != (grain(row, col) && grain(row / 2, col / 2 + 1000))
            })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn contours_and_regions_give_the_same_lungs(air in slices()) {
        match NotebookSlice::of(air.view()) {
            // Contours that end at the border are no outer borders of regions.
            Err(Dropped::DegenerateContour) => {}
            found => prop_assert_eq!(found, by_regions(air.view()), "\n{}", air.picture()),
        }
    }
}

/// A pixel in the middle of a border is the only one in which a lung touches it, from every side.
#[test]
fn a_lung_that_touches_the_border_in_one_pixel_is_closed() {
    for cols in [128, 150] {
        for (row, col) in [(0, 31), (119, 31), (60, 0), (60, cols - 1)] {
            let (near, far) = if col + 1 == cols { (cols as i64 - 37, 35) } else { (36, cols as i64 - 38) };
            let in_square =
                |r: usize, c: usize, centre: i64| (c as i64 - centre).abs() <= 25 && (12..108).contains(&r);
            let stalk = |r: usize, c: usize| match (row, col) {
                (0, _) => c == col && r < 40,
                (119, _) => c == col && r > 80,
                (_, 0) => r == row && c < 40,
                _ => r == row && c > cols - 40,
            };
            let air =
                Mask::from_fn(120, cols, |r, c| in_square(r, c, near) || in_square(r, c, far) || stalk(r, c));
            let found = NotebookSlice::of(air.view()).unwrap();
            assert_eq!(found, by_regions(air.view()).unwrap(), "{row}, {col}");
        }
    }
}
