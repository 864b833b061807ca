//! Who was taken for what.

use crate::figures::{paper, svg::Svg};

const CELL: f64 = 132.0;
const TOP: f64 = 74.0;
const LETTER: f64 = 7.8;

/// Draws the matrix, true classes down, answers across; a cell is darker the larger its share of its row. `None` without a
/// case.
///
/// `counts` is `[true class][answer]`, one row and column for each of `classes`.
pub fn confusion_figure(classes: &[&str], counts: &[Vec<u64>]) -> Option<String> {
    let fits = counts.len() == classes.len() && counts.iter().all(|row| row.len() == classes.len());
    if !fits || counts.iter().flatten().all(|&count| count == 0) {
        return None;
    }
    let longest = classes.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let left = 44.0 + longest as f64 * LETTER;
    let wide = classes.len() as f64 * CELL;
    let mut svg = Svg::new();
    svg.text("name", left, 14.0, "Confusion matrix");
    svg.text("unit middle", left + wide / 2.0, 42.0, "Answer");
    svg.text_up("unit middle", 14.0, TOP + wide / 2.0, "Truth");
    for (i, (name, row)) in classes.iter().zip(counts).enumerate() {
        let middle = (i as f64 + 0.5) * CELL;
        svg.text("note middle", left + middle, TOP - 9.0, name);
        svg.text("note end", left - 10.0, TOP + middle + 4.5, name);
        let all: u64 = row.iter().sum();
        for (j, &count) in row.iter().enumerate() {
            let share = if all > 0 { count as f64 / all as f64 } else { 0.0 };
            let (x, y) = (left + j as f64 * CELL, TOP + i as f64 * CELL);
            // Ten shades, so that the style holds them.
            let shade = (share * 9.0).round() as usize;
            svg.rect(&format!("s{shade}"), (x + 1.0, y + 1.0), (CELL - 2.0, CELL - 2.0), "");
            let ink = if shade > 6 { "paper" } else { "ink" };
            svg.text(
                &format!("count-{ink} middle"),
                x + CELL / 2.0,
                y + CELL / 2.0 + 2.0,
                &count.to_string(),
            );
            let percent = if all > 0 { format!("{:.1} %", share * 100.0) } else { String::new() };
            svg.text(&format!("tick middle {ink}"), x + CELL / 2.0, y + CELL / 2.0 + 24.0, &percent);
        }
    }
    let label = format!("Confusion matrix of {}", classes.join(", "));
    Some(paper::document(svg, left + wide + 14.0, TOP + wide + 6.0, &label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_has_its_count_and_its_share_of_the_row() {
        let svg = confusion_figure(&["NonCOVID", "COVID"], &[vec![40, 10], vec![6, 54]]).unwrap();
        for text in [">40<", ">80.0 %<", ">10<", ">6<", ">10.0 %<", ">54<", ">90.0 %<"] {
            assert!(svg.contains(text), "{text}: {svg}");
        }
        assert!(crate::rasterise(&svg, 500).is_ok());
    }

    #[test]
    fn an_empty_row_has_no_share_and_no_cases_no_figure() {
        let svg = confusion_figure(&["a", "b"], &[vec![1, 0], vec![0, 0]]).unwrap();
        assert_eq!(svg.matches(" %<").count(), 2);
        assert_eq!(confusion_figure(&["a", "b"], &[vec![0, 0], vec![0, 0]]), None);
        assert_eq!(confusion_figure(&["a", "b"], &[vec![1]]), None);
    }
}
