//! `hilum describe`: what a table of scans holds.

use super::tables::{colour, decimals, print_losses, print_sheet, print_written, unusable};
use crate::{
    config::class_names,
    failure::Failure,
    say::{self, BOLD, DIM},
    sheet::{Cell, left, right},
    table_args::DescribeArgs,
};
use hilum_cohort::{ColumnFacts, ColumnKind, Description, describe_table};

/// Definitions are cut here; docs/metrics.md has them whole.
const DEFINITION_CHARS: usize = 30;

pub(crate) fn describe(args: &DescribeArgs) -> Result<u8, Failure> {
    let table = &args.table;
    let names = class_names(table.class_names.clone())?;
    let description = describe_table(&table.request(), &names).map_err(unusable)?;
    let written = table.out.as_deref().map(|folder| description.write(folder)).transpose()?;
    if table.json {
        say::json(&description)?;
        return Ok(0);
    }
    let of = description.labels.as_ref().map_or(String::new(), |labels| format!(", classes of {labels}"));
    say::result(&format!("{BOLD}{}{BOLD:#} {DIM}({} rows{of}){DIM:#}", description.table, description.rows));
    print_classes(&description);
    print_columns(&description.columns);
    say::result("");
    print_losses(&description.left_out, description.missing.as_ref(), &description.notes, &names);
    if let (Some(folder), Some(files)) = (&table.out, &written) {
        print_written(folder, files);
    }
    Ok(0)
}

fn print_classes(description: &Description) {
    let classes = &description.classes;
    let told = classes.iter().any(|class| class.outcomes.is_some());
    let all: usize = classes.iter().map(|class| class.scans).sum();
    let mut head = vec![left("class"), right("scans"), right("share")];
    if told {
        head.extend(["measured", "rejected", "failed"].map(right));
    }
    let mut rows: Vec<Vec<Cell>> = vec![head.into_iter().map(|cell| cell.styled(DIM)).collect()];
    for (n, class) in classes.iter().enumerate() {
        let share = class.scans as f64 / all as f64 * 100.0;
        let mut row = vec![
            left(&class.name).styled(colour(n)),
            right(class.scans.to_string()),
            right(format!("{share:.1} %")),
        ];
        row.extend(class.outcomes.iter().flatten().map(|count| right(count.to_string())));
        rows.push(row);
    }
    if classes.len() > 1 {
        rows.push(vec![left("all").styled(DIM), right(all.to_string())]);
    }
    say::result("");
    if !classes.is_empty() {
        print_sheet(&rows);
    }
}

fn print_columns(columns: &[ColumnFacts]) {
    let mut rows: Vec<Vec<Cell>> = vec![
        ["column", "kind", "filled", "range (median)", "unit", "meaning"]
            .map(|t| left(t).styled(DIM))
            .to_vec(),
    ];
    for column in columns {
        let kind = match column.kind {
            ColumnKind::Empty => "empty",
            ColumnKind::Integer => "whole",
            ColumnKind::Real => "real",
            ColumnKind::Text => "text",
        };
        rows.push(vec![
            left(&column.name),
            left(kind),
            right(column.filled.to_string()),
            left(values(column)),
            left(column.unit.unwrap_or_default()),
            left(shortened(column.definition.unwrap_or_default())).styled(DIM),
        ]);
    }
    say::result("");
    print_sheet(&rows);
}

/// The range of numbers, or how many words there are.
fn values(column: &ColumnFacts) -> String {
    match &column.range {
        Some(range) => {
            let digits = if column.kind == ColumnKind::Integer { 0 } else { decimals(range.max) };
            if range.min == range.max {
                return format!("{:.digits$}", range.min);
            }
            format!("{:.digits$} – {:.digits$} ({:.digits$})", range.min, range.max, range.median)
        }
        None if column.filled == 0 => String::new(),
        None => format!("{} different", column.distinct),
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= DEFINITION_CHARS {
        return text.to_owned();
    }
    text.chars().take(DEFINITION_CHARS - 1).chain(['…']).collect()
}
