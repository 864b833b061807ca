//! Weights in the order in which the products read them.

/// Output channels that a panel holds side by side: two AVX2 registers, or one of AVX-512.
pub(crate) const WIDTH: usize = 16;

/// The weights of `channels` outputs, each a sum over `depth` inputs, as panels `[depth][WIDTH]`, one after another.
/// The last panel is filled up with zeros.
pub(crate) struct Panels {
    data: Vec<f32>,
    pub(crate) depth: usize,
    pub(crate) channels: usize,
}

impl Panels {
    /// Panels of zeros, to be summed into.
    pub(crate) fn zeros(depth: usize, channels: usize) -> Self {
        Self { data: vec![0.0; channels.div_ceil(WIDTH) * depth * WIDTH], depth, channels }
    }

    /// Panels of `weight(input, channel)`.
    pub(crate) fn from_fn(depth: usize, channels: usize, weight: impl Fn(usize, usize) -> f32) -> Self {
        let mut panels = Self::zeros(depth, channels);
        for (index, panel) in panels.data.chunks_exact_mut(depth * WIDTH).enumerate() {
            let first = index * WIDTH;
            for (input, row) in panel.chunks_exact_mut(WIDTH).enumerate() {
                for (channel, value) in (first..channels).zip(row) {
                    *value = weight(input, channel);
                }
            }
        }
        panels
    }

    /// The panels with the first channel and the number of channels of each.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, usize, &[f32])> {
        let channels = self.channels;
        self.data
            .chunks_exact(self.depth * WIDTH)
            .enumerate()
            .map(move |(index, panel)| (index * WIDTH, WIDTH.min(channels - index * WIDTH), panel))
    }

    /// The panels, to be summed into.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.data.chunks_exact_mut(self.depth * WIDTH)
    }

    /// The weight of `input` for `channel`.
    pub(crate) fn at(&self, input: usize, channel: usize) -> f32 {
        self.data[((channel / WIDTH) * self.depth + input) * WIDTH + channel % WIDTH]
    }

    /// Adds the weights of `other`, which has the same shape.
    pub(crate) fn add(&mut self, other: &Panels) {
        for (sum, value) in self.data.iter_mut().zip(&other.data) {
            *sum += value;
        }
    }
}
