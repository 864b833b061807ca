//! What `describe` and `compare` share: faults of tables, rows left out, files written.

use crate::{
    failure::Failure,
    say::{self, DIM, GOOD, ODD},
    sheet::{Cell, lines},
};
use anstyle::{AnsiColor, Style};
use hilum_cohort::{CohortError, LeftOut, Missing};
use std::{collections::BTreeMap, path::Path};

/// A table that cannot be used.
pub(crate) fn unusable(error: CohortError) -> Failure {
    let help = match &error {
        CohortError::MissingColumn { .. } => {
            "name the columns with --value and --class, or give the classes with --labels"
        }
        CohortError::Cell { .. } => {
            "rows are counted from 1 below the first line; mend the row, or take it out"
        }
        CohortError::TooManyClasses { .. } => "name the column of the classes with --class",
        CohortError::NoSuchClass { .. } => "give a label as it stands in the table, not its name",
        CohortError::NothingToCompare { .. } => {
            "a row needs a number and a class: give classes with --labels, or another column with --value"
        }
        _ => return Failure::from(error),
    };
    Failure::from(error).with_help(help)
}

/// A colour for the nth class; the words say which class it is, the colour only helps.
pub(crate) fn colour(class: usize) -> Style {
    const COLOURS: [AnsiColor; 4] =
        [AnsiColor::Blue, AnsiColor::Yellow, AnsiColor::Green, AnsiColor::Magenta];
    COLOURS[class % COLOURS.len()].on_default().bold()
}

/// Rows in columns that stand under each other.
pub(crate) fn print_sheet(rows: &[Vec<Cell>]) {
    for line in lines(rows) {
        say::result(&format!("  {line}"));
    }
}

/// A line under a name in the margin.
pub(crate) fn fact(style: Style, name: &str, text: &str) {
    say::result(&format!("  {style}{name:<15}{style:#} {text}"));
}

/// Says which rows take no part, which scans have no row, and what is odd.
pub(crate) fn print_losses(
    left_out: &[LeftOut],
    missing: Option<&Missing>,
    notes: &[String],
    names: &BTreeMap<String, String>,
) {
    let called = |label: &String| names.get(label).unwrap_or(label).clone();
    for left in left_out {
        let by_label: Vec<String> =
            left.by_label.iter().map(|(label, rows)| format!("{}: {rows}", called(label))).collect();
        let classes = if by_label.is_empty() { String::new() } else { format!(" ({})", by_label.join(", ")) };
        let more = if left.rows > left.first.len() { ", ..." } else { "" };
        fact(ODD, "left out", &format!("{} rows {}{classes}", left.rows, left.reason.in_words()));
        fact(DIM, "", &format!("{DIM}{}{more}{DIM:#}", left.first.join(", ")));
    }
    if let Some(missing) = missing {
        let colour = if missing.missing == 0 { GOOD } else { ODD };
        fact(
            colour,
            "missing",
            &format!("{} of {} scans of the label table have no row", missing.missing, missing.listed),
        );
        for (label, of_label) in missing.by_label.iter().filter(|(_, m)| m.missing > 0) {
            let share = of_label.missing as f64 / of_label.listed as f64 * 100.0;
            let aside = if of_label.asked_for { "" } else { ", not asked for" };
            let said = format!(
                "{}: {} of {} ({share:.1} %{aside})",
                called(label),
                of_label.missing,
                of_label.listed
            );
            fact(DIM, "", &said);
        }
    }
    for note in notes {
        for (n, line) in crate::summary::in_lines(note, 76).into_iter().enumerate() {
            fact(ODD, if n == 0 { "note" } else { "" }, &line);
        }
    }
}

/// Says what was written.
pub(crate) fn print_written(folder: &Path, files: &[&str]) {
    for file in files {
        fact(GOOD, "written", &folder.join(file).display().to_string());
    }
}

/// A chance as papers give it: 0.0312, or 3.1e-42.
pub(crate) fn chance(p: f64) -> String {
    match p {
        0.0 => "< 1e-300".to_owned(),
        p if p < 1e-3 => format!("{p:.1e}"),
        p => format!("{p:.3}"),
    }
}

/// Decimals with which numbers up to this size are told.
pub(crate) fn decimals(largest: f64) -> usize {
    match largest.abs() {
        1000.0.. => 0,
        100.0.. => 1,
        1.0.. => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_keep_their_size() {
        assert_eq!([0.5, 0.0312, 3.14e-42, 0.0].map(chance), ["0.500", "0.031", "3.1e-42", "< 1e-300"]);
    }
}
