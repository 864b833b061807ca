//! What stands in a cell.

/// A cell that should hold a number.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// A finite number.
    Number(f64),
    /// Nothing, or one of the words for nothing.
    Empty,
    /// Infinity.
    NotFinite,
    /// Something else.
    Text(String),
}

/// What programs write where nothing was measured.
const NOTHING: &[&str] = &["na", "n/a", "nan", "null", "none", "<na>"];

/// The text of a cell; `None` if it is empty or one of the words for nothing.
pub(super) fn text_in(cells: &[Option<String>], column: usize) -> Option<&str> {
    let text = cells.get(column)?.as_deref()?.trim();
    (!text.is_empty() && !NOTHING.contains(&text.to_ascii_lowercase().as_str())).then_some(text)
}

/// The number of a cell.
pub(super) fn number_in(cells: &[Option<String>], column: usize) -> Cell {
    let Some(text) = text_in(cells, column) else { return Cell::Empty };
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Cell::Number(number),
        Ok(_) => Cell::NotFinite,
        Err(_) => Cell::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_nothing_and_text_are_told_apart() {
        let of = |text: &str| number_in(&[Some(text.to_owned())], 0);
        assert_eq!(of(" 2.5e1 "), Cell::Number(25.0));
        for nothing in ["", " ", "NaN", "NA", "<NA>", "null"] {
            assert_eq!(of(nothing), Cell::Empty, "{nothing}");
        }
        assert_eq!(of("-inf"), Cell::NotFinite);
        assert_eq!(of("1e999"), Cell::NotFinite);
        assert_eq!(of("3,5"), Cell::Text("3,5".to_owned()));
        assert_eq!(number_in(&[None], 0), Cell::Empty);
        assert_eq!(number_in(&[], 0), Cell::Empty);
    }
}
