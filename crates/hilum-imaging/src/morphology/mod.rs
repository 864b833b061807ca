//! Binary morphology with a disk, on bit masks.
//!
//! The disk of radius r holds the offsets with dx^2 + dy^2 <= r^2, as skimage.morphology.disk(r) for whole r.
//! Pixels beyond the image count as clear for dilation and as set for erosion, so that neither invents an edge
//! there (scikit-image's convention; closing therefore never shrinks a mask at the border).

#[cfg(target_arch = "x86_64")]
mod avx2;

use hilum_core::{Mask, MaskView};
use std::ops::Range;

/// A disk or ellipse, as row groups of equal width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disk {
    groups: Vec<Group>,
    reach: usize,
    half_width: usize,
}

/// Rows at these distances from the centre are equally wide; `widen_by` are the shifts that lead from the width of the
/// next group outwards (or from the centre column alone) to theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    rows: Range<usize>,
    widen_by: Vec<u32>,
}

impl Disk {
    /// The disk of radius `radius_px` pixels; 0 is the centre alone. Not finite or negative counts as 0.
    pub fn new(radius_px: f64) -> Self {
        Self::ellipse(radius_px, radius_px)
    }

    /// The ellipse with half axes `row_px` and `col_px`: a disk in millimetres on pixels that are not square.
    pub fn ellipse(row_px: f64, col_px: f64) -> Self {
        let axis = |px: f64| if px.is_finite() { px.max(0.0) } else { 0.0 };
        let (row_px, col_px) = (axis(row_px), axis(col_px));
        let reach = row_px.floor() as usize;
        let half_widths: Vec<usize> = (0..=reach)
            .map(|dy| {
                let share = if row_px > 0.0 { 1.0 - (dy as f64 / row_px).powi(2) } else { 1.0 };
                // The tiny slack keeps whole-number radii exact: sqrt(25 - 16) must floor to 3.
                (col_px * share.max(0.0).sqrt() + 1e-9).floor() as usize
            })
            .collect();
        let mut groups = Vec::new();
        let mut first = 0;
        while first <= reach {
            let width = half_widths[first];
            let end = first + half_widths[first..].iter().take_while(|&&w| w == width).count();
            let next_width = half_widths.get(end).copied().unwrap_or(0);
            groups.push(Group { rows: first..end, widen_by: shifts_to_widen(width - next_width) });
            first = end;
        }
        Self { groups, reach, half_width: half_widths[0] }
    }

    /// Columns to each side of the centre that the disk reaches.
    pub fn half_width(&self) -> usize {
        self.half_width
    }

    /// Rows above and below the centre that the disk reaches.
    pub fn reach(&self) -> usize {
        self.reach
    }
}

/// Shifts below 64 that, one after the other, widen a row by `by` columns to each side: each may at most double the
/// width reached so far, plus one, or it would leave gaps.
fn shifts_to_widen(by: usize) -> Vec<u32> {
    let mut shifts = Vec::new();
    let mut done = 0;
    while done < by {
        let shift = (2 * done + 1).min(by - done).min(63);
        shifts.push(shift as u32);
        done += shift;
    }
    shifts
}

/// Every pixel within the disk of a set pixel.
pub fn dilate(mask: MaskView<'_>, disk: &Disk) -> Mask {
    gather(mask, disk, false)
}

/// Every pixel whose whole disk is set.
pub fn erode(mask: MaskView<'_>, disk: &Disk) -> Mask {
    gather(complement(mask.to_mask()).view(), disk, true)
}

/// Dilation, then erosion: joins what is closer than the disk is wide and fills narrow bays.
pub fn close(mask: MaskView<'_>, disk: &Disk) -> Mask {
    let beyond = gather(mask, disk, true);
    gather(beyond.view(), disk, true)
}

/// Erosion, then dilation: removes what is narrower than the disk.
pub fn open(mask: MaskView<'_>, disk: &Disk) -> Mask {
    dilate(erode(mask, disk).view(), disk)
}

/// The clear pixels.
pub fn complement(mut mask: Mask) -> Mask {
    let cols = mask.view().cols();
    if cols == 0 {
        return mask;
    }
    let within = u64::MAX >> (cols.next_multiple_of(64) - cols);
    for row in mask.view_mut().words_mut().chunks_exact_mut(cols.div_ceil(64)) {
        row.iter_mut().for_each(|word| *word = !*word);
        row[cols / 64 - usize::from(cols.is_multiple_of(64))] &= within;
    }
    mask
}

/// The dilation of `mask`, or with `inverted` what it leaves clear.
fn gather(mask: MaskView<'_>, disk: &Disk, inverted: bool) -> Mask {
    // Rows are padded to a power of two of words, so that each row is an array that fits the vector registers.
    match mask.words_per_row() {
        0 => mask.to_mask(),
        1 => gather_rows::<1>(mask, disk, inverted, any_width),
        2 => gather_rows::<2>(mask, disk, inverted, any_width),
        3..=4 => gather_rows::<4>(mask, disk, inverted, in_registers::<4, 1>),
        5..=8 => gather_rows::<8>(mask, disk, inverted, in_registers::<8, 2>),
        9..=16 => gather_rows::<16>(mask, disk, inverted, in_registers::<16, 4>),
        17..=64 => gather_rows::<64>(mask, disk, inverted, any_width),
        _ => gather_rows::<512>(mask, disk, inverted, any_width),
    }
}

/// `pass` goes over all rows: it is given the words of the result, and how many make a row.
fn gather_rows<const W: usize>(
    mask: MaskView<'_>,
    disk: &Disk,
    inverted: bool,
    pass: fn(Gather<'_, W>, &mut [u64], usize),
) -> Mask {
    let words = mask.words_per_row();
    assert!(words <= W, "masks are at most 32768 pixels wide");
    let padded: Vec<[u64; W]>;
    let source = if words == W {
        mask.words().as_chunks::<W>().0
    } else {
        let rows = mask.words().chunks_exact(words);
        padded = rows.map(|row| std::array::from_fn(|i| row.get(i).copied().unwrap_or(0))).collect();
        &padded
    };
    let mut out = Mask::new(mask.rows(), mask.cols());
    let within = columns_within::<W>(mask.cols());
    pass(Gather { source, disk, within, inverted }, out.view_mut().words_mut(), words);
    out
}

/// Compiled for the machine's vectors as the compiler thinks best.
fn any_width<const W: usize>(gather: Gather<'_, W>, target: &mut [u64], words: usize) {
    pulp::Arch::new().dispatch(Into { gather, target, words });
}

/// With `V` registers of four words to a row, where the machine has them.
fn in_registers<const W: usize, const V: usize>(gather: Gather<'_, W>, target: &mut [u64], words: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = pulp::x86::V3::try_new() {
        simd.vectorize(avx2::Rows::<W, V> { simd, gather, target, words });
        return;
    }
    any_width(gather, target, words);
}

/// The bits of a row that are columns of the image.
fn columns_within<const W: usize>(cols: usize) -> [u64; W] {
    std::array::from_fn(|i| match cols.saturating_sub(64 * i) {
        0 => 0,
        left => u64::MAX >> 64usize.saturating_sub(left),
    })
}

/// A disk is a nest of row groups of falling width: the rows next to the centre are widened most. So each row of the
/// result starts from the union of those rows, is widened by the difference to the next group, joined by that group, and
/// so on; every row of the disk is touched once.
struct Gather<'a, const W: usize> {
    source: &'a [[u64; W]],
    disk: &'a Disk,
    within: [u64; W],
    inverted: bool,
}

/// The whole pass, to be compiled for the machine's vectors as one piece.
struct Into<'a, 't, const W: usize> {
    gather: Gather<'a, W>,
    target: &'t mut [u64],
    words: usize,
}

impl<const W: usize> pulp::NullaryFnOnce for Into<'_, '_, W> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { gather, target, words } = self;
        for (row, out) in target.chunks_exact_mut(words).enumerate() {
            let line = gather.row(row);
            match out.first_chunk_mut::<W>() {
                Some(whole) => *whole = line,
                None => out.copy_from_slice(&line[..words]),
            }
        }
    }
}

impl<'a, const W: usize> Gather<'a, W> {
    /// The rows at the distances of a group above a row and below it, as far as there are any.
    #[inline(always)]
    fn rows_beside(&self, row: usize, group: &Group) -> [&'a [[u64; W]]; 2] {
        let Range { start, end } = group.rows;
        let last = self.source.len();
        [
            &self.source[(row + 1).saturating_sub(end).min(last)..(row + 1).saturating_sub(start).min(last)],
            &self.source[(row + start).min(last)..(row + end).min(last)],
        ]
    }

    /// One row of the result. Arrays of known length: the loops become vector instructions.
    #[inline(always)]
    fn row(&self, row: usize) -> [u64; W] {
        let mut line = [0u64; W];
        for group in &self.disk.groups {
            let [above, below] = self.rows_beside(row, group);
            for other in above.iter().chain(below) {
                line = join(line, other);
            }
            for &shift in &group.widen_by {
                line = spread(line, shift);
                // What spilled beyond the last column must not come back with the next step.
                line.iter_mut().zip(&self.within).for_each(|(word, within)| *word &= within);
            }
        }
        if self.inverted {
            line.iter_mut().zip(&self.within).for_each(|(word, within)| *word = !*word & within);
        }
        line
    }
}

#[inline(always)]
fn join<const W: usize>(mut line: [u64; W], other: &[u64; W]) -> [u64; W] {
    line.iter_mut().zip(other).for_each(|(word, other)| *word |= other);
    line
}

/// `line | line << shift | line >> shift` across words, 0 < shift < 64.
#[inline(always)]
fn spread<const W: usize>(line: [u64; W], shift: u32) -> [u64; W] {
    let (mut before, mut after) = ([0u64; W], [0u64; W]);
    before[1..].copy_from_slice(&line[..W - 1]);
    after[..W - 1].copy_from_slice(&line[1..]);
    let mut wider = [0u64; W];
    for i in 0..W {
        let spill = before[i] >> (64 - shift) | after[i] << (64 - shift);
        wider[i] = line[i] | line[i] << shift | line[i] >> shift | spill;
    }
    wider
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
            (rows, cols) in (1usize..12, 1usize..600), radius in 0i64..9, seed in any::<u64>()
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
    fn every_machine_gives_the_same() {
        for (rows, cols) in [(1, 300), (4, 512), (11, 512), (9, 449)] {
            let mask = Mask::from_fn(rows, cols, |r, c| (r * 31 + c * c) % 23 == 0);
            for (radius, inverted) in [(0.5, true), (3.0, false), (7.5, true), (70.0, false)] {
                let disk = Disk::ellipse(radius, 1.5 * radius);
                let [plain, in_registers] = [any_width, in_registers::<8, 2>]
                    .map(|pass| gather_rows::<8>(mask.view(), &disk, inverted, pass));
                assert_eq!(plain, in_registers, "{rows} x {cols}, radius {radius}");
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
