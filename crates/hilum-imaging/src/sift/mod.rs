//! Keypoints and their descriptors: SIFT, after D. G. Lowe, "Distinctive image features from scale-invariant
//! keypoints", Int. J. Computer Vision 60 (2004) 91-110, doi:10.1023/B:VISI.0000029664.99615.94.
//!
//! Enters: an 8-bit grey picture, rows from the top. Leaves: keypoints in OpenCV's order and 128 bytes for each. Where the
//! paper leaves a choice it is OpenCV's (`cv2.SIFT_create()`, 5.0): the doubled image without a shift of half a pixel, the
//! cut-off of the Gaussian, smoothing of the histogram of directions, the polynomial for the arc tangent, the packing of
//! octaves, the rounding to bytes. What may differ is the last bit of a sum, and with it now and then an extremum at the
//! threshold; how often is told in docs/benchmarks.md and held by the vectors in tests/oracle/sift.
//!
//! The work is done octave by octave, one thread, in buffers that a [`Sift`] keeps for the next picture.

mod blur;
mod descriptor;
mod error;
mod extrema;
mod gradient;
mod keypoint;
mod lanes;
mod layer;
mod octave;
mod orientation;
mod refine;
mod settings;

pub use descriptor::DESCRIPTOR_LEN;
pub use error::SiftError;
pub use keypoint::Keypoint;
pub use settings::SiftSettings;

pub(crate) use lanes::Way;

use crate::grey::Grey;
use blur::Gaussian;
use descriptor::Describe;
use extrema::{BORDER_PX, Extremum};
use octave::{Octave, Origin};
use orientation::{Directions, peaks_degrees};

/// Pixels of the largest picture that is taken: its scale space needs about 100 bytes a pixel.
const LARGEST_PX: usize = 4096 * 4096;

/// Keypoints of a picture and what it looks like around them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Features {
    /// Sorted by column, row, falling size, angle.
    pub keypoints: Vec<Keypoint>,
    /// One for each keypoint: 4 x 4 cells, row by row, of 8 directions.
    pub descriptors: Vec<[u8; DESCRIPTOR_LEN]>,
}

/// Finds and describes keypoints, picture after picture, in the same buffers.
#[derive(Debug)]
pub struct Sift {
    settings: SiftSettings,
    base: Gaussian,
    steps: Vec<Gaussian>,
    octaves: [Octave; 2],
    room: Room,
}

impl Sift {
    /// A detector with these settings.
    ///
    /// # Errors
    /// [`SiftError::Setting`] if one is out of range.
    pub fn new(settings: SiftSettings) -> Result<Self, SiftError> {
        settings.check()?;
        Ok(Self {
            settings,
            base: Gaussian::new(settings.base_blur_px()),
            steps: settings.step_blurs_px().into_iter().map(Gaussian::new).collect(),
            octaves: Default::default(),
            room: Default::default(),
        })
    }

    /// Keypoints and descriptors of a picture. A picture that is constant, or less than 6 pixels wide or high, has none.
    ///
    /// # Errors
    /// [`SiftError::TooLarge`] above 4096 x 4096 pixels in all.
    pub fn detect(&mut self, image: Grey<'_>) -> Result<Features, SiftError> {
        self.detect_in(image, Way::best())
    }

    fn detect_in(&mut self, image: Grey<'_>, way: Way) -> Result<Features, SiftError> {
        let (rows, cols, pixels) = (image.rows(), image.cols(), image.pixels());
        if pixels.len() > LARGEST_PX {
            return Err(SiftError::TooLarge { rows, cols, limit_px: LARGEST_PX });
        }
        let mut found = Vec::new();
        let mut describer = Describer { settings: self.settings, way, room: &mut self.room };
        let (mut rows_left, mut cols_left) = (2 * rows, 2 * cols);
        let mut index = 0;
        // Smaller octaves are all border.
        while rows_left.min(cols_left) > 2 * BORDER_PX {
            let [even, odd] = &mut self.octaves;
            let (before, octave) = if index % 2 == 0 { (odd, even) } else { (even, odd) };
            let origin = match index {
                0 => Origin::Doubled { rows, cols, pixels, kernel: &self.base },
                _ => Origin::Halved(before, self.settings.layers_per_octave),
            };
            let reach = (self.settings.extremum_threshold(), describer.reach_px());
            octave.fill(&origin, &self.steps, reach, way, |octave, extremum| {
                describer.describe(octave, index, extremum, &mut found);
            });
            (rows_left, cols_left) = (rows_left / 2, cols_left / 2);
            index += 1;
        }
        found.sort_by(|(a, _), (b, _)| a.order(b));
        found.dedup_by(|(b, _), (a, _)| b.repeats(a));
        let (keypoints, descriptors) = found.into_iter().unzip();
        Ok(Features { keypoints, descriptors })
    }
}

/// Room for the patches of one keypoint.
#[derive(Debug, Default)]
struct Room {
    orientation: orientation::Scratch,
    descriptor: descriptor::Scratch,
}

/// Refines, turns and describes what was found.
struct Describer<'a> {
    settings: SiftSettings,
    way: Way,
    room: &'a mut Room,
}

impl Describer<'_> {
    /// Rows around an extremum that describing it may need, at most.
    fn reach_px(&self) -> usize {
        let layers = self.settings.layers_per_octave as f32;
        let largest_px = self.settings.sigma_px * 2f32.powf((layers + 0.5) / layers);
        descriptor::reach_px(largest_px) + refine::STEPS + 2
    }

    fn describe(
        &mut self,
        octave: &Octave,
        index: usize,
        extremum: Extremum,
        found: &mut Vec<(Keypoint, [u8; DESCRIPTOR_LEN])>,
    ) {
        let SiftSettings { layers_per_octave: layers, sigma_px, .. } = self.settings;
        let Some(refined) = refine::refine(octave, extremum, &self.settings) else { return };
        let octave_px = 0.5 * (1u64 << index) as f32;
        let upright = Keypoint::new(&refined, index, sigma_px, layers, 0.0);
        let scale_px = upright.size_px * 0.5 / octave_px;
        let scratch = &mut self.room.orientation;
        let histogram = self.way.run(Directions { octave, keypoint: &refined, scale_px, scratch });
        for angle_degrees in peaks_degrees(&histogram) {
            let descriptor = self.way.run(Describe {
                octave,
                layer: refined.at.layer,
                x_px: upright.x_px / octave_px,
                y_px: upright.y_px / octave_px,
                scale_px,
                angle_degrees,
                scratch: &mut self.room.descriptor,
            });
            found.push((Keypoint { angle_degrees, ..upright }, descriptor));
        }
    }
}

#[cfg(test)]
mod tests;
