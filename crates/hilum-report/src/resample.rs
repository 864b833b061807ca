//! Cropping and shrinking of one-channel pictures by area average.

/// A rectangle of pixels: columns `x0..x1`, rows `y0..y1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rect {
    pub(crate) x0: usize,
    pub(crate) y0: usize,
    pub(crate) x1: usize,
    pub(crate) y1: usize,
}

impl Rect {
    pub(crate) fn width(self) -> usize {
        self.x1 - self.x0
    }

    pub(crate) fn height(self) -> usize {
        self.y1 - self.y0
    }

    /// Grows the rectangle to the aspect `wide : high` about its centre, as far as a picture of the given size allows.
    pub(crate) fn grown_to_aspect(self, wide: usize, high: usize, width: usize, height: usize) -> Self {
        let target_width = (self.height() * wide).div_ceil(high).clamp(self.width(), width);
        let target_height = (self.width() * high).div_ceil(wide).clamp(self.height(), height);
        let (x0, x1) = grown(self.x0, self.x1, target_width, width);
        let (y0, y1) = grown(self.y0, self.y1, target_height, height);
        Self { x0, y0, x1, y1 }
    }

    /// The size of this rectangle when its longer side is at most `edge`; never larger than it is.
    pub(crate) fn shrunk_size(self, edge: usize) -> (usize, usize) {
        let longer = self.width().max(self.height());
        if longer <= edge {
            return (self.width(), self.height());
        }
        let shrink = |side: usize| ((side * edge + longer / 2) / longer).max(1);
        (shrink(self.width()), shrink(self.height()))
    }
}

/// Grows `from..to` to `length` about its centre, shifted to stay inside `0..limit`.
fn grown(from: usize, to: usize, length: usize, limit: usize) -> (usize, usize) {
    let start = from.saturating_sub((length - (to - from)) / 2).min(limit - length);
    (start, start + length)
}

/// Shrinks part of a row-major picture of the given width to `(width, height)`; each new pixel is the mean of the area that
/// it covers, where pixels that it covers in part count in part.
pub(crate) fn area_average(
    picture: &[f32],
    picture_width: usize,
    part: Rect,
    size: (usize, usize),
) -> Vec<f32> {
    let columns = shares(part.width(), size.0);
    let rows = shares(part.height(), size.1);
    // First along rows, then down columns: the mean over a rectangle is separable.
    let narrow: Vec<f32> = (part.y0..part.y1)
        .flat_map(|y| {
            let row = &picture[y * picture_width + part.x0..y * picture_width + part.x1];
            columns.iter().map(move |share| share.of(|x| row[x]))
        })
        .collect();
    rows.iter()
        .flat_map(|share| {
            let narrow = &narrow;
            (0..size.0).map(move |x| share.of(|y| narrow[y * size.0 + x]))
        })
        .collect()
}

/// How much each old pixel, from `first` on, gives to one new pixel; the weights add up to 1.
struct Share {
    first: usize,
    weights: Vec<f32>,
}

impl Share {
    fn of(&self, old: impl Fn(usize) -> f32) -> f32 {
        self.weights.iter().enumerate().map(|(i, weight)| weight * old(self.first + i)).sum()
    }
}

fn shares(old: usize, new: usize) -> Vec<Share> {
    let scale = old as f64 / new as f64;
    let share = |i: usize| {
        let (from, to) = (i as f64 * scale, (i + 1) as f64 * scale);
        let first = from.floor() as usize;
        let end = (to.ceil() as usize).clamp(first + 1, old);
        let covered = |x: usize| ((x + 1) as f64).min(to) - (x as f64).max(from);
        Share { first, weights: (first..end).map(|x| (covered(x) / scale) as f32).collect() }
    };
    (0..new).map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_new_pixel_is_the_mean_of_what_it_covers() {
        // 3 columns to 2: the middle column is shared by halves. (1 + 2/2) / 1.5 and (2/2 + 6) / 1.5.
        let all = Rect { x0: 0, y0: 0, x1: 3, y1: 1 };
        let out = area_average(&[1.0, 2.0, 6.0], 3, all, (2, 1));
        assert!((out[0] - 4.0 / 3.0).abs() < 1e-6 && (out[1] - 14.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn the_same_size_is_the_same_picture_and_a_part_is_cut_out() {
        let picture: Vec<f32> = (0..12).map(|v| v as f32).collect();
        let part = Rect { x0: 1, y0: 1, x1: 3, y1: 3 };
        assert_eq!(area_average(&picture, 4, part, (2, 2)), [5.0, 6.0, 9.0, 10.0]);
        assert_eq!(area_average(&picture, 4, part, (1, 1)), [7.5]);
    }

    #[test]
    fn a_rectangle_grows_to_its_aspect_and_stays_inside() {
        let wide = Rect { x0: 10, y0: 40, x1: 90, y1: 60 };
        assert_eq!(wide.grown_to_aspect(4, 3, 100, 100), Rect { x0: 10, y0: 20, x1: 90, y1: 80 });
        let low = Rect { x0: 0, y0: 90, x1: 80, y1: 100 };
        assert_eq!(low.grown_to_aspect(4, 3, 100, 100), Rect { x0: 0, y0: 40, x1: 80, y1: 100 });
        let tall = Rect { x0: 40, y0: 0, x1: 60, y1: 100 };
        assert_eq!(tall.grown_to_aspect(4, 3, 100, 100), Rect { x0: 0, y0: 0, x1: 100, y1: 100 });
    }

    #[test]
    fn pictures_shrink_but_never_grow() {
        let part = Rect { x0: 0, y0: 0, x1: 400, y1: 300 };
        assert_eq!(part.shrunk_size(360), (360, 270));
        assert_eq!(part.shrunk_size(512), (400, 300));
        assert_eq!(Rect { x0: 0, y0: 0, x1: 900, y1: 1 }.shrunk_size(100), (100, 1));
    }
}
