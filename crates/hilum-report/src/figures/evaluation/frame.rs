//! A square from 0 to 1 on both axes.

use crate::figures::{paper, svg::Svg};

const SIDE: f64 = 420.0;
const LEFT: f64 = 62.0;
const TOP: f64 = 34.0;
/// Height of a line of the key.
const LINE: f64 = 22.0;

/// The square in the making.
pub(super) struct Frame {
    pub(super) svg: Svg,
    keys: usize,
    words: Vec<String>,
}

impl Frame {
    /// Draws grid, axes and their names.
    pub(super) fn new(title: &str, below: &str, beside: &str) -> Self {
        let mut frame = Self { svg: Svg::new(), keys: 0, words: vec![title.to_owned()] };
        frame.svg.text("name", LEFT, 14.0, title);
        for fifth in 0..=5 {
            let value = f64::from(fifth) / 5.0;
            let (x, y) = (frame.x(value), frame.y(value));
            frame.svg.line("grid", x, TOP, x, TOP + SIDE);
            frame.svg.line("grid", LEFT, y, LEFT + SIDE, y);
            frame.svg.text("tick middle", x, TOP + SIDE + 18.0, &format!("{value:.1}"));
            frame.svg.text("tick end", LEFT - 8.0, y + 4.5, &format!("{value:.1}"));
        }
        frame.svg.line("axis", LEFT, TOP + SIDE, LEFT + SIDE, TOP + SIDE);
        frame.svg.line("axis", LEFT, TOP, LEFT, TOP + SIDE);
        frame.svg.text("unit middle", LEFT + SIDE / 2.0, TOP + SIDE + 42.0, below);
        frame.svg.text_up("unit middle", 14.0, TOP + SIDE / 2.0, beside);
        frame
    }

    pub(super) fn x(&self, value: f64) -> f64 {
        LEFT + value * SIDE
    }

    pub(super) fn y(&self, value: f64) -> f64 {
        TOP + (1.0 - value) * SIDE
    }

    /// A line or an area through points of the square.
    pub(super) fn path(&mut self, class: &str, points: &[(f64, f64)]) {
        let placed: Vec<(f64, f64)> = points.iter().map(|&(x, y)| (self.x(x), self.y(y))).collect();
        self.svg.path(class, &placed);
    }

    /// A line of the key below the square: a stroke of this class, and what it means.
    pub(super) fn key(&mut self, class: &str, words: &str) {
        self.keys += 1;
        let y = TOP + SIDE + 46.0 + self.keys as f64 * LINE;
        self.svg.path(class, &[(LEFT, y - 4.5), (LEFT + 26.0, y - 4.5)]);
        self.svg.text("note", LEFT + 36.0, y, words);
        self.words.push(words.to_owned());
    }

    /// A line of the key with a dot.
    pub(super) fn dot_key(&mut self, class: &str, words: &str) {
        self.keys += 1;
        let y = TOP + SIDE + 46.0 + self.keys as f64 * LINE;
        self.svg.circle(class, LEFT + 13.0, y - 4.5, 5.0);
        self.svg.text("note", LEFT + 36.0, y, words);
        self.words.push(words.to_owned());
    }

    /// The document.
    pub(super) fn finish(self) -> String {
        let height = TOP + SIDE + 54.0 + self.keys as f64 * LINE;
        paper::document(self.svg, LEFT + SIDE + 14.0, height, &self.words.join("; "))
    }
}
