//! One number by class, as a figure for a paper: what the notebook's figure 15 shows, over shared bins.

use super::{
    LEFT, RIGHT, WIDTH,
    histogram::{Row, draw, height, spans},
    paper,
    svg::{Scale, Svg},
};
use crate::classes::colour;
use hilum_core::Bins;

/// A class and its numbers.
#[derive(Debug, Clone, Copy)]
pub struct ClassValues<'a> {
    /// Name to show.
    pub name: &'a str,
    /// Finite numbers, at least one.
    pub values: &'a [f64],
}

/// A line across all histograms.
#[derive(Debug, Clone, Copy)]
pub struct Mark<'a> {
    /// Where it stands.
    pub value: f64,
    /// What it is.
    pub name: &'a str,
}

/// Draws the histograms of all classes below each other as one SVG document with its style inside, on white.
///
/// `axis` names the number with its unit in words, `unit` is the unit alone or empty. The height of a bar is the share
/// of the class's scans; a solid line is the median, a dashed one the mark. Numbers far beyond
/// the others are told, not drawn. `None` without any value. 160 mm wide.
pub fn class_histograms(
    classes: &[ClassValues<'_>],
    axis: &str,
    unit: &str,
    mark: Option<Mark<'_>>,
) -> Option<String> {
    let shown: Vec<&ClassValues<'_>> = classes.iter().filter(|c| !c.values.is_empty()).collect();
    let all: Vec<f64> = shown.iter().flat_map(|c| c.values).copied().collect();
    let bins = Bins::of(&all)?;
    let scale = Scale::covering(bins.ends().0, bins.ends().1, LEFT, WIDTH - RIGHT);
    let rows: Vec<Row<'_>> = shown
        .iter()
        .enumerate()
        .map(|(i, c)| Row { name: c.name, colour: colour(i, shown.len()), values: c.values.to_vec() })
        .collect();
    let bottom = height(rows.len());
    let mut svg = Svg::new();
    for tick in scale.ticks() {
        for (top, floor) in spans(rows.len()) {
            svg.line("grid", scale.px(tick), top, scale.px(tick), floor);
        }
        svg.text("tick middle", scale.px(tick), bottom + 18.0, &scale.label(tick));
    }
    draw(&mut svg, &rows, &bins, &scale, unit);
    let under_axis = bottom + 40.0;
    svg.text("unit middle", (LEFT + WIDTH - RIGHT) / 2.0, under_axis, axis);
    svg.text_up("unit middle", 14.0, (24.0 + bottom) / 2.0, "Share of the class’s scans");
    let last = match mark {
        Some(mark) => {
            for (top, floor) in spans(rows.len()) {
                svg.line("mark", scale.px(mark.value), top, scale.px(mark.value), floor);
            }
            key(&mut svg, mark.name, under_axis + 22.0);
            under_axis + 30.0
        }
        None => under_axis + 8.0,
    };
    let said: Vec<&str> = shown.iter().map(|c| c.name).collect();
    Some(paper::document(svg, WIDTH, last, &format!("{axis}: histograms of {}", said.join(", "))))
}

/// What the two lines mean.
fn key(svg: &mut Svg, mark: &str, y: f64) {
    svg.line("median", LEFT, y - 4.0, LEFT + 22.0, y - 4.0);
    svg.text("tick", LEFT + 29.0, y, "median");
    svg.line("mark", LEFT + 96.0, y - 4.0, LEFT + 122.0, y - 4.0);
    svg.text("tick", LEFT + 129.0, y, mark);
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASSES: [ClassValues<'_>; 3] = [
        ClassValues { name: "Healthy", values: &[1.0, 2.0, 2.5, 4.0] },
        ClassValues { name: "none", values: &[] },
        ClassValues { name: "COVID-19 <b>", values: &[5.0, 14.0] },
    ];

    #[test]
    fn every_class_has_its_bars_its_number_and_its_median() {
        let mark = Mark { value: 4.5, name: "best threshold" };
        let svg = class_histograms(&CLASSES, "Dense tissue over lung, %", "%", Some(mark)).unwrap();
        assert!(svg.contains("n = 4, median 2.25 %") && svg.contains("n = 2, median 9.50 %"), "{svg}");
        assert!(svg.contains("COVID-19 &lt;b&gt;") && !svg.contains("none"));
        let bars = |class: &str| svg.matches(&format!(r#"class="bar {class}""#)).count();
        assert_eq!((bars("k0"), bars("k1")), (4, 3), "a square beside each name; three and two bins: {svg}");
        assert!(crate::rasterise(&svg, 640).is_ok());
    }

    #[test]
    fn what_lies_far_beyond_is_told() {
        let mut values: Vec<f64> = (0..40).map(f64::from).collect();
        values.push(900.0);
        let svg = class_histograms(&[ClassValues { name: "a", values: &values }], "Age", "", None).unwrap();
        assert!(svg.contains("n = 41, median 20.0, 1 beyond"), "{svg}");
    }

    #[test]
    fn without_values_there_is_no_figure() {
        assert_eq!(class_histograms(&CLASSES[1..2], "x", "", None), None);
    }
}
