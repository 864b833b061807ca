//! What became of the scans, as bars.

use super::{
    WIDTH,
    svg::{Scale, Svg},
};
use crate::{classes::Class, words::number};

pub(super) const STATUSES: [&str; 3] = ["measured", "rejected", "failed"];
/// Height of one class: a line of text and a bar.
const ROW: f64 = 46.0;

/// One bar of a whole cohort: measured, rejected, failed.
pub(crate) fn outcome_bar(counts: [usize; 3]) -> String {
    let mut svg = Svg::new();
    let scale = Scale::exact(counts.iter().sum::<usize>().max(1) as f64, 0.0, 300.0);
    stack(&mut svg, &scale, 0.0, 10.0, &STATUSES, counts);
    svg.finish("outcome", 300.0, 10.0, &said(counts))
}

/// One bar a class, as long as the class is large, cut into measured, rejected and failed.
pub(crate) fn outcomes_by_class(classes: &[Class]) -> String {
    let largest = classes.iter().map(Class::total).max().unwrap_or(0).max(1);
    let scale = Scale::exact(largest as f64, 0.0, WIDTH);
    let all: usize = classes.iter().map(Class::total).sum();
    let mut svg = Svg::new();
    for (i, class) in classes.iter().enumerate() {
        let top = i as f64 * ROW;
        let share = class.total() as f64 / all.max(1) as f64 * 100.0;
        svg.text("name", 0.0, top + 15.0, &class.name);
        let numbers = format!("{} ({} %)", number(class.total() as f64, 0), number(share, 0));
        svg.text("note end", WIDTH, top + 15.0, &numbers);
        let fills = [format!("bar k{}", class.colour), "bar rejected".to_owned(), "bar failed".to_owned()];
        stack(&mut svg, &scale, top + 22.0, 14.0, &fills.each_ref().map(String::as_str), class.counts);
    }
    let label =
        classes.iter().map(|c| format!("{}: {}", c.name, said(c.counts))).collect::<Vec<_>>().join("; ");
    svg.finish("figure", WIDTH, classes.len() as f64 * ROW, &label)
}

fn stack(svg: &mut Svg, scale: &Scale, top: f64, height: f64, fills: &[&str; 3], counts: [usize; 3]) {
    let mut start = 0;
    for ((fill, count), status) in fills.iter().zip(counts).zip(STATUSES) {
        if count > 0 {
            let (from, to) = (scale.px(start as f64), scale.px((start + count) as f64));
            // A hair of space between the parts, never so much that a small part is gone.
            let width = (to - from - 1.5).max(1.0);
            svg.rect(fill, (from, top), (width, height), &format!("{count} {status}"));
        }
        start += count;
    }
}

fn said(counts: [usize; 3]) -> String {
    counts.iter().zip(STATUSES).map(|(n, status)| format!("{n} {status}")).collect::<Vec<_>>().join(", ")
}
