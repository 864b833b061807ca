//! SLIC (Achanta et al. 2012, doi:10.1109/TPAMI.2012.120), with the labels of `skimage.segmentation.slic`.
//!
//! K-means of place and colour, each centre looking no further than two steps of the grid on which the centres began; then
//! what hangs apart from its piece becomes a piece of its own, or, when it is small, part of a neighbour.

use super::{
    Pieces, SuperpixelError,
    lab::{lab_of_grey_part, unit_of_level},
};
use crate::grey::Grey;
use std::ops::Range;

/// Pieces smaller than this share of the usual size join a neighbour.
const SMALLEST: f64 = 0.5;
/// Pieces larger than so many times the usual size are cut.
const LARGEST: f64 = 3.0;

/// Settings of SLIC.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slic {
    /// Pieces wished for: there will be about so many.
    pub segments: u32,
    /// Weight of place against colour: larger makes pieces more square.
    pub compactness: f64,
    /// Rounds of k-means at most.
    pub rounds: u32,
}

impl Default for Slic {
    /// Scikit-image's: 100 pieces, compactness 10, 10 rounds.
    fn default() -> Self {
        Self { segments: 100, compactness: 10.0, rounds: 10 }
    }
}

impl Slic {
    /// Cuts a picture into pieces, numbered in raster order of their first pixels.
    ///
    /// # Errors
    /// [`SuperpixelError`] for no segments, or a compactness that is not a number above 0.
    pub fn cut(&self, picture: Grey<'_>) -> Result<Pieces, SuperpixelError> {
        if self.segments == 0 {
            let must_be = "1 or more";
            return Err(SuperpixelError { setting: "SLIC: the number of segments", found: 0.0, must_be });
        }
        if !(self.compactness > 0.0 && self.compactness.is_finite()) {
            let (setting, must_be) = ("SLIC: the compactness", "a number above 0");
            return Err(SuperpixelError { setting, found: self.compactness, must_be });
        }
        let (rows, cols) = (picture.rows(), picture.cols());
        if rows * cols == 0 {
            return Ok(Pieces::numbered(rows, cols, &[]));
        }
        let grid = Grid::spread(rows, cols, self.segments as usize);
        let centres = grid.places(rows, cols);
        let usual_px = (rows * cols) as f64 / centres.len() as f64;
        let labels = self.clustered(picture, grid, centres);
        let size_px = (SMALLEST * usual_px) as usize..(LARGEST * usual_px) as usize;
        Ok(Pieces::numbered(rows, cols, &connected(&labels, [rows, cols], size_px)))
    }

    /// The centre that each pixel belongs to.
    fn clustered(&self, picture: Grey<'_>, grid: Grid, mut centres: Vec<Centre>) -> Vec<u32> {
        let (rows, cols) = (picture.rows(), picture.cols());
        let colours = self.colours(picture);
        let colour_of = |pixel: usize| colours[usize::from(picture.pixels()[pixel])];
        let step = grid.step_rows.max(grid.step_cols) as f64;
        let place_weight = 1.0 / (step * step);
        // Centres look about by the grid that as many of them as there really are would have.
        let sight = Grid::spread(rows, cols, centres.len());
        let mut nearest = vec![0; rows * cols];
        let mut distance = vec![f64::MAX; rows * cols];
        for _ in 0..self.rounds {
            distance.fill(f64::MAX);
            let mut changed = false;
            for (number, centre) in centres.iter().enumerate() {
                for row in window(centre.row, sight.step_rows, rows) {
                    let down = (centre.row - row as f64) * (centre.row - row as f64);
                    for col in window(centre.col, sight.step_cols, cols) {
                        let across = (centre.col - col as f64) * (centre.col - col as f64);
                        let pixel = row * cols + col;
                        let apart: f64 =
                            colour_of(pixel).iter().zip(centre.colour).map(|(a, b)| (a - b) * (a - b)).sum();
                        let found = (down + across) * place_weight + apart;
                        if distance[pixel] > found {
                            distance[pixel] = found;
                            nearest[pixel] = number as u32;
                            changed = true;
                        }
                    }
                }
            }
            if !changed {
                break;
            }
            centres = means(&nearest, cols, centres.len(), colour_of);
        }
        nearest
    }

    /// The colour of each level in Lab, weighted against place: levels are spread over the whole range first.
    fn colours(&self, picture: Grey<'_>) -> Vec<[f64; 3]> {
        let levels = picture.pixels().iter().map(|&level| unit_of_level(level));
        let (least, most) = levels.fold((f64::MAX, f64::MIN), |(least, most), v| (least.min(v), most.max(v)));
        let range = if most > least { most - least } else { 1.0 };
        let weight = 1.0 / self.compactness;
        let colour = |level: u8| {
            lab_of_grey_part(((unit_of_level(level) - least) / range).clamp(0.0, 1.0))
                .map(|part| part * weight)
        };
        (0..=255).map(colour).collect()
    }
}

/// Points at even distances.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Grid {
    start_rows: usize,
    start_cols: usize,
    step_rows: usize,
    step_cols: usize,
}

impl Grid {
    /// About `points` of them, as far from each other down as across; where one side is shorter than that, in one line.
    fn spread(rows: usize, cols: usize, points: usize) -> Self {
        let area = (rows * cols) as f64;
        if rows * cols <= points {
            return Self { start_rows: 0, start_cols: 0, step_rows: 1, step_cols: 1 };
        }
        let even = (area / points as f64).sqrt();
        let (short, long) = (rows.min(cols) as f64, rows.max(cols) as f64);
        let (of_short, of_long) = if short < even { (short, long / points as f64) } else { (even, even) };
        let (of_rows, of_cols) = if rows <= cols { (of_short, of_long) } else { (of_long, of_short) };
        let start = |step: f64| (step / 2.0).floor() as usize;
        let whole = |step: f64| (step.round_ties_even() as usize).max(1);
        Self {
            start_rows: start(of_rows),
            start_cols: start(of_cols),
            step_rows: whole(of_rows),
            step_cols: whole(of_cols),
        }
    }

    fn places(&self, rows: usize, cols: usize) -> Vec<Centre> {
        let down = (self.start_rows..rows).step_by(self.step_rows);
        let across = || (self.start_cols..cols).step_by(self.step_cols);
        let at = |row: usize, col: usize| Centre { row: row as f64, col: col as f64, colour: [0.0; 3] };
        down.flat_map(|row| across().map(move |col| at(row, col))).collect()
    }
}

/// The middle of a piece, in pixels and weighted Lab; not a number for one that has lost all its pixels.
#[derive(Debug, Clone, Copy)]
struct Centre {
    row: f64,
    col: f64,
    colour: [f64; 3],
}

/// What a centre sees along one axis: two steps to either side. One that is not a number sees nothing.
fn window(centre: f64, step: usize, end: usize) -> Range<usize> {
    if centre.is_nan() {
        return 0..0;
    }
    let reach = (2 * step) as f64;
    (centre - reach).max(0.0) as usize..(centre + reach + 1.0).min(end as f64) as usize
}

fn means(nearest: &[u32], cols: usize, count: usize, colour_of: impl Fn(usize) -> [f64; 3]) -> Vec<Centre> {
    let mut centres = vec![Centre { row: 0.0, col: 0.0, colour: [0.0; 3] }; count];
    let mut sizes = vec![0.0; count];
    for (pixel, &number) in nearest.iter().enumerate() {
        let number = number as usize;
        let centre = &mut centres[number];
        centre.row += (pixel / cols) as f64;
        centre.col += (pixel % cols) as f64;
        for (sum, part) in centre.colour.iter_mut().zip(colour_of(pixel)) {
            *sum += part;
        }
        sizes[number] += 1.0;
    }
    for (centre, size) in centres.iter_mut().zip(sizes) {
        centre.row /= size;
        centre.col /= size;
        centre.colour = centre.colour.map(|sum| sum / size);
    }
    centres
}

/// Marks from 1: what hangs together and is not too small; too small a part takes the mark of the neighbour that was met last.
fn connected(labels: &[u32], [rows, cols]: [usize; 2], size_px: Range<usize>) -> Vec<u32> {
    let mut marks = vec![0; labels.len()];
    let mut next = 1;
    let mut part = Vec::with_capacity(size_px.end.min(labels.len()));
    for first in 0..labels.len() {
        if marks[first] != 0 {
            continue;
        }
        let mut neighbour = next;
        marks[first] = next;
        part.clear();
        part.push(first);
        let mut visited = 0;
        while visited < part.len() && part.len() < size_px.end {
            for beside in neighbours(part[visited], rows, cols) {
                if labels[beside] == labels[first] && marks[beside] == 0 {
                    marks[beside] = next;
                    part.push(beside);
                    if part.len() >= size_px.end {
                        break;
                    }
                } else if marks[beside] != 0 && marks[beside] != next {
                    neighbour = marks[beside];
                }
            }
            visited += 1;
        }
        if part.len() < size_px.start {
            part.iter().for_each(|&pixel| marks[pixel] = neighbour);
        } else {
            next += 1;
        }
    }
    marks
}

/// The pixels to the right, to the left, below and above, in this order.
fn neighbours(pixel: usize, rows: usize, cols: usize) -> impl Iterator<Item = usize> {
    let (row, col) = (pixel / cols, pixel % cols);
    [
        (col + 1 < cols).then_some(pixel + 1),
        (col > 0).then(|| pixel - 1),
        (row + 1 < rows).then_some(pixel + cols),
        (row > 0).then(|| pixel - cols),
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_out_of_range_are_named() {
        let picture = Grey::new(1, 1, &[7]).unwrap();
        let none = Slic { segments: 0, ..Slic::default() };
        assert!(none.cut(picture).unwrap_err().to_string().contains("segments"));
        for compactness in [0.0, -1.0, f64::NAN] {
            let settings = Slic { compactness, ..Slic::default() };
            assert!(settings.cut(picture).unwrap_err().to_string().contains("compactness"));
        }
        assert_eq!(Slic::default().cut(picture).unwrap().count(), 1);
        assert_eq!(Slic::default().cut(Grey::new(0, 0, &[]).unwrap()).unwrap().count(), 0);
    }

    #[test]
    fn every_piece_hangs_together_and_none_is_tiny() {
        let pixels: Vec<u8> = (0..90 * 70).map(|i: usize| ((i % 70) * (i / 70) % 251) as u8).collect();
        let pieces =
            Slic { segments: 30, ..Slic::default() }.cut(Grey::new(90, 70, &pixels).unwrap()).unwrap();
        let parts = connected(pieces.labels(), [90, 70], 0..usize::MAX);
        assert_eq!(parts.iter().max(), Some(&(pieces.count() as u32)));
        assert!(pieces.area_px().iter().all(|&area| area >= 90 * 70 / 30 / 3));
    }
}
