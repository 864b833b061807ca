//! The normal distribution as NumPy draws it, so that labels that hang on its numbers can be those of others.

/// `numpy.random.default_rng(seed).normal(scale=1)`, number after number.
///
/// The generator is PCG64 (O'Neill 2014, XSL-RR output) seeded by NumPy's `SeedSequence`; the normal is the ziggurat of 256
/// layers (Marsaglia and Tsang 2000, doi:10.18637/jss.v005.i08; its edge at 3.654...). NumPy promises the stream for a
/// version of its generator only: it has been the same since 1.17.
#[derive(Debug, Clone)]
pub struct NumpyNormal {
    state: u128,
    increment: u128,
    layers: Box<Layers>,
}

/// Where the last layer of the ziggurat ends, and the tail begins.
const EDGE: f64 = 3.654_152_885_361_009;

/// Area of every layer under `exp(-x² / 2)`.
const LAYER_AREA: f64 = 0.004_928_673_233_974_655;

const TWO_POW_52: f64 = (1_u64 << 52) as f64;

const MULTIPLIER: u128 = (2_549_297_995_355_413_924 << 64) | 4_865_540_595_714_422_341;

/// What the layers of the ziggurat look like.
#[derive(Debug, Clone)]
struct Layers {
    /// Width of a layer per step of 2^-52.
    width: [f64; 256],
    /// Steps that lie under the curve for certain.
    inside: [u64; 256],
    /// Height of the curve at the layer's edge.
    height: [f64; 256],
}

impl Layers {
    fn new() -> Self {
        let curve = |x: f64| libm::exp(-0.5 * x * x);
        let (mut width, mut inside, mut height) = ([0.0; 256], [0; 256], [0.0; 256]);
        let bottom = LAYER_AREA / curve(EDGE);
        inside[0] = (EDGE / bottom * TWO_POW_52) as u64;
        width[0] = bottom / TWO_POW_52;
        height[0] = 1.0;
        width[255] = EDGE / TWO_POW_52;
        height[255] = curve(EDGE);
        let mut outer = EDGE;
        for layer in (1..255).rev() {
            let edge = libm::sqrt(-2.0 * libm::log(LAYER_AREA / outer + curve(outer)));
            inside[layer + 1] = (edge / outer * TWO_POW_52) as u64;
            width[layer] = edge / TWO_POW_52;
            height[layer] = curve(edge);
            outer = edge;
        }
        Self { width, inside, height }
    }
}

impl NumpyNormal {
    /// The stream of `numpy.random.default_rng(seed)`.
    #[must_use]
    pub fn new(seed: u32) -> Self {
        let [a, b, c, d] = seed_words(seed);
        let increment = ((u128::from(c) << 64 | u128::from(d)) << 1) | 1;
        let state = increment.wrapping_add(u128::from(a) << 64 | u128::from(b));
        let state = state.wrapping_mul(MULTIPLIER).wrapping_add(increment);
        Self { state, increment, layers: Box::new(Layers::new()) }
    }

    fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(self.increment);
        (((self.state >> 64) ^ self.state) as u64).rotate_right((self.state >> 122) as u32)
    }

    /// Uniform in [0, 1).
    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The next number, of mean 0 and standard deviation 1.
    pub fn draw(&mut self) -> f64 {
        loop {
            let bits = self.bits();
            let layer = (bits & 0xFF) as usize;
            let steps = (bits >> 9) & ((1 << 52) - 1);
            let size = steps as f64 * self.layers.width[layer];
            let drawn = if bits >> 8 & 1 == 1 { -size } else { size };
            if steps < self.layers.inside[layer] {
                return drawn;
            }
            if layer == 0 {
                let beyond = self.tail();
                return if steps >> 8 & 1 == 1 { -beyond } else { beyond };
            }
            let (above, below) = (self.layers.height[layer - 1], self.layers.height[layer]);
            if (above - below) * self.unit() + below < libm::exp(-0.5 * size * size) {
                return drawn;
            }
        }
    }

    /// A number beyond the last layer.
    fn tail(&mut self) -> f64 {
        loop {
            let x = -libm::log1p(-self.unit()) / EDGE;
            let y = -libm::log1p(-self.unit());
            if y + y > x * x {
                return EDGE + x;
            }
        }
    }
}

/// Four words of `numpy.random.SeedSequence(seed)`, whose pool has four words of 32 bits.
fn seed_words(seed: u32) -> [u64; 4] {
    let mut constant = 0x43B0_D7E5_u32;
    let mut hash = |value: u32| {
        let mixed = value ^ constant;
        constant = constant.wrapping_mul(0x931E_8875);
        let mixed = mixed.wrapping_mul(constant);
        mixed ^ (mixed >> 16)
    };
    let mut pool = [seed, 0, 0, 0].map(&mut hash);
    for from in 0..4 {
        for to in (0..4).filter(|&to| to != from) {
            let hashed = hash(pool[from]);
            let mixed =
                0xCA01_F9DD_u32.wrapping_mul(pool[to]).wrapping_sub(0x4973_F715_u32.wrapping_mul(hashed));
            pool[to] = mixed ^ (mixed >> 16);
        }
    }
    let mut constant = 0x8B51_F9DD_u32;
    let mut words = [0_u32; 8];
    for (word, value) in words.iter_mut().zip(pool.iter().cycle()) {
        let mixed = value ^ constant;
        constant = constant.wrapping_mul(0x58F3_8DED);
        let mixed = mixed.wrapping_mul(constant);
        *word = mixed ^ (mixed >> 16);
    }
    std::array::from_fn(|i| u64::from(words[2 * i + 1]) << 32 | u64::from(words[2 * i]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_numpys() {
        // numpy 2: default_rng(42).normal(size=3), and default_rng(7).normal(size=2).
        let mut normal = NumpyNormal::new(42);
        for known in [0.304_717_079_754_431_34, -1.039_984_106_240_495_4, 0.750_451_195_806_457_1] {
            assert!((normal.draw() - known).abs() < 1e-14);
        }
    }

    #[test]
    fn a_million_numbers_look_normal() {
        let mut normal = NumpyNormal::new(7);
        let numbers: Vec<f64> = (0..1_000_000).map(|_| normal.draw()).collect();
        let mean = numbers.iter().sum::<f64>() / 1e6;
        let variance = numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 1e6;
        // Five standard errors each; the tail beyond the last layer holds 2.6 in 10,000.
        assert!(mean.abs() < 0.005 && (variance - 1.0).abs() < 0.0071);
        let tail = numbers.iter().filter(|x| x.abs() > EDGE).count();
        assert!((180..=340).contains(&tail), "{tail}");
    }
}
