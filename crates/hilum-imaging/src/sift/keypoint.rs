//! Keypoints as OpenCV writes them down.

use super::refine::Refined;
use std::cmp::Ordering;

/// A place in a picture that can be found again whatever its scale and turn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Keypoint {
    /// Column of the centre, px; 0 is the middle of the first pixel's column.
    pub x_px: f32,
    /// Row of the centre, px.
    pub y_px: f32,
    /// Diameter: twice the scale, px.
    pub size_px: f32,
    /// Direction of the strongest gradient in degrees, 0 to below 360, clockwise on the picture from the row's direction.
    pub angle_degrees: f32,
    /// Contrast of the blob, 0 to 1.
    pub response: f32,
    /// OpenCV's packed number: octave (-1 is the doubled image) in the low byte, layer in the next, and the offset between
    /// the scales in the third.
    pub octave: i32,
}

impl Keypoint {
    /// A keypoint found in octave `octave` (0 is the doubled image), in pixels of the image.
    pub(super) fn new(
        found: &Refined,
        octave: usize,
        sigma_px: f32,
        layers: usize,
        angle_degrees: f32,
    ) -> Self {
        let [dx, dy, ds] = found.offset;
        // Pixels of this octave in pixels of the doubled image.
        let step = (1u64 << octave) as f32;
        let size = sigma_px * 2f32.powf((found.at.layer as f32 + ds) / layers as f32) * step * 2.0;
        let fraction = ((f64::from(ds) + 0.5) * 255.0).round_ties_even() as i32;
        Self {
            x_px: (found.at.col as f32 + dx) * step * 0.5,
            y_px: (found.at.row as f32 + dy) * step * 0.5,
            size_px: size * 0.5,
            angle_degrees,
            response: found.contrast,
            octave: ((octave as i32 - 1) & 255) | (found.at.layer as i32) << 8 | fraction << 16,
        }
    }

    /// OpenCV's order: by column, row, falling size, angle, falling response, falling octave.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        (self.x_px.total_cmp(&other.x_px))
            .then(self.y_px.total_cmp(&other.y_px))
            .then(other.size_px.total_cmp(&self.size_px))
            .then(self.angle_degrees.total_cmp(&other.angle_degrees))
            .then(other.response.total_cmp(&self.response))
            .then(other.octave.cmp(&self.octave))
    }

    /// Whether the two stand at the same place with the same size and angle.
    pub(super) fn repeats(&self, other: &Self) -> bool {
        (self.x_px, self.y_px, self.size_px, self.angle_degrees)
            == (other.x_px, other.y_px, other.size_px, other.angle_degrees)
    }
}
