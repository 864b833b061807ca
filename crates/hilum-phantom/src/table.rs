//! The patient table: a sagging shell of little density around foam, which is air enclosed by a wall.

use crate::canvas::Canvas;
use crate::patient::Patient;
use crate::shape::cover;

const SHELL_HU: f32 = -180.0;
const FOAM_HU: f32 = -955.0;
const MATTRESS_HU: f32 = -935.0;
/// Radius of the sag, mm.
const SAG_MM: f32 = 420.0;
const THICKNESS_MM: f32 = 34.0;

/// A table in the scanner's plane, the same in every slice.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// Its top on the midline.
    top_y: f32,
    half_width: f32,
    mattress_mm: f32,
}

impl Table {
    /// The table that carries a back whose lowest point lies at `back_y` of the scanner's plane.
    pub(crate) fn under(back_y: f32, patient: &Patient) -> Self {
        Self {
            top_y: back_y + patient.table_gap_mm,
            half_width: patient.table_half_width_mm,
            mattress_mm: patient.table_gap_mm - 1.5,
        }
    }

    /// Signed distance from the outside of the shell.
    fn distance(&self, x: f32, y: f32) -> f32 {
        let top = self.top_y - x * x / (2.0 * SAG_MM);
        let t = x / self.half_width;
        let bottom = top + THICKNESS_MM * (1.0 - t * t * t * t).max(0.0);
        (top - y).max(y - bottom).max(x.abs() - self.half_width)
    }

    /// Paints mattress, shell and foam where there is no body.
    pub(crate) fn paint(&self, canvas: &mut Canvas<'_>) {
        let frame = canvas.frame;
        let first_y = self.top_y - 25.0 - self.half_width * self.half_width / (2.0 * SAG_MM);
        for row in 0..frame.rows {
            if frame.scanner(row, 0)[1] < first_y {
                continue;
            }
            for col in 0..frame.cols {
                let index = row * frame.cols + col;
                let free = canvas.cover(-canvas.skin[index]);
                if free == 0.0 {
                    continue;
                }
                let [x, y] = frame.scanner(row, col);
                let distance = self.distance(x, y);
                let above = self.top_y - x * x / (2.0 * SAG_MM) - y;
                let pixel = &mut canvas.hu[index];
                let mut put = |hu: f32, fraction: f32| *pixel += (hu - *pixel) * fraction * free;
                let blur = frame.blur;
                let mattress = (above - self.mattress_mm).max(-above).max(x.abs() - self.half_width * 0.94);
                put(-870.0, cover(mattress, blur));
                put(MATTRESS_HU, cover(mattress + 1.0, blur));
                put(SHELL_HU, cover(distance, blur));
                put(FOAM_HU, cover(distance + 1.9, blur));
            }
        }
    }
}
