//! Variations of a picture that leave its class as it is.
//!
//! One affine change (mirror, turn, stretch, shift), sampled once by bilinear interpolation, outside the picture black;
//! then a change of the window (contrast and brightness) and noise. What happens to a picture is a function of the
//! seed, the epoch and the example alone: no thread and no order of pictures changes it.

use crate::{LearnError, Picture, random::Random};
use serde::{Deserialize, Serialize};

/// How far pictures are varied; each amount is drawn evenly from its range for every picture and epoch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Augmentation {
    /// Half of the pictures are mirrored left to right.
    pub mirror: bool,
    /// Turned up to this far either way.
    pub rotation_deg: f64,
    /// Cut out or shrunk: the side of what is seen, from `1 - crop` to `1 + crop / 2` of the picture's.
    pub crop: f64,
    /// Height over width, from `1 / (1 + stretch)` to `1 + stretch`.
    pub stretch: f64,
    /// Moved up to this share of a side, besides what a cut-out moves.
    pub shift: f64,
    /// Contrast from `1 - window` to `1 + window`, brightness up to half of `window` either way: a jitter of width and
    /// level of the window.
    pub window: f64,
    /// Largest deviation of normal noise, where a picture's values run from 0 to 1.
    pub noise: f64,
}

impl Augmentation {
    /// Pictures as they are.
    pub const NONE: Self = Self {
        mirror: false,
        rotation_deg: 0.0,
        crop: 0.0,
        stretch: 0.0,
        shift: 0.0,
        window: 0.0,
        noise: 0.0,
    };

    /// A little of everything.
    pub const LIGHT: Self = Self {
        mirror: true,
        rotation_deg: 7.0,
        crop: 0.1,
        stretch: 0.05,
        shift: 0.03,
        window: 0.1,
        noise: 0.02,
    };

    /// For a few hundred pictures and a net without weights to start from.
    pub const STRONG: Self = Self {
        mirror: true,
        rotation_deg: 15.0,
        crop: 0.35,
        stretch: 0.2,
        shift: 0.05,
        window: 0.3,
        noise: 0.04,
    };

    pub(crate) fn check(&self) -> Result<(), LearnError> {
        let amounts = [
            ("rotation_deg", self.rotation_deg, 180.0, "it must be from 0 to 180"),
            ("crop", self.crop, 0.9, "it must be from 0 to 0.9"),
            ("stretch", self.stretch, 1.0, "it must be from 0 to 1"),
            ("shift", self.shift, 0.5, "it must be from 0 to 0.5"),
            ("window", self.window, 0.9, "it must be from 0 to 0.9"),
            ("noise", self.noise, 0.5, "it must be from 0 to 0.5"),
        ];
        for (setting, value, most, want) in amounts {
            if !(0.0..=most).contains(&value) {
                return Err(LearnError::Setting { setting, found: value.to_string(), want });
            }
        }
        Ok(())
    }

    /// The picture's values from 0 to 1 (noise may leave that range), varied, into `out` in the order `[row, col,
    /// channel]`.
    pub(crate) fn apply(&self, picture: &Picture, random: &mut Random, out: &mut [f32]) {
        if *self == Self::NONE {
            return unvaried(picture, out);
        }
        let view = self.view(picture.size_px(), random);
        let contrast = 1.0 + random.between(-self.window, self.window);
        let brightness = random.between(-self.window, self.window) / 2.0;
        let deviation = random.between(0.0, 1.0) * self.noise;
        let [rows, cols] = picture.size_px();
        let channels = picture.channels();
        for channel in 0..channels {
            let values = picture.channel(channel);
            for row in 0..rows {
                for col in 0..cols {
                    let [y, x] = view.place(row as f32, col as f32);
                    let seen = bilinear(values, rows, cols, y, x);
                    let value = (seen - 0.5) * contrast as f32 + 0.5 + brightness as f32;
                    out[(row * cols + col) * channels + channel] = value.clamp(0.0, 1.0);
                }
            }
        }
        if deviation > 0.0 {
            for value in out {
                *value += (random.normal() * deviation) as f32;
            }
        }
    }

    /// Draws which part of the picture is seen, and how.
    fn view(&self, [rows, cols]: [usize; 2], random: &mut Random) -> View {
        let mirror = self.mirror && random.below(2) == 1;
        let angle = random.between(-self.rotation_deg, self.rotation_deg).to_radians();
        let side = random.between(1.0 - self.crop, 1.0 + self.crop / 2.0);
        let stretch = libm::exp(random.between(-1.0, 1.0) * libm::log(1.0 + self.stretch) / 2.0);
        // A cut-out may lie anywhere in the picture.
        let free = (1.0 - side).max(0.0) / 2.0 + self.shift;
        let centre = [rows, cols].map(|n| (n as f64 - 1.0) / 2.0 + random.between(-free, free) * n as f64);
        let (sin, cos) = (libm::sin(angle), libm::cos(angle));
        let (down, across) = (side * stretch, if mirror { -side } else { side } / stretch);
        let matrix = [[cos * down, -sin * across], [sin * down, cos * across]].map(|r| r.map(|v| v as f32));
        let middle = [(rows as f32 - 1.0) / 2.0, (cols as f32 - 1.0) / 2.0];
        View { matrix, centre: centre.map(|c| c as f32), middle }
    }
}

/// Where in the picture a pixel of the varied picture comes from.
struct View {
    matrix: [[f32; 2]; 2],
    centre: [f32; 2],
    middle: [f32; 2],
}

impl View {
    fn place(&self, row: f32, col: f32) -> [f32; 2] {
        let (dy, dx) = (row - self.middle[0], col - self.middle[1]);
        [0, 1].map(|axis| self.centre[axis] + self.matrix[axis][0] * dy + self.matrix[axis][1] * dx)
    }
}

/// The values as they are, `[row, col, channel]`.
pub(crate) fn unvaried(picture: &Picture, out: &mut [f32]) {
    let channels = picture.channels();
    for channel in 0..channels {
        for (at, &value) in picture.channel(channel).iter().enumerate() {
            out[at * channels + channel] = Picture::as_unit(value);
        }
    }
}

/// The value at a place between pixel centres; pixels outside count as 0.
fn bilinear(values: &[u16], rows: usize, cols: usize, y: f32, x: f32) -> f32 {
    let (top, left) = (y.floor(), x.floor());
    let (down, right) = (y - top, x - left);
    let (top, left) = (top as i64, left as i64);
    let at = |row: i64, col: i64| match (usize::try_from(row), usize::try_from(col)) {
        (Ok(row), Ok(col)) if row < rows && col < cols => Picture::as_unit(values[row * cols + col]),
        _ => 0.0,
    };
    let upper = at(top, left) * (1.0 - right) + at(top, left + 1) * right;
    let lower = at(top + 1, left) * (1.0 - right) + at(top + 1, left + 1) * right;
    upper * (1.0 - down) + lower * down
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> Picture {
        Picture::new(1, 3, 4, (0..12).map(|v| v * 5000).collect()).unwrap()
    }

    fn varied(augmentation: &Augmentation, seed: u64) -> Vec<f32> {
        let mut out = vec![0.0; 12];
        augmentation.apply(&picture(), &mut Random::new(seed), &mut out);
        out
    }

    #[test]
    fn nothing_asked_for_changes_nothing() {
        let mut plain = vec![0.0; 12];
        unvaried(&picture(), &mut plain);
        assert_eq!(varied(&Augmentation::NONE, 3), plain);
        assert!((plain[11] - 55_000.0 / 65_535.0).abs() < 1e-7);
    }

    #[test]
    fn a_mirrored_picture_has_its_columns_turned_round() {
        let mirror = Augmentation { mirror: true, ..Augmentation::NONE };
        let plain = varied(&Augmentation::NONE, 0);
        let turned: Vec<f32> = plain.chunks(4).flat_map(|row| row.iter().rev().copied()).collect();
        let mut seen = [0, 0];
        for seed in 0..40 {
            let out = varied(&mirror, seed);
            let near = |a: &[f32]| a.iter().zip(&out).all(|(a, b)| (a - b).abs() < 1e-6);
            assert!(near(&plain) || near(&turned), "{out:?}");
            seen[usize::from(near(&turned))] += 1;
        }
        assert!(seen[0] > 8 && seen[1] > 8, "{seen:?}");
    }

    #[test]
    fn a_quarter_turn_brings_columns_to_rows() {
        let square = Picture::new(1, 3, 3, (0..9).map(|v| v * 7000).collect()).unwrap();
        let view = View { matrix: [[0.0, -1.0], [1.0, 0.0]], centre: [1.0, 1.0], middle: [1.0, 1.0] };
        let [y, x] = view.place(0.0, 0.0);
        assert_eq!([y, x], [2.0, 0.0]);
        assert!((bilinear(square.values(), 3, 3, y, x) - 42_000.0 / 65_535.0).abs() < 1e-6);
        assert_eq!(bilinear(square.values(), 3, 3, -1.0, 0.0), 0.0);
        assert!((bilinear(square.values(), 3, 3, 0.0, 0.5) - 3_500.0 / 65_535.0).abs() < 1e-6);
    }

    #[test]
    fn every_amount_moves_something_and_a_seed_decides_it() {
        let none = Augmentation::NONE;
        let each = [
            Augmentation { rotation_deg: 20.0, ..none },
            Augmentation { crop: 0.4, ..none },
            Augmentation { stretch: 0.5, ..none },
            Augmentation { shift: 0.2, ..none },
            Augmentation { window: 0.3, ..none },
            Augmentation { noise: 0.1, ..none },
        ];
        for augmentation in each {
            assert_ne!(varied(&augmentation, 1), varied(&none, 1), "{augmentation:?}");
            assert_eq!(varied(&augmentation, 1), varied(&augmentation, 1));
            assert_ne!(varied(&augmentation, 1), varied(&augmentation, 2));
        }
    }
}
