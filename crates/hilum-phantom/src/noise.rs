//! Randomness as a function of seed and position: numbers for building the anatomy, smooth textures in millimetres, and
//! the grain of a CT slice. Nothing here has a state that outlives a call, so any slice can be made alone.

/// The finaliser of splitmix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195): every input bit reaches every
/// output bit.
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// A hash of a lattice point.
fn hash(seed: u64, x: i64, y: i64, z: i64) -> u64 {
    let plane = mix(seed ^ (z as u64).wrapping_mul(GOLDEN));
    mix(plane
        ^ (x as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93)
        ^ (y as u64).wrapping_mul(0xA076_1D64_78BD_642F))
}

/// A number of [-1, 1) from a hash.
fn signed_unit(hash: u64) -> f32 {
    (hash >> 40) as f32 / (1u64 << 23) as f32 - 1.0
}

/// A seed for one purpose, so that a change in one part of the anatomy leaves the others as they were.
pub(crate) fn stream(seed: u64, purpose: &str) -> u64 {
    purpose.bytes().fold(mix(seed ^ GOLDEN), |h, byte| mix(h ^ u64::from(byte)).wrapping_add(GOLDEN))
}

/// Numbers in a row, for building shapes.
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        Self(stream(seed, purpose))
    }

    /// Uniform in [0, 1).
    pub(crate) fn unit(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(GOLDEN);
        (mix(self.0) >> 40) as f32 / (1u64 << 24) as f32
    }

    /// Uniform between two numbers.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// True with a probability.
    pub(crate) fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }
}

fn ease(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

fn lerp(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// Smooth noise in space, about [-1, 1], with lumps of `cell_mm`.
pub(crate) fn texture(seed: u64, cell_mm: f32, at: [f32; 3]) -> f32 {
    let scaled = at.map(|x| x / cell_mm);
    let low = scaled.map(f32::floor);
    let t = [0, 1, 2].map(|axis| ease(scaled[axis] - low[axis]));
    let [x, y, z] = low.map(|v| v as i64);
    let corner = |dx, dy, dz| signed_unit(hash(seed, x + dx, y + dy, z + dz));
    let edge = |dy, dz| lerp(corner(0, dy, dz), corner(1, dy, dz), t[0]);
    let face = |dz| lerp(edge(0, dz), edge(1, dz), t[1]);
    lerp(face(0), face(1), t[2])
}

/// [`texture`] on one plane of constant z, with the lattice computed once.
pub(crate) struct TexturePlane {
    cell_mm: f32,
    first: [i64; 2],
    cols: usize,
    lattice: Vec<f32>,
}

impl TexturePlane {
    /// The plane `z` over the square of half-width `reach_mm` around `centre`.
    pub(crate) fn new(seed: u64, cell_mm: f32, centre: [f32; 2], reach_mm: f32, z: f32) -> Self {
        let scaled = z / cell_mm;
        let layer = scaled.floor() as i64;
        let t = ease(scaled - scaled.floor());
        let first = centre.map(|c| ((c - reach_mm) / cell_mm).floor() as i64 - 1);
        let cols = (2.0 * reach_mm / cell_mm) as usize + 5;
        let mut lattice = Vec::with_capacity(cols * cols);
        for y in first[1]..first[1] + cols as i64 {
            for x in first[0]..first[0] + cols as i64 {
                let below = signed_unit(hash(seed, x, y, layer));
                let above = signed_unit(hash(seed, x, y, layer + 1));
                lattice.push(lerp(below, above, t));
            }
        }
        Self { cell_mm, first, cols, lattice }
    }

    /// The value at (`x`, `y`); points outside the plane take the value at its rim.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let last = (self.cols - 2) as f32;
        let u = (x / self.cell_mm - self.first[0] as f32).clamp(0.0, last);
        let v = (y / self.cell_mm - self.first[1] as f32).clamp(0.0, last);
        let (col, row) = ((u as usize).min(self.cols - 2), (v as usize).min(self.cols - 2));
        let (s, t) = (ease(u - col as f32), ease(v - row as f32));
        let n = row * self.cols + col;
        let upper = lerp(self.lattice[n], self.lattice[n + 1], s);
        let lower = lerp(self.lattice[n + self.cols], self.lattice[n + self.cols + 1], s);
        lerp(upper, lower, t)
    }
}

/// The reconstruction kernel: it shapes edges and grain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kernel {
    /// Smooth: broad grain, soft edges.
    Soft,
    /// Lung kernel: fine grain without low frequencies, crisp edges.
    Sharp,
}

/// Half a symmetric smoothing kernel, centre first, and how much of it is taken away again: CT noise has little power
/// at low frequencies.
fn grain_shape(kernel: Kernel) -> ([f32; 3], [f32; 3], f32) {
    match kernel {
        Kernel::Soft => ([0.40, 0.24, 0.06], [0.20, 0.20, 0.20], 0.45),
        Kernel::Sharp => ([0.56, 0.20, 0.02], [0.28, 0.22, 0.14], 0.75),
    }
}

/// Noise of unit variance for slice `k`, `rows` x `cols`: white Gaussian-like numbers hashed from the voxel, filtered.
pub(crate) fn grain(seed: u64, k: usize, rows: usize, cols: usize, kernel: Kernel) -> Vec<f32> {
    let (narrow, broad, taken) = grain_shape(kernel);
    let wide = cols + 4;
    let white: Vec<f32> = (0..(rows + 4) as i64)
        .flat_map(|row| (0..wide as i64).map(move |col| gaussian(hash(seed, col, row, k as i64))))
        .collect();
    let mut fine = vec![0.0; (rows + 4) * cols];
    let mut coarse = vec![0.0; (rows + 4) * cols];
    for ((line, f), c) in
        white.chunks_exact(wide).zip(fine.chunks_exact_mut(cols)).zip(coarse.chunks_exact_mut(cols))
    {
        for (col, five) in line.windows(5).enumerate() {
            let (near, far) = (five[1] + five[3], five[0] + five[4]);
            f[col] = narrow[0] * five[2] + narrow[1] * near + narrow[2] * far;
            c[col] = broad[0] * five[2] + broad[1] * near + broad[2] * far;
        }
    }
    let gain = 1.0 / grain_power(narrow, broad, taken).sqrt();
    let mut out = vec![0.0; rows * cols];
    for (row, line) in out.chunks_exact_mut(cols).enumerate() {
        let row_of = |plane: &'_ [f32], d: usize, col: usize| plane[(row + d) * cols + col];
        for (col, pixel) in line.iter_mut().enumerate() {
            let column = |plane: &[f32], half: [f32; 3]| {
                half[0] * row_of(plane, 2, col)
                    + half[1] * (row_of(plane, 1, col) + row_of(plane, 3, col))
                    + half[2] * (row_of(plane, 0, col) + row_of(plane, 4, col))
            };
            *pixel = gain * (column(&fine, narrow) - taken * column(&coarse, broad));
        }
    }
    out
}

/// Adds streaks along the rows, as wide shoulders make them; `amount` 0 leaves the grain as it is.
pub(crate) fn smear(grain: &mut [f32], cols: usize, amount: f32) {
    const REACH: usize = 15;
    if amount == 0.0 {
        return;
    }
    for line in grain.chunks_exact_mut(cols) {
        let original = line.to_vec();
        for (col, value) in line.iter_mut().enumerate() {
            let near = &original[col.saturating_sub(REACH)..(col + REACH + 1).min(cols)];
            *value += amount * 0.55 * near.iter().sum::<f32>() / (near.len() as f32).sqrt();
        }
    }
}

/// The variance that the filter of [`grain`] leaves of white noise of variance 1.
fn grain_power(narrow: [f32; 3], broad: [f32; 3], taken: f32) -> f32 {
    let mut power = 0.0;
    for dy in -2i32..=2 {
        for dx in -2i32..=2 {
            let (y, x) = (dy.unsigned_abs() as usize, dx.unsigned_abs() as usize);
            let weight = narrow[y] * narrow[x] - taken * broad[y] * broad[x];
            power += weight * weight;
        }
    }
    power
}

/// A number of variance 1, nearly Gaussian: four 16-bit uniform numbers of one hash, summed.
fn gaussian(hash: u64) -> f32 {
    let sum: u32 = (0..4).map(|n| (hash >> (16 * n) & 0xFFFF) as u32).sum();
    // Four uniform numbers on [0, 65535] have mean 131070 and a standard deviation of 65536 / sqrt(3).
    (sum as f32 - 131_070.0) * (1.732_050_8 / 65_536.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grain_has_unit_variance_and_no_mean() {
        for kernel in [Kernel::Soft, Kernel::Sharp] {
            let grain = grain(5, 3, 200, 300, kernel);
            let n = grain.len() as f32;
            let mean = grain.iter().sum::<f32>() / n;
            let variance = grain.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / n;
            assert!(mean.abs() < 0.02, "{kernel:?}: mean {mean}");
            assert!((variance - 1.0).abs() < 0.05, "{kernel:?}: variance {variance}");
        }
    }

    #[test]
    fn a_texture_plane_is_the_texture_at_its_height() {
        let plane = TexturePlane::new(9, 7.0, [10.0, -4.0], 60.0, 12.3);
        for (x, y) in [(0.0, 0.0), (-40.5, 33.2), (61.0, -60.0)] {
            assert!((plane.at(x, y) - texture(9, 7.0, [x, y, 12.3])).abs() < 1e-4);
        }
    }

    #[test]
    fn streams_differ_by_purpose_and_seed() {
        assert_ne!(stream(1, "a"), stream(1, "b"));
        assert_ne!(stream(1, "a"), stream(2, "a"));
    }
}
