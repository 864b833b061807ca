//! How many scans each class has, as a figure for a paper: what the notebook's figure 3 shows.

use super::{
    LEFT, RIGHT, WIDTH,
    bars::STATUSES,
    paper,
    svg::{Scale, Svg},
};
use crate::{classes::colour, words::number};

const TOP: f64 = 52.0;
const BOTTOM: f64 = 330.0;
/// A bar is never wider, however few classes there are.
const WIDEST: f64 = 110.0;
/// Width of a letter, about.
const LETTER: f64 = 7.6;

/// A class and its scans.
#[derive(Debug, Clone, Copy)]
pub struct ClassCount<'a> {
    /// Name to show.
    pub name: &'a str,
    /// Scans measured, rejected and failed; where that is not known all count as measured.
    pub counts: [usize; 3],
}

/// Draws one bar a class as one SVG document with its style inside, on white; `None` without a scan. 160 mm wide.
///
/// Scans that were rejected or failed are the grey ends of a bar.
pub fn class_counts(classes: &[ClassCount<'_>]) -> Option<String> {
    let total = |class: &ClassCount<'_>| class.counts.iter().sum::<usize>();
    let all: usize = classes.iter().map(total).sum();
    if all == 0 {
        return None;
    }
    let most = classes.iter().map(total).max().unwrap_or(0);
    let up = Scale::exact(most as f64, BOTTOM, TOP);
    let mut svg = Svg::new();
    let ticks = Scale::from_zero(most as f64, BOTTOM, TOP);
    for tick in ticks.ticks().filter(|&tick| tick.fract() == 0.0 && tick <= most as f64) {
        svg.line("grid", LEFT, up.px(tick), WIDTH - RIGHT, up.px(tick));
        svg.text("tick end", LEFT - 8.0, up.px(tick) + 4.0, &number(tick, 0));
    }
    svg.line("axis", LEFT, BOTTOM, WIDTH - RIGHT, BOTTOM);
    svg.text_up("unit middle", 14.0, (TOP + BOTTOM) / 2.0, "Scans");
    let slot = (WIDTH - RIGHT - LEFT) / classes.len() as f64;
    let width = (slot * 0.6).min(WIDEST);
    let mut lines = 1;
    for (i, class) in classes.iter().enumerate() {
        let middle = LEFT + (i as f64 + 0.5) * slot;
        draw_bar(&mut svg, &up, class.counts, colour(i, classes.len()), middle, width);
        let above = up.px(total(class) as f64) - 8.0;
        let share = total(class) as f64 / all as f64 * 100.0;
        svg.text("name middle", middle, above - 17.0, &number(total(class) as f64, 0));
        svg.text("tick middle", middle, above, &format!("{} %", number(share, 1)));
        let words = wrapped(class.name, (slot / LETTER) as usize);
        for (line, text) in words.iter().enumerate() {
            svg.text("unit middle", middle, BOTTOM + 20.0 + 17.0 * line as f64, text);
        }
        lines = lines.max(words.len());
    }
    if classes.iter().any(|class| class.counts[1] + class.counts[2] > 0) {
        draw_key(&mut svg);
    }
    let said: Vec<String> = classes.iter().map(|c| format!("{}: {}", c.name, total(c))).collect();
    let height = BOTTOM + 14.0 + 17.0 * lines as f64;
    Some(paper::document(svg, WIDTH, height, &format!("Scans by class. {}", said.join(", "))))
}

fn draw_bar(svg: &mut Svg, up: &Scale, counts: [usize; 3], colour: usize, middle: f64, width: f64) {
    let fills = [format!("bar k{colour}"), "bar rejected".to_owned(), "bar failed".to_owned()];
    let mut below = 0;
    for ((fill, count), status) in fills.iter().zip(counts).zip(STATUSES) {
        if count > 0 {
            let (floor, top) = (up.px(below as f64), up.px((below + count) as f64));
            // A hair of space between the parts, never so much that a small part is gone.
            let size = (width, (floor - top - 1.0).max(1.0));
            svg.rect(fill, (middle - width / 2.0, top), size, &format!("{count} {status}"));
        }
        below += count;
    }
}

fn draw_key(svg: &mut Svg) {
    for (i, status) in STATUSES.iter().enumerate().skip(1) {
        let x = WIDTH - RIGHT - 180.0 + 98.0 * (i - 1) as f64;
        svg.rect(&format!("bar {status}"), (x, 6.0), (11.0, 11.0), "");
        svg.text("tick", x + 18.0, 16.0, status);
    }
}

/// A name in at most two lines of at most `letters`, cut with an ellipsis where that is not enough.
fn wrapped(name: &str, letters: usize) -> Vec<String> {
    let cut = |text: &str| match text.chars().count() {
        n if n <= letters => text.to_owned(),
        _ => text.chars().take(letters.saturating_sub(1)).chain(['…']).collect(),
    };
    let fits = name.char_indices().rfind(|(at, c)| *c == ' ' && name[..*at].chars().count() <= letters);
    match fits {
        Some((at, _)) if name.chars().count() > letters => vec![name[..at].to_owned(), cut(&name[at + 1..])],
        _ => vec![cut(name)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_high_as_their_classes_are_large() {
        let classes = [
            ClassCount { name: "Healthy", counts: [400, 10, 2] },
            ClassCount { name: "COVID-19", counts: [601, 0, 0] },
        ];
        let svg = class_counts(&classes).unwrap();
        assert!(svg.contains(">412<") && svg.contains(">40.7 %<") && svg.contains(">601<"), "{svg}");
        assert_eq!(svg.matches("bar rejected").count(), 2, "a part and its key");
        assert!(crate::rasterise(&svg, 640).is_ok());
        assert_eq!(class_counts(&[ClassCount { name: "Healthy", counts: [0; 3] }]), None);
    }

    #[test]
    fn long_names_take_two_lines() {
        assert_eq!(wrapped("Other lung disease", 11), ["Other lung", "disease"]);
        assert_eq!(wrapped("Healthy", 11), ["Healthy"]);
        assert_eq!(wrapped("Pneumonoultramicroscopic", 8), ["Pneumon…"]);
    }
}
