//! Aligned columns of text for a terminal.

use anstyle::Style;

/// One cell.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    text: String,
    style: Style,
    right: bool,
}

/// Text, set against the left.
pub(crate) fn left(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), style: Style::new(), right: false }
}

/// A number, set against the right.
pub(crate) fn right(text: impl Into<String>) -> Cell {
    Cell { right: true, ..left(text) }
}

impl Cell {
    pub(crate) fn styled(self, style: Style) -> Self {
        Self { style, ..self }
    }
}

/// The lines of a sheet: every column as wide as its widest cell, two spaces between columns, nothing after the last word.
pub(crate) fn lines(rows: &[Vec<Cell>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let wide = |text: &str| text.chars().count();
    let widths: Vec<usize> = (0..columns)
        .map(|c| rows.iter().filter_map(|row| row.get(c)).map(|cell| wide(&cell.text)).max().unwrap_or(0))
        .collect();
    rows.iter().map(|row| line(row, &widths)).collect()
}

fn line(row: &[Cell], widths: &[usize]) -> String {
    let mut line = String::new();
    // Spaces are held back until a word follows.
    let mut gap = 0;
    for (cell, width) in row.iter().zip(widths) {
        let free = width - cell.text.chars().count();
        let (before, after) = if cell.right { (free, 0) } else { (0, free) };
        gap += before;
        if !cell.text.is_empty() {
            line.push_str(&" ".repeat(gap));
            gap = 0;
            let style = cell.style;
            line.push_str(&format!("{style}{}{style:#}", cell.text));
        }
        gap += after + 2;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let rows = vec![
            vec![left("class"), right("n"), left("")],
            vec![left("ü"), right("12"), left("x")],
            vec![left("Healthy"), right("3"), left("yz")],
        ];
        assert_eq!(lines(&rows), ["class     n", "ü        12  x", "Healthy   3  yz"]);
    }
}
