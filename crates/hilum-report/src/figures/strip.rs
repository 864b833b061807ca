//! Every scan as a dot, by class, over a box from the first to the third quartile.

use super::{Dot, LEFT, RIGHT, WIDTH, dot_radius, ratio_axis, ratio_scale, svg::Svg};
use crate::{classes::Class, words::number};
use hilum_core::Summary;

/// Height of one class, its name included.
const ROW: f64 = 112.0;
/// Room for the class name.
const HEAD: f64 = 28.0;

/// Draws the ratio of every measured scan; dots that would overlap are moved up and down.
pub(crate) fn strip(dots: &[Dot], classes: &[Class]) -> Option<String> {
    let scale = ratio_scale(dots);
    let radius = dot_radius(dots.len());
    let mut svg = Svg::new();
    let rows: Vec<(usize, Vec<&Dot>)> = (0..classes.len())
        .map(|i| (i, dots.iter().filter(|d| d.class == i).collect::<Vec<_>>()))
        .filter(|(_, members)| !members.is_empty())
        .collect();
    let bottom = rows.len() as f64 * ROW + 4.0;
    ratio_axis(&mut svg, &scale, 0.0, bottom);
    for (r, (class, members)) in rows.iter().enumerate() {
        let class = &classes[*class];
        let top = r as f64 * ROW;
        let middle = top + HEAD + (ROW - HEAD) / 2.0;
        let summary = Summary::of(members.iter().map(|d| d.ratio_percent))?;
        svg.rect(&format!("bar k{}", class.colour), (LEFT, top + 8.0), (11.0, 11.0), "");
        svg.text("name", LEFT + 18.0, top + 18.0, &class.name);
        let said = format!("IQR {}–{} %", number(summary.q1, 1), number(summary.q3, 1));
        svg.text("note end", WIDTH - RIGHT, top + 18.0, &said);
        let (q1, q3, half) = (scale.px(summary.q1), scale.px(summary.q3), (ROW - HEAD) / 2.0 - 5.0);
        svg.rect(&format!("box k{}", class.colour), (q1, middle - half), (q3 - q1, 2.0 * half), "");
        let places: Vec<f64> = members.iter().map(|d| scale.px(d.ratio_percent)).collect();
        for (dot, offset) in members.iter().zip(swarm(&places, radius, half - radius)) {
            svg.dot(dot, class.colour, scale.px(dot.ratio_percent), middle + offset, radius);
        }
        let median = scale.px(summary.median);
        svg.line("median", median, middle - half - 3.0, median, middle + half + 3.0);
    }
    let label = "The dense-tissue ratio of every scan by class, with quartiles and median";
    (!rows.is_empty()).then(|| svg.finish("figure", WIDTH, bottom + 48.0, label))
}

/// How far each dot is moved from the middle line, so that dots whose columns touch do not hide each other.
///
/// Dots are taken from left to right into columns as wide as a dot; each column is filled from the middle outwards. Where a
/// column would be taller than `half_height` allows, all are pressed together and overlap.
fn swarm(places: &[f64], radius: f64, half_height: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&a, &b| places[a].total_cmp(&places[b]));
    let mut columns: Vec<Vec<usize>> = Vec::new();
    let mut column_start = f64::NEG_INFINITY;
    for i in order {
        if places[i] - column_start > 2.0 * radius {
            columns.push(Vec::new());
            column_start = places[i];
        }
        if let Some(column) = columns.last_mut() {
            column.push(i);
        }
    }
    let tallest = columns.iter().map(|c| c.len() / 2).max().unwrap_or(0).max(1);
    let pitch = (2.0 * radius + 0.5).min(half_height / tallest as f64);
    let mut offsets = vec![0.0; places.len()];
    for column in &columns {
        for (rank, &i) in column.iter().enumerate() {
            let side = if rank % 2 == 0 { 1.0 } else { -1.0 };
            offsets[i] = side * rank.div_ceil(2) as f64 * pitch;
        }
    }
    offsets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_apart_stay_on_the_line_and_neighbours_part() {
        let offsets = swarm(&[10.0, 50.0, 51.0, 52.0], 4.0, 40.0);
        assert_eq!(offsets, [0.0, 0.0, -8.5, 8.5]);
    }

    #[test]
    fn a_crowd_stays_within_its_row() {
        let offsets = swarm(&vec![5.0; 1300], 2.3, 37.0);
        assert!(offsets.iter().all(|o| o.abs() <= 37.0 + 1e-9));
    }
}
