//! The input gate: is this a chest CT in Hounsfield units at all, and what about its grid should the user know?
//!
//! In: a sparse sample of the voxels, taken while the slices pass by, and the geometry. Out: findings, each with a level
//! and a reason. The gate looks at values and grid only; whether there are lungs is for the segmentation to say.
//!
//! Anchors of the Hounsfield scale: air -1000, lung parenchyma -900 to -700, fat -100, soft tissue 20 to 80.

use hilum_core::{Finding, Geometry, MOST_SLICE_SIDE_PX, SliceData, SliceView};

/// Every how many rows, columns and (in tall scans) slices a voxel is sampled.
const ROW_STEP: usize = 16;
const COL_STEP: usize = 3;
const SAMPLED_SLICES: usize = 64;

/// What voxel sizes can be: a micro-CT of a mouse has smaller ones, a topogram larger, and neither is a chest CT.
const POSSIBLE_SPACING_MM: std::ops::RangeInclusive<f64> = 0.05..=50.0;
/// Axial slices farther apart than this are a resampled scan or a wrong header.
const USUAL_SLICES_TO_MM: f64 = 12.0;

const LOWEST_HU: i32 = -5000;
const HIGHEST_HU: i32 = 5000;

/// A histogram of the sampled voxels, in bins of 1 HU.
#[derive(Debug, Clone)]
pub struct Gate {
    bins: Vec<u32>,
    slice_step: usize,
    samples: u64,
    not_finite: u64,
    fractional: u64,
    lowest: f32,
    highest: f32,
}

impl Gate {
    /// A gate for a scan of `slices` slices.
    pub fn new(slices: usize) -> Self {
        Self {
            bins: vec![0; (HIGHEST_HU - LOWEST_HU + 1) as usize],
            slice_step: slices.div_ceil(SAMPLED_SLICES).max(1),
            samples: 0,
            not_finite: 0,
            fractional: 0,
            lowest: f32::INFINITY,
            highest: f32::NEG_INFINITY,
        }
    }

    /// Looks at one slice; most are passed over.
    pub fn take(&mut self, index: usize, slice: SliceView<'_>) {
        if !index.is_multiple_of(self.slice_step) {
            return;
        }
        let cols = slice.cols();
        for row in (0..slice.rows()).step_by(ROW_STEP) {
            // A moving start, so that no column is left out.
            let line = row * cols + row % COL_STEP.min(cols)..(row + 1) * cols;
            match slice.data() {
                SliceData::I16(pixels) => {
                    pixels[line].iter().step_by(COL_STEP).for_each(|&x| self.count(f32::from(x)));
                }
                SliceData::F32(pixels) => pixels[line].iter().step_by(COL_STEP).for_each(|&x| self.count(x)),
            }
        }
    }

    fn count(&mut self, hu: f32) {
        if !hu.is_finite() {
            self.not_finite += 1;
            return;
        }
        self.samples += 1;
        self.fractional += u64::from(hu.fract() != 0.0);
        self.lowest = self.lowest.min(hu);
        self.highest = self.highest.max(hu);
        let bin = (hu.round() as i32).clamp(LOWEST_HU, HIGHEST_HU) - LOWEST_HU;
        self.bins[bin as usize] += 1;
    }

    /// The share of samples with `from <= HU < to`.
    fn share(&self, from: i32, to: i32) -> f64 {
        let at = |hu: i32| (hu.clamp(LOWEST_HU, HIGHEST_HU + 1) - LOWEST_HU) as usize;
        let count: u64 = self.bins[at(from)..at(to)].iter().map(|&n| u64::from(n)).sum();
        count as f64 / self.samples.max(1) as f64
    }

    /// The centre of the 21 HU wide stretch of `from..to` that holds most samples.
    fn peak(&self, from: i32, to: i32) -> i32 {
        (from..to)
            .map(|hu| (hu, self.share(hu - 10, hu + 11)))
            .fold((from, -1.0), |best, (hu, share)| if share > best.1 { (hu, share) } else { best })
            .0
    }

    /// What the values say. At most one finding rejects the scan: the first that explains it.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.not_finite > 0 {
            let share = 100.0 * self.not_finite as f64 / (self.samples + self.not_finite) as f64;
            findings.push(Finding::warn(
                "not_finite",
                format!("{share:.2} % of the sampled voxels are NaN or infinite; NaN counts as tissue (in the recipe notebook as air)"),
            ));
        }
        match self.why_not_ct() {
            Some(finding) => findings.push(finding),
            None => findings.extend(self.padding().into_iter().chain(self.shifted_scale())),
        }
        findings
    }

    fn why_not_ct(&self) -> Option<Finding> {
        let (low, high) = (self.lowest, self.highest);
        let range = format!("values run from {low} to {high}");
        let distinct = self.bins.iter().filter(|&&n| n > 0).count();
        let reject = |code: &str, message: String| Some(Finding::reject(code, message));
        if self.samples == 0 {
            return reject(
                "no_values",
                "not one sampled voxel holds a finite value; copy or convert the scan again".into(),
            );
        }
        if low == high {
            return reject(
                "constant",
                format!("every sampled voxel is {low}: the scan is empty; copy or convert it again"),
            );
        }
        // A CT has thousands of values below -200 HU; label maps, pictures and MR have none.
        if self.share(LOWEST_HU, -200) < 0.001 {
            if low >= 0.0 && self.share(0, 400) > 0.1 && self.share(900, 1200) > 0.1 {
                return reject(
                    "missing_intercept",
                    format!(
                        "{range}, with air near {} and tissue near {}: HU + 1024, the rescale intercept was lost; set scl_inter = -1024",
                        self.peak(0, 400),
                        self.peak(900, 1200)
                    ),
                );
            }
            if low >= 0.0 && self.fractional == 0 && (distinct <= 64 || high <= 16.0) {
                return reject(
                    "label_map",
                    format!(
                        "{range} in {distinct} whole steps: this is a mask or label map, not a CT; leave it out"
                    ),
                );
            }
            if low >= 0.0 && high <= 255.0 {
                return reject(
                    "eight_bit",
                    format!("{range}: these are grey values of a picture, not HU; find the original CT"),
                );
            }
            return reject(
                "not_hu",
                format!(
                    "{range} and nothing is as dark as air or lung: not a CT in HU (another modality, or rescaled values)"
                ),
            );
        }
        if high - low < 300.0 && high < 0.0 || self.share(-300, HIGHEST_HU + 1) < 0.01 {
            return reject(
                "no_tissue",
                format!("{range}; less than 1 % is denser than -300 HU: air only, no patient in the scan"),
            );
        }
        if high - low < 300.0 {
            return reject("not_hu", format!("{range}: too narrow for HU (normalised or windowed values?)"));
        }
        if self.share(-1100, -600) < 0.01 {
            return reject(
                "no_air",
                format!(
                    "{range}; less than 1 % lies between -1100 and -600 HU: no lung and no air in the scan, or not in HU"
                ),
            );
        }
        None
    }

    fn padding(&self) -> Option<Finding> {
        let share = self.share(LOWEST_HU, -1100);
        (share >= 0.0005).then(|| {
            Finding::note(
                "padding",
                format!("{:.1} % of the voxels lie below -1100 HU, down to {:.0}: padding outside the field of view, counted as air", share * 100.0, self.lowest),
            )
        })
    }

    /// Soft tissue must peak where the scale says; a scan shifted as a whole cannot be thresholded.
    fn shifted_scale(&self) -> Option<Finding> {
        let tissue = self.peak(-250, 300);
        (self.share(-250, 300) > 0.05 && !(-150..=120).contains(&tissue)).then(|| {
            Finding::warn(
                "hu_scale",
                format!(
                    "soft tissue peaks at {tissue} HU, expected between fat (-100) and muscle (60): \
                     check rescale slope and intercept"
                ),
            )
        })
    }
}

/// What the grid says.
pub fn geometry_findings(geometry: &Geometry) -> Vec<Finding> {
    let mut findings = Vec::new();
    let slices = geometry.slices();
    let spacing = geometry.in_plane_spacing_mm();
    let slice_mm = geometry.slice_spacing_mm();
    let (rows, cols) = (geometry.rows(), geometry.cols());
    if rows.max(cols) > MOST_SLICE_SIDE_PX {
        findings.push(Finding::reject(
            "slice_too_large",
            format!(
                "axial slices of {rows} x {cols} pixels are no CT (at most {MOST_SLICE_SIDE_PX} rows and columns): see which axis of the \
                 file runs along the body"
            ),
        ));
    }
    if slices == 1 {
        findings.push(Finding::warn("single_slice", "one axial slice only: nothing was selected, and airways and organs cannot be told from lung by their neighbours"));
    } else if slices < 10 {
        findings.push(Finding::warn(
            "few_slices",
            format!("{slices} axial slices only: the largest lung section may lie between or beyond them"),
        ));
    } else if slices as f64 * slice_mm < 150.0 {
        findings.push(Finding::warn(
            "short_coverage",
            format!(
                "the scan covers {:.0} mm along the body; lungs are 200 mm and longer",
                slices as f64 * slice_mm
            ),
        ));
    }
    if slices > 1 && slice_mm > 5.5 {
        findings.push(Finding::note(
            "thick_slices",
            format!("axial slices are {slice_mm:.1} mm apart: small vessels and lesions are blurred"),
        ));
    }
    for (what, mm) in [("rows", spacing.row), ("columns", spacing.col), ("axial slices", slice_mm)] {
        let usual = if what == "axial slices" { 0.2..=USUAL_SLICES_TO_MM } else { 0.2..=2.0 };
        if !POSSIBLE_SPACING_MM.contains(&mm) {
            findings.push(Finding::reject(
                "impossible_spacing",
                format!("{what} are {mm} mm apart, which no CT has: mend the voxel sizes in the header"),
            ));
        } else if !usual.contains(&mm) {
            findings.push(Finding::warn(
                "unusual_spacing",
                format!(
                    "{what} are {mm:.3} mm apart, where chest CT has 0.5 to 1.0 mm in the slice and up to 10 mm \
                     between slices: a resampled scan, or a wrong header"
                ),
            ));
        }
    }
    let tilt = geometry.tilt_degrees();
    if tilt > 30.0 {
        findings.push(Finding::warn("oblique", format!("slices are tilted {tilt:.0} degrees against the body's axis: areas are those of oblique sections")));
    } else if tilt > 5.0 {
        findings.push(Finding::note(
            "tilted",
            format!("slices are tilted {tilt:.0} degrees against the body's axis"),
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::{Geometry, Level};

    fn gate_of(values: impl Fn(usize) -> f32) -> Vec<String> {
        let mut gate = Gate::new(1);
        let pixels: Vec<f32> = (0..256 * 256).map(values).collect();
        gate.take(0, SliceView::new(256, 256, SliceData::F32(&pixels)).unwrap());
        gate.findings().into_iter().map(|f| f.code).collect()
    }

    /// Air, lung, fat and muscle in stripes, plus an offset.
    fn chest(i: usize, offset: f32) -> f32 {
        let noise = (i.wrapping_mul(2_654_435_761) >> 7) as f32 % 60.0 - 30.0;
        [-1000.0, -850.0, -100.0, 50.0][(i / 64) % 4] + noise.trunc() + offset
    }

    #[test]
    fn a_chest_passes() {
        assert_eq!(gate_of(|i| chest(i, 0.0)), Vec::<String>::new());
    }

    #[test]
    fn what_is_no_ct_is_named() {
        assert_eq!(gate_of(|_| 0.0), ["constant"]);
        assert_eq!(gate_of(|_| f32::NAN), ["not_finite", "no_values"]);
        assert_eq!(gate_of(|i| (i % 2) as f32), ["label_map"]);
        assert_eq!(gate_of(|i| (i % 200) as f32), ["eight_bit"]);
        assert_eq!(gate_of(|i| chest(i, 1024.0).max(0.0)), ["missing_intercept"]);
        assert_eq!(gate_of(|i| -1000.0 - (i % 20) as f32), ["no_tissue"]);
        assert_eq!(gate_of(|i| (i % 4000) as f32 / 1000.0 - 2.0), ["not_hu"]);
        assert_eq!(gate_of(|i| (i % 1500) as f32 * 1.5 - 400.0), ["no_air"]);
    }

    #[test]
    fn what_is_odd_is_noted() {
        assert_eq!(gate_of(|i| if i % 10 == 0 { -3024.0 } else { chest(i, 0.0) }), ["padding"]);
        assert_eq!(gate_of(|i| chest(i, 260.0)), ["hu_scale"]);
        assert_eq!(gate_of(|i| if i % 100 == 3 { f32::NAN } else { chest(i, 0.0) }), ["not_finite"]);
    }

    #[test]
    fn the_grid_is_looked_at() {
        let codes = |dims, spacing| -> Vec<(Level, String)> {
            let geometry = Geometry::lps(dims, spacing).unwrap();
            geometry_findings(&geometry).into_iter().map(|f| (f.level, f.code)).collect()
        };
        assert_eq!(codes([512, 512, 300], [0.7, 0.7, 1.0]), []);
        assert_eq!(codes([512, 512, 1], [0.7, 0.7, 1.0]), [(Level::Warn, "single_slice".into())]);
        assert_eq!(
            codes([512, 512, 8], [0.7, 0.7, 8.0]),
            [(Level::Warn, "few_slices".into()), (Level::Note, "thick_slices".into())]
        );
        assert_eq!(codes([MOST_SLICE_SIDE_PX, 512, 300], [0.7, 0.7, 1.0]), []);
        assert_eq!(
            codes([512, MOST_SLICE_SIDE_PX + 1, 300], [0.7, 0.7, 1.0]),
            [(Level::Reject, "slice_too_large".into())]
        );
        assert_eq!(codes([512, 512, 300], [0.7, 0.001, 1.0]), [(Level::Reject, "impossible_spacing".into())]);
        assert_eq!(
            codes([512, 512, 50], [0.7, 4.0, 1.0]),
            [(Level::Warn, "short_coverage".into()), (Level::Warn, "unusual_spacing".into())]
        );
    }
}
