//! Extrema to a fraction of a pixel and of a scale; weak and edge-like ones are dropped (Lowe 2004, section 4).

use super::SiftSettings;
use super::extrema::{BORDER_PX, Extremum};
use super::octave::Octave;

/// Steps in which the parabola may wander to a neighbouring pixel.
pub(super) const STEPS: usize = 5;

/// Grey levels to the range 0 to 1.
const UNIT: f32 = 1.0 / 255.0;

/// An extremum with its position between the pixels and scales.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Refined {
    /// The nearest pixel and scale.
    pub(super) at: Extremum,
    /// From there to the extremum: columns, rows, scales.
    pub(super) offset: [f32; 3],
    /// The difference of Gaussians at the extremum, 0 to 1, without its sign.
    pub(super) contrast: f32,
}

/// First and second derivatives of the difference of Gaussians along columns, rows and scales.
struct Derivatives {
    value: f32,
    gradient: [f32; 3],
    /// xx, yy, ss, xy, xs, ys.
    hessian: [f32; 6],
}

impl Derivatives {
    fn at(octave: &Octave, Extremum { layer, row, col }: Extremum) -> Self {
        let d = |ds: isize, dr: isize, dc: isize| {
            octave.difference(
                layer.wrapping_add_signed(ds),
                row.wrapping_add_signed(dr),
                col.wrapping_add_signed(dc),
            )
        };
        let value = d(0, 0, 0);
        let first = |after: f32, before: f32| (after - before) * (UNIT * 0.5);
        let second = |after: f32, before: f32| (after + before - value * 2.0) * UNIT;
        let cross = |pp: f32, pm: f32, mp: f32, mm: f32| (pp - pm - mp + mm) * (UNIT * 0.25);
        Self {
            value,
            gradient: [
                first(d(0, 0, 1), d(0, 0, -1)),
                first(d(0, 1, 0), d(0, -1, 0)),
                first(d(1, 0, 0), d(-1, 0, 0)),
            ],
            hessian: [
                second(d(0, 0, 1), d(0, 0, -1)),
                second(d(0, 1, 0), d(0, -1, 0)),
                second(d(1, 0, 0), d(-1, 0, 0)),
                cross(d(0, 1, 1), d(0, 1, -1), d(0, -1, 1), d(0, -1, -1)),
                cross(d(1, 0, 1), d(1, 0, -1), d(-1, 0, 1), d(-1, 0, -1)),
                cross(d(1, 1, 0), d(1, -1, 0), d(-1, 1, 0), d(-1, -1, 0)),
            ],
        }
    }

    /// Where the parabola through the neighbours peaks; the pixel itself where it has no single peak.
    fn peak(&self) -> [f32; 3] {
        let [gx, gy, gs] = self.gradient.map(f64::from);
        let [xx, yy, ss, xy, xs, ys] = self.hessian.map(f64::from);
        let determinant = xx * (yy * ss - ys * ys) - xy * (xy * ss - ys * xs) + xs * (xy * ys - yy * xs);
        if determinant == 0.0 {
            return [0.0; 3];
        }
        // Cramer's rule; the minus leads from the slope to the peak.
        let x = gx * (yy * ss - ys * ys) - xy * (gy * ss - ys * gs) + xs * (gy * ys - yy * gs);
        let y = xx * (gy * ss - ys * gs) - gx * (xy * ss - ys * xs) + xs * (xy * gs - gy * xs);
        let s = xx * (yy * gs - gy * ys) - xy * (xy * gs - gy * xs) + gx * (xy * ys - yy * xs);
        [x, y, s].map(|numerator| (-numerator / determinant) as f32)
    }

    /// Whether the curvatures across and along differ by more than the ratio: an edge, not a blob.
    fn is_edge(&self, ratio: f32) -> bool {
        let [xx, yy, _, xy, ..] = self.hessian;
        let (trace, determinant) = (xx + yy, xx * yy - xy * xy);
        determinant <= 0.0 || trace * trace * ratio >= (ratio + 1.0) * (ratio + 1.0) * determinant
    }
}

/// The extremum between the pixels; `None` if it wanders off, is too weak or lies on an edge.
pub(super) fn refine(octave: &Octave, start: Extremum, settings: &SiftSettings) -> Option<Refined> {
    let mut at = start;
    for _ in 0..STEPS {
        let derivatives = Derivatives::at(octave, at);
        let offset = derivatives.peak();
        if offset.iter().all(|o| o.abs() < 0.5) {
            let [gx, gy, gs] = derivatives.gradient;
            let rise = gx * offset[0] + gy * offset[1] + gs * offset[2];
            let contrast = (derivatives.value * UNIT + rise * 0.5).abs();
            let weak = contrast * (settings.layers_per_octave as f32) < settings.contrast_threshold;
            let dropped = weak || derivatives.is_edge(settings.edge_threshold);
            return (!dropped).then_some(Refined { at, offset, contrast });
        }
        at = moved(octave, at, offset, settings.layers_per_octave)?;
    }
    None
}

/// The pixel nearest to the peak, if it lies within the octave's inner layers and off the border.
fn moved(octave: &Octave, at: Extremum, offset: [f32; 3], layers: usize) -> Option<Extremum> {
    let step = |from: usize, by: f32, least: usize, end: usize| {
        // NaN and what is far out of the image end here as well.
        let to = from as f64 + f64::from(by.round_ties_even());
        (to >= least as f64 && to < end as f64).then_some(to as usize)
    };
    Some(Extremum {
        col: step(at.col, offset[0], BORDER_PX, octave.cols - BORDER_PX)?,
        row: step(at.row, offset[1], BORDER_PX, octave.rows - BORDER_PX)?,
        layer: step(at.layer, offset[2], 1, layers + 1)?,
    })
}
