//! The outline of a mask as closed lines, for figures that are drawn and not painted.
//!
//! In: a mask. Out: one closed line for every outer border and every hole, in pixels of the mask: x to the right, y
//! downwards, pixel (row, col) covering `[col, col + 1] x [row, row + 1]`. Lines run midway between pixel centres, as
//! scikit-image's `find_contours` at level 0.5 has them, with the mask on their right; pixels that touch at a corner alone
//! are apart. Source: marching squares, Lorensen and Cline 1987 ([doi:10.1145/37401.37422]) in two dimensions.
//!
//! [doi:10.1145/37401.37422]: https://doi.org/10.1145/37401.37422

use hilum_core::MaskView;
use std::collections::BTreeMap;

/// A point in half pixels, so that it is exact: `(2 y, 2 x)`.
type Half = (i64, i64);

/// The closed lines round a mask; the first point is not repeated at the end, points on a straight run are left out.
pub fn outlines(mask: MaskView<'_>) -> Vec<Vec<[f64; 2]>> {
    let mut next = steps(mask);
    let mut lines = Vec::new();
    while let Some((start, mut at)) = next.pop_first() {
        let mut line = vec![start];
        while at != start {
            line.push(at);
            match next.remove(&at) {
                Some(following) => at = following,
                None => break,
            }
        }
        lines.push(corners(&line).into_iter().map(|(y, x)| [x as f64 / 2.0, y as f64 / 2.0]).collect());
    }
    lines
}

/// Every step of every line, by the point that it starts from.
fn steps(mask: MaskView<'_>) -> BTreeMap<Half, Half> {
    let (rows, cols) = (mask.rows() as i64, mask.cols() as i64);
    let inside = |row: i64, col: i64| {
        (0..rows).contains(&row) && (0..cols).contains(&col) && mask.get(row as usize, col as usize)
    };
    let mut next = BTreeMap::new();
    // A cell lies between the centres of four pixels; its middle is the corner where they meet.
    for row in 0..=rows {
        for col in 0..=cols {
            let (y, x) = (2 * row, 2 * col);
            let (top, bottom, left, right) = ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1));
            let around =
                [inside(row - 1, col - 1), inside(row - 1, col), inside(row, col - 1), inside(row, col)];
            let through: &[(Half, Half)] = match around {
                [false, false, false, false] | [true, true, true, true] => &[],
                [true, false, false, false] => &[(top, left)],
                [false, true, false, false] => &[(right, top)],
                [false, false, true, false] => &[(left, bottom)],
                [false, false, false, true] => &[(bottom, right)],
                [true, true, false, false] => &[(right, left)],
                [false, false, true, true] => &[(left, right)],
                [true, false, true, false] => &[(top, bottom)],
                [false, true, false, true] => &[(bottom, top)],
                [false, true, true, true] => &[(left, top)],
                [true, false, true, true] => &[(top, right)],
                [true, true, false, true] => &[(bottom, left)],
                [true, true, true, false] => &[(right, bottom)],
                [true, false, false, true] => &[(top, left), (bottom, right)],
                [false, true, true, false] => &[(right, top), (left, bottom)],
            };
            next.extend(through.iter().copied());
        }
    }
    next
}

/// The points where a closed line turns.
fn corners(line: &[Half]) -> Vec<Half> {
    let step = |from: Half, to: Half| ((to.0 - from.0).signum(), (to.1 - from.1).signum());
    let at = |i: usize| line[i % line.len()];
    let turns = |&i: &usize| step(at(i + line.len() - 1), at(i)) != step(at(i), at(i + 1));
    (0..line.len()).filter(turns).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::Mask;

    /// The area within a closed line (the shoelace formula); negative where the line runs round a hole.
    fn area(line: &[[f64; 2]]) -> f64 {
        let pairs = line.iter().zip(line.iter().cycle().skip(1));
        pairs.map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>() / 2.0
    }

    #[test]
    fn one_pixel_is_a_diamond_round_its_centre() {
        let lines = outlines(Mask::drawn("...\n.#.\n...").view());
        assert_eq!(lines.len(), 1);
        let mut points = lines[0].clone();
        points.sort_by(|a, b| a.partial_cmp(b).unwrap());
        assert_eq!(points, [[1.0, 1.5], [1.5, 1.0], [1.5, 2.0], [2.0, 1.5]]);
    }

    #[test]
    fn straight_runs_have_no_points_between_their_ends() {
        let lines = outlines(Mask::drawn("####\n####\n####").view());
        // A rectangle with its corners cut off: 12 less four corners of 1/8.
        assert_eq!((lines.len(), lines[0].len()), (1, 8));
        assert!((area(&lines[0]) - 11.5).abs() < 1e-12);
    }

    #[test]
    fn holes_and_parts_have_lines_of_their_own_and_corners_do_not_join() {
        let ring = outlines(Mask::drawn("###\n#.#\n###").view());
        assert_eq!(ring.len(), 2);
        let total: f64 = ring.iter().map(|line| area(line)).sum();
        assert!((total - (9.0 - 0.5 - 0.5)).abs() < 1e-12, "{total}");
        assert_eq!(outlines(Mask::drawn("#.\n.#").view()).len(), 2);
        assert!(outlines(Mask::new(3, 3).view()).is_empty());
    }
}
