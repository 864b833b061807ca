//! The slice with the largest lung area, from few slices: coarse ones first, then those where the maximum can hide.
//!
//! In: the areas of the slices seen so far. Out: the slices to look at next, until none is left that could be larger.
//! Units: areas in any unit, the same for all; distances in mm.
//!
//! The area of the lungs along the body is no smooth hill. It climbs by some percent a slice where the domes of the
//! diaphragm sink out of the slice, bends, and goes on as a plateau; a slice-by-slice outline even jumps there. So
//! a gap between two slices seen is judged from each side alone, by going on at the rise that was seen last on that side,
//! and from how much its ends differ; the gaps that promise most are halved. At the end the neighbours of the best slice
//! are looked at, since noise is of the size of the differences there.
//!
//! The idea of reading where an upper bound exceeds the best value so far is Piyavskii's and Shubert's (Shubert 1972,
//! doi:10.1137/0709036); they know the steepest rise, here it is taken from the slices seen. Constants were chosen on
//! phantoms and held against others: docs/stores.md.
//!
//! What it does NOT do: promise. A single slice that rises over all its neighbours can be missed. And it wants areas that
//! each slice has by itself: where a slice's lungs depend on its neighbours, as in the recipe `default`, stacks filled up
//! with the nearest slices seen gave another slice than a full read in 11 of 35 phantoms.

use std::collections::BTreeMap;

/// How far apart the first slices lie.
const COARSE_STEP_MM: f64 = 36.0;
/// What noise may add to an area, as a share of the largest, and more for every mm of a gap.
const NOISE_FRAC: f64 = 0.005;
const NOISE_FRAC_PER_MM: f64 = 0.0003;
/// Of the difference between the ends of a gap, what may stand above the higher one.
const JUMP_FRAC: f64 = 0.2;
/// Gaps halved at a time.
const GAPS_AT_ONCE: usize = 2;
/// Neighbours of the best slice that are looked at last, on either side.
const NEIGHBOURS: usize = 3;

/// Looks at slices of a scan of `slices` slices until the one with the largest area is found. `look` looks at some more
/// and gives the areas of all that were looked at so far, by index.
///
/// ```
/// use hilum_imaging::scout::scout;
/// use std::collections::BTreeMap;
///
/// let curve: Vec<u64> = (0..300).map(|z| 1000 - (z as i64 - 140).unsigned_abs()).collect();
/// let mut seen = BTreeMap::new();
/// let areas = scout(300, 1.0, |next| {
///     seen.extend(next.iter().map(|&z| (z, curve[z])));
///     Ok::<_, std::convert::Infallible>(seen.clone())
/// })?;
/// assert_eq!(areas[&140], 1000);
/// assert!(areas.len() < 40);
/// # Ok::<(), std::convert::Infallible>(())
/// ```
///
/// # Errors
/// Whatever `look` runs into.
pub fn scout<E>(
    slices: usize,
    slice_spacing_mm: f64,
    mut look: impl FnMut(&[usize]) -> Result<BTreeMap<usize, u64>, E>,
) -> Result<BTreeMap<usize, u64>, E> {
    let mut areas = look(&first_look(slices, slice_spacing_mm))?;
    loop {
        let next = next_look(&areas, slices, slice_spacing_mm);
        if next.is_empty() {
            return Ok(areas);
        }
        areas = look(&next)?;
    }
}

/// Slices evenly over the scan.
fn first_look(slices: usize, slice_spacing_mm: f64) -> Vec<usize> {
    let step = ((COARSE_STEP_MM / slice_spacing_mm).round() as usize).max(2);
    let margin = slices.saturating_sub(1) % step / 2;
    (margin..slices).step_by(step).collect()
}

/// The middles of the gaps that promise most, or the neighbours of the best slice that were not seen yet.
fn next_look(areas: &BTreeMap<usize, u64>, slices: usize, slice_spacing_mm: f64) -> Vec<usize> {
    let seen: Vec<(usize, f64)> = areas.iter().map(|(&at, &area)| (at, area as f64)).collect();
    let largest = seen.iter().map(|&(_, area)| area).fold(0.0, f64::max);
    let mut promising: Vec<(f64, usize)> = gaps(&seen, slices)
        .map(|gap| (gap.at_most(largest, slice_spacing_mm), gap.middle))
        .filter(|&(at_most, _)| at_most > largest)
        .collect();
    promising.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    if !promising.is_empty() {
        return promising.into_iter().take(GAPS_AT_ONCE).map(|(_, middle)| middle).collect();
    }
    let Some(&(best, _)) = seen.iter().find(|&&(_, area)| area == largest) else { return Vec::new() };
    let round = best.saturating_sub(NEIGHBOURS)..slices.min(best + NEIGHBOURS + 1);
    round.filter(|at| !areas.contains_key(at)).collect()
}

/// Slices not seen between two that were, or beyond the last one.
struct Gap {
    middle: usize,
    /// Slices in it.
    length: usize,
    /// What each side comes to if it goes on as it rose before.
    sides: [Option<f64>; 2],
    /// How much the two sides differ.
    jump: f64,
}

impl Gap {
    /// The most that an area in the gap is thought to reach.
    fn at_most(&self, largest: f64, slice_spacing_mm: f64) -> f64 {
        let reached = self.sides.iter().flatten().copied().fold(0.0, f64::max);
        let noise = NOISE_FRAC + NOISE_FRAC_PER_MM * self.length as f64 * slice_spacing_mm;
        reached + largest * noise + JUMP_FRAC * self.jump
    }
}

fn gaps(seen: &[(usize, f64)], slices: usize) -> impl Iterator<Item = Gap> {
    (0..=seen.len()).filter_map(move |number| {
        let below = number.checked_sub(1).map(|n| seen[n]);
        let above = seen.get(number).copied();
        let first = below.map_or(0, |(at, _)| at + 1);
        let length = above.map_or(slices, |(at, _)| at).saturating_sub(first);
        if length == 0 {
            return None;
        }
        let goes_on = |end: Option<(usize, f64)>, before: Option<&(usize, f64)>| {
            end.map(|(at, area)| {
                let rise = before.map_or(0.0, |b| (area - b.1) / at.abs_diff(b.0) as f64);
                area + rise.max(0.0) * length as f64
            })
        };
        let sides = [
            goes_on(below, number.checked_sub(2).and_then(|n| seen.get(n))),
            goes_on(above, seen.get(number + 1)),
        ];
        let jump = below.zip(above).map_or(0.0, |(below, above)| (below.1 - above.1).abs());
        // Beyond the ends, the middle lies between the slice seen and the outside.
        Some(Gap { middle: (first + first + length - 1) / 2, length, sides, jump })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn found(curve: &[u64], slice_spacing_mm: f64) -> (usize, usize) {
        let mut seen = BTreeMap::new();
        let areas = scout(curve.len(), slice_spacing_mm, |next| {
            seen.extend(next.iter().map(|&at| (at, curve[at])));
            Ok::<_, Infallible>(seen.clone())
        });
        let Ok(areas) = areas;
        let largest = areas.values().max().unwrap();
        (*areas.iter().find(|(_, area)| *area == largest).unwrap().0, areas.len())
    }

    #[test]
    fn a_bend_after_a_climb_is_found() {
        let climb = |z: u64| if z < 93 { 9_000 * z / 93 } else { 10_000 - 12 * (z - 93) };
        let curve: Vec<u64> = (0..240).map(climb).collect();
        let (index, looked) = found(&curve, 1.25);
        assert_eq!(index, 93);
        assert!(looked <= 36, "{looked}");
    }

    #[test]
    fn a_jump_up_from_nothing_is_found() {
        let curve: Vec<u64> = (0..240).map(|z| if z < 87 { 0 } else { 9_000 - 20 * (z - 87) }).collect();
        let (index, looked) = found(&curve, 1.25);
        assert_eq!(index, 87);
        assert!(looked <= 36, "{looked}");
    }

    #[test]
    fn small_scans_and_empty_ones_are_read_without_a_fault() {
        assert_eq!(found(&[7], 1.0), (0, 1));
        assert_eq!(found(&[1, 9], 5.0).0, 1);
        assert_eq!(found(&[0; 50], 5.0).0, found(&[0; 50], 5.0).0);
        assert_eq!(scout(0, 1.0, |_| Ok::<_, Infallible>(BTreeMap::new())), Ok(BTreeMap::new()));
    }
}
