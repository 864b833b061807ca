//! Numbers and counts as a reader wants them.

use minijinja::Value;

/// Areas are read in cm2; the table on disk has mm2.
pub(crate) const MM2_PER_CM2: f64 = 100.0;

/// Text that was built here from numbers and escaped words, and may stand in the page as it is.
pub(crate) fn safe(markup: String) -> Value {
    Value::from_safe_string(markup)
}

/// A number with fixed decimals, thousands set apart by a thin space.
pub(crate) fn number(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && whole.len() > 4 && (whole.len() - i).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    let point = if part.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{point}{part}")
}

/// A number in three digits or all before the point: 4.04, 12.3, 456.
pub(crate) fn significant(value: f64) -> String {
    let decimals = match value.abs() {
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    number(value, decimals)
}

/// `1 scan`, `2 scans`.
pub(crate) fn counted(n: usize, singular: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {singular}{plural}", number(n as f64, 0))
}

/// What became of a cohort in one line; a status that did not occur is left out.
pub(crate) fn outcome(scans: usize, [measured, rejected, failed]: [usize; 3]) -> String {
    if scans == 0 {
        return "No scans.".to_owned();
    }
    let said: Vec<String> = [(measured, "measured"), (rejected, "rejected"), (failed, "failed")]
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{} {word}", number(*n as f64, 0)))
        .collect();
    format!("{}: {}", counted(scans, "scan"), said.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(number(1294.0, 0), "1294");
        assert_eq!(number(37830.25, 1), "37\u{202f}830.2");
        assert_eq!(number(-1234567.0, 0), "-1\u{202f}234\u{202f}567");
        assert_eq!(number(0.05, 1), "0.1");
    }

    #[test]
    fn outcomes_read_as_words() {
        assert_eq!(outcome(22, [18, 2, 2]), "22 scans: 18 measured, 2 rejected, 2 failed");
        assert_eq!(outcome(1, [1, 0, 0]), "1 scan: 1 measured");
        assert_eq!(outcome(0, [0, 0, 0]), "No scans.");
    }
}
