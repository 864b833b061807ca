//! Histograms drawn with block characters.

/// Parts of a block, from nothing to whole.
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Lines of one histogram.
const LINES: usize = 2;

/// The lines of one histogram, topmost first: each bin `wide` characters wide, `largest` the full height.
///
/// A bin that is not empty is never drawn empty.
pub(crate) fn bars(shares: &[f64], largest: f64, wide: usize) -> Vec<String> {
    let steps = LINES * (BLOCKS.len() - 1);
    let heights: Vec<usize> = shares
        .iter()
        .map(|share| match (share / largest * steps as f64).round() as usize {
            0 if *share > 0.0 => 1,
            height => height.min(steps),
        })
        .collect();
    let line = |level: usize| -> String {
        let part = |height: &usize| BLOCKS[height.saturating_sub(level * 8).min(8)];
        heights.iter().flat_map(|h| std::iter::repeat_n(part(h), wide)).collect()
    };
    (0..LINES).rev().map(|level| line(level).trim_end().to_owned()).collect()
}

/// The axis below: a number under about every tenth character, each beginning at the edge that it names.
pub(crate) fn axis(edges: &[f64], wide: usize, unit: &str) -> String {
    let mut line = String::new();
    let mut place = 0;
    let every = 10usize.div_ceil(wide);
    for (bin, edge) in edges.iter().enumerate().step_by(every) {
        let text = format!("{edge}");
        line.push_str(&" ".repeat((bin * wide).saturating_sub(place)));
        place = bin * wide + text.chars().count();
        line.push_str(&text);
    }
    if !unit.is_empty() {
        line.push(' ');
        line.push_str(unit);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_fill_their_lines_and_a_single_scan_is_seen() {
        assert_eq!(bars(&[0.0, 0.001, 0.5, 1.0], 1.0, 2), ["      ██", "  ▁▁████"]);
        assert_eq!(bars(&[0.75], 1.0, 1), ["▄", "█"]);
    }

    #[test]
    fn numbers_stand_at_their_edges() {
        assert_eq!(axis(&[0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0], 2, "%"), "0         10 %");
        assert_eq!(axis(&[0.5, 1.0], 12, ""), "0.5         1");
    }
}
