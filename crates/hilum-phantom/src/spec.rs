//! What a phantom shall be: seed, grid, disease, noise, coverage.

use crate::noise::Rng;

/// Field of view of the default grid in mm along i, j, k.
const FIELD_MM: [f64; 3] = [384.0, 384.0, 300.0];

/// What is wrong with the lungs, besides what the seed varies in health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Disease {
    /// No lesions.
    Healthy,
    /// Hazy patches of -650 to -350 HU through which vessels stay visible.
    GroundGlass {
        /// Number of patches.
        lesions: usize,
    },
    /// Dense, sharp-edged patches of -100 to 50 HU; about half of them sit on the chest wall, the others are
    /// surrounded by lung.
    Consolidation {
        /// Number of patches.
        lesions: usize,
    },
    /// Both kinds, peripheral, posterior and basal, as COVID-19 pneumonia likes it.
    Covid {
        /// Number of ground-glass patches.
        ground_glass: usize,
        /// Number of consolidations.
        consolidations: usize,
    },
}

/// How much of the lungs the scan covers along the patient, in the grid that the spec asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Coverage {
    /// The grid is centred on the lungs: with the default height it reaches from above the apices to below the bases.
    #[default]
    Whole,
    /// The grid lies 110 mm too high: the bases are missing.
    BasesCut,
    /// The grid lies 110 mm too low: the apices are missing.
    ApicesCut,
}

/// Everything that determines a phantom: equal specs give equal bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct PhantomSpec {
    /// Draws the patient (size, sex, fat, posture, contrast agent, table, kernel) and every random detail.
    pub seed: u64,
    /// Voxels along i (to the left), j (to posterior), k (to superior).
    pub dims: [usize; 3],
    /// Voxel spacing in mm along i, j, k.
    pub spacing_mm: [f64; 3],
    /// Lesions.
    pub disease: Disease,
    /// Standard deviation of the noise inside the body, HU.
    pub noise_sd_hu: f64,
    /// Which part of the chest the grid covers.
    pub coverage: Coverage,
}

impl PhantomSpec {
    /// Healthy lungs on the default grid: 256 x 256 x 100 voxels of 1.5 x 1.5 x 3 mm.
    pub fn healthy(seed: u64) -> Self {
        let dims = [256, 256, 100];
        let mut rng = Rng::new(seed, "noise level");
        Self {
            seed,
            dims,
            spacing_mm: field_spacing_mm(dims),
            disease: Disease::Healthy,
            noise_sd_hu: f64::from(rng.between(12.0, 26.0).round()),
            coverage: Coverage::Whole,
        }
    }

    /// The same patient as [`PhantomSpec::healthy`] of that seed, with COVID-like lesions whose number is drawn too.
    pub fn covid(seed: u64) -> Self {
        let mut rng = Rng::new(seed, "extent");
        let disease = Disease::Covid {
            ground_glass: 9 + (rng.unit() * 19.0) as usize,
            consolidations: 6 + (rng.unit() * 11.0) as usize,
        };
        Self::healthy(seed).with_disease(disease)
    }

    /// Other lesions.
    pub fn with_disease(self, disease: Disease) -> Self {
        Self { disease, ..self }
    }

    /// Another grid, voxel spacing in mm. A grid smaller than the chest shows its middle.
    pub fn with_grid(self, dims: [usize; 3], spacing_mm: [f64; 3]) -> Self {
        Self { dims, spacing_mm, ..self }
    }

    /// Another number of voxels over the same 384 x 384 x 300 mm: small grids for quick tests, still a whole chest.
    pub fn with_dims(self, dims: [usize; 3]) -> Self {
        Self { dims, spacing_mm: field_spacing_mm(dims), ..self }
    }

    /// Another noise level, HU; 0 gives a phantom without noise.
    pub fn with_noise_sd_hu(self, noise_sd_hu: f64) -> Self {
        Self { noise_sd_hu, ..self }
    }

    /// Another coverage.
    pub fn with_coverage(self, coverage: Coverage) -> Self {
        Self { coverage, ..self }
    }

    /// Refuses what cannot be drawn.
    pub(crate) fn validate(&self) -> Result<(), PhantomError> {
        let countable = self.dims.iter().try_fold(1usize, |n, &d| n.checked_mul(d));
        let sound = |x: &f64| x.is_finite() && *x > 0.0;
        if self.dims.contains(&0) || countable.is_none() || !self.spacing_mm.iter().all(sound) {
            return Err(PhantomError::Grid { dims: self.dims, spacing_mm: self.spacing_mm });
        }
        if !(self.noise_sd_hu.is_finite() && self.noise_sd_hu >= 0.0) {
            return Err(PhantomError::Noise { noise_sd_hu: self.noise_sd_hu });
        }
        Ok(())
    }
}

/// The spacing that spreads `dims` over the default field of view.
fn field_spacing_mm(dims: [usize; 3]) -> [f64; 3] {
    [0, 1, 2].map(|axis| FIELD_MM[axis] / dims[axis].max(1) as f64)
}

/// Why a phantom cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PhantomError {
    /// The grid has no voxels, too many to count, or a spacing that is not positive.
    #[error(
        "no phantom fits a grid of {dims:?} voxels with a spacing of {spacing_mm:?} mm: give three positive numbers for each"
    )]
    Grid {
        /// Voxels asked for along i, j, k.
        dims: [usize; 3],
        /// Spacing asked for in mm.
        spacing_mm: [f64; 3],
    },
    /// The noise level is negative or not a number.
    #[error("a noise level of {noise_sd_hu} HU cannot be drawn: give 0 or a positive number")]
    Noise {
        /// Standard deviation asked for.
        noise_sd_hu: f64,
    },
}
