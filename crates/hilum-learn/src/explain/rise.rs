//! RISE (Petsiuk, Das and Saenko 2018, arXiv:1806.07421): random smooth masks, weighted by the answers.

use super::{Attribution, Question};
use crate::{LearnError, dataset::Picture, random::Random};
use serde::{Deserialize, Serialize};

/// Settings of RISE.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RiseSettings {
    /// Masks that are tried.
    pub samples: usize,
    /// Seed of the masks.
    pub seed: u64,
    /// Cells of the coarse grid along each side.
    pub cells: usize,
    /// Chance of a cell to be shown, 0 to 1, both excluded.
    pub shown_frac: f64,
}

impl Default for RiseSettings {
    /// The paper's 8 x 8 cells, half of them shown.
    fn default() -> Self {
        Self { samples: 2000, seed: 0, cells: 8, shown_frac: 0.5 }
    }
}

/// Shows the picture through random masks: a coarse grid of cells that are open or closed, enlarged bilinearly and
/// shifted by chance. The value of a pixel is the mean answer when it was open, less the mean answer of all masks, so
/// that 0 means that the pixel does not matter.
///
/// # Errors
/// [`LearnError::Setting`] for settings out of range; those of the classifier.
pub fn rise(
    question: Question<'_>,
    picture: &Picture,
    settings: &RiseSettings,
) -> Result<Attribution, LearnError> {
    let refused = |setting, found: String, want| Err(LearnError::Setting { setting, found, want });
    if settings.samples == 0 {
        return refused("the number of masks", "0".to_owned(), "1 or more");
    }
    if !(1..=1024).contains(&settings.cells) {
        return refused("the number of cells", settings.cells.to_string(), "from 1 to 1024");
    }
    if !(settings.shown_frac > 0.0 && settings.shown_frac < 1.0) {
        return refused("the share that is shown", settings.shown_frac.to_string(), "between 0 and 1");
    }
    let [rows, cols] = picture.size_px();
    let mut mask = vec![0.0_f32; rows * cols];
    let mut random = Random::new(settings.seed);
    let answers = question.answers(settings.samples, picture, |_, out| {
        draw_mask(&mut mask, [rows, cols], settings, &mut random);
        for (to, from) in
            out.values_mut().chunks_exact_mut(rows * cols).zip(picture.values().chunks_exact(rows * cols))
        {
            for ((to, &from), &open) in to.iter_mut().zip(from).zip(&mask) {
                *to = (f32::from(from) * open).round_ties_even() as u16;
            }
        }
    })?;
    let mean_answer = answers.iter().sum::<f64>() / answers.len() as f64;
    // The masks come again from the same seed: keeping thousands of them would take gigabytes.
    let mut random = Random::new(settings.seed);
    let (mut weighted, mut open_sum) = (vec![0.0_f64; rows * cols], vec![0.0_f64; rows * cols]);
    for answer in answers {
        draw_mask(&mut mask, [rows, cols], settings, &mut random);
        for ((weighted, open_sum), &open) in weighted.iter_mut().zip(&mut open_sum).zip(&mask) {
            *weighted += (answer - mean_answer) * f64::from(open);
            *open_sum += f64::from(open);
        }
    }
    let value = |(w, o): (&f64, &f64)| if *o > 0.0 { (w / o) as f32 } else { 0.0 };
    Attribution::new(rows, cols, weighted.iter().zip(&open_sum).map(value).collect())
        .ok_or(LearnError::NoCases)
}

/// One mask, values 0 (hidden) to 1 (shown).
fn draw_mask(mask: &mut [f32], [rows, cols]: [usize; 2], settings: &RiseSettings, random: &mut Random) {
    let cells = settings.cells;
    let side = cells + 2;
    let open: Vec<f32> =
        (0..side * side).map(|_| f32::from(u8::from(chance(random) < settings.shown_frac))).collect();
    let place = |length: usize, shift: usize| -> Vec<(usize, f32)> {
        let cell_px = length.div_ceil(cells).max(1);
        let at = |i: usize| {
            let position = (i + shift) as f32 / cell_px as f32;
            (position as usize, position.fract())
        };
        (0..length).map(at).collect()
    };
    let down = place(rows, random.below(rows.div_ceil(cells).max(1)));
    let across = place(cols, random.below(cols.div_ceil(cells).max(1)));
    for (line, &(top, below)) in mask.chunks_exact_mut(cols).zip(&down) {
        let upper = &open[top * side..][..side];
        let lower = &open[(top + 1) * side..][..side];
        for (value, &(left, beside)) in line.iter_mut().zip(&across) {
            let between = |row: &[f32]| row[left] + (row[left + 1] - row[left]) * beside;
            let (a, b) = (between(upper), between(lower));
            *value = a + (b - a) * below;
        }
    }
}

/// Uniform in [0, 1).
fn chance(random: &mut Random) -> f64 {
    (random.next() >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::stand_in::{Corner, checkerboard};

    #[test]
    fn the_corner_that_is_seen_stands_out() {
        let (picture, _) = checkerboard();
        let corner = Corner::new();
        let question = Question { classifier: &corner, class: 1 };
        let settings = RiseSettings { cells: 4, ..RiseSettings::default() };
        let map = rise(question, &picture, &settings).unwrap();
        let middle_of_corner = map.values()[4 * 32 + 4];
        assert!(middle_of_corner > 0.05);
        // Elsewhere only the noise of 2000 masks is left.
        assert!(map.values()[20 * 32..].iter().all(|v| v.abs() < middle_of_corner / 4.0));
        assert_eq!(map, rise(question, &picture, &settings).unwrap());
    }

    #[test]
    fn masks_are_open_as_often_as_asked() {
        let settings = RiseSettings { shown_frac: 0.3, ..RiseSettings::default() };
        let mut random = Random::new(5);
        let (mut mask, mut sum) = (vec![0.0; 40 * 30], 0.0);
        for _ in 0..500 {
            draw_mask(&mut mask, [40, 30], &settings, &mut random);
            assert!(mask.iter().all(|v| (0.0..=1.0).contains(v)));
            sum += f64::from(mask.iter().sum::<f32>()) / mask.len() as f64;
        }
        assert!((sum / 500.0 - 0.3).abs() < 0.01);
    }

    #[test]
    fn settings_out_of_range_are_named() {
        let (picture, _) = checkerboard();
        let corner = Corner::new();
        let question = Question { classifier: &corner, class: 1 };
        let default = RiseSettings::default();
        for settings in [
            RiseSettings { samples: 0, ..default },
            RiseSettings { cells: 0, ..default },
            RiseSettings { shown_frac: 1.0, ..default },
        ] {
            assert!(matches!(rise(question, &picture, &settings), Err(LearnError::Setting { .. })));
        }
    }
}
