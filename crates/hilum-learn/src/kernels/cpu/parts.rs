//! Sums over many pixels that are the same bits with any number of threads.

use std::ops::Range;

use rayon::prelude::*;

/// Most parts that a sum is cut into.
const MOST: usize = 32;
/// Fewest pixels that are worth a part of their own.
const FEWEST_PIXELS: usize = 2048;

/// Cuts `units` of `pixels` each into parts by these two numbers alone, sums each part by `sum` on whatever thread, and
/// adds the parts from first to last.
pub(crate) fn sum_in_parts<T: Send>(
    units: usize,
    pixels: usize,
    sum: impl Fn(Range<usize>) -> T + Sync,
    add: impl Fn(&mut T, T),
) -> T {
    let parts = (units * pixels / FEWEST_PIXELS).clamp(1, MOST.min(units.max(1)));
    let sums: Vec<T> = (0..parts)
        .into_par_iter()
        .with_max_len(1)
        .map(|part| sum(units * part / parts..units * (part + 1) / parts))
        .collect();
    let mut sums = sums.into_iter();
    let mut whole = sums.next().unwrap_or_else(|| sum(0..0));
    sums.for_each(|part| add(&mut whole, part));
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_do_not_change_bits() {
        let values: Vec<f32> = (0..100_000).map(|i| ((i * 7919) % 1013) as f32 * 0.37).collect();
        let sum = || {
            sum_in_parts(
                1000,
                100,
                |units| values[units.start * 100..units.end * 100].iter().sum::<f32>(),
                |a, b| *a += b,
            )
        };
        let with =
            |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(sum);
        assert_eq!(with(1).to_bits(), with(3).to_bits());
        assert!((sum() / values.iter().sum::<f32>() - 1.0).abs() < 1e-4);
    }

    #[test]
    fn nothing_sums_to_what_an_empty_part_gives() {
        assert_eq!(sum_in_parts(0, 10, |units| units.len(), |a, b| *a += b), 0);
    }
}
