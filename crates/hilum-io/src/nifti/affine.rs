//! From header fields to the geometry: sform before qform before pixdim, each checked.
//!
//! Units come from `xyzt_units` and leave as millimetres; the world is RAS+ as in the standard. What is odd but usable
//! is a [`Finding`]; only a volume without any usable position is an error.

use super::error::NiftiError;
use super::header::Header;
use super::quaternion::qform;
use crate::skew::skew_finding;
use hilum_core::{Affine, AffineSource, Finding, Geometry};

/// Column lengths of the sform may differ from `pixdim` by this much before it is worth a word.
const SPACING_TOLERANCE: f64 = 0.01;

/// The geometry of a volume of `dims` voxels, and what is odd about it.
pub(super) fn geometry(
    file: &str,
    header: &Header,
    dims: [usize; 3],
) -> Result<(Geometry, Vec<Finding>), NiftiError> {
    let mut findings = Vec::new();
    let to_mm = millimetres(header.xyzt_units, &mut findings);
    let grid = |affine: Affine, source| Geometry::new(dims, scaled(affine, to_mm), source);

    if header.sform_code > 0 {
        match grid(sform(header), AffineSource::Sform) {
            Ok(geometry) => {
                check_sform(header, to_mm, &geometry, &mut findings);
                return Ok((geometry, findings));
            }
            Err(_) => findings.push(Finding::warn(
                "degenerate_sform",
                format!(
                    "sform_code is {} but srow_x/y/z do not span space; the qform or pixdim is used instead",
                    header.sform_code
                ),
            )),
        }
    }
    let spacing = checked_pixdim(file, header, dims, &mut findings)?;
    if header.qform_code > 0 {
        match qform(header, spacing, &mut findings).map(|affine| grid(affine, AffineSource::Qform)) {
            Some(Ok(geometry)) => return Ok((geometry, findings)),
            _ => findings.push(Finding::warn(
                "degenerate_qform",
                "qform_code is set but the quaternion is no rotation; only pixdim is used",
            )),
        }
    }
    findings.push(Finding::warn(
        "no_orientation",
        "neither sform nor qform places the volume: voxel axes are taken as right, anterior, superior",
    ));
    let [x, y, z] = spacing;
    let affine = Affine([[x, 0.0, 0.0, 0.0], [0.0, y, 0.0, 0.0], [0.0, 0.0, z, 0.0]]);
    let geometry = grid(affine, AffineSource::Pixdim)
        .map_err(|source| NiftiError::Geometry { file: file.to_owned(), source: source.into() })?;
    Ok((geometry, findings))
}

/// Millimetres per unit of `xyzt_units` (its lowest three bits).
fn millimetres(xyzt_units: i64, findings: &mut Vec<Finding>) -> f64 {
    let (unit, factor) = match xyzt_units & 7 {
        1 => ("metres", 1000.0),
        2 => return 1.0,
        3 => ("micrometres", 0.001),
        _ => {
            findings.push(Finding::note("unknown_unit", "xyzt_units names no unit of length: mm assumed"));
            return 1.0;
        }
    };
    findings
        .push(Finding::note("converted_unit", format!("positions are stored in {unit}: converted to mm")));
    factor
}

fn scaled(affine: Affine, factor: f64) -> Affine {
    // Multiplying by 1 would be harmless, but files in mm must come out bit for bit.
    if factor == 1.0 { affine } else { Affine(affine.0.map(|row| row.map(|x| x * factor))) }
}

fn sform(header: &Header) -> Affine {
    Affine([header.srow_x, header.srow_y, header.srow_z])
}

fn check_sform(header: &Header, to_mm: f64, geometry: &Geometry, findings: &mut Vec<Finding>) {
    let spacing_mm = geometry.spacing_mm();
    let pixdim_mm = [1, 2, 3].map(|axis| header.pixdim[axis].abs() * to_mm);
    let disagrees = |axis: usize| {
        let matters = geometry.dims()[axis] > 1;
        let close = (spacing_mm[axis] - pixdim_mm[axis]).abs() <= SPACING_TOLERANCE * spacing_mm[axis];
        matters && !close
    };
    if (0..3).any(disagrees) {
        findings.push(Finding::warn(
            "spacing_disagrees",
            format!(
                "voxel sizes are {spacing_mm:.4?} mm by the sform and {pixdim_mm:.4?} mm by pixdim; the sform is used"
            ),
        ));
    }
    findings.extend(skew_finding(geometry.affine()));
    if header.qform_code > 0
        && let Some(qform) = qform(header, [1, 2, 3].map(|axis| header.pixdim[axis]), &mut Vec::new())
        && let Some(orientation) = hilum_core::Orientation::from_affine(&qform)
        && orientation != geometry.orientation()
    {
        findings.push(Finding::warn(
            "orientation_disagrees",
            format!(
                "voxel axes run {} by the sform and {orientation} by the qform; the sform is used",
                geometry.orientation()
            ),
        ));
    }
}

/// `pixdim[1..=3]` as positive distances, in the file's unit.
fn checked_pixdim(
    file: &str,
    header: &Header,
    dims: [usize; 3],
    findings: &mut Vec<Finding>,
) -> Result<[f64; 3], NiftiError> {
    let mut spacing = [0.0; 3];
    for axis in 0..3 {
        let pixdim = header.pixdim[axis + 1];
        spacing[axis] = if pixdim.is_finite() && pixdim != 0.0 {
            if pixdim < 0.0 {
                let message = format!("pixdim[{}] = {pixdim} is negative: its size is used", axis + 1);
                findings.push(Finding::warn("negative_pixdim", message));
            }
            pixdim.abs()
        } else if dims[axis] == 1 {
            let message = format!("pixdim[{}] = {pixdim}, on an axis of one voxel: taken as 1", axis + 1);
            findings.push(Finding::note("unknown_thickness", message));
            1.0
        } else {
            return Err(NiftiError::Spacing { file: file.to_owned(), axis: axis + 1, pixdim });
        };
    }
    Ok(spacing)
}
