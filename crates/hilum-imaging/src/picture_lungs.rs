//! Lungs in a picture of a CT slice: grey without HU, through whatever window, cut as an author liked it.
//!
//! Enters: grey from 0 to 1. Leaves: a mask, or nothing where no lung is told from the rest. A rule for pictures that have
//! lost their units, to cut them alike; no measurement: dense disease at the edge of a lung, and lung that the picture's edge
//! cuts on two sides, stay outside. docs/classifier.md tells how often it was right.
//!
//! What is even along the edges (a frame, a margin) is taken off. Below Otsu's threshold (1979,
//! doi:10.1109/TSMC.1979.4310076) lies air; of its regions (4-connected) those that touch no edge are candidates, and those that
//! touch one other than the upper one on less than 40 % of its length. The largest, and the next if it has a fifth of its area,
//! are closed with a disk of 4 % of the picture's longer side and filled.

use crate::{
    Components, Connectivity, Run, fill_holes,
    morphology::{Disk, close},
};
use hilum_core::Mask;

/// Grey levels by which an even row or column differs, its outermost twentieths aside.
const EVEN_LEVELS: u8 = 15;
/// Regions smaller than this share of the picture are no lung.
const LEAST_FRAC: f64 = 0.01;
/// A region at the lower edge must have this share: patients lie on tables.
const LEAST_AT_LOWER_EDGE_FRAC: f64 = 0.05;
/// Share of an edge that a lung may touch.
const MOST_CONTACT_FRAC: f64 = 0.4;
/// The second lung, of the first.
const SECOND_FRAC: f64 = 0.2;
/// Radius of the closing, of the longer side.
const CLOSING_FRAC: f64 = 0.04;
/// Lungs of less than this share of the picture are none.
const LEAST_LUNGS_FRAC: f64 = 0.05;

/// The lungs on a picture of `[rows, cols]` pixels, `grey` from 0 to 1 row-major; `None` where none is found, or where the
/// number of pixels is another.
pub fn lungs_of_picture(rows: usize, cols: usize, grey: &[f32]) -> Option<Mask> {
    if rows.checked_mul(cols)? != grey.len() || grey.is_empty() {
        return None;
    }
    let levels: Vec<u8> = grey.iter().map(|&v| (v.clamp(0.0, 1.0) * 255.0).round() as u8).collect();
    let [top, bottom, left, right] = without_even_edges(&levels, rows, cols);
    let (height, width) = (bottom - top, right - left);
    let level = |row: usize, col: usize| levels[(top + row) * cols + left + col];
    let threshold = otsu((0..height).flat_map(|r| (0..width).map(move |c| (r, c))).map(|(r, c)| level(r, c)));
    let dark = Mask::from_fn(height, width, |r, c| level(r, c) <= threshold);

    let components = Components::of(dark.view(), Connectivity::Four);
    let mut candidates = candidates(&components, height, width);
    candidates.sort_by_key(|&(number, area)| (std::cmp::Reverse(area), number));
    let (_, largest) = *candidates.first()?;
    let kept: Vec<usize> = candidates
        .iter()
        .take(2)
        .filter(|(_, area)| *area as f64 >= SECOND_FRAC * largest as f64)
        .map(|(number, _)| *number)
        .collect();
    let lungs = components.select(|number, _| kept.contains(&number));
    let disk = Disk::new((CLOSING_FRAC * height.max(width) as f64).round().max(2.0));
    let lungs = fill_holes(close(lungs.view(), &disk).view());
    if (lungs.view().count_px() as f64) < LEAST_LUNGS_FRAC * (height * width) as f64 {
        return None;
    }
    let inside = |n: usize, first: usize, end: usize| (first..end).contains(&n).then(|| n - first);
    Some(Mask::from_fn(rows, cols, |row, col| {
        let place = inside(row, top, bottom).zip(inside(col, left, right));
        place.is_some_and(|(r, c)| lungs.view().get(r, c))
    }))
}

/// Regions that may be lung: their numbers and areas.
fn candidates(components: &Components, rows: usize, cols: usize) -> Vec<(usize, u64)> {
    // Pixels of each region on the upper, lower, left and right edge.
    let mut contact = vec![[0usize; 4]; components.list().len()];
    for (row, Run { start, end }, number) in components.all_runs() {
        let (start, end) = (start as usize, end as usize);
        let touched = &mut contact[number as usize];
        touched[0] += if row == 0 { end - start } else { 0 };
        touched[1] += if row + 1 == rows { end - start } else { 0 };
        touched[2] += usize::from(start == 0);
        touched[3] += usize::from(end == cols);
    }
    let all = (rows * cols) as f64;
    let may_be_lung = |area: u64, touched: &[usize; 4]| {
        let edges = [cols, cols, rows, rows];
        let frac = area as f64 / all;
        let sides = touched.iter().filter(|n| **n > 0).count();
        let within = touched.iter().zip(edges).all(|(n, edge)| *n as f64 <= MOST_CONTACT_FRAC * edge as f64);
        frac >= LEAST_FRAC
            && sides <= 1
            && touched[0] == 0
            && within
            && (touched[1] == 0 || frac >= LEAST_AT_LOWER_EDGE_FRAC)
    };
    let listed = components.list().iter().zip(&contact).enumerate();
    listed
        .filter(|(_, (part, touched))| may_be_lung(part.area_px, touched))
        .map(|(n, (part, _))| (n, part.area_px))
        .collect()
}

/// First row, the one past the last, first column, the one past the last, without even rows and columns at the edges.
fn without_even_edges(levels: &[u8], rows: usize, cols: usize) -> [usize; 4] {
    let [mut top, mut bottom, mut left, mut right] = [0, rows, 0, cols];
    loop {
        let before = [top, bottom, left, right];
        if bottom - top <= 16 || right - left <= 16 {
            return before;
        }
        let row = |r: usize| is_even(&mut levels[r * cols + left..r * cols + right].to_vec());
        top += usize::from(row(top));
        bottom -= usize::from(row(bottom - 1));
        let col = |c: usize| is_even(&mut (top..bottom).map(|r| levels[r * cols + c]).collect::<Vec<_>>());
        left += usize::from(col(left));
        right -= usize::from(col(right - 1));
        if before == [top, bottom, left, right] {
            return before;
        }
    }
}

fn is_even(line: &mut [u8]) -> bool {
    line.sort_unstable();
    let margin = line.len() / 20;
    line[line.len() - 1 - margin] - line[margin] <= EVEN_LEVELS
}

/// The level up to which pixels belong to the darker of two classes whose means lie farthest apart, weighed by their sizes.
fn otsu(levels: impl Iterator<Item = u8>) -> u8 {
    let mut counts = [0u64; 256];
    levels.for_each(|level| counts[usize::from(level)] += 1);
    let weighted = |(level, count): (usize, &u64)| level as u64 * count;
    let (all, sum) =
        (counts.iter().sum::<u64>() as f64, counts.iter().enumerate().map(weighted).sum::<u64>() as f64);
    let (mut dark, mut dark_sum, mut best) = (0.0, 0.0, (f64::NEG_INFINITY, 0));
    for (level, &count) in counts.iter().enumerate() {
        dark += count as f64;
        dark_sum += (level as u64 * count) as f64;
        let bright = all - dark;
        if dark == 0.0 || bright == 0.0 {
            continue;
        }
        let apart = dark_sum / dark - (sum - dark_sum) / bright;
        let between = dark * bright * apart * apart;
        if between > best.0 {
            best = (between, level as u8);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body (0.8) with two lungs (0.2) before dark air, in a white frame; the picture begins at `first_row`.
    fn chest(first_row: i32, frame: bool) -> (usize, usize, Vec<f32>) {
        let (rows, cols) = ((120 - first_row) as usize, 160);
        let ellipse = |r: i32, c: i32, [cy, cx, ry, rx]: [f64; 4]| {
            ((f64::from(r) - cy) / ry).powi(2) + ((f64::from(c) - cx) / rx).powi(2) < 1.0
        };
        let value = |n: usize| {
            let (r, c) = ((n / cols) as i32 + first_row, (n % cols) as i32);
            let at_edge = n / cols < 3 || n / cols + 3 >= rows || !(3..157).contains(&c);
            match () {
                () if frame && at_edge => 1.0,
                () if ellipse(r, c, [60.0, 50.0, 30.0, 20.0]) || ellipse(r, c, [60.0, 110.0, 30.0, 20.0]) => {
                    0.2
                }
                () if ellipse(r, c, [60.0, 80.0, 52.0, 70.0]) => 0.8,
                () => 0.05,
            }
        };
        (rows, cols, (0..rows * cols).map(value).collect())
    }

    #[test]
    fn both_lungs_are_found_and_the_air_around_is_not() {
        for frame in [false, true] {
            let (rows, cols, grey) = chest(0, frame);
            let lungs = lungs_of_picture(rows, cols, &grey).unwrap();
            assert!(lungs.view().get(60, 50) && lungs.view().get(60, 110));
            assert!(!lungs.view().get(60, 80) && !lungs.view().get(5, 5));
            // Two ellipses of 30 x 20 px: 3770 px.
            assert!((3600..4000).contains(&lungs.view().count_px()), "{}", lungs.view().count_px());
        }
    }

    #[test]
    fn pictures_without_lungs_have_none() {
        assert_eq!(lungs_of_picture(40, 40, &[0.5; 1600]), None);
        assert_eq!(lungs_of_picture(2, 2, &[0.5; 3]), None);
        assert_eq!(lungs_of_picture(0, 0, &[]), None);
        // Cut through the lungs' upper ends: they touch the upper edge.
        let (rows, cols, grey) = chest(40, false);
        assert_eq!(lungs_of_picture(rows, cols, &grey), None);
    }

    #[test]
    fn the_threshold_parts_two_classes() {
        assert_eq!(otsu([10, 11, 12, 200, 201, 199].into_iter()), 12);
        assert_eq!(otsu([7; 9].into_iter()), 0);
    }
}
