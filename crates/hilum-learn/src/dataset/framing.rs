//! The part of a picture that becomes an input, and how it becomes a square.

use hilum_core::Mask;

/// How a part of another shape becomes a square.
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

    /// For each row and each column of a picture of `[rows, cols]` pixels the row or column of `side_px` that shows its
    /// centre when the frame becomes a square of that side.
    pub(super) fn places(self, [rows, cols]: [usize; 2], side_px: usize) -> [Vec<Option<usize>>; 2] {
        let along = |[first, end]: [i64; 2], len: usize| {
            let place = |n: i64| {
                // Centres: (n - first + 1/2) of (end - first) become as many of side_px.
                let shown = (first..end).contains(&n);
                shown.then(|| (((2 * (n - first) + 1) * side_px as i64) / (2 * (end - first))) as usize)
            };
            (0..len as i64).map(place).collect()
        };
        [along(self.rows, rows), along(self.cols, cols)]
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

fn extent(places: impl Iterator<Item = usize>) -> [i64; 2] {
    let (first, last) = places.fold((usize::MAX, 0), |(first, last), n| (first.min(n), last.max(n)));
    [first as i64, last as i64 + 1]
}

impl Fit {
    pub(super) fn square(self, frame: Frame) -> Frame {
        let [rows, cols] = frame.size_px().map(|n| n as i64);
        let side = match self {
            Self::Stretch => return frame,
            Self::Pad => rows.max(cols),
            Self::Crop => rows.min(cols),
        };
        let centred = |[first, end]: [i64; 2]| {
            let start = first + (end - first - side).div_euclid(2);
            [start, start + side]
        };
        Frame { rows: centred(frame.rows), cols: centred(frame.cols) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLANE: [u16; 6] = [1, 2, 3, 4, 5, 6];

    #[test]
    fn parts_become_squares() {
        let whole = Frame::whole([2, 3]);
        assert_eq!(Fit::Stretch.square(whole).cut(&PLANE, [2, 3]), PLANE);
        assert_eq!(Fit::Pad.square(whole).cut(&PLANE, [2, 3]), [0, 0, 0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(Fit::Crop.square(whole).cut(&PLANE, [2, 3]), [1, 2, 4, 5]);
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
