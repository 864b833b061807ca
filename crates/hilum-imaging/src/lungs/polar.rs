//! The lungs seen from a line between them: how far lung reaches, for every direction and height.
//!
//! In: the lung mask of all slices. Out: a [`PolarMap`]. The line runs through the centre of all lung pixels along the
//! slices; directions turn from the growing columns to the growing rows.

use crate::lungs::cells::Cells;
use hilum_core::{Geometry, InPlaneSpacingMm};
use std::f64::consts::TAU;
use std::ops::RangeInclusive;

/// Directions round the line.
pub(crate) const DIRECTIONS: usize = 128;
/// Distances are counted in quarters of a millimetre.
const PER_MM: f64 = 4.0;

/// One distance, in quarters of a millimetre, for every layer and direction; 0 where there is no lung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PolarMap {
    quarters: Vec<u16>,
}

impl PolarMap {
    fn new(layers: usize) -> Self {
        Self { quarters: vec![0; layers * DIRECTIONS] }
    }

    /// Number of layers.
    pub(crate) fn layers(&self) -> usize {
        self.quarters.len() / DIRECTIONS
    }

    /// All distances, layer by layer.
    pub(crate) fn quarters(&self) -> &[u16] {
        &self.quarters
    }

    /// The distances of one layer.
    pub(crate) fn layer(&self, layer: usize) -> &[u16] {
        &self.quarters[layer * DIRECTIONS..(layer + 1) * DIRECTIONS]
    }

    /// The distance in a direction between those of the map; where one of its neighbours has no lung, that of its own.
    pub(crate) fn between(&self, layer: usize, turn: f64) -> u16 {
        let row = self.layer(layer);
        let own = row[turn as usize % DIRECTIONS];
        let before = if turn < 0.5 { turn - 0.5 + DIRECTIONS as f64 } else { turn - 0.5 };
        let (a, b) = (row[before as usize % DIRECTIONS], row[(before as usize + 1) % DIRECTIONS]);
        if a == 0 || b == 0 {
            return own;
        }
        (f64::from(a) + (f64::from(b) - f64::from(a)) * before.fract() + 0.5) as u16
    }

    /// For every direction the extreme (`of` two distances) of all layers within `reach`; beyond the scan there is
    /// no lung.
    pub(crate) fn along_layers(&self, reach: usize, of: impl Fn(u16, u16) -> u16) -> Self {
        let mut map = self.clone();
        let layers = self.layers();
        for (layer, row) in map.quarters.chunks_exact_mut(DIRECTIONS).enumerate() {
            if layer < reach || layer + reach >= layers {
                row.iter_mut().for_each(|q| *q = of(*q, 0));
            }
            for other in layer.saturating_sub(reach)..(layer + reach + 1).min(layers) {
                for (q, &near) in row.iter_mut().zip(self.layer(other)) {
                    *q = of(*q, near);
                }
            }
        }
        map
    }

    /// For every layer the extreme of all directions within `reach`.
    pub(crate) fn around(&self, reach: usize, of: impl Fn(u16, u16) -> u16) -> Self {
        let mut map = self.clone();
        for (layer, row) in map.quarters.chunks_exact_mut(DIRECTIONS).enumerate() {
            let from = self.layer(layer);
            for (direction, q) in row.iter_mut().enumerate() {
                for turn in DIRECTIONS - reach..=DIRECTIONS + reach {
                    *q = of(*q, from[(direction + turn) % DIRECTIONS]);
                }
            }
        }
        map
    }

    /// The larger of both, distance by distance.
    pub(crate) fn larger(mut self, other: &Self) -> Self {
        self.quarters.iter_mut().zip(&other.quarters).for_each(|(q, &o)| *q = (*q).max(o));
        self
    }
}

/// The line, and what is seen from it.
#[derive(Debug)]
pub(crate) struct Survey {
    /// The farthest lung.
    pub(crate) far: PolarMap,
    /// The lung in cells.
    pub(crate) cells: Cells,
    /// Direction and distance of the middle of every cell.
    seen: Vec<(u16, u16)>,
    /// The cells of every direction.
    of_direction: Vec<Vec<u32>>,
    spacing: InPlaneSpacingMm,
    line_row_mm: f64,
    line_col_mm: f64,
    /// Towards the back, for every mm along the rows' and the columns' index.
    back_per_row: f64,
    back_per_col: f64,
}

impl Survey {
    /// Surveys a lung, in cells; `None` if there is none.
    pub(crate) fn of(cells: Cells, geometry: &Geometry) -> Option<Self> {
        let spacing = geometry.in_plane_spacing_mm();
        let frame = geometry.frame();
        let back_per = |axis: usize, spacing_mm: f64| -geometry.affine().column(axis)[1] / spacing_mm;
        let (mut count, mut row_sum, mut col_sum) = (0usize, 0, 0);
        cells.visit_all(|_, cell_row, cell_col| {
            count += 1;
            row_sum += cell_row;
            col_sum += cell_col;
        });
        if count == 0 {
            return None;
        }
        let (line_row, line_col) =
            cells.middle_of(row_sum as f64 / count as f64, col_sum as f64 / count as f64);
        let mut survey = Self {
            far: PolarMap::new(cells.layers()),
            seen: Vec::new(),
            of_direction: vec![Vec::new(); DIRECTIONS],
            spacing,
            line_row_mm: line_row * spacing.row,
            line_col_mm: line_col * spacing.col,
            back_per_row: back_per(frame.row_axis, spacing.row),
            back_per_col: back_per(frame.col_axis, spacing.col),
            cells,
        };
        survey.seen = (0..survey.cells.in_layer())
            .map(|cell| {
                let (row, col) = survey.cells.middle(cell);
                (survey.turn(row, col) as u16 % DIRECTIONS as u16, survey.distance(row, col))
            })
            .collect();
        for (cell, &(direction, _)) in survey.seen.iter().enumerate() {
            survey.of_direction[direction as usize].push(cell as u32);
        }
        let Self { cells, seen, far, .. } = &mut survey;
        cells.visit_all(|layer, cell_row, cell_col| {
            let (direction, quarters) = seen[cells.number(cell_row, cell_col)];
            let far = &mut far.quarters[layer * DIRECTIONS + direction as usize];
            *far = (*far).max(quarters);
        });
        Some(survey)
    }

    /// Direction and distance (quarters of a millimetre) of the middle of a cell.
    pub(crate) fn seen(&self, cell: usize) -> (usize, u16) {
        let (direction, quarters) = self.seen[cell];
        (direction as usize, quarters)
    }

    /// How far behind the line the middle of a cell lies (mm), towards the patient's back.
    pub(crate) fn behind_mm(&self, cell: usize) -> f64 {
        let (row, col) = self.cells.middle(cell);
        let (y, x) = self.beside_line(row, col);
        y * self.back_per_row + x * self.back_per_col
    }

    /// Visits the pixels of all cells of a direction whose middles lie at these distances.
    pub(crate) fn visit_pixels(
        &self,
        direction: usize,
        distances: RangeInclusive<u16>,
        mut found: impl FnMut(usize, usize),
    ) {
        let here = self.of_direction[direction].iter().map(|&cell| cell as usize);
        for cell in here.filter(|&cell| distances.contains(&self.seen[cell].1)) {
            let (rows, cols) = self.cells.pixels(cell);
            for row in rows {
                cols.clone().for_each(|col| found(row, col));
            }
        }
    }

    /// Direction of a pixel, as a fraction of the way to the next one too.
    pub(crate) fn turn(&self, row: usize, col: usize) -> f64 {
        let (y, x) = self.beside_line(row, col);
        let turn = y.atan2(x) / TAU;
        let turn = if turn < 0.0 { turn + 1.0 } else { turn };
        turn * DIRECTIONS as f64
    }

    /// Distance of a pixel, in quarters of a millimetre.
    pub(crate) fn distance(&self, row: usize, col: usize) -> u16 {
        let (y, x) = self.beside_line(row, col);
        // Millimetres are neither so large nor so small that `hypot` would have to take care.
        ((y * y + x * x).sqrt() * PER_MM) as u16
    }

    /// Where a pixel lies as seen from the line (mm), along the rows' and the columns' index.
    fn beside_line(&self, row: usize, col: usize) -> (f64, f64) {
        (row as f64 * self.spacing.row - self.line_row_mm, col as f64 * self.spacing.col - self.line_col_mm)
    }
}

/// Quarters of a millimetre in so many millimetres.
pub(crate) const fn quarters(mm: f64) -> u16 {
    (mm * PER_MM) as u16
}

/// Millimetres in so many quarters of one.
pub(crate) fn mm(quarters: u16) -> f64 {
    f64::from(quarters) / PER_MM
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::MaskVolume;

    /// Two lungs of 60 x 100 mm, 60 mm apart, on slices of 3 mm with pixels of 1 mm.
    fn two_lungs(slices: usize) -> (MaskVolume, Geometry) {
        let geometry = Geometry::lps([240, 160, slices], [1.0, 1.0, 3.0]).unwrap();
        let mut lung = MaskVolume::new(160, 240, slices);
        for slice in 0..slices {
            for row in 30..130 {
                lung.slice_mut(slice).set_run(row, 30, 90);
                lung.slice_mut(slice).set_run(row, 150, 210);
            }
        }
        (lung, geometry)
    }

    #[test]
    fn distances_are_those_of_the_walls() {
        let (lung, geometry) = two_lungs(5);
        let survey = Survey::of(Cells::of(&lung, &geometry), &geometry).unwrap();
        assert_eq!(survey.far.layers(), 5);
        // Straight along the columns lung reaches to 90 mm; a cell is 3 mm wide.
        let far = survey.far.layer(2)[0];
        assert!(far.abs_diff(quarters(90.0)) <= quarters(3.0), "{far}");
        // Straight along the rows, between the lungs, there is none.
        assert_eq!(survey.far.layer(2)[DIRECTIONS / 4], 0);
    }

    #[test]
    fn no_lung_no_survey() {
        let (_, geometry) = two_lungs(2);
        let cells = Cells::new(&MaskVolume::new(160, 240, 2), &geometry);
        assert!(Survey::of(cells, &geometry).is_none());
    }

    #[test]
    fn closing_along_the_layers_fills_short_dips_only() {
        let mut map = PolarMap { quarters: vec![100; 12 * DIRECTIONS] };
        for layer in [3, 4, 8, 9, 10, 11] {
            map.quarters[layer * DIRECTIONS] = 10;
        }
        let closed = map.along_layers(1, u16::max).along_layers(1, u16::min);
        let column: Vec<u16> = (0..12).map(|layer| closed.layer(layer)[0]).collect();
        assert_eq!(column, [0, 100, 100, 100, 100, 100, 100, 100, 10, 10, 10, 0]);
    }
}
