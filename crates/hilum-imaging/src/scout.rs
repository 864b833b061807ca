//! The slice with the largest lung area, from few slices: coarse ones first, then those where the maximum can hide.
//!
//! In: the areas of the slices seen so far, and the air inside the body on them. Out: the slice to look at next, until none
//! is left that could be larger. Units: areas in any unit, the same for all; distances in mm.
//!
//! The area of the lungs along the body is no smooth hill. It climbs by some percent a slice where the domes of the
//! diaphragm sink out of the slice, bends, and goes on as a plateau; a slice-by-slice outline even jumps there, by up to a
//! tenth, where it closes round a dome. So a gap between two slices seen is judged from each side alone, by going on at half
//! the rise that was seen last on that side, and from how much its ends differ; the gap that promises most is halved. At the
//! end the neighbours of the best slice are looked at, since noise is of the size of the differences there.
//!
//! An outline also drops slices: to nothing where both lungs touch, to one lung where it takes the other for the body. Such
//! a fall says nothing about the gap beside it, and was what most slices were spent on. Where the outline falls short of
//! the air inside the body, the gap is judged by the air.
//!
//! Some slices are dropped for a cause that stays: the hollow of a table is one outline too many, on every slice alike, for
//! as long as both lungs are larger than it. Where every slice seen shows such air, two dropped slices have dropped ones
//! between them, unless the lungs shrink so much from one to the other that a tip lies there. Without it slices are dropped
//! by chance, here one and there one, and any of them might have been larger.
//!
//! The idea of reading where an upper bound exceeds the best value so far is Piyavskii's and Shubert's (Shubert 1972,
//! doi:10.1137/0709036); they know the steepest rise, here it is taken from the slices seen. Constants were chosen on
//! phantoms and held against others: docs/stores.md.
//!
//! What it does NOT do: promise. A single slice that rises over all its neighbours can be missed. And it wants areas that
//! each slice has by itself: where a slice's lungs depend on its neighbours, as in the recipe `default`, stacks filled up
//! with the nearest slices seen gave another slice than a full read in 11 of 35 phantoms.

use crate::{Components, Connectivity};
use hilum_core::MaskView;
use std::collections::BTreeMap;

/// How far apart the first slices lie.
const COARSE_STEP_MM: f64 = 32.0;
/// What noise may add to an area, as a share of the largest, and more for every mm of a gap.
const NOISE_FRAC: f64 = 0.003;
const NOISE_FRAC_PER_MM: f64 = 0.0001;
/// Of the rise on one side of a gap, what may go on inside it: areas bend.
const RISE_FRAC: f64 = 0.5;
/// Of the difference between the ends of a gap, what may stand above the higher one.
const JUMP_FRAC: f64 = 0.3;
/// An outline of less than this share of the air inside the body has lost a lung.
const WHOLE_FRAC: f64 = 0.9;
/// Lungs that shrink by more than this share of their air between two slices have a tip in between.
const TIP_FRAC: f64 = 0.5;
/// Neighbours of the best slice that are looked at last, on either side.
const NEIGHBOURS: usize = 2;
/// Smaller regions of air are bowel, stomach or trachea (px).
const LEAST_AIR_PX: u64 = 1000;

/// What was seen on one slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The area of the lungs' outline, of which the largest is looked for; 0 where the slice was dropped.
    pub area: u64,
    /// Air that lies inside the body, in the same unit: [`air_inside_px`].
    pub air: u64,
}

impl Seen {
    /// Whether the outline has lost a lung, or both.
    fn is_dropped(self) -> bool {
        (self.area as f64) < WHOLE_FRAC * self.air as f64
    }

    /// The area to judge gaps by.
    fn judged(self) -> f64 {
        (if self.is_dropped() { self.air } else { self.area }) as f64
    }
}

/// Pixels of air that lie in regions of some size which do not touch the border of the slice: lungs, with whatever gas the
/// bowel holds.
///
/// * `air` - pixels below some threshold that parts lung from tissue.
pub fn air_inside_px(air: MaskView<'_>) -> u64 {
    let regions = Components::of(air, Connectivity::Four);
    let inside =
        regions.list().iter().filter(|region| !region.touches_border && region.area_px > LEAST_AIR_PX);
    inside.map(|region| region.area_px).sum()
}

/// Looks at slices of a scan of `slices` slices until the one with the largest area is found. `look` looks at some more
/// and gives what was seen of all that were looked at so far, by index.
///
/// ```
/// use hilum_imaging::scout::{Seen, scout};
/// use std::collections::BTreeMap;
///
/// let curve: Vec<u64> = (0..300).map(|z| 1000 - (z as i64 - 140).unsigned_abs()).collect();
/// let mut seen = BTreeMap::new();
/// let seen = scout(300, 1.0, |next| {
///     seen.extend(next.iter().map(|&z| (z, Seen { area: curve[z], air: curve[z] })));
///     Ok::<_, std::convert::Infallible>(seen.clone())
/// })?;
/// assert_eq!(seen[&140].area, 1000);
/// assert!(seen.len() < 30);
/// # Ok::<(), std::convert::Infallible>(())
/// ```
///
/// # Errors
/// Whatever `look` runs into.
pub fn scout<E>(
    slices: usize,
    slice_spacing_mm: f64,
    mut look: impl FnMut(&[usize]) -> Result<BTreeMap<usize, Seen>, E>,
) -> Result<BTreeMap<usize, Seen>, E> {
    let mut seen = look(&first_look(slices, slice_spacing_mm))?;
    loop {
        let next = next_look(&seen, slices, slice_spacing_mm);
        if next.is_empty() {
            return Ok(seen);
        }
        seen = look(&next)?;
    }
}

/// The first of the slices with the largest area, if any has one.
pub fn largest(seen: &BTreeMap<usize, Seen>) -> Option<usize> {
    let area = seen.values().map(|slice| slice.area).max().filter(|&area| area > 0);
    seen.iter().find(|(_, slice)| Some(slice.area) == area).map(|(&index, _)| index)
}

/// Slices evenly over the scan.
fn first_look(slices: usize, slice_spacing_mm: f64) -> Vec<usize> {
    let step = ((COARSE_STEP_MM / slice_spacing_mm).round() as usize).max(2);
    let margin = slices.saturating_sub(1) % step / 2;
    (margin..slices).step_by(step).collect()
}

/// The middle of the gap that promises most, or the neighbours of the best slice that were not seen yet.
fn next_look(seen: &BTreeMap<usize, Seen>, slices: usize, slice_spacing_mm: f64) -> Vec<usize> {
    let best = largest(seen);
    let most = best.and_then(|best| seen.get(&best)).map_or(0.0, |slice| slice.area as f64);
    let standing_air = seen.values().map(|slice| slice.air).min().unwrap_or(0);
    let in_order: Vec<(usize, Seen)> = seen.iter().map(|(&at, &slice)| (at, slice)).collect();
    let promising = gaps(&in_order, slices)
        .filter(|gap| !gap.all_dropped(standing_air))
        .map(|gap| (gap.at_most(most, slice_spacing_mm), gap.middle))
        .filter(|&(at_most, _)| at_most > most)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    if let Some((_, middle)) = promising {
        return vec![middle];
    }
    let Some(best) = best else { return Vec::new() };
    let round = best.saturating_sub(NEIGHBOURS)..slices.min(best + NEIGHBOURS + 1);
    round.filter(|at| !seen.contains_key(at)).collect()
}

/// Slices not seen between two that were, or beyond the last one.
struct Gap {
    /// What was seen on either side.
    ends: [Option<Seen>; 2],
    middle: usize,
    /// Slices in it.
    length: usize,
    /// What the higher side comes to if it goes on rising.
    reached: f64,
    /// How much the two sides differ.
    jump: f64,
}

impl Gap {
    /// The most that an area in the gap is thought to reach.
    fn at_most(&self, largest: f64, slice_spacing_mm: f64) -> f64 {
        let noise = NOISE_FRAC + NOISE_FRAC_PER_MM * self.length as f64 * slice_spacing_mm;
        self.reached + largest * noise + JUMP_FRAC * self.jump
    }

    /// Whether what drops the slices at its ends drops those in between too; `standing_air` is on every slice.
    fn all_dropped(&self, standing_air: u64) -> bool {
        let [Some(below), Some(above)] = self.ends else { return false };
        let (less, more) = (below.air.min(above.air), below.air.max(above.air));
        let no_tip = (more - less) as f64 <= TIP_FRAC * (more - standing_air) as f64;
        standing_air > 0 && below.is_dropped() && above.is_dropped() && no_tip
    }
}

fn gaps(seen: &[(usize, Seen)], slices: usize) -> impl Iterator<Item = Gap> {
    let judged: Vec<(usize, f64)> = seen.iter().map(|&(at, slice)| (at, slice.judged())).collect();
    (0..=seen.len()).filter_map(move |number| {
        let below = number.checked_sub(1).map(|n| judged[n]);
        let above = judged.get(number).copied();
        let first = below.map_or(0, |(at, _)| at + 1);
        let length = above.map_or(slices, |(at, _)| at).saturating_sub(first);
        if length == 0 {
            return None;
        }
        let goes_on = |end: Option<(usize, f64)>, before: Option<&(usize, f64)>| {
            end.map_or(0.0, |(at, area)| {
                let rise = before.map_or(0.0, |b| (area - b.1) / at.abs_diff(b.0) as f64);
                area + RISE_FRAC * rise.max(0.0) * length as f64
            })
        };
        let from_below = goes_on(below, number.checked_sub(2).and_then(|n| judged.get(n)));
        let from_above = goes_on(above, judged.get(number + 1));
        let jump = below.zip(above).map_or(0.0, |(below, above)| (below.1 - above.1).abs());
        // Beyond the ends, the middle lies between the slice seen and the outside.
        let end = |number: Option<usize>| number.and_then(|n| seen.get(n)).map(|&(_, slice)| slice);
        Some(Gap {
            ends: [end(number.checked_sub(1)), end(Some(number))],
            middle: (first + first + length - 1) / 2,
            length,
            reached: from_below.max(from_above),
            jump,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::Mask;
    use std::convert::Infallible;

    fn found_among(curve: &[Seen], slice_spacing_mm: f64) -> (Option<usize>, usize) {
        let mut seen = BTreeMap::new();
        let Ok(seen) = scout(curve.len(), slice_spacing_mm, |next| {
            seen.extend(next.iter().map(|&at| (at, curve[at])));
            Ok::<_, Infallible>(seen.clone())
        });
        (largest(&seen), seen.len())
    }

    fn found(areas: &[u64], slice_spacing_mm: f64) -> (Option<usize>, usize) {
        let curve: Vec<Seen> = areas.iter().map(|&area| Seen { area, air: area }).collect();
        found_among(&curve, slice_spacing_mm)
    }

    #[test]
    fn a_bend_after_a_climb_is_found() {
        let climb = |z: u64| if z < 93 { 9_000 * z / 93 } else { 10_000 - 12 * (z - 93) };
        let curve: Vec<u64> = (0..240).map(climb).collect();
        let (index, looked) = found(&curve, 1.25);
        assert_eq!(index, Some(93));
        assert!(looked <= 24, "{looked}");
    }

    #[test]
    fn a_jump_up_from_nothing_is_found() {
        let curve: Vec<u64> = (0..240).map(|z| if z < 87 { 0 } else { 9_000 - 20 * (z - 87) }).collect();
        let (index, looked) = found(&curve, 1.25);
        assert_eq!(index, Some(87));
        assert!(looked <= 30, "{looked}");
    }

    #[test]
    fn dropped_slices_far_from_the_maximum_are_not_looked_into() {
        let air = |z: u64| 9_000 - 40 * z.abs_diff(100);
        let whole: Vec<Seen> = (0..240).map(|z| Seen { area: air(z), air: air(z) }).collect();
        let mut dropped = whole.clone();
        dropped[130..170].iter_mut().for_each(|slice| slice.area = 0);
        let ((at, looked), (also_at, looked_where_dropped)) =
            (found_among(&whole, 1.25), found_among(&dropped, 1.25));
        assert_eq!((at, also_at), (Some(100), Some(100)));
        assert!(looked_where_dropped <= looked + 1, "{looked_where_dropped} against {looked}");
    }

    #[test]
    fn a_maximum_beside_dropped_slices_is_found() {
        let mut curve: Vec<Seen> =
            (0..240).map(|z: u64| 8_000 - 30 * z.abs_diff(100)).map(|air| Seen { area: air, air }).collect();
        curve[90..110].iter_mut().for_each(|slice| slice.area /= 2);
        curve[110].area += 400;
        assert_eq!(found_among(&curve, 1.25).0, Some(110));
    }

    #[test]
    fn what_drops_every_slice_alike_is_not_looked_into() {
        let table = 9_000;
        let lungs = |z: u64| 60_000_u64.saturating_sub(8 * z.abs_diff(120).pow(2));
        // An outline too many: only the tips of the lungs, smaller than the table, are kept.
        let curve: Vec<Seen> = (0..240)
            .map(|z| Seen {
                area: if (1..table).contains(&lungs(z)) { lungs(z) + table } else { 0 },
                air: lungs(z) + table,
            })
            .collect();
        let whole = largest(&curve.iter().copied().enumerate().collect());
        let (found, looked) = found_among(&curve, 1.25);
        assert_eq!(found, whole);
        assert!(looked <= 40, "{looked}");
        // The same without air that every slice shows: any dropped slice may hide a larger one.
        let curve: Vec<Seen> = curve.iter().map(|s| Seen { air: s.air - table, ..*s }).collect();
        assert!(found_among(&curve, 1.25).1 > 2 * looked);
    }

    #[test]
    fn small_scans_and_empty_ones_are_read_without_a_fault() {
        assert_eq!(found(&[7], 1.0), (Some(0), 1));
        assert_eq!(found(&[1, 9], 5.0).0, Some(1));
        assert_eq!(found(&[0; 50], 5.0).0, None);
        assert_eq!(scout(0, 1.0, |_| Ok::<_, Infallible>(BTreeMap::new())), Ok(BTreeMap::new()));
    }

    #[test]
    fn air_at_the_border_and_in_small_regions_is_not_inside() {
        let mut air = Mask::new(100, 100);
        for (rows, cols) in [(0..100, 0..20), (30..70, 30..60), (75..85, 30..60)] {
            rows.for_each(|row| cols.clone().for_each(|col| air.view_mut().set(row, col, true)));
        }
        assert_eq!(air_inside_px(air.view()), 40 * 30);
    }
}
