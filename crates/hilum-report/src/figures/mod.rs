//! The figures of the report: SVG text, coloured by classes of the style sheet so that they follow light, dark and print;
//! and figures for a paper, which bring their style with them.
//!
//! Every dot carries `data-scan`, the number of its scan in the page. Without any measured scan a figure is `None`.

mod bars;
mod class_counts;
mod class_histograms;
mod evaluation;
mod heat_map;
mod histogram;
mod keypoints;
mod learning_curves;
mod paper;
pub(crate) mod plate;
mod scatter;
mod sparkline;
mod strip;
mod svg;

pub use class_counts::{ClassCount, class_counts};
pub use class_histograms::{ClassValues, Mark, class_histograms};
pub use evaluation::{
    CurveSeries, LadderRow, ReliabilityPoint, confusion_figure, ladder_figure, precision_recall_figure,
    reliability_figure, roc_figure,
};
pub use heat_map::HeatMap;
pub use keypoints::{MatchFigure, MatchPicture, Spot};
pub use learning_curves::{EpochPoint, learning_curves};

pub(crate) use bars::{outcome_bar, outcomes_by_class};
pub(crate) use histogram::histogram;
pub(crate) use scatter::scatter;
pub(crate) use sparkline::sparkline;
pub(crate) use strip::strip;

use svg::{Scale, Svg};

/// Width of a figure in its own units; the page scales it.
const WIDTH: f64 = 640.0;
/// Room on the left for class names or tick labels.
const LEFT: f64 = 64.0;
/// Room on the right.
const RIGHT: f64 = 18.0;

/// One measured scan as the figures see it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Dot {
    /// Number of the scan in the page.
    pub(crate) scan: usize,
    /// Index of its class.
    pub(crate) class: usize,
    /// Name, for the tooltip.
    pub(crate) id: String,
    /// Dense tissue over lung, percent.
    pub(crate) ratio_percent: f64,
    /// Lung area in cm2.
    pub(crate) area_cm2: f64,
}

/// The scale of the ratio, the same in every figure of a page.
fn ratio_scale(dots: &[Dot]) -> Scale {
    let largest = dots.iter().map(|d| d.ratio_percent).fold(0.0, f64::max);
    Scale::from_zero(largest, LEFT, WIDTH - RIGHT)
}

/// The ratio axis below a figure, with grid lines up to `top`.
fn ratio_axis(svg: &mut Svg, scale: &Scale, top: f64, bottom: f64) {
    for tick in scale.ticks() {
        let x = scale.px(tick);
        svg.line("grid", x, top, x, bottom);
        svg.text("tick middle", x, bottom + 18.0, &scale.label(tick));
    }
    svg.line("axis", LEFT, bottom, WIDTH - RIGHT, bottom);
    svg.text("unit middle", (LEFT + WIDTH - RIGHT) / 2.0, bottom + 40.0, "Dense tissue over lung, % of area");
}

/// Radius of a dot: small when there are many.
fn dot_radius(dots: usize) -> f64 {
    match dots {
        0..=60 => 5.0,
        61..=200 => 4.0,
        201..=600 => 3.0,
        _ => 2.3,
    }
}
