//! Closing along the slices: what lies between lung and lung on the line through a pixel.

use hilum_core::MaskVolume;

/// What is clear in `lung` but set within no more than so many slices, on both sides, for two `longest` numbers of slices: a closing
/// along the slices, less what it closes. Beyond the volume nothing is set.
pub(crate) fn short_gaps(lung: &MaskVolume, longest: [usize; 2]) -> [MaskVolume; 2] {
    let slices = lung.slices();
    let mut gaps = longest.map(|_| MaskVolume::new(lung.rows(), lung.cols(), slices));
    let words = lung.rows() * lung.cols().div_ceil(64);
    // The same word of all slices at a time.
    let (mut here, mut closed) = (vec![0; slices], Vec::new());
    for word in 0..words {
        here.iter_mut().enumerate().for_each(|(slice, here)| *here = lung.slice(slice).words()[word]);
        if here.iter().all(|&here| here == 0) {
            continue;
        }
        for (gaps, longest) in gaps.iter_mut().zip(longest) {
            close(&here, longest, &mut closed);
            for (slice, (&closed, &here)) in closed.iter().zip(&here).enumerate() {
                gaps.slice_mut(slice).words_mut()[word] = closed & !here;
            }
        }
    }
    gaps
}

/// Writes `lung`, a word of every slice, closed over `longest` slices, into `closed`.
fn close(lung: &[u64], longest: usize, closed: &mut Vec<u64>) {
    closed.clear();
    closed.extend_from_slice(lung);
    closed.resize(lung.len() + longest, 0);
    // First what is set on any of the `longest + 1` slices that end with each, then what is in all stretches that hold a slice.
    for step in doubling(longest) {
        for at in (step..closed.len()).rev() {
            closed[at] |= closed[at - step];
        }
    }
    for step in doubling(longest) {
        for at in 0..closed.len() - step {
            closed[at] &= closed[at + step];
        }
    }
    closed.truncate(lung.len());
}

/// Shifts that, one after the other, spread a slice over `reach` more: each no longer than what was reached before, plus one.
fn doubling(reach: usize) -> impl Iterator<Item = usize> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let step = (done + 1).min(reach - done);
        done += step;
        (step > 0).then_some(step)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_short_and_have_lung_on_both_sides() {
        // Along the slices: a gap of two, one of three, and one at the end.
        let along = [true, false, false, true, false, false, false, true, false];
        let mut lung = MaskVolume::new(1, 1, along.len());
        along.iter().enumerate().for_each(|(slice, &set)| lung.slice_mut(slice).set(0, 0, set));
        let found = |longest: usize| -> Vec<usize> {
            let [_, gaps] = short_gaps(&lung, [1, longest]);
            (0..along.len()).filter(|&slice| gaps.slice(slice).get(0, 0)).collect()
        };
        assert!(found(1).is_empty());
        assert_eq!(found(2), [1, 2]);
        assert_eq!(found(3), [1, 2, 4, 5, 6]);
        assert_eq!(found(20), [1, 2, 4, 5, 6]);
    }
}
