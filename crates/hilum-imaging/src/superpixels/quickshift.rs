//! Quick shift (Vedaldi and Soatto 2008, doi:10.1007/978-3-540-88693-8_52), with the labels of
//! `skimage.segmentation.quickshift`.
//!
//! Every pixel climbs to the nearest pixel of higher density; the tops that are reached are the pieces. Density and
//! distance are measured in Lab and pixels together. Three things make it quick without changing a label: the distance
//! of two greys comes from a table of all 256 x 256, the Gaussian of a sum of squares is a product of Gaussians, and the
//! search for the nearest goes outwards and ends when no pixel further out can be nearer.

use super::{Pieces, lab::lab_of_grey, normal::NumpyNormal};
use crate::grey::Grey;

/// Size of the noise that breaks ties between densities.
const TIE_NOISE: f64 = 1e-5;

/// Settings of quick shift.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quickshift {
    /// Standard deviation of the Gaussian of the density, in pixels and in scaled Lab units; the window reaches three of
    /// them.
    pub kernel_size: f64,
    /// A pixel further away than this from all denser ones is a top of its own.
    pub max_dist: f64,
    /// What Lab is multiplied with: larger follows colour more than place.
    pub ratio: f64,
    /// Seed of the noise that breaks ties.
    pub seed: u32,
}

impl Default for Quickshift {
    /// What LIME uses for images: kernel 4, distance 200, ratio 0.2; scikit-image's seed 42.
    fn default() -> Self {
        Self { kernel_size: 4.0, max_dist: 200.0, ratio: 0.2, seed: 42 }
    }
}

/// A setting that no picture can be cut with.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{setting} is {found}, but must be {must_be}")]
pub struct SuperpixelError {
    /// The setting's name.
    pub setting: &'static str,
    /// What was found.
    pub found: f64,
    /// What it may be.
    pub must_be: &'static str,
}

impl Quickshift {
    /// Cuts a picture into pieces, numbered in raster order of their tops.
    ///
    /// # Errors
    /// [`SuperpixelError`] for a kernel below 1 px or above 100 px, or another setting that is not a number of 0 or more.
    pub fn cut(&self, picture: Grey<'_>) -> Result<Pieces, SuperpixelError> {
        let refused = |setting, found, must_be| Err(SuperpixelError { setting, found, must_be });
        if !(1.0..=100.0).contains(&self.kernel_size) {
            return refused("quick shift: the kernel size", self.kernel_size, "from 1 to 100 pixels");
        }
        for (setting, found) in
            [("quick shift: the largest distance", self.max_dist), ("quick shift: the ratio", self.ratio)]
        {
            if !(found >= 0.0 && found.is_finite()) {
                return refused(setting, found, "a number of 0 or more");
            }
        }
        let search = Search::new(self, picture);
        let density = search.densities(self);
        let tops = tops(search.parents(&density, self.max_dist));
        Ok(Pieces::numbered(picture.rows(), picture.cols(), &tops))
    }
}

/// The picture, and what two of its greys are apart.
struct Search<'a> {
    picture: Grey<'a>,
    /// Squared distance of two greys in scaled Lab, `[256, 256]`.
    apart: Vec<f64>,
    reach: usize,
}

impl<'a> Search<'a> {
    fn new(settings: &Quickshift, picture: Grey<'a>) -> Self {
        let lab: Vec<[f64; 3]> =
            (0..=255).map(|level| lab_of_grey(level).map(|part| part * settings.ratio)).collect();
        let apart = |a: &[f64; 3], b: &[f64; 3]| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
        Self {
            picture,
            apart: lab.iter().flat_map(|a| lab.iter().map(move |b| apart(a, b))).collect(),
            reach: (3.0 * settings.kernel_size).ceil() as usize,
        }
    }

    /// Sum of the Gaussian over the window of every pixel, and the noise.
    fn densities(&self, settings: &Quickshift) -> Vec<f64> {
        let (rows, cols) = (self.picture.rows(), self.picture.cols());
        let pixels = self.picture.pixels();
        let scale = -0.5 / (settings.kernel_size * settings.kernel_size);
        let likeness: Vec<f64> = self.apart.iter().map(|apart| libm::exp(apart * scale)).collect();
        let nearness: Vec<f64> = (0..=2 * self.reach)
            .map(|i| i.abs_diff(self.reach))
            .map(|d| libm::exp((d * d) as f64 * scale))
            .collect();
        let mut noise = NumpyNormal::new(settings.seed);
        let mut densities = Vec::with_capacity(pixels.len());
        for row in 0..rows {
            let above = row.saturating_sub(self.reach)..(row + self.reach + 1).min(rows);
            for col in 0..cols {
                let left = col.saturating_sub(self.reach);
                let right = (col + self.reach + 1).min(cols);
                let across = &nearness[left + self.reach - col..];
                let level = usize::from(pixels[row * cols + col]);
                let like: &[f64; 256] = likeness[level * 256..].first_chunk().unwrap_or(&[0.0; 256]);
                let mut density = 0.0;
                for other in above.clone() {
                    let run = &pixels[other * cols + left..other * cols + right];
                    density += nearness[other + self.reach - row] * sum_of_products(run, like, across);
                }
                densities.push(density + TIE_NOISE * noise.draw());
            }
        }
        densities
    }

    /// The nearest denser pixel in the window of every pixel; itself where there is none within `max_dist`. Of equally near
    /// ones the first in raster order.
    fn parents(&self, density: &[f64], max_dist: f64) -> Vec<u32> {
        let (rows, cols) = (self.picture.rows(), self.picture.cols());
        let steps = self.steps_outwards();
        let mut parents = Vec::with_capacity(density.len());
        for row in 0..rows {
            for col in 0..cols {
                let nearest = self.nearest_denser(density, &steps, [row, col]);
                let own = row * cols + col;
                let parent =
                    nearest.filter(|&(apart, _)| apart.sqrt() <= max_dist).map_or(own, |(_, index)| index);
                parents.push(parent as u32);
            }
        }
        parents
    }

    fn nearest_denser(
        &self,
        density: &[f64],
        steps: &[Step],
        [row, col]: [usize; 2],
    ) -> Option<(f64, usize)> {
        let (rows, cols) = (self.picture.rows(), self.picture.cols());
        let pixels = self.picture.pixels();
        let own = row * cols + col;
        let apart = &self.apart[usize::from(pixels[own]) * 256..][..256];
        let mut nearest: Option<(f64, usize)> = None;
        for step in steps {
            if nearest.is_some_and(|(found, _)| step.squared > found) {
                break;
            }
            let (Some(r), Some(c)) = (row.checked_add_signed(step.down), col.checked_add_signed(step.right))
            else {
                continue;
            };
            if r >= rows || c >= cols {
                continue;
            }
            let index = r * cols + c;
            if density[index] > density[own] {
                // The order of the additions decides what counts as equally near.
                let squared = apart[usize::from(pixels[index])] + step.down_squared + step.right_squared;
                if nearest.is_none_or(|found| (squared, index) < found) {
                    nearest = Some((squared, index));
                }
            }
        }
        nearest
    }

    /// All steps to other pixels of the window, the shortest first.
    fn steps_outwards(&self) -> Vec<Step> {
        let reach = self.reach as isize;
        let mut steps: Vec<Step> = (-reach..=reach)
            .flat_map(|down| (-reach..=reach).map(move |right| (down, right)))
            .filter(|&step| step != (0, 0))
            .map(|(down, right)| {
                let (down_squared, right_squared) = ((down * down) as f64, (right * right) as f64);
                Step { down, right, down_squared, right_squared, squared: down_squared + right_squared }
            })
            .collect();
        steps.sort_by(|a, b| a.squared.total_cmp(&b.squared));
        steps
    }
}

/// From a pixel to another one.
struct Step {
    down: isize,
    right: isize,
    down_squared: f64,
    right_squared: f64,
    squared: f64,
}

/// Likeness of every pixel of a run times its nearness, added up in four lanes.
#[inline]
fn sum_of_products(run: &[u8], like: &[f64; 256], nearness: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let nearness = &nearness[..run.len()];
    let (fours, rest) = run.as_chunks::<4>();
    let (near_fours, near_rest) = nearness.as_chunks::<4>();
    for (levels, near) in fours.iter().zip(near_fours) {
        for lane in 0..4 {
            lanes[lane] += like[usize::from(levels[lane])] * near[lane];
        }
    }
    let rest: f64 = rest.iter().zip(near_rest).map(|(&level, near)| like[usize::from(level)] * near).sum();
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + rest
}

/// Where every pixel ends when it goes from parent to parent. Density rises at every step: there is no circle.
fn tops(mut parents: Vec<u32>) -> Vec<u32> {
    for pixel in 0..parents.len() {
        let mut top = parents[pixel];
        while parents[top as usize] != top {
            top = parents[top as usize];
        }
        let mut below = pixel;
        while parents[below] != top {
            below = std::mem::replace(&mut parents[below], top) as usize;
        }
    }
    parents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_halves_of_two_greys_are_never_mixed() {
        let pixels: Vec<u8> = (0..40 * 40).map(|i| if i % 40 < 20 { 20 } else { 220 }).collect();
        let settings = Quickshift { max_dist: 30.0, ratio: 1.0, ..Quickshift::default() };
        let pieces = settings.cut(Grey::new(40, 40, &pixels).unwrap()).unwrap();
        let side = |left: bool| -> std::collections::BTreeSet<u32> {
            (0..1600).filter(|i| (i % 40 < 20) == left).map(|i| pieces.labels()[i]).collect()
        };
        assert!(side(true).is_disjoint(&side(false)));
        assert_eq!(side(true).len() + side(false).len(), pieces.count());
    }

    #[test]
    fn one_pixel_is_one_piece() {
        let pieces = Quickshift::default().cut(Grey::new(1, 1, &[7]).unwrap()).unwrap();
        assert_eq!((pieces.labels(), pieces.count()), (&[0][..], 1));
        assert_eq!(Quickshift::default().cut(Grey::new(0, 0, &[]).unwrap()).unwrap().count(), 0);
    }

    #[test]
    fn settings_out_of_range_are_named() {
        let picture = Grey::new(1, 1, &[7]).unwrap();
        for (settings, name) in [
            (Quickshift { kernel_size: 0.5, ..Quickshift::default() }, "kernel"),
            (Quickshift { max_dist: f64::NAN, ..Quickshift::default() }, "distance"),
            (Quickshift { ratio: -1.0, ..Quickshift::default() }, "ratio"),
        ] {
            assert!(settings.cut(picture).unwrap_err().to_string().contains(name));
        }
    }
}
