//! Lung area against the dense-tissue ratio, a dot a scan.

use super::{
    Dot, LEFT, RIGHT, WIDTH, dot_radius,
    svg::{Scale, Svg},
};
use crate::classes::Class;

const TOP: f64 = 34.0;
const BOTTOM: f64 = 372.0;

/// Draws every measured scan; a small area with a high ratio is where cut-off or collapsed lungs lie.
pub(crate) fn scatter(dots: &[Dot], classes: &[Class]) -> Option<String> {
    let areas = || dots.iter().map(|d| d.area_cm2);
    let (smallest, largest) = (areas().fold(f64::INFINITY, f64::min), areas().fold(0.0, f64::max));
    if dots.is_empty() {
        return None;
    }
    let across = Scale::covering(smallest, largest, LEFT, WIDTH - RIGHT);
    let up = Scale::from_zero(dots.iter().map(|d| d.ratio_percent).fold(0.0, f64::max), BOTTOM, TOP);
    let mut svg = Svg::new();
    for tick in up.ticks() {
        svg.line("grid", LEFT, up.px(tick), WIDTH - RIGHT, up.px(tick));
        svg.text("tick end", LEFT - 8.0, up.px(tick) + 4.0, &up.label(tick));
    }
    for tick in across.ticks() {
        svg.line("grid", across.px(tick), TOP, across.px(tick), BOTTOM);
        svg.text("tick middle", across.px(tick), BOTTOM + 18.0, &across.label(tick));
    }
    svg.line("axis", LEFT, BOTTOM, WIDTH - RIGHT, BOTTOM);
    svg.text(
        "unit middle",
        (LEFT + WIDTH - RIGHT) / 2.0,
        BOTTOM + 40.0,
        "Lung area on the chosen slice, cm²",
    );
    svg.text("unit", 8.0, 14.0, "Dense tissue over lung, %");
    let radius = dot_radius(dots.len());
    for dot in dots {
        let (x, y) = (across.px(dot.area_cm2), up.px(dot.ratio_percent));
        svg.dot(dot, classes[dot.class].colour, x, y, radius);
    }
    let label = "Lung area against the dense-tissue ratio of every scan";
    Some(svg.finish("figure", WIDTH, BOTTOM + 48.0, label))
}
