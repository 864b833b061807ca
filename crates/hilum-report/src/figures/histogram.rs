//! Histograms of one number, one row a class, over shared bins.

use super::{
    Dot, LEFT, RIGHT, WIDTH, ratio_axis, ratio_scale,
    svg::{Scale, Svg},
};
use crate::{
    classes::Class,
    words::{counted, number, significant},
};
use hilum_core::{Bins, Summary};

/// Height of one class, its name included.
const ROW: f64 = 112.0;
/// Room for the class name above its bars.
const HEAD: f64 = 28.0;

/// One class as its histogram needs it.
pub(super) struct Row<'a> {
    pub(super) name: &'a str,
    pub(super) colour: usize,
    /// Not empty.
    pub(super) values: Vec<f64>,
}

/// Draws how the ratio is distributed in each class that has measured scans.
pub(crate) fn histogram(dots: &[Dot], classes: &[Class]) -> Option<String> {
    let scale = ratio_scale(dots);
    let bins = Bins::over(dots.len(), 0.0, scale.end());
    let rows: Vec<Row<'_>> = classes
        .iter()
        .enumerate()
        .map(|(i, class)| Row {
            name: &class.name,
            colour: class.colour,
            values: dots.iter().filter(|d| d.class == i).map(|d| d.ratio_percent).collect(),
        })
        .filter(|row| !row.values.is_empty())
        .collect();
    if rows.is_empty() {
        return None;
    }
    let bottom = height(rows.len());
    let mut svg = Svg::new();
    ratio_axis(&mut svg, &scale, 0.0, bottom);
    draw(&mut svg, &rows, &bins, &scale, "%");
    let label = "Histograms of the dense-tissue ratio by class, over shared bins";
    Some(svg.finish("figure", WIDTH, bottom + 48.0, label))
}

/// Top and bottom of the bars of each row.
pub(super) fn spans(rows: usize) -> impl Iterator<Item = (f64, f64)> {
    (0..rows).map(|r| (r as f64 * ROW + HEAD, (r + 1) as f64 * ROW))
}

/// Where the axis below so many rows lies.
pub(super) fn height(rows: usize) -> f64 {
    rows as f64 * ROW + 4.0
}

/// Draws the rows from the top of the picture; the axis below them is drawn by others.
///
/// The height of a bar is the share of the class's scans, so that classes of different size can be compared.
pub(super) fn draw(svg: &mut Svg, rows: &[Row<'_>], bins: &Bins, scale: &Scale, unit: &str) {
    let counts: Vec<Vec<usize>> = rows.iter().map(|row| bins.count(&row.values)).collect();
    let share = |row: usize, bin: usize| counts[row][bin] as f64 / rows[row].values.len() as f64 * 100.0;
    let largest = (0..rows.len())
        .flat_map(|r| (0..bins.number()).map(move |b| (r, b)))
        .map(|(r, b)| share(r, b))
        .fold(0.0, f64::max);
    for (r, row) in rows.iter().enumerate() {
        let floor = (r + 1) as f64 * ROW;
        let heights = Scale::from_zero(largest, floor, floor - (ROW - HEAD));
        let summary = Summary::of(row.values.iter().copied());
        let beyond = bins.beyond(&row.values);
        draw_head(svg, row, summary, unit, beyond, floor - ROW + 18.0);
        draw_share_axis(svg, &heights, floor);
        for b in (0..bins.number()).filter(|&b| counts[r][b] > 0) {
            let (from, to) = bins.edges(b);
            let (x, top) = (scale.px(from) + 0.75, heights.px(share(r, b)));
            let tip =
                format!("{from}–{to} {unit}: {} of {}", counts[r][b], counted(row.values.len(), "scan"));
            let size = (scale.px(to) - scale.px(from) - 1.5, floor - top);
            svg.rect(&format!("bar k{}", row.colour), (x, top), size, &tip);
        }
        if let Some(summary) = summary {
            let x = scale.px(summary.median);
            svg.line("median", x, floor - (ROW - HEAD), x, floor);
        }
    }
}

fn draw_head(svg: &mut Svg, row: &Row<'_>, summary: Option<Summary>, unit: &str, beyond: usize, y: f64) {
    svg.rect(&format!("bar k{}", row.colour), (LEFT, y - 10.0), (11.0, 11.0), "");
    svg.text("name", LEFT + 18.0, y, row.name);
    let median = summary.map_or(String::new(), |s| significant(s.median));
    let said = format!("n = {}, median {median} {unit}", number(row.values.len() as f64, 0));
    let beyond = if beyond > 0 { format!(", {beyond} beyond →") } else { String::new() };
    svg.text("note end", WIDTH - RIGHT, y, &(said.trim_end().to_owned() + &beyond));
}

fn draw_share_axis(svg: &mut Svg, heights: &Scale, floor: f64) {
    svg.line("axis", LEFT, floor, WIDTH - RIGHT, floor);
    for (tick, text) in
        [(0.0, "0".to_owned()), (heights.end(), format!("{} %", heights.label(heights.end())))]
    {
        svg.text("tick end", LEFT - 8.0, heights.px(tick) + 4.0, &text);
    }
}
