//! The part of a picture that becomes an input, and how it gets the input's shape.

use hilum_core::Mask;

/// How a part of another shape gets the shape of the input: a square where that is one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// Both axes get the same number of pixels: shapes change, nothing is added and nothing lost.
    #[default]
    Stretch,
    /// The shorter axis is taken wider, black where the picture ends: shapes stay, and the border tells how wide the
    /// picture was.
    Pad,
    /// The longer axis is cut, both ends alike: shapes stay, the ends are lost.
    Crop,
}

/// Rows and columns of a picture, the first and the one past the last; they may reach beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    rows: [i64; 2],
    cols: [i64; 2],
}

impl Frame {
    pub(super) fn whole([rows, cols]: [usize; 2]) -> Self {
        Self { rows: [0, rows as i64], cols: [0, cols as i64] }
    }

    /// The box around a mask that is not empty.
    pub(super) fn around(mask: &Mask) -> Self {
        let view = mask.view();
        let rows = (0..view.rows()).filter(|&r| view.columns(r).next().is_some());
        let cols = (0..view.rows()).flat_map(|r| view.columns(r));
        Self { rows: extent(rows), cols: extent(cols) }
    }

    /// A twentieth of its length wider on each side, as far as a picture of `[rows, cols]` pixels goes.
    pub(super) fn widened(self, [rows, cols]: [usize; 2]) -> Self {
        let wider = |[first, end]: [i64; 2], len: usize| {
            let margin = (end - first) / 20;
            [(first - margin).max(0), (end + margin).min(len as i64)]
        };
        Self { rows: wider(self.rows, rows), cols: wider(self.cols, cols) }
    }

    /// For each row and each column of a picture of `[rows, cols]` pixels the row or column that shows its centre when
    /// the frame becomes an input of `to` rows and columns.
    pub(super) fn places(self, [rows, cols]: [usize; 2], to: [usize; 2]) -> [Vec<Option<usize>>; 2] {
        let along = |[first, end]: [i64; 2], len: usize, to: usize| {
            let place = |n: i64| {
                // Centres: (n - first + 1/2) of (end - first) become as many of `to`.
                let shown = (first..end).contains(&n);
                shown.then(|| (((2 * (n - first) + 1) * to as i64) / (2 * (end - first))) as usize)
            };
            (0..len as i64).map(place).collect()
        };
        [along(self.rows, rows, to[0]), along(self.cols, cols, to[1])]
    }

    pub(super) fn size_px(self) -> [usize; 2] {
        [self.rows, self.cols].map(|[first, end]| (end - first).max(0) as usize)
    }

    /// The pixels of `plane`, a picture of `[rows, cols]` pixels, within the frame; black beyond the picture.
    pub(super) fn cut(self, plane: &[u16], [rows, cols]: [usize; 2]) -> Vec<u16> {
        let inside = |n: i64, len: usize| usize::try_from(n).ok().filter(|n| *n < len);
        (self.rows[0]..self.rows[1])
            .flat_map(|r| {
                let row = inside(r, rows);
                (self.cols[0]..self.cols[1])
                    .map(move |c| row.zip(inside(c, cols)).map_or(0, |(r, c)| plane[r * cols + c]))
            })
            .collect()
    }
}

/// The whole number nearest to a ratio; a half goes up.
fn nearest(above: usize, below: usize) -> usize {
    (above + below / 2) / below
}

fn extent(places: impl Iterator<Item = usize>) -> [i64; 2] {
    let (first, last) = places.fold((usize::MAX, 0), |(first, last), n| (first.min(n), last.max(n)));
    [first as i64, last as i64 + 1]
}

impl Fit {
    /// The frame that has the shape of an input of `to` rows and columns, or is stretched to it.
    pub(super) fn shaped(self, frame: Frame, to: [usize; 2]) -> Frame {
        let [rows, cols] = frame.size_px();
        // As many rows as these columns have in the input's shape, and the other way round.
        let (by_cols, by_rows) = (nearest(cols * to[0], to[1]), nearest(rows * to[1], to[0]));
        let [rows, cols] = match self {
            Self::Stretch => return frame,
            Self::Pad => [rows.max(by_cols), cols.max(by_rows)],
            Self::Crop => [rows.min(by_cols), cols.min(by_rows)],
        };
        let centred = |[first, end]: [i64; 2], length: usize| {
            let length = length.max(1) as i64;
            let start = first + (end - first - length).div_euclid(2);
            [start, start + length]
        };
        Frame { rows: centred(frame.rows, rows), cols: centred(frame.cols, cols) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLANE: [u16; 6] = [1, 2, 3, 4, 5, 6];

    #[test]
    fn parts_become_squares() {
        let whole = Frame::whole([2, 3]);
        let square = |fit: Fit| fit.shaped(whole, [8, 8]).cut(&PLANE, [2, 3]);
        assert_eq!(square(Fit::Stretch), PLANE);
        assert_eq!(square(Fit::Pad), [0, 0, 0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(square(Fit::Crop), [1, 2, 4, 5]);
    }

    #[test]
    fn parts_get_the_shape_of_an_input_that_is_no_square() {
        let whole = Frame::whole([2, 3]);
        let tall = |fit: Fit| fit.shaped(whole, [8, 4]).size_px();
        assert_eq!((tall(Fit::Pad), tall(Fit::Crop)), ([6, 3], [2, 1]));
        let wide = |fit: Fit| fit.shaped(whole, [8, 24]).cut(&PLANE, [2, 3]);
        assert_eq!(wide(Fit::Crop), [1, 2, 3]);
        assert_eq!(wide(Fit::Pad), [0, 0, 1, 2, 3, 0, 0, 0, 4, 5, 6, 0]);
    }

    #[test]
    fn the_box_around_a_mask_is_widened_by_a_twentieth() {
        let mask = Mask::from_fn(60, 80, |r, c| (10..50).contains(&r) && (5..65).contains(&c));
        let frame = Frame::around(&mask);
        assert_eq!(frame, Frame { rows: [10, 50], cols: [5, 65] });
        assert_eq!(frame.widened([60, 80]), Frame { rows: [8, 52], cols: [2, 68] });
        assert_eq!(frame.widened([51, 67]), Frame { rows: [8, 51], cols: [2, 67] });
    }
}
