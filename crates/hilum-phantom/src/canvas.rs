//! One slice while it is painted, and how its pixels lie in the anatomy.

use crate::patient::Patient;
use crate::shape::{Extent, Point, cover};
use crate::spec::{Coverage, PhantomSpec};

/// The centre of the field of view lies behind the patient's midline, so that the table is seen.
const FIELD_CENTRE_Y_MM: f32 = 22.0;
/// Middle of the lungs along the patient.
const FIELD_CENTRE_Z_MM: f32 = -41.0;
/// What [`Coverage`] moves the grid by.
const CUT_MM: f32 = 110.0;

/// The grid in the anatomy's millimetres.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    /// Distance between pixels along a row and a column.
    pub(crate) pitch: [f32; 2],
    pub(crate) z_pitch: f32,
    /// Half the width of a blurred edge.
    pub(crate) blur: f32,
    z_first: f32,
    /// Cosine and sine of the patient's turn.
    turn: [f32; 2],
    shift: [f32; 2],
}

impl Frame {
    pub(crate) fn new(spec: &PhantomSpec, patient: &Patient) -> Self {
        let [cols, rows, slices] = spec.dims;
        let [px, py, pz] = spec.spacing_mm.map(|mm| mm as f32 / patient.scale);
        let cut = match spec.coverage {
            Coverage::Whole => 0.0,
            Coverage::BasesCut => CUT_MM,
            Coverage::ApicesCut => -CUT_MM,
        };
        Self {
            rows,
            cols,

            pitch: [px, py],
            z_pitch: pz,
            blur: 0.35 + 0.62 * px.max(py),
            z_first: FIELD_CENTRE_Z_MM + cut - (slices as f32 - 1.0) / 2.0 * pz,
            turn: [(1.0 - patient.turn_sine * patient.turn_sine).sqrt(), patient.turn_sine],
            shift: patient.shift_mm,
        }
    }

    /// Height of slice `k`.
    pub(crate) fn z(&self, k: usize) -> f32 {
        self.z_first + k as f32 * self.z_pitch
    }

    /// Where a pixel lies in the scanner's plane.
    pub(crate) fn scanner(&self, row: usize, col: usize) -> [f32; 2] {
        [
            (col as f32 - (self.cols as f32 - 1.0) / 2.0) * self.pitch[0],
            (row as f32 - (self.rows as f32 - 1.0) / 2.0) * self.pitch[1] + FIELD_CENTRE_Y_MM,
        ]
    }

    /// Where a pixel lies in the patient.
    pub(crate) fn anatomy(&self, row: usize, col: usize) -> [f32; 2] {
        let at = self.scanner(row, col);
        let (x, y) = (at[0] - self.shift[0], at[1] - self.shift[1]);
        let [cosine, sine] = self.turn;
        [cosine * x + sine * y, cosine * y - sine * x]
    }

    /// Rows and columns that hold an extent of the anatomy.
    fn pixels(&self, extent: &Extent) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        let [cosine, sine] = self.turn;
        let ([x, y], [hx, hy]) = (extent.centre, extent.half);
        let centre = [cosine * x - sine * y + self.shift[0], sine * x + cosine * y + self.shift[1]];
        let half = [cosine * hx + sine.abs() * hy, sine.abs() * hx + cosine * hy];
        let range = |axis: usize, offset: f32, n: usize| {
            let at = |mm: f32| (mm - offset) / self.pitch[axis] + (n as f32 - 1.0) / 2.0;
            let first = at(centre[axis] - half[axis]).floor().max(0.0) as usize;
            let last = at(centre[axis] + half[axis]).ceil().max(-1.0) + 1.0;
            first.min(n)..(last as usize).clamp(first.min(n), n)
        };
        (range(1, FIELD_CENTRE_Y_MM, self.rows), range(0, 0.0, self.cols))
    }

    /// Half the diagonal of the field of view and the point of the anatomy at its centre.
    pub(crate) fn reach(&self) -> ([f32; 2], f32) {
        let (w, h) = (self.cols as f32 * self.pitch[0], self.rows as f32 * self.pitch[1]);
        ([-self.shift[0], FIELD_CENTRE_Y_MM - self.shift[1]], 0.55 * (w * w + h * h).sqrt())
    }
}

/// Truth about a voxel, one bit each.
pub(crate) mod label {
    pub(crate) const LUNG: u8 = 1;
    pub(crate) const LEFT: u8 = 2;
    pub(crate) const VESSEL: u8 = 4;
    pub(crate) const AIRWAY: u8 = 8;
    pub(crate) const LESION: u8 = 16;
}

/// A pixel while it is painted.
pub(crate) struct Pixel<'a> {
    pub(crate) at: Point,
    pub(crate) hu: &'a mut f32,
    pub(crate) labels: &'a mut u8,
    /// Signed distance from the lungs; large where it was not computed.
    pub(crate) lung: &'a mut f32,
    /// Signed distance from the skin; large outside the body's box.
    pub(crate) skin: &'a mut f32,
}

impl Pixel<'_> {
    /// Covers a fraction of the pixel with a value.
    pub(crate) fn blend(&mut self, hu: f32, fraction: f32) {
        *self.hu += (hu - *self.hu) * fraction;
    }

    pub(crate) fn mark(&mut self, label: u8) {
        *self.labels |= label;
    }

    pub(crate) fn is(&self, label: u8) -> bool {
        *self.labels & label != 0
    }
}

/// A slice in floating HU before blur and noise.
pub(crate) struct Canvas<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) z: f32,
    pub(crate) hu: Vec<f32>,
    pub(crate) labels: Vec<u8>,
    pub(crate) skin: Vec<f32>,
    lung: Vec<f32>,
}

impl<'a> Canvas<'a> {
    /// Air everywhere.
    pub(crate) fn new(frame: &'a Frame, k: usize) -> Self {
        let n = frame.rows * frame.cols;
        Self {
            frame,
            z: frame.z(k),
            hu: vec![-1000.0; n],
            labels: vec![0; n],
            skin: vec![1e3; n],
            lung: vec![1e3; n],
        }
    }

    /// Calls `paint` for every pixel of an extent of the anatomy.
    pub(crate) fn paint(&mut self, extent: &Extent, mut paint: impl FnMut(Pixel<'_>)) {
        let (rows, cols) = self.frame.pixels(extent);
        let [cosine, sine] = self.frame.turn;
        let step = [cosine * self.frame.pitch[0], -sine * self.frame.pitch[0]];
        for row in rows {
            let [x, y] = self.frame.anatomy(row, cols.start);
            let line = row * self.frame.cols;
            for (nth, col) in cols.clone().enumerate() {
                let index = line + col;
                paint(Pixel {
                    at: [x + step[0] * nth as f32, y + step[1] * nth as f32, self.z],
                    hu: &mut self.hu[index],
                    labels: &mut self.labels[index],
                    lung: &mut self.lung[index],
                    skin: &mut self.skin[index],
                });
            }
        }
    }

    /// How much of a pixel lies inside a surface at signed distance `distance`.
    pub(crate) fn cover(&self, distance: f32) -> f32 {
        cover(distance, self.frame.blur)
    }
}
