//! Samples to grey between 0 and 1.
//!
//! Colour becomes luma with the weights of ITU-R BT.601 (0.299, 0.587, 0.114), written as 16-bit fractions that add up to
//! one: a pixel of three equal samples keeps its value to the last bit, and 255 times the result rounds to what Pillow's
//! `convert("L")` gives. Opacity is dropped: pixels count with the colour that is stored, however clear they are.

const RED: u32 = 19595;
const GREEN: u32 = 38470;
const BLUE: u32 = 7471;
const ONE: f64 = 65536.0;

/// Samples of one width.
pub(super) enum Samples {
    U8(Vec<u8>),
    U16(Vec<u16>),
}

/// How the samples of a pixel follow each other.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) colors: usize,
    pub(super) alpha: bool,
}

impl Layout {
    pub(super) const GREY: Self = Self { colors: 1, alpha: false };
    pub(super) const RGB: Self = Self { colors: 3, alpha: false };

    pub(super) fn with_alpha(self) -> Self {
        Self { alpha: true, ..self }
    }

    pub(super) fn samples(self) -> usize {
        self.colors + usize::from(self.alpha)
    }
}

impl Samples {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::U8(samples) => samples.len(),
            Self::U16(samples) => samples.len(),
        }
    }

    /// Grey of every pixel, and how many pixels are not fully opaque.
    pub(super) fn grey(&self, layout: Layout) -> (Vec<f32>, usize) {
        match self {
            Self::U8(samples) => grey(samples, layout, f64::from(u8::MAX)),
            Self::U16(samples) => grey(samples, layout, f64::from(u16::MAX)),
        }
    }
}

fn grey<T: Copy + Into<u32>>(samples: &[T], layout: Layout, white: f64) -> (Vec<f32>, usize) {
    let pixels = || samples.chunks_exact(layout.samples());
    let clear = match layout.alpha {
        true => pixels().filter(|pixel| f64::from(pixel[layout.colors].into()) < white).count(),
        false => 0,
    };
    let value = |pixel: &[T]| match layout.colors {
        1 => f64::from(pixel[0].into()) / white,
        // At most 65535 times weights that add up to 65536: it fits 32 bits.
        _ => {
            f64::from(RED * pixel[0].into() + GREEN * pixel[1].into() + BLUE * pixel[2].into())
                / (ONE * white)
        }
    };
    (pixels().map(|pixel| value(pixel) as f32).collect(), clear)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_samples_keep_their_value_and_white_is_one() {
        for value in [0u16, 1, 254, 40000, u16::MAX] {
            let (grey, _) = Samples::U16(vec![value; 3]).grey(Layout::RGB);
            assert_eq!(grey, [(f64::from(value) / 65535.0) as f32]);
        }
        assert_eq!(Samples::U8(vec![255, 0, 255, 255]).grey(Layout::GREY.with_alpha()), (vec![1.0, 1.0], 1));
    }

    #[test]
    fn green_is_brighter_than_red_and_red_than_blue() {
        let (grey, _) = Samples::U8(vec![0, 255, 0, 255, 0, 0, 0, 0, 255]).grey(Layout::RGB);
        // ITU-R BT.601; the 16-bit fractions are within 1e-5 of it.
        for (found, weight) in grey.into_iter().zip([0.587f32, 0.299, 0.114]) {
            assert!((found - weight).abs() < 1e-5);
        }
    }
}
