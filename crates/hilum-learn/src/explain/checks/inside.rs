//! Where an explanation points.

use crate::explain::Attribution;

/// Share of the positive weight that lies inside a region, beside what a map without any preference would have there.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Inside {
    /// Share of the positive weight inside the region, 0 to 1; `None` without any positive weight.
    pub weight_frac: Option<f64>,
    /// Share of the pixels inside the region, 0 to 1.
    pub area_frac: f64,
}

impl Inside {
    /// Of an attribution and a region, `[row, col]`, true inside; `None` where they differ in size.
    #[must_use]
    pub fn of(map: &Attribution, region: &[bool]) -> Option<Self> {
        if map.values().len() != region.len() || region.is_empty() {
            return None;
        }
        let (mut inside, mut all) = (0.0, 0.0);
        for (&value, &within) in map.values().iter().zip(region) {
            let weight = f64::from(value.max(0.0));
            all += weight;
            inside += if within { weight } else { 0.0 };
        }
        let area = region.iter().filter(|&&within| within).count();
        Some(Self {
            weight_frac: (all > 0.0).then(|| inside / all),
            area_frac: area as f64 / region.len() as f64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_weight_counts() {
        let map = Attribution::new(1, 4, vec![3.0, 1.0, -8.0, 0.0]).unwrap();
        let inside = Inside::of(&map, &[true, false, true, true]).unwrap();
        assert_eq!((inside.weight_frac, inside.area_frac), (Some(0.75), 0.75));
        let against = Attribution::new(1, 2, vec![-1.0, -2.0]).unwrap();
        assert_eq!(Inside::of(&against, &[true, false]).unwrap().weight_frac, None);
        assert_eq!(Inside::of(&against, &[true]), None);
    }
}
