//! The numbers that steer SIFT, with OpenCV's defaults.

use super::SiftError;

/// The most scales per octave.
pub(super) const MAX_LAYERS: usize = 16;

/// What counts as a keypoint. [`SiftSettings::default`] is `cv2.SIFT_create()`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SiftSettings {
    /// Scales per octave at which extrema are looked for (Lowe's s).
    pub layers_per_octave: usize,
    /// Least contrast of a keypoint times `layers_per_octave`, as a share of the range 0 to 255.
    pub contrast_threshold: f32,
    /// Largest ratio of the two principal curvatures (Lowe's r).
    pub edge_threshold: f32,
    /// Blur of the first scale, px of the doubled image.
    pub sigma_px: f32,
}

impl Default for SiftSettings {
    fn default() -> Self {
        Self { layers_per_octave: 3, contrast_threshold: 0.04, edge_threshold: 10.0, sigma_px: 1.6 }
    }
}

impl SiftSettings {
    /// Whether every number makes sense.
    pub(super) fn check(&self) -> Result<(), SiftError> {
        let rules = [
            (
                "layers_per_octave",
                self.layers_per_octave as f64,
                (1..=MAX_LAYERS).contains(&self.layers_per_octave),
                "1 to 16",
            ),
            (
                "contrast_threshold",
                f64::from(self.contrast_threshold),
                (0.0..=10.0).contains(&self.contrast_threshold),
                "0 to 10",
            ),
            (
                "edge_threshold",
                f64::from(self.edge_threshold),
                (1.0..=1e6).contains(&self.edge_threshold),
                "1 to 1000000",
            ),
            ("sigma_px", f64::from(self.sigma_px), (1.05..=2.0).contains(&self.sigma_px), "1.05 to 2"),
        ];
        match rules.into_iter().find(|(_, _, holds, _)| !holds) {
            Some((setting, found, _, must_be)) => Err(SiftError::Setting { setting, found, must_be }),
            None => Ok(()),
        }
    }

    /// Grey levels that an extremum must exceed before it is looked at closely: half the contrast, in whole levels.
    pub(super) fn extremum_threshold(&self) -> f32 {
        (0.5 * f64::from(self.contrast_threshold) / self.layers_per_octave as f64 * 255.0).floor() as f32
    }

    /// Blur that leads from the doubled image (taken to be blurred by 1 px already) to the first scale, px.
    pub(super) fn base_blur_px(&self) -> f64 {
        const DOUBLED_IMAGE_BLUR_PX: f32 = 2.0 * 0.5;
        let missing = self.sigma_px * self.sigma_px - DOUBLED_IMAGE_BLUR_PX * DOUBLED_IMAGE_BLUR_PX;
        f64::from(missing.max(0.01).sqrt())
    }

    /// Blur that leads from each scale of an octave to the next, px of the octave.
    pub(super) fn step_blurs_px(&self) -> Vec<f64> {
        let ratio = 2f64.powf(1.0 / self.layers_per_octave as f64);
        (0..self.layers_per_octave + 2)
            .map(|step| {
                let before = ratio.powi(step as i32) * f64::from(self.sigma_px);
                let after = before * ratio;
                (after * after - before * before).sqrt()
            })
            .collect()
    }
}
