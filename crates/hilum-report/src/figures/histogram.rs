//! Histograms of the dense-tissue ratio, one row a class, over shared bins.

use super::{
    Dot, LEFT, RIGHT, WIDTH, ratio_axis, ratio_scale,
    svg::{Scale, Svg, round_step},
};
use crate::{
    classes::Class,
    words::{counted, number},
};
use hilum_core::Summary;

/// Height of one class, its name included.
const ROW: f64 = 112.0;
/// Room for the class name above its bars.
const HEAD: f64 = 28.0;

/// Draws how the ratio is distributed in each class that has measured scans.
///
/// The height of a bar is the share of the class's measured scans, so that classes of different size can be compared.
pub(crate) fn histogram(dots: &[Dot], classes: &[Class]) -> Option<String> {
    let scale = ratio_scale(dots);
    let bins = Bins::over(dots.len(), scale.end());
    let rows: Vec<(&Class, Vec<f64>)> = classes
        .iter()
        .enumerate()
        .map(|(i, class)| (class, dots.iter().filter(|d| d.class == i).map(|d| d.ratio_percent).collect()))
        .filter(|(_, values): &(_, Vec<f64>)| !values.is_empty())
        .collect();
    let counts: Vec<Vec<usize>> = rows.iter().map(|(_, values)| bins.count(values)).collect();
    let share = |row: usize, bin: usize| counts[row][bin] as f64 / rows[row].1.len() as f64 * 100.0;
    let largest = (0..rows.len())
        .flat_map(|r| (0..bins.n).map(move |b| (r, b)))
        .map(|(r, b)| share(r, b))
        .fold(0.0, f64::max);
    if rows.is_empty() {
        return None;
    }
    let bottom = rows.len() as f64 * ROW + 4.0;
    let mut svg = Svg::new();
    ratio_axis(&mut svg, &scale, 0.0, bottom);
    for (r, (class, values)) in rows.iter().enumerate() {
        let floor = (r + 1) as f64 * ROW;
        let heights = Scale::from_zero(largest, floor, floor - (ROW - HEAD));
        draw_head(&mut svg, class, values, floor - ROW + 18.0);
        draw_share_axis(&mut svg, &heights, floor);
        for b in (0..bins.n).filter(|&b| counts[r][b] > 0) {
            let (from, to) = bins.edges(b);
            let (x, top) = (scale.px(from) + 0.75, heights.px(share(r, b)));
            let tip = format!("{from}–{to} %: {} of {}", counts[r][b], counted(values.len(), "scan"));
            let size = (scale.px(to) - scale.px(from) - 1.5, floor - top);
            svg.rect(&format!("bar k{}", class.colour), (x, top), size, &tip);
        }
        if let Some(summary) = Summary::of(values.iter().copied()) {
            let x = scale.px(summary.median);
            svg.line("median", x, floor - (ROW - HEAD), x, floor);
        }
    }
    let label = "Histograms of the dense-tissue ratio by class, over shared bins";
    Some(svg.finish("figure", WIDTH, bottom + 48.0, label))
}

fn draw_head(svg: &mut Svg, class: &Class, values: &[f64], y: f64) {
    svg.rect(&format!("bar k{}", class.colour), (LEFT, y - 10.0), (11.0, 11.0), "");
    svg.text("name", LEFT + 18.0, y, &class.name);
    let median = Summary::of(values.iter().copied()).map_or(String::new(), |s| number(s.median, 1));
    let said = format!("n = {}, median {median} %", number(values.len() as f64, 0));
    svg.text("note end", WIDTH - RIGHT, y, &said);
}

fn draw_share_axis(svg: &mut Svg, heights: &Scale, floor: f64) {
    svg.line("axis", LEFT, floor, WIDTH - RIGHT, floor);
    for (tick, text) in
        [(0.0, "0".to_owned()), (heights.end(), format!("{} %", heights.label(heights.end())))]
    {
        svg.text("tick end", LEFT - 8.0, heights.px(tick) + 4.0, &text);
    }
}

/// Bins of equal, round width from 0; the last one holds its upper edge too.
struct Bins {
    width: f64,
    n: usize,
}

impl Bins {
    /// More bins for more scans: 12 and the square root of their number, at most 40, before the width is rounded up.
    fn over(scans: usize, end: f64) -> Self {
        let wanted = ((scans as f64).sqrt() + 12.0).min(40.0);
        let width = round_step(end / wanted);
        Self { width, n: ((end / width).round() as usize).max(1) }
    }

    fn edges(&self, bin: usize) -> (f64, f64) {
        // Rounded to where a bin's edge has no more digits, so that 0.30000000000000004 is not shown.
        let edge = |i: usize| (i as f64 * self.width * 1e9).round() / 1e9;
        (edge(bin), edge(bin + 1))
    }

    fn count(&self, values: &[f64]) -> Vec<usize> {
        let mut counts = vec![0; self.n];
        for value in values {
            counts[((value / self.width) as usize).min(self.n - 1)] += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_round_and_hold_every_value() {
        let bins = Bins::over(24, 40.0);
        assert_eq!((bins.width, bins.n), (5.0, 8));
        assert_eq!(bins.count(&[0.0, 4.9, 5.0, 40.0]), [2, 1, 0, 0, 0, 0, 0, 1]);
        assert_eq!(bins.edges(1), (5.0, 10.0));
    }
}
