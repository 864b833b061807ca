//! Which way each voxel axis points in the patient.

use crate::Affine;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The anatomical direction in which a voxel index grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    /// Towards the patient's right (+x in RAS+).
    Right,
    /// Towards the patient's left.
    Left,
    /// Towards the front of the patient (+y).
    Anterior,
    /// Towards the back.
    Posterior,
    /// Towards the head (+z).
    Superior,
    /// Towards the feet.
    Inferior,
}

impl Direction {
    fn of(world_axis: usize, positive: bool) -> Self {
        match (world_axis, positive) {
            (0, true) => Self::Right,
            (0, false) => Self::Left,
            (1, true) => Self::Anterior,
            (1, false) => Self::Posterior,
            (_, true) => Self::Superior,
            (_, false) => Self::Inferior,
        }
    }

    /// The world axis: 0 = x (left-right), 1 = y (posterior-anterior), 2 = z (inferior-superior).
    pub fn world_axis(self) -> usize {
        match self {
            Self::Right | Self::Left => 0,
            Self::Anterior | Self::Posterior => 1,
            Self::Superior | Self::Inferior => 2,
        }
    }

    /// The opposite direction.
    pub fn opposite(self) -> Self {
        match self {
            Self::Right => Self::Left,
            Self::Left => Self::Right,
            Self::Anterior => Self::Posterior,
            Self::Posterior => Self::Anterior,
            Self::Superior => Self::Inferior,
            Self::Inferior => Self::Superior,
        }
    }

    /// The letter used on displays and in axis codes: `R L A P S I`.
    pub fn letter(self) -> char {
        match self {
            Self::Right => 'R',
            Self::Left => 'L',
            Self::Anterior => 'A',
            Self::Posterior => 'P',
            Self::Superior => 'S',
            Self::Inferior => 'I',
        }
    }
}

/// The directions of the voxel axes i, j, k: `LPS` means i grows to the Left, j to Posterior, k to Superior.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Orientation(pub [Direction; 3]);

impl Orientation {
    /// The assignment of voxel axes to world axes that agrees best with the affine (largest sum of absolute
    /// direction cosines over the six permutations), the same answer as nibabel's `aff2axcodes` unless two axes are
    /// equally oblique. `None` when a voxel axis has no length.
    pub fn from_affine(affine: &Affine) -> Option<Self> {
        let cosines = affine.direction_cosines()?;
        const PERMUTATIONS: [[usize; 3]; 6] =
            [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        let agreement = |p: &[usize; 3]| -> f64 {
            (0..3).map(|voxel_axis| cosines[voxel_axis][p[voxel_axis]].abs()).sum()
        };
        let mut best = PERMUTATIONS[0];
        for p in PERMUTATIONS {
            if agreement(&p) > agreement(&best) + 1e-9 {
                best = p;
            }
        }
        let direction = |axis: usize| Direction::of(best[axis], cosines[axis][best[axis]] > 0.0);
        Some(Self([direction(0), direction(1), direction(2)]))
    }

    /// The voxel axis (0 = i, 1 = j, 2 = k) that runs along the body.
    pub fn axial_axis(&self) -> usize {
        self.0.iter().position(|d| d.world_axis() == 2).unwrap_or(2)
    }
}

impl fmt::Display for Orientation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [i, j, k] = self.0;
        write!(f, "{}{}{}", i.letter(), j.letter(), k.letter())
    }
}

/// How axial slices lie in the voxel grid: which axis is which, and which way each grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AxialFrame {
    /// The voxel axis that counts slices.
    pub slice_axis: usize,
    /// The voxel axis that counts rows: the later of the two in the plane.
    pub row_axis: usize,
    /// The voxel axis that counts columns: the earlier of the two in the plane.
    pub col_axis: usize,
    /// Where the slice index grows to: `Superior` or `Inferior`.
    pub slice_direction: Direction,
    /// Where the row index grows to.
    pub row_direction: Direction,
    /// Where the column index grows to.
    pub col_direction: Direction,
}

impl AxialFrame {
    /// The frame of a volume with this orientation.
    pub fn new(orientation: Orientation) -> Self {
        let slice_axis = orientation.axial_axis();
        let (col_axis, row_axis) = match slice_axis {
            0 => (1, 2),
            1 => (0, 2),
            _ => (0, 1),
        };
        let [s, r, c] = [slice_axis, row_axis, col_axis].map(|axis| orientation.0[axis]);
        Self { slice_axis, row_axis, col_axis, slice_direction: s, row_direction: r, col_direction: c }
    }

    /// Whether columns run left-right (and rows front-back), as in an untransposed slice.
    pub fn columns_run_left_right(&self) -> bool {
        self.col_direction.world_axis() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn affine(rows: [[f64; 4]; 3]) -> Affine {
        Affine(rows)
    }

    #[test]
    fn axes_are_named_from_the_affine() {
        let lps = affine([[-0.7, 0.0, 0.0, 0.0], [0.0, -0.7, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0]]);
        assert_eq!(Orientation::from_affine(&lps).unwrap().to_string(), "LPS");
        // Sagittal storage: i runs to anterior, j to superior, k to the right.
        let sagittal = affine([[0.0, 0.0, 2.0, 0.0], [0.7, 0.0, 0.0, 0.0], [0.0, 0.7, 0.0, 0.0]]);
        let orientation = Orientation::from_affine(&sagittal).unwrap();
        assert_eq!(orientation.to_string(), "ASR");
        let frame = AxialFrame::new(orientation);
        assert_eq!((frame.slice_axis, frame.row_axis, frame.col_axis), (1, 2, 0));
        assert!(!frame.columns_run_left_right());
    }

    #[test]
    fn an_axis_without_length_has_no_orientation() {
        let flat = affine([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]);
        assert!(Orientation::from_affine(&flat).is_none());
    }
}
