//! Memory of one layer: floats that begin at a cache line, so that vectors do not straddle two.

use wide::f32x16;

/// Floats that begin at a multiple of 64 bytes.
#[derive(Debug, Default)]
pub(super) struct Layer(Vec<f32x16>);

impl Layer {
    /// At least `len` values; what was there before stays in memory, to be overwritten.
    pub(super) fn grow(&mut self, len: usize) {
        let lines = len.div_ceil(16).max(self.0.len());
        self.0.resize(lines, f32x16::ZERO);
    }

    #[inline(always)]
    pub(super) fn values(&self) -> &[f32] {
        bytemuck::must_cast_slice(&self.0)
    }

    #[inline(always)]
    pub(super) fn values_mut(&mut self) -> &mut [f32] {
        bytemuck::must_cast_slice_mut(&mut self.0)
    }
}
