//! A number for every pair of scans, as a square of colours, sorted by class.

use super::{
    paper,
    plate::{Drawing, tile::encoded},
    svg::Svg,
};
use crate::ReportError;

/// A heat map of pairs.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap<'a> {
    /// What the colours say, with the unit.
    pub title: &'a str,
    /// Names of the classes and how many scans each has; scans stand in this order.
    pub classes: Vec<(&'a str, usize)>,
    /// `[n, n]` for n scans, symmetric; NaN where there is no number.
    pub values: &'a [f64],
}

const SIDE: f64 = 480.0;
const LEFT: f64 = 110.0;
const TOP: f64 = 56.0;
const KEY: f64 = 24.0;

impl HeatMap<'_> {
    /// Draws the map, on white; darker is more.
    ///
    /// # Errors
    /// [`ReportError::PanelSize`] if there are no scans or not one value for each pair.
    pub fn draw(&self) -> Result<Drawing, ReportError> {
        let n: usize = self.classes.iter().map(|(_, count)| count).sum();
        if n == 0 || self.values.len() != n * n {
            return Err(ReportError::PanelSize { panel: self.title.to_owned(), width: n, height: n });
        }
        let most = self.values.iter().copied().filter(|v| v.is_finite()).fold(0.0, f64::max);
        let share = |value: f64| if most > 0.0 { value / most } else { 0.0 };
        let pixels: Vec<u8> = self.values.iter().flat_map(|&value| colour(share(value))).collect();
        let scale: Vec<u8> = (0..256).rev().flat_map(|v| colour(f64::from(v) / 255.0)).collect();
        let png = |bytes: &[u8], size| {
            encoded(bytes, size, png::ColorType::Rgb).map_err(|source| ReportError::FigurePng { source })
        };
        let mut svg = Svg::new();
        svg.text("name", LEFT, 16.0, self.title);
        svg.image((LEFT, TOP), (SIDE, SIDE), &png(&pixels, [n, n])?);
        let step = SIDE / n as f64;
        let mut first = 0;
        for (index, (name, count)) in self.classes.iter().enumerate() {
            let (start, end) = (first as f64 * step, (first + count) as f64 * step);
            let middle = (start + end) / 2.0;
            if index > 0 {
                svg.line("edge", LEFT + start, TOP, LEFT + start, TOP + SIDE);
                svg.line("edge", LEFT, TOP + start, LEFT + SIDE, TOP + start);
            }
            svg.text("note end", LEFT - 8.0, TOP + middle + 4.0, name);
            svg.text("note middle", LEFT + middle, TOP - 8.0, &format!("n = {count}"));
            first += count;
        }
        let key = LEFT + SIDE + 20.0;
        svg.image((key, TOP), (14.0, SIDE), &png(&scale, [1, 256])?);
        for quarter in 0..=4 {
            let y = TOP + SIDE * (1.0 - f64::from(quarter) / 4.0) + 4.0;
            svg.text("tick", key + KEY, y, &format!("{:.1}", most * f64::from(quarter) / 4.0));
        }
        let width = key + KEY + 50.0;
        Ok(Drawing { svg: paper::document(svg, width, TOP + SIDE + 8.0, self.title), width_px: 1500 })
    }
}

/// From nearly white to dark blue, its lightness falling evenly; grey where there is no number.
fn colour(share: f64) -> [u8; 3] {
    const STOPS: [[f64; 3]; 4] =
        [[247.0, 251.0, 255.0], [158.0, 202.0, 225.0], [33.0, 113.0, 181.0], [8.0, 29.0, 88.0]];
    if share.is_nan() {
        return [205, 205, 205];
    }
    let place = share.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let below = (place as usize).min(STOPS.len() - 2);
    let part = place - below as f64;
    std::array::from_fn(|n| (STOPS[below][n] * (1.0 - part) + STOPS[below + 1][n] * part).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_show_classes_and_a_scale() {
        let values = [f64::NAN, 4.0, 1.0, 4.0, f64::NAN, 2.0, 1.0, 2.0, f64::NAN];
        let map =
            HeatMap { title: "Matches, %", classes: vec![("Healthy", 2), ("COVID-19", 1)], values: &values };
        let drawing = map.draw().unwrap();
        assert!(
            drawing.svg.contains("Healthy") && drawing.svg.contains("n = 2") && drawing.svg.contains(">4.0<")
        );
        assert!(crate::rasterise(&drawing.svg, 300).is_ok());
        assert!(HeatMap { classes: vec![], values: &[], ..map.clone() }.draw().is_err());
        assert!(HeatMap { classes: vec![("a", 1)], values: &[f64::NAN], ..map }.draw().is_ok());
    }

    #[test]
    fn colours_run_from_light_to_dark() {
        assert_eq!((colour(0.0), colour(1.0)), ([247, 251, 255], [8, 29, 88]));
        assert_eq!(colour(f64::NAN), [205; 3]);
        let light = |share: f64| colour(share).iter().map(|&v| u32::from(v)).sum::<u32>();
        assert!((0..100).all(|n| light(f64::from(n) / 100.0) >= light(f64::from(n + 1) / 100.0)));
    }
}
