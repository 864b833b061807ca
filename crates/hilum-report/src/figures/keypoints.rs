//! Keypoints of two pictures, and the lines between those that match.

use super::{
    paper,
    plate::{Drawing, tile::encoded},
    svg::Svg,
};
use crate::ReportError;

/// A keypoint to be drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// Column, px of the picture; 0 is the middle of the first.
    pub x_px: f64,
    /// Row, px of the picture.
    pub y_px: f64,
    /// Its scale.
    pub radius_px: f64,
    /// Its direction, clockwise on the picture from the row's.
    pub angle_degrees: f64,
}

/// A grey picture with its keypoints.
#[derive(Debug, Clone)]
pub struct MatchPicture<'a> {
    /// Name to show.
    pub name: &'a str,
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// One byte a pixel, row-major.
    pub grey: &'a [u8],
    /// Its keypoints.
    pub keypoints: Vec<Spot>,
}

/// The figure of two pictures: above, the keypoints of each as circles with their scale and direction; below, both side by
/// side with lines between matches.
#[derive(Debug, Clone)]
pub struct MatchFigure<'a> {
    /// The pictures.
    pub pictures: [MatchPicture<'a>; 2],
    /// Matches to draw: an index into the first picture's keypoints and one into the second's.
    pub lines: Vec<[usize; 2]>,
    /// All matches, drawn or not.
    pub matches: usize,
}

/// Width of the drawing in its units, and the gap between the pictures above.
const WIDTH: f64 = 720.0;
const GAP: f64 = 12.0;
/// Room above a picture for its name.
const HEAD: f64 = 22.0;

impl MatchFigure<'_> {
    /// Draws the figure, 180 mm wide, on white.
    ///
    /// # Errors
    /// [`ReportError::PanelSize`] if a picture is empty or its bytes do not fit its size.
    pub fn draw(&self) -> Result<Drawing, ReportError> {
        let mut pngs = Vec::with_capacity(2);
        for picture in &self.pictures {
            let (width, height) = (picture.width, picture.height);
            if picture.grey.len() != width * height || picture.grey.is_empty() {
                return Err(ReportError::PanelSize { panel: picture.name.to_owned(), width, height });
            }
            let png = encoded(picture.grey, [width, height], png::ColorType::Grayscale);
            pngs.push(png.map_err(|source| ReportError::FigurePng { source })?);
        }
        let mut svg = Svg::new();
        let half = (WIDTH - GAP) / 2.0;
        let mut below: f64 = 0.0;
        for (n, (picture, png)) in self.pictures.iter().zip(&pngs).enumerate() {
            let (left, scale) = (n as f64 * (half + GAP), half / picture.width as f64);
            let height = picture.height as f64 * scale;
            let count = picture.keypoints.len();
            svg.text("name", left, 14.0, &short(picture.name));
            svg.text("note end", left + half, 14.0, &format!("{count} keypoints"));
            svg.image((left, HEAD), (half, height), png);
            for spot in &picture.keypoints {
                draw_spot(&mut svg, spot, (left, HEAD), scale);
            }
            below = below.max(HEAD + height);
        }
        let (top, bottom) = self.draw_lines(&mut svg, &pngs, below + 34.0);
        let drawn = self.lines.len();
        let said = match (self.matches, drawn) {
            (0, _) => "No keypoints match".to_owned(),
            (all, drawn) if drawn < all => format!("The {drawn} nearest of {all} matches"),
            (all, _) => format!("{all} matches"),
        };
        svg.text("name", 0.0, top - 8.0, &said);
        let label =
            format!("SIFT keypoints of {} and {}: {said}", self.pictures[0].name, self.pictures[1].name);
        Ok(Drawing { svg: paper::document(svg, WIDTH, bottom, &label), width_px: 2126 })
    }

    /// Both pictures at one scale side by side, from `top` on, and the lines; returns top and bottom.
    fn draw_lines(&self, svg: &mut Svg, pngs: &[Vec<u8>], top: f64) -> (f64, f64) {
        let [a, b] = &self.pictures;
        let scale = WIDTH / (a.width + b.width) as f64;
        let lefts = [0.0, a.width as f64 * scale];
        for ((picture, png), left) in self.pictures.iter().zip(pngs).zip(lefts) {
            svg.image((left, top), (picture.width as f64 * scale, picture.height as f64 * scale), png);
        }
        for (n, pair) in self.lines.iter().enumerate() {
            let ends: Vec<(f64, f64)> = (0..2)
                .filter_map(|side| {
                    let spot = self.pictures[side].keypoints.get(pair[side])?;
                    Some((lefts[side] + (spot.x_px + 0.5) * scale, top + (spot.y_px + 0.5) * scale))
                })
                .collect();
            let colour = n % 6;
            svg.path(&format!("link l{colour}"), &ends);
            for (x, y) in ends {
                svg.circle(&format!("link l{colour}"), x, y, 3.0);
            }
        }
        (top, top + a.height.max(b.height) as f64 * scale)
    }
}

/// A circle with a line from its centre in its direction.
fn draw_spot(svg: &mut Svg, spot: &Spot, (left, top): (f64, f64), scale: f64) {
    let (x, y) = (left + (spot.x_px + 0.5) * scale, top + (spot.y_px + 0.5) * scale);
    let radius = (spot.radius_px * scale).max(1.0);
    let (sin, cos) = spot.angle_degrees.to_radians().sin_cos();
    svg.circle("spot", x, y, radius);
    svg.line("spot", x, y, x + radius * cos, y + radius * sin);
}

/// A name that fits above half a figure.
fn short(name: &str) -> String {
    const MOST: usize = 30;
    match name.chars().count() {
        0..=MOST => name.to_owned(),
        _ => name.chars().take(MOST - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keypoints_and_lines_are_drawn() {
        let spot = Spot { x_px: 3.0, y_px: 2.0, radius_px: 2.0, angle_degrees: 90.0 };
        let picture =
            |name, keypoints| MatchPicture { name, width: 8, height: 6, grey: &[90; 48], keypoints };
        let figure = MatchFigure {
            pictures: [picture("a <1>", vec![spot, spot]), picture("b", vec![spot])],
            lines: vec![[1, 0]],
            matches: 5,
        };
        let drawing = figure.draw().unwrap();
        assert_eq!(drawing.svg.matches("<image").count(), 4);
        assert_eq!(drawing.svg.matches(r#"<circle class="spot""#).count(), 3);
        assert_eq!(drawing.svg.matches(r#"<path class="link l0""#).count(), 1);
        assert!(drawing.svg.contains("a &lt;1&gt;") && drawing.svg.contains("The 1 nearest of 5 matches"));
        assert!(crate::rasterise(&drawing.svg, 400).is_ok());
        let empty =
            MatchFigure { pictures: [picture("a", vec![]), picture("b", vec![])], lines: vec![], matches: 0 };
        assert!(empty.draw().unwrap().svg.contains("No keypoints match"));
        let damaged = MatchPicture { name: "c", width: 9, height: 6, grey: &[0; 48], keypoints: vec![] };
        let figure = MatchFigure { pictures: [damaged.clone(), damaged], lines: vec![], matches: 0 };
        assert!(figure.draw().is_err());
    }
}
