//! Voxel axes that are not at right angles, as a tilted gantry leaves them.

use hilum_core::{Affine, Finding};

/// A departure from right angles below this is rounding; above [`SKEW_WARN_DEGREES`] slices are sheared.
const SKEW_NOTE_DEGREES: f64 = 0.1;
const SKEW_WARN_DEGREES: f64 = 1.0;

/// What to say about the angles of the voxel axes.
pub(crate) fn skew_finding(affine: &Affine) -> Option<Finding> {
    let skew = affine.skew_degrees().unwrap_or(0.0);
    if skew <= SKEW_NOTE_DEGREES {
        return None;
    }
    let message = format!("voxel axes depart from right angles by {skew:.2} degrees");
    Some(if skew > SKEW_WARN_DEGREES {
        Finding::warn("skewed_affine", message + " (gantry tilt?); areas and volumes allow for it")
    } else {
        Finding::note("skewed_affine", message)
    })
}
