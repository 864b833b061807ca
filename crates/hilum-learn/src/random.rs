//! Random numbers that are the same on every machine and in every version.

/// SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Numbers that belong to `keys`: a seed, an epoch, an example.
    pub(crate) fn of(keys: &[u64]) -> Self {
        let state = keys.iter().fold(0, |state, &key| Self(state ^ key).next());
        Self(state)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    /// A number of 0..n, uniform but for a part in 2^64 / n.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// A number in `[0, 1)`, uniform, in steps of 2^-53.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number in `[low, high)`, uniform.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A normal number with mean 0 and deviation 1 (Box and Muller 1958, doi:10.1214/aoms/1177706645).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.unit())).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }

    /// A number in `[0, 1]` with the beta distribution of twice the same `shape`, at most 1 (Johnk 1964,
    /// doi:10.1007/BF02613706).
    pub(crate) fn beta(&mut self, shape: f64) -> f64 {
        loop {
            let [x, y] = [(); 2].map(|()| libm::pow(self.unit(), 1.0 / shape));
            if x + y <= 1.0 && x + y > 0.0 {
                return x / (x + y);
            }
        }
    }

    /// Shuffles after Fisher and Yates (Knuth, The Art of Computer Programming 2, algorithm P).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_reference_program() {
        // Vigna's splitmix64.c, seed 1234567.
        let mut random = Random::new(1_234_567);
        let first = [(); 3].map(|()| random.next());
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut random = Random::of(&[7, 8]);
        let mut moments = |draw: &dyn Fn(&mut Random) -> f64| {
            let values: Vec<f64> = (0..40_000).map(|_| draw(&mut random)).collect();
            let mean = values.iter().sum::<f64>() / 4e4;
            (mean, values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 4e4)
        };
        // Four standard errors of the mean are 0.02 deviations; of a variance up to 0.03 of it.
        let near = |(mean, variance): (f64, f64), m: f64, v: f64| {
            assert!(
                (mean - m).abs() < 0.02 * v.sqrt() && (variance - v).abs() < 0.03 * v,
                "{mean} {variance}"
            );
        };
        near(moments(&Random::normal), 0.0, 1.0);
        near(moments(&|r| r.between(2.0, 5.0)), 3.5, 0.75);
        // Variance of Beta(a, a): 1 / (4 (2 a + 1)).
        near(moments(&|r| r.beta(0.4)), 0.5, 1.0 / 7.2);
        assert_ne!(Random::of(&[1, 2]).next(), Random::of(&[2, 1]).next());
    }

    #[test]
    fn draws_are_even_and_shuffles_keep_all() {
        let mut random = Random::new(3);
        let mut counts = [0; 6];
        for _ in 0..60_000 {
            counts[random.below(6)] += 1;
        }
        // Binomial with standard deviation 91: four of them.
        assert!(counts.iter().all(|c| (9_635..=10_365).contains(c)), "{counts:?}");
        let mut items: Vec<usize> = (0..50).collect();
        random.shuffle(&mut items);
        assert_ne!(items, (0..50).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}
