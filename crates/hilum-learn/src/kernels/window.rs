//! How a kernel slides over a picture, and what is done with each sum.

/// What is done with each value after the sum and the bias.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Activation {
    /// Nothing.
    #[default]
    None,
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)`, as MobileNet and EfficientNet-Lite use it.
    Relu6,
}

impl Activation {
    /// The smallest and the largest value that leaves.
    pub(crate) fn bounds(self) -> (f32, f32) {
        match self {
            Activation::None => (f32::NEG_INFINITY, f32::INFINITY),
            Activation::Relu => (0.0, f32::INFINITY),
            Activation::Relu6 => (0.0, 6.0),
        }
    }
}

/// A kernel's size, its step, and the rows and columns of zeros around the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Rows and columns of the kernel.
    pub kernel: [usize; 2],
    /// Step between neighbouring outputs, in rows and columns.
    pub stride: [usize; 2],
    /// Rows of zeros above and below the picture.
    pub rows: [usize; 2],
    /// Columns of zeros left and right of the picture.
    pub columns: [usize; 2],
}

impl Window {
    /// A square kernel that never leaves the picture, step 1: Keras' `valid`, PyTorch's `padding=0`.
    pub const fn valid(kernel: usize) -> Self {
        Self { kernel: [kernel; 2], stride: [1; 2], rows: [0; 2], columns: [0; 2] }
    }

    /// A square kernel of odd size with zeros of half its size on all sides, step 1: PyTorch's `padding=kernel // 2`.
    pub const fn same(kernel: usize) -> Self {
        Self { kernel: [kernel; 2], stride: [1; 2], rows: [kernel / 2; 2], columns: [kernel / 2; 2] }
    }

    /// The same window with another step, the same in rows and columns.
    pub const fn stride(self, stride: usize) -> Self {
        Self { stride: [stride; 2], ..self }
    }

    /// Rows and columns of the output for a picture of `rows` x `columns`.
    ///
    /// # Panics
    /// If the kernel is larger than the padded picture, or the step is 0.
    pub fn output(&self, rows: usize, columns: usize) -> [usize; 2] {
        let along = |size: usize, padding: [usize; 2], axis: usize| {
            let padded = size + padding[0] + padding[1];
            assert!(
                padded >= self.kernel[axis],
                "a picture of {rows} x {columns} is smaller than the kernel of {:?}",
                self.kernel
            );
            (padded - self.kernel[axis]) / self.stride[axis] + 1
        };
        [along(rows, self.rows, 0), along(columns, self.columns, 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_have_the_sizes_of_pytorch() {
        assert_eq!(Window::valid(3).output(512, 512), [510, 510]);
        assert_eq!(Window::same(3).stride(2).output(224, 225), [112, 113]);
        assert_eq!(Window::same(5).output(7, 9), [7, 9]);
        assert_eq!(Window::valid(2).stride(2).output(253, 255), [126, 127]);
    }
}
