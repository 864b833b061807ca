//! What the picture looks like around a keypoint: 4 x 4 histograms of 8 directions (Lowe 2004, section 6).

use super::gradient::{bell, eight, first, gradients, nearest_whole};
use super::lanes::{Eight, Kernel, LANES, Lanes};
use super::octave::Octave;

/// Histograms along each side of the window.
const CELLS: usize = 4;
/// Directions in each histogram.
const DIRECTIONS: usize = 8;
/// Numbers in a descriptor.
pub const DESCRIPTOR_LEN: usize = CELLS * CELLS * DIRECTIONS;

/// Width of a cell in scales of the keypoint.
const CELL_SCALES: f32 = 3.0;
/// No number may be more than this share of the whole: against the pull of single strong edges.
const LARGEST_SHARE: f32 = 0.2;
/// Length of the descriptor before it is rounded to bytes.
const LENGTH: f32 = 512.0;

/// Position of the window's centre, in cells from the middle of the first.
const MIDDLE: f32 = (CELLS / 2) as f32 - 0.5;
/// Cells with a rim of one, into which falls what lies outside the window.
const RIMMED: usize = CELLS + 2;
/// Sets of histograms that are filled in turns.
const TURNS: usize = 4;
/// Histograms of all cells.
/// More than the index of any cell, and a mask: what the compiler can see to be within [`Sums`].
const CELL_MASK: usize = 31;
type Sums = [[f32; DIRECTIONS]; CELL_MASK + RIMMED + 2];

/// Room for the patch of one keypoint.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    weights: Vec<f32>,
}

/// Describes one keypoint; position and scale are in px of the octave.
pub(super) struct Describe<'a> {
    pub(super) octave: &'a Octave,
    pub(super) layer: usize,
    pub(super) x_px: f32,
    pub(super) y_px: f32,
    pub(super) scale_px: f32,
    /// As in the keypoint: clockwise on the picture.
    pub(super) angle_degrees: f32,
    pub(super) scratch: &'a mut Scratch,
}

impl Kernel for Describe<'_> {
    type Output = [u8; DESCRIPTOR_LEN];

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) -> [u8; DESCRIPTOR_LEN] {
        let Self { octave, layer, x_px, y_px, scale_px, angle_degrees, scratch } = self;
        let window = Window::new(octave, x_px, y_px, scale_px, angle_degrees);
        bell(window.weight_scale, window.reach, &mut scratch.weights);
        let layer = octave.layers[layer].values();
        // Neighbours fall into the same cell: four sets in turns let the additions overlap.
        let mut sums: [Sums; TURNS] = [[[0.0; DIRECTIONS]; CELL_MASK + RIMMED + 2]; TURNS];
        let mut dy = window.top;
        while dy <= window.bottom {
            let (start, end) = window.columns(dy);
            let mut dx = start;
            while dx < end {
                let samples = window.samples(l, layer, octave.stride, (dy, dx), end - dx, &scratch.weights);
                samples.add_to(l, &mut sums);
                dx += LANES as isize;
            }
            dy += 1;
        }
        rounded(&gathered(&sums))
    }
}

/// Pixels that the window of a keypoint of this scale reaches, however it is turned.
pub(super) fn reach_px(scale_px: f32) -> usize {
    let reach = CELL_SCALES * scale_px * std::f32::consts::SQRT_2 * (CELLS + 1) as f32 * 0.5;
    reach.round_ties_even() as usize
}

/// Where the turned window lies on the layer.
struct Window {
    row: isize,
    col: isize,
    /// Pixels that the turned window reaches from its centre.
    reach: usize,
    /// Rows and columns of the layer that have gradients, relative to the centre.
    top: isize,
    bottom: isize,
    left: isize,
    right: isize,
    /// Cosine and sine of the angle, over the width of a cell.
    cos: f32,
    sin: f32,
    angle_degrees: f32,
    weight_scale: f32,
}

impl Window {
    #[inline(always)]
    fn new(octave: &Octave, x_px: f32, y_px: f32, scale_px: f32, angle_degrees: f32) -> Self {
        let (row, col) = (y_px.round_ties_even() as isize, x_px.round_ties_even() as isize);
        let cell = CELL_SCALES * scale_px;
        let diagonal = ((octave.cols * octave.cols + octave.rows * octave.rows) as f64).sqrt();
        let reach = reach_px(scale_px).min(diagonal as usize);
        let anticlockwise = 360.0 - angle_degrees;
        let angle_degrees = if (anticlockwise - 360.0).abs() < f32::EPSILON { 0.0 } else { anticlockwise };
        let radians = angle_degrees * (std::f64::consts::PI / 180.0) as f32;
        let r = reach as isize;
        Self {
            row,
            col,
            reach,
            top: (-r).max(1 - row),
            bottom: r.min(octave.rows as isize - 2 - row),
            left: (-r).max(1 - col),
            right: r.min(octave.cols as isize - 2 - col),
            cos: radians.cos() / cell,
            sin: radians.sin() / cell,
            angle_degrees,
            // A Gaussian of half the window's width: exp(-distance^2 / 8), with distances in cells.
            weight_scale: 1.0 / ((CELLS * CELLS) as f32 * 0.5 * cell * cell),
        }
    }

    /// Position in cells, row and column: 0 is the middle of the first cell.
    #[inline(always)]
    fn cell_of(&self, y: f32, x: f32) -> (f32, f32) {
        (x * self.sin + y * self.cos + MIDDLE, x * self.cos - y * self.sin + MIDDLE)
    }

    #[inline(always)]
    fn holds(&self, dy: isize, dx: isize) -> bool {
        let (row, col) = self.cell_of(dy as f32, dx as f32);
        row > -1.0 && row < CELLS as f32 && col > -1.0 && col < CELLS as f32
    }

    /// Columns of a row, first and end, that lie within the window: it is convex, so they are one run.
    #[inline(always)]
    fn columns(&self, dy: isize) -> (isize, isize) {
        // |slope * dx + shift| < half, for both axes of the window.
        const HALF: f32 = (CELLS + 1) as f32 * 0.5;
        let y = dy as f32;
        let (mut low, mut high) = (self.left as f32, self.right as f32);
        for (slope, shift) in [(self.sin, y * self.cos), (self.cos, -y * self.sin)] {
            if slope.abs() > 1e-6 {
                let (a, b) = ((-HALF - shift) / slope, (HALF - shift) / slope);
                (low, high) = (low.max(a.min(b)), high.min(a.max(b)));
            }
        }
        // The division is a little off: the ends are settled by the position itself.
        let mut first = (low.floor() as isize - 1).max(self.left);
        let mut last = (high.ceil() as isize + 1).min(self.right);
        while first <= last && !self.holds(dy, first) {
            first += 1;
        }
        while first <= last && !self.holds(dy, last) {
            last -= 1;
        }
        (first, last + 1)
    }

    /// What eight pixels of a row add, from column `dx` on, if no more than `count` of them lie in the window.
    #[inline(always)]
    fn samples<L: Lanes>(
        &self,
        l: L,
        layer: &[f32],
        stride: usize,
        (dy, dx): (isize, isize),
        count: isize,
        weights: &[f32],
    ) -> Samples {
        const STEPS: &Eight = &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
        let at = (self.row + dy) as usize * stride + (self.col + dx) as usize;
        let (lengths, degrees) = gradients(l, layer, stride, at);
        // Position in cells, as cell_of has it.
        let (y, x) = (l.splat(dy as f32), l.add(l.splat(dx as f32), l.load(STEPS)));
        let (sin, cos, middle) = (l.splat(self.sin), l.splat(self.cos), l.splat(MIDDLE));
        let row = l.add(l.add(l.mul(x, sin), l.mul(y, cos)), middle);
        let col = l.add(l.sub(l.mul(x, cos), l.mul(y, sin)), middle);
        let turn = l.mul(l.sub(degrees, l.splat(self.angle_degrees)), l.splat(DIRECTIONS as f32 / 360.0));
        // The upper left of four cells: those with a vote lie in -1 to 3, others are moved there.
        let (least, most) = (l.splat(-1.0), l.splat(CELLS as f32 - 1.0));
        let row_cell = l.min(l.max(l.floor(row), least), most);
        let col_cell = l.min(l.max(l.floor(col), least), most);
        let direction = l.floor(turn);
        let (row, col, turn) = (l.sub(row, row_cell), l.sub(col, col_cell), l.sub(turn, direction));
        let one = l.splat(1.0);
        let cell = l.mul_add(l.add(row_cell, one), l.splat(RIMMED as f32), l.add(col_cell, one));
        let row_weight = l.splat(weights[(dy + self.reach as isize) as usize]);
        let weight = l.mul(row_weight, l.load(eight(weights, (dx + self.reach as isize) as usize)));
        let vote = l.mul(l.mul(lengths, weight), l.load(first(count as usize)));
        let below = l.mul(vote, row);
        let above = l.sub(vote, below);
        let (below_right, above_right) = (l.mul(below, col), l.mul(above, col));
        let votes = [l.sub(above, above_right), above_right, l.sub(below, below_right), below_right];
        Samples {
            cell: nearest_whole(l, cell),
            votes: votes.map(|v| l.store(v)),
            direction: nearest_whole(l, direction),
            turn: l.store(turn),
        }
    }
}

/// Votes of [`LANES`] pixels, each shared between two rows and columns of cells and two directions.
struct Samples {
    /// The upper left of the four cells.
    cell: [i32; LANES],
    /// For the cells upper left, upper right, lower left, lower right.
    votes: [Eight; 4],
    /// The first of the two directions, from -8 on round the circle, and the share of the second.
    direction: [i32; LANES],
    turn: Eight,
}

impl Samples {
    #[inline(always)]
    fn add_to<L: Lanes>(&self, l: L, sums: &mut [Sums; TURNS]) {
        let mut lane = 0;
        while lane < LANES {
            let (sums, cell) = (&mut sums[lane % TURNS], self.cell[lane] as usize & CELL_MASK);
            let first = self.direction[lane] as usize % DIRECTIONS;
            let (late, early) = (self.turn[lane], 1.0 - self.turn[lane]);
            // One vote, shared between two directions.
            let (first, second) = (l.load(&ONE[first]), l.load(&ONE[first + 1]));
            let shared = l.mul_add(first, l.splat(early), l.mul(second, l.splat(late)));
            let mut add = |cell: usize, vote: &Eight| {
                let sum = l.load(&sums[cell]);
                sums[cell] = l.store(l.mul_add(l.splat(vote[lane]), shared, sum));
            };
            add(cell, &self.votes[0]);
            add(cell + 1, &self.votes[1]);
            add(cell + RIMMED, &self.votes[2]);
            add(cell + RIMMED + 1, &self.votes[3]);
            lane += 1;
        }
    }
}

/// All in one direction, for each of the directions and once more for the first.
const ONE: [[f32; DIRECTIONS]; DIRECTIONS + 1] = {
    let mut one = [[0.0; DIRECTIONS]; DIRECTIONS + 1];
    let mut n = 0;
    while n <= DIRECTIONS {
        one[n][n % DIRECTIONS] = 1.0;
        n += 1;
    }
    one
};

/// The cells without their rim.
#[inline(always)]
fn gathered(sums: &[Sums; TURNS]) -> [f32; DESCRIPTOR_LEN] {
    let mut out = [0.0; DESCRIPTOR_LEN];
    for (cell, histogram) in out.chunks_exact_mut(DIRECTIONS).enumerate() {
        let place = (cell / CELLS + 1) * RIMMED + cell % CELLS + 1;
        for (n, value) in histogram.iter_mut().enumerate() {
            *value = (sums[0][place][n] + sums[1][place][n]) + (sums[2][place][n] + sums[3][place][n]);
        }
    }
    out
}

/// Scaled to a fixed length, large numbers capped, scaled again, rounded to bytes.
#[inline(always)]
fn rounded(raw: &[f32; DESCRIPTOR_LEN]) -> [u8; DESCRIPTOR_LEN] {
    let most = length(raw) * LARGEST_SHARE;
    let capped = raw.map(|value| value.min(most));
    let scale = LENGTH / length(&capped).max(f32::EPSILON);
    capped.map(|value| (value * scale).round_ties_even().min(255.0) as u8)
}

/// Euclidean length, summed in eight columns, so that every machine sums alike.
#[inline(always)]
fn length(values: &[f32; DESCRIPTOR_LEN]) -> f32 {
    let mut sums = [0.0f32; 8];
    for eight in values.as_chunks::<8>().0 {
        for (sum, value) in sums.iter_mut().zip(eight) {
            *sum += value * value;
        }
    }
    sums.iter().sum::<f32>().sqrt()
}
