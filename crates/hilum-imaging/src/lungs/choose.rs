//! Which of the air in a scan is lung.
//!
//! In: the graph of air regions. Out: for every region, what it is. Air that touches the border of its slice is outside
//! the body (slice by slice, so that a lung cut off by the field of view on a few slices is lost on those only). What
//! remains falls into three-dimensional components; lungs are the largest of them that lie inside the body and are not
//! mostly gas. Bowel and stomach gas is mostly below -950 HU, lung is not, even with emphysema (LAA-950 of 60 % and
//! more is all but unknown); table foam is outside the body.

use crate::lungs::body::share_inside_body;
use crate::lungs::regions::AirRegions;
use crate::sets::DisjointSets;
use hilum_core::{InPlaneSpacingMm, MaskVolume};

/// A component with more gas than this is bowel, stomach, or air outside the body.
const MOST_GAS_FRAC: f64 = 0.6;
/// A lung has at least this share of its pixels inside the body.
const LEAST_INSIDE_FRAC: f64 = 0.8;
/// A second component is lung too if it has at least this share of the largest one's volume.
const LEAST_OF_LARGEST_FRAC: f64 = 0.1;
/// No lung's largest section is smaller than this (mm2); sinuses and bowel loops are.
const LEAST_SECTION_MM2: f64 = 2000.0;

/// What a region of air is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Air {
    /// Lung.
    Lung,
    /// Trachea or main bronchus.
    Airway,
    /// Touches the border of the image.
    Outside,
    /// Bowel, stomach, table foam, folds of clothes, specks.
    Other,
}

/// Names every region [`Air::Lung`], [`Air::Outside`] or [`Air::Other`]; airways are found later, among the lungs.
pub(crate) fn choose_lungs(regions: &AirRegions, air: &MaskVolume, spacing: InPlaneSpacingMm) -> Vec<Air> {
    let list = regions.list();
    let mut sets = DisjointSets::new(list.len());
    for link in regions.links() {
        if !list[link.below as usize].touches_border && !list[link.above as usize].touches_border {
            sets.union(link.below, link.above);
        }
    }
    let (component, count) = sets.numbered();
    let mut volume_px = vec![0u64; count];
    let mut gas_px = vec![0u64; count];
    let mut section_px = vec![0u64; count];
    for (region, &c) in list.iter().zip(&component).filter(|(region, _)| !region.touches_border) {
        volume_px[c as usize] += region.area_px;
        gas_px[c as usize] += region.gas_px;
        section_px[c as usize] = section_px[c as usize].max(region.area_px);
    }
    let pixel_mm2 = spacing.row * spacing.col;
    let mut by_volume: Vec<usize> = (0..count)
        .filter(|&c| section_px[c] as f64 * pixel_mm2 >= LEAST_SECTION_MM2 * LEAST_OF_LARGEST_FRAC)
        .collect();
    by_volume.sort_by_key(|&c| std::cmp::Reverse(volume_px[c]));

    let mut is_lung = vec![false; count];
    let mut largest: Option<u64> = None;
    let mut bodies = vec![None; air.slices()];
    for c in by_volume {
        if largest.is_some_and(|most| (volume_px[c] as f64) < most as f64 * LEAST_OF_LARGEST_FRAC) {
            break;
        }
        let gas = gas_px[c] as f64 / volume_px[c] as f64;
        let big_enough = largest.is_some() || section_px[c] as f64 * pixel_mm2 >= LEAST_SECTION_MM2;
        if gas > MOST_GAS_FRAC || !big_enough {
            continue;
        }
        let members: Vec<u32> =
            (0..list.len() as u32).filter(|&r| component[r as usize] as usize == c).collect();
        if share_inside_body(regions, &members, air, spacing, &mut bodies) >= LEAST_INSIDE_FRAC {
            is_lung[c] = true;
            largest = largest.or(Some(volume_px[c]));
        }
    }
    list.iter()
        .zip(&component)
        .map(|(region, &c)| match (region.touches_border, is_lung[c as usize]) {
            (true, _) => Air::Outside,
            (false, true) => Air::Lung,
            (false, false) => Air::Other,
        })
        .collect()
}
