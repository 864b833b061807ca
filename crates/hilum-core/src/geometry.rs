//! Where voxels lie in the patient, and how large they are.

use crate::{AxialFrame, Orientation};
use serde::{Deserialize, Serialize};

/// Voxel indices `[i, j, k]` to millimetres in RAS+: three rows of `[di, dj, dk, offset]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Affine(pub [[f64; 4]; 3]);

impl Affine {
    /// The step in world millimetres when voxel axis `axis` grows by one.
    pub fn column(&self, axis: usize) -> [f64; 3] {
        [self.0[0][axis], self.0[1][axis], self.0[2][axis]]
    }

    /// Unit vectors of the voxel axes, `[voxel axis][world axis]`; `None` if an axis has no finite, positive length.
    pub fn direction_cosines(&self) -> Option<[[f64; 3]; 3]> {
        let mut cosines = [[0.0; 3]; 3];
        for (axis, unit) in cosines.iter_mut().enumerate() {
            let step = self.column(axis);
            let length = norm(step);
            if !(length.is_finite() && length > 0.0) {
                return None;
            }
            *unit = step.map(|x| x / length);
        }
        Some(cosines)
    }

    /// The position of voxel `[i, j, k]` (fractions allowed) in millimetres, RAS+.
    pub fn apply(&self, voxel: [f64; 3]) -> [f64; 3] {
        self.0.map(|row| row[0] * voxel[0] + row[1] * voxel[1] + row[2] * voxel[2] + row[3])
    }

    /// The volume of one voxel in mm3: the absolute determinant.
    pub fn voxel_volume_mm3(&self) -> f64 {
        dot(self.column(0), cross(self.column(1), self.column(2))).abs()
    }

    /// The largest departure from a right angle between two voxel axes, in degrees.
    pub fn skew_degrees(&self) -> Option<f64> {
        let c = self.direction_cosines()?;
        let worst =
            [(0, 1), (0, 2), (1, 2)].map(|(a, b)| dot(c[a], c[b]).abs()).into_iter().fold(0.0, f64::max);
        Some(worst.clamp(0.0, 1.0).asin().to_degrees())
    }
}

/// What the affine was made from: the part of a NIfTI header, in the standard's order of precedence, or DICOM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AffineSource {
    /// `srow_x/y/z`, because `sform_code > 0`.
    Sform,
    /// The quaternion, because `qform_code > 0` and there is no sform.
    Qform,
    /// Only voxel sizes are known: orientation is a guess (method 1 of the standard).
    Pixdim,
    /// Image Position and Orientation (Patient) of the images of a DICOM series.
    Dicom,
}

/// Rows and columns of a slice, at most, of which hilum makes masks and contours: thirty times what scanners make.
pub const MOST_SLICE_SIDE_PX: usize = i16::MAX as usize;

/// In-plane pixel spacing in mm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct InPlaneSpacingMm {
    /// Distance between rows.
    pub row: f64,
    /// Distance between columns.
    pub col: f64,
}

/// What is wrong with a geometry.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GeometryError {
    /// A dimension is zero.
    #[error("a volume of {dims:?} voxels has no content")]
    EmptyDimension {
        /// Voxels along i, j, k.
        dims: [usize; 3],
    },
    /// The affine maps some axis to nothing, or holds NaN or infinity.
    #[error(
        "the affine is degenerate ({affine:?}): at least one voxel axis has no finite length or two coincide"
    )]
    DegenerateAffine {
        /// The affine as found.
        affine: Affine,
    },
}

/// The voxel grid of a volume and where it lies in the patient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Geometry {
    dims: [usize; 3],
    affine: Affine,
    source: AffineSource,
    orientation: Orientation,
    frame: AxialFrame,
}

impl Geometry {
    /// The geometry of `dims` voxels (i, j, k) under `affine`.
    ///
    /// # Errors
    /// [`GeometryError`] if a dimension is zero or the affine does not span space.
    pub fn new(dims: [usize; 3], affine: Affine, source: AffineSource) -> Result<Self, GeometryError> {
        if dims.contains(&0) {
            return Err(GeometryError::EmptyDimension { dims });
        }
        let degenerate = GeometryError::DegenerateAffine { affine };
        let finite = affine.0.iter().flatten().all(|x| x.is_finite());
        let volume = affine.voxel_volume_mm3();
        let Some(orientation) = Orientation::from_affine(&affine) else { return Err(degenerate) };
        if !(finite && volume.is_finite() && volume > 1e-12) {
            return Err(degenerate);
        }
        Ok(Self { dims, affine, source, orientation, frame: AxialFrame::new(orientation) })
    }

    /// Axis-aligned LPS grid (i to the left, j to posterior, k to superior) with the given spacing, centred on 0.
    ///
    /// # Errors
    /// [`GeometryError`] if a dimension or spacing is not positive.
    pub fn lps(dims: [usize; 3], spacing_mm: [f64; 3]) -> Result<Self, GeometryError> {
        let half = |axis: usize| (dims[axis] as f64 - 1.0) * spacing_mm[axis] / 2.0;
        let [si, sj, sk] = spacing_mm;
        let affine = Affine([[-si, 0.0, 0.0, half(0)], [0.0, -sj, 0.0, half(1)], [0.0, 0.0, sk, -half(2)]]);
        Self::new(dims, affine, AffineSource::Sform)
    }

    /// Voxels along i, j, k.
    pub fn dims(&self) -> [usize; 3] {
        self.dims
    }

    /// The affine.
    pub fn affine(&self) -> &Affine {
        &self.affine
    }

    /// Where the affine came from.
    pub fn source(&self) -> AffineSource {
        self.source
    }

    /// The directions of the voxel axes.
    pub fn orientation(&self) -> Orientation {
        self.orientation
    }

    /// How axial slices lie in the grid.
    pub fn frame(&self) -> AxialFrame {
        self.frame
    }

    /// Number of axial slices.
    pub fn slices(&self) -> usize {
        self.dims[self.frame.slice_axis]
    }

    /// Rows of an axial slice.
    pub fn rows(&self) -> usize {
        self.dims[self.frame.row_axis]
    }

    /// Columns of an axial slice.
    pub fn cols(&self) -> usize {
        self.dims[self.frame.col_axis]
    }

    /// Number of voxels.
    pub fn voxels(&self) -> usize {
        self.dims.iter().product()
    }

    /// Voxel spacing along i, j, k in mm: lengths of the affine's columns.
    pub fn spacing_mm(&self) -> [f64; 3] {
        [0, 1, 2].map(|axis| norm(self.affine.column(axis)))
    }

    /// In-plane spacing of an axial slice in mm.
    pub fn in_plane_spacing_mm(&self) -> InPlaneSpacingMm {
        let s = self.spacing_mm();
        InPlaneSpacingMm { row: s[self.frame.row_axis], col: s[self.frame.col_axis] }
    }

    /// Area of one pixel of an axial slice in mm2: the parallelogram of the row and column steps, so that a skewed
    /// affine is measured right.
    pub fn pixel_area_mm2(&self) -> f64 {
        norm(cross(self.affine.column(self.frame.row_axis), self.affine.column(self.frame.col_axis)))
    }

    /// Distance between neighbouring axial slices in mm, measured along their normal.
    pub fn slice_spacing_mm(&self) -> f64 {
        self.affine.voxel_volume_mm3() / self.pixel_area_mm2()
    }

    /// Volume of one voxel in mm3.
    pub fn voxel_volume_mm3(&self) -> f64 {
        self.affine.voxel_volume_mm3()
    }

    /// The angle between the slice axis and the patient's long axis, in degrees: 0 for a straight axial scan.
    pub fn tilt_degrees(&self) -> f64 {
        let normal = cross(self.affine.column(self.frame.row_axis), self.affine.column(self.frame.col_axis));
        (normal[2].abs() / norm(normal)).clamp(0.0, 1.0).acos().to_degrees()
    }

    /// The geometry of the single axial slice `index` of this volume, with the affine moved to that slice.
    pub fn of_slice(&self, index: usize) -> Self {
        let mut dims = self.dims;
        dims[self.frame.slice_axis] = 1;
        let mut origin = [0.0; 3];
        origin[self.frame.slice_axis] = index as f64;
        let at = self.affine.apply(origin);
        let mut affine = self.affine;
        for (row, x) in affine.0.iter_mut().zip(at) {
            row[3] = x;
        }
        Self { dims, affine, ..self.clone() }
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn norm(a: [f64; 3]) -> f64 {
    dot(a, a).sqrt()
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spacing_area_and_distance_come_from_the_affine() {
        let g = Geometry::lps([512, 512, 441], [0.75, 0.7, 1.5]).unwrap();
        assert_eq!(g.orientation().to_string(), "LPS");
        assert!((g.pixel_area_mm2() - 0.525).abs() < 1e-12);
        assert!((g.slice_spacing_mm() - 1.5).abs() < 1e-12);
        assert_eq!(g.in_plane_spacing_mm(), InPlaneSpacingMm { row: 0.7, col: 0.75 });
        assert!(g.tilt_degrees() < 1e-6);
    }

    #[test]
    fn a_skewed_pixel_is_a_parallelogram() {
        // Column step (1, 0, 0); row step of length 1, leaning 60 degrees: area sin 60.
        let lean = Affine([[1.0, 0.5, 0.0, 0.0], [0.0, 0.75f64.sqrt(), 0.0, 0.0], [0.0, 0.0, 2.0, 0.0]]);
        let g = Geometry::new([4, 4, 4], lean, AffineSource::Sform).unwrap();
        assert!((g.pixel_area_mm2() - 0.75f64.sqrt()).abs() < 1e-12);
        assert!((lean.skew_degrees().unwrap() - 30.0).abs() < 1e-9);
        assert!((g.slice_spacing_mm() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn degenerate_grids_are_refused() {
        assert!(Geometry::lps([0, 1, 1], [1.0; 3]).is_err());
        assert!(Geometry::lps([4, 4, 4], [1.0, 1.0, 0.0]).is_err());
        assert!(Geometry::lps([4, 4, 4], [1.0, f64::NAN, 1.0]).is_err());
    }

    #[test]
    fn a_slice_keeps_its_place() {
        let g = Geometry::lps([8, 8, 8], [1.0, 1.0, 2.5]).unwrap();
        let s = g.of_slice(3);
        assert_eq!(s.dims(), [8, 8, 1]);
        assert_eq!(s.affine().apply([1.0, 2.0, 0.0]), g.affine().apply([1.0, 2.0, 3.0]));
    }
}
