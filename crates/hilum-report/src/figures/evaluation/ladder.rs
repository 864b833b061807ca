//! The ladder of baselines: a dot and an interval for each rung, the model below them.

use crate::figures::{
    paper,
    svg::{Scale, Svg},
};

const WIDE: f64 = 640.0;
const ROW: f64 = 38.0;
const TOP: f64 = 40.0;
const LETTER: f64 = 7.4;

/// One rung.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LadderRow<'a> {
    /// What it looks at.
    pub name: &'a str,
    /// Its number; `None` where there is none.
    pub value: Option<f64>,
    /// The interval of 95 %.
    pub interval: Option<(f64, f64)>,
    /// Whether it is the model, and not a baseline.
    pub is_model: bool,
}

/// Draws the rungs in their order; `axis` names the number, `chance` is that of a guess. `None` without a number.
pub fn ladder_figure(rows: &[LadderRow<'_>], axis: &str, chance: f64) -> Option<String> {
    let ends = rows.iter().filter_map(|row| Some([row.value?, row.interval.map_or(row.value?, |i| i.0)]));
    let least = ends.clone().flatten().fold(chance, f64::min);
    let tops = rows.iter().filter_map(|row| Some(row.interval.map_or(row.value?, |i| i.1)));
    ends.clone().next()?;
    let most = tops.fold(chance, f64::max);
    let longest = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
    let left = 16.0 + longest as f64 * LETTER;
    let bottom = TOP + rows.len() as f64 * ROW;
    let scale = Scale::covering(least, most, left, WIDE - 160.0);
    let mut svg = Svg::new();
    svg.text("name", left, 14.0, "The ladder");
    for tick in scale.ticks() {
        svg.line("grid", scale.px(tick), TOP - 8.0, scale.px(tick), bottom);
        svg.text("tick middle", scale.px(tick), bottom + 18.0, &scale.label(tick));
    }
    svg.line("axis", left, bottom, WIDE - 160.0, bottom);
    svg.line("mark", scale.px(chance), TOP - 8.0, scale.px(chance), bottom);
    svg.text("unit middle", (left + WIDE - 160.0) / 2.0, bottom + 42.0, axis);
    for (n, row) in rows.iter().enumerate() {
        let y = TOP + (n as f64 + 0.5) * ROW;
        let (stroke, fill) = if row.is_model { ("stroke c1", "k1") } else { ("stroke c0", "k0") };
        let weight = if row.is_model { "strong end" } else { "note end" };
        svg.text(weight, left - 12.0, y + 4.5, row.name);
        if let Some((low, high)) = row.interval {
            svg.path(stroke, &[(scale.px(low), y), (scale.px(high), y)]);
        }
        let said = match (row.value, row.interval) {
            (Some(value), Some((low, high))) => format!("{value:.2} ({low:.2} – {high:.2})"),
            (Some(value), None) => format!("{value:.2}"),
            (None, _) => "none".to_owned(),
        };
        if let Some(value) = row.value {
            svg.circle(fill, scale.px(value), y, 5.5);
        }
        svg.text("note", WIDE - 140.0, y + 4.5, &said);
    }
    let label = format!("{axis} of {}", rows.iter().map(|row| row.name).collect::<Vec<_>>().join(", "));
    Some(paper::document(svg, WIDE, bottom + 50.0, &label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rungs_stand_below_each_other_and_the_model_is_marked() {
        let row = LadderRow { name: "majority", value: Some(0.5), interval: None, is_model: false };
        let model = LadderRow { name: "net", value: Some(0.9), interval: Some((0.8, 0.95)), is_model: true };
        let none = LadderRow { name: "ratio", value: None, ..row };
        let svg = ladder_figure(&[row, none, model], "AUC", 0.5).unwrap();
        assert!(svg.contains("0.90 (0.80 – 0.95)") && svg.contains(">none<"), "{svg}");
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(crate::rasterise(&svg, 640).is_ok());
        assert_eq!(ladder_figure(&[none], "AUC", 0.5), None);
    }
}
