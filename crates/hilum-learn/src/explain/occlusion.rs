//! Occlusion (Zeiler and Fergus 2014, doi:10.1007/978-3-319-10590-1_53): a plain check of the other methods.

use super::{Attribution, Question};
use crate::{LearnError, dataset::Picture};
use serde::{Deserialize, Serialize};

/// Settings of occlusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OcclusionSettings {
    /// Side of the square that covers.
    pub side_px: usize,
    /// From one square to the next.
    pub step_px: usize,
}

impl OcclusionSettings {
    /// An eighth of the shorter side, moved by half of itself.
    #[must_use]
    pub fn for_size([rows, cols]: [usize; 2]) -> Self {
        let side_px = (rows.min(cols) / 8).max(1);
        Self { side_px, step_px: (side_px / 2).max(1) }
    }
}

/// Covers one square after another with the mean of the picture. The value of a pixel is the mean loss of probability over
/// the squares that covered it.
///
/// # Errors
/// [`LearnError::Setting`] for a side or step of 0; those of the classifier.
pub fn occlusion(
    question: Question<'_>,
    picture: &Picture,
    settings: OcclusionSettings,
) -> Result<Attribution, LearnError> {
    for (setting, found) in [("the side of the square", settings.side_px), ("the step", settings.step_px)] {
        if found == 0 {
            return Err(LearnError::Setting { setting, found: "0 px".to_owned(), want: "1 px or more" });
        }
    }
    let [rows, cols] = picture.size_px();
    let means: Vec<u16> = (0..picture.channels()).map(|channel| mean(picture.channel(channel))).collect();
    let squares = squares([rows, cols], settings);
    let whole = question.answer(picture)?;
    let answers = question.answers(squares.len(), picture, |n, out| {
        out.values_mut().copy_from_slice(picture.values());
        let [top, left, bottom, right] = squares[n];
        for (channel, &mean) in out.values_mut().chunks_exact_mut(rows * cols).zip(&means) {
            channel.chunks_exact_mut(cols).take(bottom).skip(top).for_each(|row| row[left..right].fill(mean));
        }
    })?;
    let (mut losses, mut covered) = (vec![0.0; rows * cols], vec![0_u32; rows * cols]);
    for ([top, left, bottom, right], answer) in squares.into_iter().zip(answers) {
        for row in top..bottom {
            for pixel in row * cols + left..row * cols + right {
                losses[pixel] += whole - answer;
                covered[pixel] += 1;
            }
        }
    }
    let values = losses.iter().zip(&covered).map(|(loss, &n)| (loss / f64::from(n.max(1))) as f32).collect();
    Attribution::new(rows, cols, values).ok_or(LearnError::NoCases)
}

/// Top, left, bottom and right of squares that cover all of the picture; the last ones of a row or column are moved in.
fn squares([rows, cols]: [usize; 2], settings: OcclusionSettings) -> Vec<[usize; 4]> {
    let starts = |length: usize| {
        let last = length.saturating_sub(settings.side_px);
        let mut starts: Vec<usize> = (0..last).step_by(settings.step_px).collect();
        starts.push(last);
        starts
    };
    let end = |start: usize, length: usize| (start + settings.side_px).min(length);
    let across = starts(cols);
    let row_of = |top: usize| across.iter().map(move |&left| [top, left, end(top, rows), end(left, cols)]);
    starts(rows).into_iter().flat_map(row_of).collect()
}

fn mean(values: &[u16]) -> u16 {
    let sum: u64 = values.iter().map(|&value| u64::from(value)).sum();
    sum.checked_div(values.len() as u64).unwrap_or(0) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::stand_in::{Corner, checkerboard};

    #[test]
    fn covering_the_corner_that_is_seen_costs_most() {
        // Dark but for the corner, so that the mean of the picture is darker than the corner.
        let (bright, _) = checkerboard();
        let [rows, cols] = bright.size_px();
        let values =
            (0..rows * cols).map(|i| if i / cols < 8 && i % cols < 8 { 65_000 } else { 0 }).collect();
        let picture = Picture::new(1, rows, cols, values).unwrap();
        let corner = Corner::new();
        let question = Question { classifier: &corner, class: 1 };
        let settings = OcclusionSettings { side_px: 8, step_px: 4 };
        let map = occlusion(question, &picture, settings).unwrap();
        assert!(map.values()[0] > 0.5, "{}", map.values()[0]);
        assert!(map.values()[31 * 32 + 31].abs() < 1e-6);
    }

    #[test]
    fn squares_cover_every_pixel() {
        for (size, side_px, step_px) in [([10, 7], 4, 3), ([5, 5], 8, 2), ([9, 9], 3, 3)] {
            let mut seen = vec![false; size[0] * size[1]];
            for [top, left, bottom, right] in squares(size, OcclusionSettings { side_px, step_px }) {
                for row in top..bottom {
                    seen[row * size[1] + left..row * size[1] + right].fill(true);
                }
            }
            assert!(seen.iter().all(|&s| s), "{size:?}");
        }
    }

    #[test]
    fn a_square_of_no_size_is_refused() {
        let (picture, _) = checkerboard();
        let corner = Corner::new();
        let question = Question { classifier: &corner, class: 1 };
        let error = occlusion(question, &picture, OcclusionSettings { side_px: 0, step_px: 1 }).unwrap_err();
        assert!(error.to_string().contains("side of the square"));
    }
}
