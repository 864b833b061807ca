//! The one form in which pictures reach a net.

/// Channels of one size, values 0..=65535 standing for 0..=1: finer than one HU in any window, exact for 8 bits
/// (`255 * 257 = 65535`), and half the memory of `f32`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    channels: usize,
    rows: usize,
    cols: usize,
    values: Vec<u16>,
}

impl Picture {
    /// A picture of `values` in the order `[channel, row, col]`; `None` where their number is another, or zero.
    #[must_use]
    pub fn new(channels: usize, rows: usize, cols: usize, values: Vec<u16>) -> Option<Self> {
        let expected = channels.checked_mul(rows)?.checked_mul(cols)?;
        (expected == values.len() && expected > 0).then_some(Self { channels, rows, cols, values })
    }

    /// Number of channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// `[rows, cols]` of every channel.
    #[must_use]
    pub fn size_px(&self) -> [usize; 2] {
        [self.rows, self.cols]
    }

    /// All values, `[channel, row, col]`.
    #[must_use]
    pub fn values(&self) -> &[u16] {
        &self.values
    }

    /// All values, to be changed.
    pub fn values_mut(&mut self) -> &mut [u16] {
        &mut self.values
    }

    /// The values of one channel, `[row, col]`.
    ///
    /// # Panics
    ///
    /// Where `channel` is not below [`Self::channels`].
    #[must_use]
    pub fn channel(&self, channel: usize) -> &[u16] {
        let size = self.rows * self.cols;
        &self.values[channel * size..][..size]
    }

    /// A value as the number in `[0, 1]` that it stands for.
    #[must_use]
    pub fn as_unit(value: u16) -> f32 {
        f32::from(value) / 65535.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_lie_one_after_another() {
        let picture = Picture::new(2, 1, 3, vec![0, 1, 2, 10, 11, 65535]).unwrap();
        assert_eq!(picture.channel(1), [10, 11, 65535]);
        assert_eq!(picture.size_px(), [1, 3]);
        assert!((Picture::as_unit(picture.channel(1)[2]) - 1.0).abs() < f32::EPSILON);
    }

    #[test]
    fn a_wrong_number_of_values_is_no_picture() {
        assert_eq!(Picture::new(1, 2, 2, vec![0; 3]), None);
        assert_eq!(Picture::new(0, 2, 2, Vec::new()), None);
        assert_eq!(Picture::new(usize::MAX, 2, 2, vec![0; 3]), None);
    }
}
