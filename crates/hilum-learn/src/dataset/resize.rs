//! Pictures of another size, to the same bits on every machine: all weights are whole numbers.
//!
//! An axis that shrinks is averaged over area: every new pixel is the mean of what it covers, parts of pixels counted by
//! the part (OpenCV's `INTER_AREA`). An axis that grows is interpolated between neighbouring pixel centres, the border
//! repeated (`INTER_LINEAR`). Pixel centres lie at halves: the picture keeps its edges.

/// Old samples and their weights for one new sample.
struct Taps {
    first: usize,
    weights: Vec<u64>,
}

/// An axis on its way from one length to another; the weights of every new sample add up to `whole`.
struct Axis {
    whole: u64,
    taps: Vec<Taps>,
}

impl Axis {
    fn new(from: usize, to: usize) -> Self {
        if to <= from { Self::averaged(from, to) } else { Self::interpolated(from, to) }
    }

    /// In units of 1/`to` of an old pixel, new sample i covers `i * from..(i + 1) * from`, old sample j
    /// `j * to..(j + 1) * to`.
    fn averaged(from: usize, to: usize) -> Self {
        let taps = (0..to).map(|i| {
            let (start, end) = (i * from, (i + 1) * from);
            let covered = start / to..end.div_ceil(to);
            let part = |j: usize| (end.min((j + 1) * to) - start.max(j * to)) as u64;
            Taps { first: covered.start, weights: covered.map(part).collect() }
        });
        Self { whole: from as u64, taps: taps.collect() }
    }

    /// The centre of new sample i lies at `(2 i + 1) from / (2 to) - 1/2` old samples.
    fn interpolated(from: usize, to: usize) -> Self {
        let whole = 2 * to as i64;
        let taps = (0..to).map(|i| {
            let centre = (2 * i as i64 + 1) * from as i64 - to as i64;
            let (before, part) = (centre.div_euclid(whole), centre.rem_euclid(whole) as u64);
            match usize::try_from(before) {
                Err(_) => Taps { first: 0, weights: vec![whole as u64] },
                Ok(last) if last + 1 >= from => Taps { first: from - 1, weights: vec![whole as u64] },
                Ok(first) => Taps { first, weights: vec![whole as u64 - part, part] },
            }
        });
        Self { whole: whole as u64, taps: taps.collect() }
    }
}

/// The plane `values` of `from = [rows, cols]` pixels with `to = [rows, cols]` pixels, row-major, rounded half up.
///
/// `None` where a length is zero or beyond 65536, or the number of values another.
pub fn resize(values: &[u16], from: [usize; 2], to: [usize; 2]) -> Option<Vec<u16>> {
    let lengths = from.into_iter().chain(to);
    if values.len() != from[0].checked_mul(from[1])? || lengths.into_iter().any(|n| n == 0 || n > 65536) {
        return None;
    }
    if from == to {
        return Some(values.to_vec());
    }
    let (down, across) = (Axis::new(from[0], to[0]), Axis::new(from[1], to[1]));
    // Sums of 16-bit values times two weights of at most 2^17: they fit 64 bits.
    let narrow: Vec<u64> = values
        .chunks_exact(from[1])
        .flat_map(|row| across.taps.iter().map(|taps| weighted(taps, |j| u64::from(row[j]))))
        .collect();
    let whole = down.whole * across.whole;
    let mut resized = Vec::with_capacity(to[0] * to[1]);
    for taps in &down.taps {
        resized.extend((0..to[1]).map(|col| {
            let sum = weighted(taps, |row| narrow[row * to[1] + col]);
            ((sum + whole / 2) / whole) as u16
        }));
    }
    Some(resized)
}

fn weighted(taps: &Taps, value: impl Fn(usize) -> u64) -> u64 {
    taps.weights.iter().zip(taps.first..).map(|(weight, j)| weight * value(j)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shrinking_averages_what_a_pixel_covers() {
        // Three pixels onto two: each new one covers one and a half old ones.
        assert_eq!(resize(&[0, 30, 60], [1, 3], [1, 2]).unwrap(), [10, 50]);
        assert_eq!(resize(&[1, 2, 3, 4], [2, 2], [1, 1]).unwrap(), [3], "2.5 is rounded up");
    }

    #[test]
    fn growing_interpolates_between_centres() {
        assert_eq!(resize(&[0, 40], [1, 2], [1, 4]).unwrap(), [0, 10, 30, 40]);
        assert_eq!(resize(&[7], [1, 1], [2, 3]).unwrap(), [7; 6]);
    }

    #[derive(serde::Deserialize)]
    struct Resized {
        method: String,
        from: [usize; 2],
        to: [usize; 2],
        values: Vec<u16>,
        resized: Vec<u16>,
    }

    #[test]
    fn sizes_are_those_of_opencv() {
        #[derive(serde::Deserialize)]
        struct File {
            cases: Vec<Resized>,
        }
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/inputs/sizes.json");
        let file: File = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for case in file.cases {
            let ours = resize(&case.values, case.from, case.to).unwrap();
            let off = ours.iter().zip(&case.resized).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
            // OpenCV sums in 32-bit floats and rounds halves to even: one step of 65535.
            assert!(off <= 1, "{} {:?} to {:?}: {off}", case.method, case.from, case.to);
        }
    }

    #[test]
    fn impossible_sizes_are_refused() {
        assert_eq!(resize(&[1, 2], [1, 2], [0, 2]), None);
        assert_eq!(resize(&[1, 2], [2, 2], [1, 1]), None);
        assert_eq!(resize(&[], [0, 0], [1, 1]), None);
        assert_eq!(resize(&[], [usize::MAX, 2], [1, 1]), None);
    }

    proptest! {
        #[test]
        fn weights_add_up_and_stay_inside(from in 1usize..200, to in 1usize..200) {
            let axis = Axis::new(from, to);
            for taps in &axis.taps {
                prop_assert_eq!(taps.weights.iter().sum::<u64>(), axis.whole);
                prop_assert!(taps.first + taps.weights.len() <= from);
            }
        }

        #[test]
        fn even_pictures_stay_as_they_are(value: u16, rows in 1usize..20, cols in 1usize..20, to_rows in 1usize..40, to_cols in 1usize..40) {
            let resized = resize(&vec![value; rows * cols], [rows, cols], [to_rows, to_cols]).unwrap();
            prop_assert!(resized.iter().all(|v| *v == value));
        }
    }
}
