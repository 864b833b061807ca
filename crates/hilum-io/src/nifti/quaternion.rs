//! The qform: an affine as quaternion, voxel sizes and offset, there and back.
//!
//! # Source
//! nifti1.h, "QUATERNION REPRESENTATION OF ROTATION MATRIX": `a = sqrt(1 - b^2 - c^2 - d^2)`, a negative `pixdim[0]`
//! flips the third axis.

use super::header::Header;
use hilum_core::{Affine, Finding};

/// The affine of the quaternion, in the file's unit: method 2 of the standard. `None` if it is no rotation.
pub(super) fn qform(header: &Header, spacing: [f64; 3], findings: &mut Vec<Finding>) -> Option<Affine> {
    let [mut b, mut c, mut d] = [header.quatern_b, header.quatern_c, header.quatern_d];
    let squared = b * b + c * c + d * d;
    if !squared.is_finite() {
        return None;
    }
    let mut a = (1.0 - squared).max(0.0).sqrt();
    if 1.0 - squared < 1e-7 {
        // A half turn: a is 0 but for rounding, and b, c, d alone carry the rotation.
        let length = squared.sqrt();
        [b, c, d] = [b / length, c / length, d / length];
        a = 0.0;
        if length > 1.001 {
            findings.push(Finding::warn(
                "quaternion_not_unit",
                format!("the quaternion has length {length:.4}, not 1: it was shortened"),
            ));
        }
    }
    let rotation = [
        [a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c)],
        [2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b)],
        [2.0 * (b * d - a * c), 2.0 * (c * d + a * b), a * a + d * d - b * b - c * c],
    ];
    let qfac = if header.pixdim[0] < 0.0 { -1.0 } else { 1.0 };
    let [dx, dy, dz] = spacing;
    let offset = [header.qoffset_x, header.qoffset_y, header.qoffset_z];
    let row = |r: usize| [rotation[r][0] * dx, rotation[r][1] * dy, rotation[r][2] * dz * qfac, offset[r]];
    Some(Affine([row(0), row(1), row(2)]))
}

/// Writes `affine` (mm) into the qform fields of `header`; axes that are not at right angles lose their skew.
///
/// Does nothing if an axis has no length.
pub(super) fn set_qform(header: &mut Header, affine: &Affine) {
    let Some(axes) = affine.direction_cosines() else { return };
    let [i, j, k] = axes;
    let handedness = i[0] * (j[1] * k[2] - j[2] * k[1]) - i[1] * (j[0] * k[2] - j[2] * k[0])
        + i[2] * (j[0] * k[1] - j[1] * k[0]);
    let qfac = if handedness < 0.0 { -1.0 } else { 1.0 };
    let r = |row: usize, col: usize| if col == 2 { axes[2][row] * qfac } else { axes[col][row] };

    // The largest of a, b, c, d is computed from the diagonal, the others by division through it (Shepperd's method).
    let squares = [
        1.0 + r(0, 0) + r(1, 1) + r(2, 2),
        1.0 + r(0, 0) - r(1, 1) - r(2, 2),
        1.0 - r(0, 0) + r(1, 1) - r(2, 2),
        1.0 - r(0, 0) - r(1, 1) + r(2, 2),
    ];
    let largest = (0..4).fold(0, |best, n| if squares[n] > squares[best] + 1e-9 { n } else { best });
    let twice = squares[largest].sqrt();
    let products = match largest {
        0 => [twice * twice, r(2, 1) - r(1, 2), r(0, 2) - r(2, 0), r(1, 0) - r(0, 1)],
        1 => [r(2, 1) - r(1, 2), twice * twice, r(1, 0) + r(0, 1), r(0, 2) + r(2, 0)],
        2 => [r(0, 2) - r(2, 0), r(1, 0) + r(0, 1), twice * twice, r(2, 1) + r(1, 2)],
        _ => [r(1, 0) - r(0, 1), r(0, 2) + r(2, 0), r(2, 1) + r(1, 2), twice * twice],
    };
    let [a, b, c, d] = products.map(|product| product / (2.0 * twice));
    let sign = if a < 0.0 { -1.0 } else { 1.0 };
    // Adding zero turns -0 into 0, so that equal rotations give equal bytes.
    [header.quatern_b, header.quatern_c, header.quatern_d] = [b, c, d].map(|x| x * sign + 0.0);
    [header.qoffset_x, header.qoffset_y, header.qoffset_z] = affine.0.map(|row| row[3]);
    header.pixdim[0] = qfac;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nifti::header::{Endian, Version};
    use proptest::prelude::*;

    fn close(a: &Affine, b: &Affine) -> bool {
        a.0.iter().flatten().zip(b.0.iter().flatten()).all(|(x, y)| (x - y).abs() < 1e-6)
    }

    proptest! {
        #[test]
        fn a_rotation_goes_there_and_back(
            q in prop::array::uniform3(-0.57f64..0.57),
            spacing in prop::array::uniform3(0.3f64..3.0),
            flip in any::<bool>(),
            offset in prop::array::uniform3(-300.0f64..300.0),
        ) {
            let mut header = Header::zeroed(Version::Nifti2, Endian::Little);
            header.pixdim[0] = if flip { -1.0 } else { 1.0 };
            [header.quatern_b, header.quatern_c, header.quatern_d] = q;
            [header.qoffset_x, header.qoffset_y, header.qoffset_z] = offset;
            let affine = qform(&header, spacing, &mut Vec::new()).unwrap();
            let mut again = Header::zeroed(Version::Nifti2, Endian::Little);
            set_qform(&mut again, &affine);
            prop_assert!(close(&affine, &qform(&again, spacing, &mut Vec::new()).unwrap()));
        }
    }

    #[test]
    fn half_turns_and_flips_keep_their_axes() {
        for signs in
            [[1.0, 1.0, 1.0], [-1.0, -1.0, 1.0], [-1.0, 1.0, -1.0], [1.0, -1.0, -1.0], [-1.0, -1.0, -1.0]]
        {
            for shift in 0..3 {
                let mut affine = Affine([[0.0; 4]; 3]);
                for (axis, sign) in signs.into_iter().enumerate() {
                    affine.0[(axis + shift) % 3][axis] = sign;
                }
                let mut header = Header::zeroed(Version::Nifti1, Endian::Little);
                set_qform(&mut header, &affine);
                assert!(close(&affine, &qform(&header, [1.0; 3], &mut Vec::new()).unwrap()), "{affine:?}");
            }
        }
    }

    #[test]
    fn a_quaternion_of_nothing_is_refused_and_a_long_one_named() {
        let mut header = Header::zeroed(Version::Nifti1, Endian::Little);
        header.quatern_b = f64::NAN;
        assert!(qform(&header, [1.0; 3], &mut Vec::new()).is_none());
        header.quatern_b = 2.0;
        let mut findings = Vec::new();
        assert!(qform(&header, [1.0; 3], &mut findings).is_some());
        assert_eq!(findings[0].code, "quaternion_not_unit");
    }
}
