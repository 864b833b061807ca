//! Disease at the wall of the chest, taken back into the lung.
//!
//! Something dense that lies against the wall is no hole of the lung mask but a bay of its outline. Seen from a line between
//! the lungs ([`Survey`]), the distance to the farthest lung changes slowly from slice to slice and from direction to
//! direction; where it dips by a centimetre and comes back within 6 cm along the slices, or within some 5 cm along the
//! wall, the lung goes on behind what is dense there. Where lung lies behind it on the slice itself the distance does not dip:
//! that is what [`Gaps`] along the slices are for.
//!
//! What is longer than that both ways, as a whole consolidated lobe or an effusion, stays outside; so does what lies against
//! the mediastinum before the spine, where heart and vessels come and go as disease does.

use crate::lungs::bay::Bays;
use crate::lungs::cells::Cells;
use crate::lungs::dips::dips;
use crate::lungs::gaps::Gaps;
use crate::lungs::holes::Holes;
use crate::lungs::polar::{DIRECTIONS, PolarMap, Survey, quarters};
use crate::lungs::window::{Part, bounds, bounds_of_both};
use hilum_core::{Geometry, Mask, MaskVolume};

/// A dip that is shorter than this along the slices (mm) is filled.
const LONGEST_MM: f64 = 60.0;
/// A dip that is narrower than twice this (directions; 11 degrees, 25 mm at the chest wall) is filled.
const TURN: usize = 4;
/// Nothing deeper is a dip: behind lung that lies near the line itself, heart and liver begin.
const TOO_DEEP: u16 = quarters(50.0);
/// Half a cell of the survey: how far lung may reach beyond what was seen of it.
const UNSEEN: u16 = quarters(1.5);
/// A cell of the survey and what it may be larger by, corner to corner.
const CELL: u16 = quarters(6.5);

/// Adds to `lung` what dips of its outline and gaps along the slices leave out, and has the holes of the slices that change
/// taken anew.
///
/// * `cells` - what they see of this `lung`.
/// * `air` - pixels below -500 HU: what is air and not lung stays out.
pub(crate) fn take_in_walls(
    lung: &mut MaskVolume,
    cells: Cells,
    air: &MaskVolume,
    holes: &mut Holes,
    geometry: &Geometry,
) {
    let Some(survey) = Survey::of(cells, geometry) else { return };
    let layer_mm = survey.cells.slices_per_layer as f64 * geometry.slice_spacing_mm();
    let walls = Walls::of(survey, layer_mm);
    let bays = Bays::new(geometry);
    let gaps = Gaps::of(&walls.survey.cells, &walls.survey, &walls.far, geometry);
    let changed = walls.take_in(true, &gaps, &bays, lung, air, holes);
    if !changed.is_empty() {
        // What was taken in has shortened the gaps beside it.
        let cells = walls.survey.cells.after_change(&changed, lung);
        let gaps = Gaps::of(&cells, &walls.survey, &walls.far, geometry);
        walls.take_in(false, &gaps, &bays, lung, air, holes);
    }
}

/// Where the wall is, and where something lies against it.
struct Walls {
    survey: Survey,
    /// The farthest lung without dips.
    far: PolarMap,
    /// For every layer and direction, whether something lies against the wall.
    dips: Vec<bool>,
}

impl Walls {
    fn of(survey: Survey, layer_mm: f64) -> Self {
        let reach = ((LONGEST_MM / 2.0 / layer_mm) as usize).max(1);
        let far = survey.far.along_layers(reach, u16::max).along_layers(reach, u16::min);
        let far = far.larger(&survey.far.around(TURN, u16::max).around(TURN, u16::min));
        let depths: Vec<u16> = survey
            .far
            .quarters()
            .iter()
            .zip(far.quarters())
            .map(|(&seen, &far)| match far.saturating_sub(seen) {
                // Without lung before it, the direction runs through spine, heart or breastbone.
                depth if seen > 0 && depth <= TOO_DEEP => depth,
                _ => 0,
            })
            .collect();
        let dips = dips(&depths, far.quarters(), layer_mm);
        Self { survey, far, dips }
    }

    /// Adds gaps to `lung`, and `with_dips` dips too. The slices to which anything was added.
    fn take_in(
        &self,
        with_dips: bool,
        gaps: &Gaps,
        bays: &Bays,
        lung: &mut MaskVolume,
        air: &MaskVolume,
        holes: &mut Holes,
    ) -> Vec<usize> {
        // All slices are looked at before any changes: the order of slices does not matter.
        let mut left_out: Vec<(usize, Part)> = Vec::new();
        for layer in 0..self.survey.cells.layers() {
            let dips = (with_dips && self.dip_on(layer)).then(|| self.in_dips(layer, lung));
            let gaps = gaps.on_layer(layer, &self.survey.cells);
            let masks = dips.iter().chain(gaps.iter().flat_map(|gaps| [&gaps.inside, &gaps.beside]));
            let Some(bounds) = masks.map(bounds).reduce(bounds_of_both) else { continue };
            for slice in self.survey.cells.slices(layer) {
                let window = bays.window(bounds, lung);
                let gap =
                    gaps.as_ref().map(|gaps| gaps.on_slice(slice, &window, lung, air.slice(slice), holes));
                let dips = dips.as_ref().map(|dips| {
                    let mut dips = window.cut(dips.view());
                    dips.view_mut().and_not(window.cut(lung.slice(slice)).view());
                    dips
                });
                let mask = match (dips, gap) {
                    (Some(dips), Some(gap)) => thick_or_on(dips, gap, bays),
                    (Some(dips), None) => bays.thick_parts(&dips),
                    (None, Some(gap)) => gap,
                    (None, None) => continue,
                };
                left_out.push((slice, Part { window, mask }));
            }
        }
        left_out.retain(|(slice, taken_in)| bays.take_in(taken_in, *slice, lung, air.slice(*slice), holes));
        left_out.into_iter().map(|(slice, _)| slice).collect()
    }

    fn dip_on(&self, layer: usize) -> bool {
        self.dips[layer * DIRECTIONS..][..DIRECTIONS].contains(&true)
    }

    /// The pixels that lie in the dips of a layer.
    fn in_dips(&self, layer: usize, like: &MaskVolume) -> Mask {
        let first = layer * DIRECTIONS;
        let (seen, dips) = (&self.survey.far.quarters()[first..], &self.dips[first..]);
        let mut mask = Mask::new(like.rows(), like.cols());
        let mut view = mask.view_mut();
        for direction in 0..DIRECTIONS {
            // A cell may hold pixels of the next direction, to both sides.
            let beside = [DIRECTIONS - 1, 0, 1].map(|turn| (direction + turn) % DIRECTIONS);
            let here = beside.iter().filter(|&&d| dips[d]);
            let reach = here.clone().map(|&d| self.far.quarters()[first + d]).max();
            let Some((reach, from)) = reach.zip(here.map(|&d| seen[d]).min()) else { continue };
            let distances = from.saturating_sub(CELL)..=reach.saturating_add(CELL);
            self.survey.visit_pixels(direction, distances, |row, col| {
                let distance = self.survey.distance(row, col);
                if distance <= from {
                    return;
                }
                let turn = self.survey.turn(row, col);
                let direction = turn as usize % DIRECTIONS;
                let in_dip = dips[direction]
                    && distance > seen[direction]
                    && distance <= self.far.between(layer, turn).saturating_add(UNSEEN);
                if in_dip {
                    view.set(row, col, true);
                }
            });
        }
        mask
    }
}

/// What dips leave out of a slice, where it is thick or hangs on a gap, and the gap.
fn thick_or_on(mut dips: Mask, gap: Mask, bays: &Bays) -> Mask {
    dips.view_mut().or(gap.view());
    let mut thick = bays.thick_parts(&dips);
    thick.view_mut().or(gap.view());
    thick
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lungs::airway::Grid;

    const GRID: Grid = Grid { pixel_mm2: 1.0, slice_mm: 3.0, superior_is_last: true };
    const SLICES: usize = 40;

    /// Two lungs of 60 x 100 mm, 60 mm apart, on slices of 3 mm with pixels of 1 mm, less what `missing` says of slice,
    /// row and column.
    fn lungs(missing: impl Fn(usize, usize, usize) -> bool) -> (MaskVolume, Geometry) {
        let geometry = Geometry::lps([240, 160, SLICES], [1.0, 1.0, 3.0]).unwrap();
        let mut lung = MaskVolume::new(160, 240, SLICES);
        for slice in 2..SLICES - 2 {
            for row in 30..130 {
                for col in (30..90).chain(150..210) {
                    lung.slice_mut(slice).set(row, col, !missing(slice, row, col));
                }
            }
        }
        (lung, geometry)
    }

    /// Pixels of slice 20 before and after.
    fn repaired(missing: impl Fn(usize, usize, usize) -> bool) -> (u64, u64) {
        let (mut lung, geometry) = lungs(missing);
        let before = lung.slice(20).count_px();
        let air = lung.clone();
        let cells = Cells::of(&lung, &geometry);
        take_in_walls(&mut lung, cells, &air, &mut Holes::new(GRID), &geometry);
        (before, lung.slice(20).count_px())
    }

    const WHOLE: u64 = 2 * 60 * 100;

    #[test]
    fn what_lies_against_the_chest_wall_is_taken_in() {
        // 30 mm wide, 15 deep, 24 high.
        let (before, after) =
            repaired(|slice, row, col| (16..24).contains(&slice) && (65..95).contains(&row) && col < 45);
        assert_eq!(before, WHOLE - 30 * 15);
        assert!(after.abs_diff(WHOLE) <= WHOLE / 100, "{after} of {WHOLE}");
    }

    #[test]
    fn what_is_thinner_than_a_centimetre_is_the_wall() {
        let (before, after) =
            repaired(|slice, row, col| (16..24).contains(&slice) && (65..95).contains(&row) && col < 36);
        assert_eq!(before, after);
    }

    #[test]
    fn the_hilum_and_the_heart_stay_out() {
        let hilum = |slice: usize, row: usize, col: usize| {
            (16..24).contains(&slice) && (70..95).contains(&row) && (70..90).contains(&col)
        };
        let (before, after) = repaired(hilum);
        assert_eq!(before, after);
    }

    #[test]
    fn a_wall_that_stands_in_on_all_slices_stays() {
        let (before, after) = repaired(|_, row, col| (45..115).contains(&row) && col < 45);
        assert_eq!(before, after);
    }

    #[test]
    fn what_has_lung_behind_it_is_taken_in() {
        // As the first, but 4 mm off the wall, with a mouth of 4 mm.
        let (before, after) = repaired(|slice, row, col| {
            let lesion = (65..95).contains(&row) && (34..49).contains(&col);
            let mouth = (78..82).contains(&row) && col < 34;
            (16..24).contains(&slice) && (lesion || mouth)
        });
        assert_eq!(before, WHOLE - 30 * 15 - 4 * 4);
        assert!(after.abs_diff(WHOLE) <= WHOLE / 100, "{after} of {WHOLE}");
    }

    #[test]
    fn what_lies_beside_the_spine_is_taken_in_up_to_45_mm() {
        let beside = |slices: std::ops::Range<usize>| {
            move |slice: usize, row: usize, col: usize| {
                slices.contains(&slice) && row >= 110 && (70..90).contains(&col)
            }
        };
        let (before, after) = repaired(beside(14..27));
        assert_eq!(before, WHOLE - 20 * 20);
        assert!(after.abs_diff(WHOLE) <= WHOLE / 100, "{after} of {WHOLE}");
        let (before, after) = repaired(beside(10..30));
        assert_eq!(before, after);
    }

    #[test]
    fn a_heart_that_bulges_in_stays_out() {
        // A ball of 45 mm radius in the middle: lung lies above and below of where it is widest.
        let (before, after) = repaired(|slice, row, col| {
            3 * slice.abs_diff(20) * 3 * slice.abs_diff(20)
                + row.abs_diff(80).pow(2)
                + col.abs_diff(120).pow(2)
                < 45 * 45
        });
        assert!(before < WHOLE);
        assert_eq!(before, after);
    }
}
