//! Binary morphology with a disk, on bit masks.
//!
//! The disk of radius r holds the offsets with dx^2 + dy^2 <= r^2, as skimage.morphology.disk(r) for whole r.
//! Pixels beyond the image count as clear for dilation and as set for erosion, so that neither invents an edge
//! there (scikit-image's convention; closing therefore never shrinks a mask at the border).

use hilum_core::{Mask, MaskView};

/// The disk as half widths: `half_widths[d]` columns to each side in the rows `d` above and below the centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disk {
    half_widths: Vec<usize>,
}

impl Disk {
    /// The disk of radius `radius_px` pixels; 0 is the centre alone. Not finite or negative counts as 0.
    pub fn new(radius_px: f64) -> Self {
        let radius = if radius_px.is_finite() { radius_px.max(0.0) } else { 0.0 };
        Self::ellipse(radius, radius)
    }

    /// The ellipse with half axes `row_px` and `col_px`: a disk in millimetres on pixels that are not square.
    pub fn ellipse(row_px: f64, col_px: f64) -> Self {
        let reach = row_px.floor() as usize;
        let half_widths = (0..=reach)
            .map(|dy| {
                let share = if row_px > 0.0 { 1.0 - (dy as f64 / row_px).powi(2) } else { 1.0 };
                // The tiny slack keeps whole-number radii exact: sqrt(25 - 16) must floor to 3.
                (col_px * share.max(0.0).sqrt() + 1e-9).floor() as usize
            })
            .collect();
        Self { half_widths }
    }

    /// Columns to each side of the centre that the disk reaches.
    pub fn half_width(&self) -> usize {
        self.half_widths[0]
    }

    /// Rows above and below the centre that the disk reaches.
    pub fn reach(&self) -> usize {
        self.half_widths.len() - 1
    }
}

/// Every pixel within the disk of a set pixel.
pub fn dilate(mask: MaskView<'_>, disk: &Disk) -> Mask {
    let mut out = Mask::new(mask.rows(), mask.cols());
    let mut widened = vec![0u64; mask.words_per_row()];
    for row in 0..mask.rows() {
        if mask.row(row).iter().all(|&word| word == 0) {
            continue;
        }
        widened.copy_from_slice(mask.row(row));
        stamp(&mut widened, disk, row, &mut out, |target, source| *target |= source);
    }
    trim(&mut out);
    out
}

/// Every pixel whose whole disk is set.
pub fn erode(mask: MaskView<'_>, disk: &Disk) -> Mask {
    let (rows, words) = (mask.rows(), mask.words_per_row());
    let last = words.saturating_sub(1);
    let within = u64::MAX >> (words * 64 - mask.cols());
    let mut out = complement(Mask::new(rows, mask.cols()));
    let mut clear = vec![0u64; words];
    for row in 0..rows {
        for (index, (c, &word)) in clear.iter_mut().zip(mask.row(row)).enumerate() {
            *c = if index == last { !word & within } else { !word };
        }
        if mask.row(row).iter().all(|&word| word == 0) {
            let mut view = out.view_mut();
            for target in row.saturating_sub(disk.reach())..rows.min(row + disk.reach() + 1) {
                view.row_mut(target).fill(0);
            }
        } else if clear.iter().any(|&word| word != 0) {
            stamp(&mut clear, disk, row, &mut out, |target, source| *target &= !source);
        }
    }
    out
}

/// Combines the rows of `out` within the disk's reach of `row` with `line`, widened as the disk is at that distance.
fn stamp(line: &mut [u64], disk: &Disk, row: usize, out: &mut Mask, combine: impl Fn(&mut u64, u64)) {
    let rows = out.view().rows();
    let mut view = out.view_mut();
    let mut width = 0;
    // From the outermost row of the disk inwards the half width only grows: widen step by step.
    for dy in (0..=disk.reach()).rev() {
        widen(line, disk.half_widths[dy] - width);
        width = disk.half_widths[dy];
        let below = Some(row + dy).filter(|&r| r < rows && dy > 0);
        for target in [row.checked_sub(dy), below].into_iter().flatten() {
            for (a, &b) in view.row_mut(target).iter_mut().zip(line.iter()) {
                combine(a, b);
            }
        }
    }
}

/// Dilation, then erosion: joins what is closer than the disk is wide and fills narrow bays.
pub fn close(mask: MaskView<'_>, disk: &Disk) -> Mask {
    erode(dilate(mask, disk).view(), disk)
}

/// Erosion, then dilation: removes what is narrower than the disk.
pub fn open(mask: MaskView<'_>, disk: &Disk) -> Mask {
    dilate(erode(mask, disk).view(), disk)
}

/// The clear pixels.
pub fn complement(mut mask: Mask) -> Mask {
    for word in mask.view_mut().words_mut() {
        *word = !*word;
    }
    trim(&mut mask);
    mask
}

/// Widens a row by `by` columns to each side; bits may spill beyond the last column (trimmed at the end).
fn widen(row: &mut [u64], by: usize) {
    let mut left = by;
    while left > 0 {
        let step = left.min(63);
        // Shifts by 1, 2, 4, ... reach `step` in a logarithmic number of passes.
        let mut done = 0;
        while done < step {
            let shift = (done + 1).min(step - done);
            spread(row, shift as u32);
            done += shift;
        }
        left -= step;
    }
}

/// `row |= row << shift | row >> shift` across words, 0 < shift < 64.
fn spread(row: &mut [u64], shift: u32) {
    let mut below = 0u64;
    for index in 0..row.len() {
        let word = row[index];
        let above = row.get(index + 1).copied().unwrap_or(0);
        row[index] = word | word << shift | below >> (64 - shift) | word >> shift | above << (64 - shift);
        below = word;
    }
}

/// Clears the bits beyond the last column.
fn trim(mask: &mut Mask) {
    let cols = mask.view().cols();
    if cols.is_multiple_of(64) {
        return;
    }
    let words = cols.div_ceil(64);
    let keep = u64::MAX >> (64 - cols % 64);
    for word in mask.view_mut().words_mut().iter_mut().skip(words - 1).step_by(words) {
        *word &= keep;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive_dilate(mask: &Mask, radius: i64) -> Mask {
        let view = mask.view();
        Mask::from_fn(view.rows(), view.cols(), |r, c| {
            (-radius..=radius).any(|dy| {
                (-radius..=radius).any(|dx| {
                    let (y, x) = (r as i64 + dy, c as i64 + dx);
                    dx * dx + dy * dy <= radius * radius
                        && (0..view.rows() as i64).contains(&y)
                        && (0..view.cols() as i64).contains(&x)
                        && view.get(y as usize, x as usize)
                })
            })
        })
    }

    proptest! {
        #[test]
        fn dilation_is_what_its_definition_says(
            (rows, cols) in (1usize..12, 1usize..150), radius in 0i64..9, seed in any::<u64>()
        ) {
            let mask = Mask::from_fn(rows, cols, |r, c| (seed ^ (r * 977 + c * 31) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 59 == 0);
            prop_assert_eq!(dilate(mask.view(), &Disk::new(radius as f64)), naive_dilate(&mask, radius));
        }

        #[test]
        fn closing_grows_and_opening_shrinks(cols in 1usize..140, radius in 0.0f64..6.0, seed in any::<u64>()) {
            let mask = Mask::from_fn(9, cols, |r, c| (seed ^ (r * 977 + c * 31) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 62 == 0);
            let disk = Disk::new(radius);
            let (closed, opened) = (close(mask.view(), &disk), open(mask.view(), &disk));
            for (m, (c, o)) in mask.view().words().iter().zip(closed.view().words().iter().zip(opened.view().words())) {
                prop_assert_eq!(m & !c, 0);
                prop_assert_eq!(o & !m, 0);
            }
        }
    }

    #[test]
    fn erosion_is_the_dilation_of_the_rest() {
        for (rows, cols) in [(1, 1), (7, 64), (12, 130), (20, 40)] {
            let mask = Mask::from_fn(rows, cols, |r, c| (r * 7 + c * 3) % 11 != 0 && r % 9 != 4);
            for radius in [0.0, 1.0, 2.5, 6.0] {
                let disk = Disk::new(radius);
                let rest = complement(dilate(complement(mask.clone()).view(), &disk));
                assert_eq!(erode(mask.view(), &disk), rest, "{rows} x {cols}, radius {radius}");
            }
        }
    }

    #[test]
    fn wide_steps_cross_many_words() {
        let mut mask = Mask::new(1, 400);
        mask.view_mut().set(0, 200, true);
        let wide = dilate(mask.view(), &Disk::ellipse(0.0, 150.0));
        assert_eq!(wide.view().columns(0).collect::<Vec<_>>(), (50..=350).collect::<Vec<_>>());
    }
}
