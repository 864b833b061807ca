//! Dips among the distances to the farthest lung: connected places that are deep and large enough.
//!
//! In: for every layer and direction, how far the farthest lung lies short of where it should. Out: which of that is no
//! unevenness of the wall.

use crate::lungs::polar::{DIRECTIONS, mm, quarters};

/// Shallower than this is how lungs follow the ribs.
const SHALLOW: u16 = quarters(4.0);
/// A dip is at least this deep somewhere.
const DEEP: u16 = quarters(9.0);
/// A dip holds at least this much (mm3).
const LEAST_MM3: f64 = 1000.0;

/// Where `depths` (by layer and direction) are dips. `radii` are the distances at which they lie.
pub(crate) fn dips(depths: &[u16], radii: &[u16], layer_mm: f64) -> Vec<bool> {
    let mut visited = vec![false; depths.len()];
    let mut is_dip = vec![false; depths.len()];
    for start in 0..depths.len() {
        if visited[start] || depths[start] < SHALLOW {
            continue;
        }
        visited[start] = true;
        let mut places = vec![start];
        let mut next = 0;
        while let Some(&place) = places.get(next) {
            next += 1;
            for neighbour in neighbours(place, depths.len()) {
                if !visited[neighbour] && depths[neighbour] >= SHALLOW {
                    visited[neighbour] = true;
                    places.push(neighbour);
                }
            }
        }
        let arc_mm = |place: usize| mm(radii[place]) * std::f64::consts::TAU / DIRECTIONS as f64;
        let volume_mm3: f64 = places.iter().map(|&p| mm(depths[p]) * arc_mm(p) * layer_mm).sum();
        if volume_mm3 >= LEAST_MM3 && places.iter().any(|&p| depths[p] >= DEEP) {
            places.iter().for_each(|&p| is_dip[p] = true);
        }
    }
    is_dip
}

/// The places beside a place: the next directions, all round, and the next layers.
fn neighbours(place: usize, count: usize) -> impl Iterator<Item = usize> {
    let first = place - place % DIRECTIONS;
    let turned = |by: usize| first + (place + by) % DIRECTIONS;
    let above = Some(place + DIRECTIONS).filter(|&p| p < count);
    [Some(turned(1)), Some(turned(DIRECTIONS - 1)), place.checked_sub(DIRECTIONS), above]
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dip_is_deep_and_large_and_goes_on_round_the_turn() {
        // On ten layers of 3 mm, 100 mm away, where a direction is 5 mm wide.
        let radii = vec![quarters(100.0); 10 * DIRECTIONS];
        let places = |layers: std::ops::Range<usize>| -> Vec<usize> {
            layers.flat_map(|layer| [0, 1, DIRECTIONS - 1].map(|at| layer * DIRECTIONS + at)).collect()
        };
        let found = |depth_mm: f64, layers: std::ops::Range<usize>| -> Vec<usize> {
            let mut depths = vec![quarters(1.0); radii.len()];
            places(layers).into_iter().for_each(|place| depths[place] = quarters(depth_mm));
            let found = dips(&depths, &radii, 3.0);
            (0..found.len()).filter(|&place| found[place]).collect()
        };
        let mut expected = places(4..8);
        expected.sort_unstable();
        assert_eq!(found(12.0, 4..8), expected);
        assert!(found(8.0, 2..8).is_empty(), "too shallow");
        assert!(found(12.0, 4..5).is_empty(), "half a cubic centimetre");
    }
}
