//! Disease at the wall of the chest, taken back into the lung.
//!
//! Something dense that lies against the wall is no hole of the lung mask but a bay of its outline. Seen from a line between
//! the lungs ([`Survey`]), the distance to the farthest lung changes slowly from slice to slice and from direction to
//! direction; where it dips by a centimetre and comes back within 6 cm along the slices, or within some 5 cm along the
//! wall, the lung goes on behind what is dense there.
//!
//! What is longer than that both ways, as a whole consolidated lobe or an effusion, stays outside; so does what lies against
//! the mediastinum, where heart, vessels and spine come and go as disease does.

use crate::components::{Components, Connectivity, fill_holes};
use crate::lungs::holes::Holes;
use crate::lungs::mask::CLOSING_RADIUS_MM;
use crate::lungs::polar::{DIRECTIONS, PolarMap, Survey, mm, quarters};
use crate::lungs::regions::count_in_run;
use crate::lungs::window::{Window, bounds};
use crate::morphology::{Disk, close, dilate, erode};
use hilum_core::{Geometry, Mask, MaskView, MaskVolume};

/// A dip that is shorter than this along the slices (mm) is filled.
const LONGEST_MM: f64 = 60.0;
/// A dip that is narrower than twice this (directions; 11 degrees, 25 mm at the chest wall) is filled.
const TURN: usize = 4;
/// Shallower than this is how lungs follow the ribs.
const SHALLOW: u16 = quarters(4.0);
/// A dip is at least this deep somewhere.
const DEEP: u16 = quarters(9.0);
/// Nothing deeper is a dip: behind lung that lies near the line itself, heart and liver begin.
const TOO_DEEP: u16 = quarters(50.0);
/// What lies against the wall is at least this thick (mm): how lungs follow spine and ribs is thinner.
const LEAST_THICKNESS_MM: f64 = 10.0;
/// A dip holds at least this much (mm3).
const LEAST_MM3: f64 = 1000.0;
/// Half a cell of the survey: how far lung may reach beyond what was seen of it.
const UNSEEN: u16 = quarters(1.5);
/// A cell of the survey and what it may be larger by, corner to corner.
const CELL: u16 = quarters(6.5);

/// Adds to `lung` what dips of its outline leave out, and has the holes of the slices that change taken anew.
///
/// * `air` - pixels below -500 HU: what is air and not lung stays out.
pub(crate) fn take_in_walls(lung: &mut MaskVolume, air: &MaskVolume, holes: &mut Holes, geometry: &Geometry) {
    let Some(survey) = Survey::of(lung, geometry) else { return };
    let layer_mm = survey.slices_per_layer as f64 * geometry.slice_spacing_mm();
    let walls = Walls::of(survey, layer_mm);
    let spacing = geometry.in_plane_spacing_mm();
    let closing = Disk::ellipse(CLOSING_RADIUS_MM / spacing.row, CLOSING_RADIUS_MM / spacing.col);
    let thick = Disk::ellipse(LEAST_THICKNESS_MM / 2.0 / spacing.row, LEAST_THICKNESS_MM / 2.0 / spacing.col);
    for slice in (0..lung.slices()).filter(|&slice| walls.dip_on(slice)) {
        let before = lung.slice(slice);
        let left_out = walls.left_out(slice, before);
        if left_out.view().is_empty() {
            continue;
        }
        let window = Window::around(bounds(&left_out), &thick, lung);
        let mut cores = Mask::new(before.rows(), before.cols());
        window.paste(&erode(window.cut(left_out.view()).view(), &thick), cores.view_mut());
        if cores.view().is_empty() {
            continue;
        }
        let parts = Components::of(left_out.view(), Connectivity::Four);
        let mut has_core = vec![false; parts.list().len()];
        for (row, run, label) in parts.all_runs() {
            has_core[label as usize] |= count_in_run(cores.view().row(row), run) > 0;
        }
        let taken_in = parts.select(|label, _| has_core[label]);
        let mut mask = before.to_mask();
        mask.view_mut().or(taken_in.view());
        if enclosed_px(mask.view()) > enclosed_px(before) + taken_in.view().count_px() {
            continue;
        }
        let mut closed = close(mask.view(), &closing);
        closed.view_mut().and(dilate(taken_in.view(), &closing).view());
        closed.view_mut().or(taken_in.view());
        closed.view_mut().and_not(air.slice(slice));
        closed.view_mut().or(before);
        holes.retake(&mut closed, slice);
        lung.slice_mut(slice).or(closed.view());
    }
}

/// Pixels of all holes.
fn enclosed_px(mask: MaskView<'_>) -> u64 {
    fill_holes(mask).view().count_px() - mask.count_px()
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

    fn layer(&self, slice: usize) -> usize {
        slice / self.survey.slices_per_layer
    }

    fn dip_on(&self, slice: usize) -> bool {
        self.dips[self.layer(slice) * DIRECTIONS..][..DIRECTIONS].contains(&true)
    }

    /// The pixels of a slice that lie in dips and are not lung.
    fn left_out(&self, slice: usize, lung: MaskView<'_>) -> Mask {
        let layer = self.layer(slice);
        let first = layer * DIRECTIONS;
        let (seen, dips) = (&self.survey.far.quarters()[first..], &self.dips[first..]);
        let mut mask = Mask::new(lung.rows(), lung.cols());
        let mut view = mask.view_mut();
        for direction in 0..DIRECTIONS {
            // A cell may hold pixels of the next direction, to both sides.
            let beside = [DIRECTIONS - 1, 0, 1].map(|turn| (direction + turn) % DIRECTIONS);
            let here = beside.iter().filter(|&&d| dips[d]);
            let reach = here.clone().map(|&d| self.far.quarters()[first + d]).max();
            let Some((reach, from)) = reach.zip(here.map(|&d| seen[d]).min()) else { continue };
            let distances = from.saturating_sub(CELL)..=reach.saturating_add(CELL);
            self.survey.visit_pixels(direction, distances, |row, col| {
                if lung.get(row, col) {
                    return;
                }
                let (turn, distance) = self.survey.polar(row, col);
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

/// Where `depths` (by layer and direction) are dips: connected places that are deep and large enough. `radii` are the
/// distances at which they lie.
fn dips(depths: &[u16], radii: &[u16], layer_mm: f64) -> Vec<bool> {
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
        take_in_walls(&mut lung, &air, &mut Holes::new(GRID), &geometry);
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
}
