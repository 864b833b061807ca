//! measures.csv and ladder.csv: the numbers as tables.

use super::file::EvaluationFile;
use hilum_core::schema::{Column, Kind, Table, Value};
use hilum_learn::{Difference, Estimate, Measure};

const fn column(name: &'static str, kind: Kind, definition: &'static str) -> Column<'static> {
    Column { name, kind, unit: "-", definition, source: "docs/classifier.md" }
}

const MEASURE_COLUMNS: &[Column<'_>] = &[
    column("side", Kind::Text, "Side of the split: train, val or test."),
    column("measure", Kind::Text, "Name of the measure."),
    column("value", Kind::Real, "Its value; empty where it does not exist."),
    column("low", Kind::Real, "Lower end of its 95 % bootstrap interval over groups."),
    column("high", Kind::Real, "Upper end."),
    column("reason", Kind::Text, "Why the value or its interval is missing."),
];

const LADDER_COLUMNS: &[Column<'_>] = &[
    column("side", Kind::Text, "Side of the split: train, val or test."),
    column("rung", Kind::Text, "Short name of the rung; 'model' is the model."),
    column("title", Kind::Text, "Its name."),
    column("numbers", Kind::Integer, "How many numbers of each case it looks at."),
    column("measure", Kind::Text, "Name of the measure."),
    column("value", Kind::Real, "Its value; empty where it does not exist."),
    column("low", Kind::Real, "Lower end of its 95 % bootstrap interval over groups."),
    column("high", Kind::Real, "Upper end."),
    column("model_less_this", Kind::Real, "The model's value less this one, where it was compared."),
    column("model_less_this_low", Kind::Real, "Lower end of its 95 % interval over the same draws."),
    column("model_less_this_high", Kind::Real, "Upper end."),
];

/// Every measure of every side.
pub(super) fn measures(file: &EvaluationFile) -> Table<'static> {
    let mut rows = Vec::new();
    for side in &file.sides {
        for (measure, estimate) in side.evaluation.iter().flat_map(|evaluation| &evaluation.measures) {
            let mut row = vec![text(side.side.name()), text(measure.name())];
            row.extend(numbers(Some(estimate)));
            row.push(Value::Text(estimate.reason.clone()));
            rows.push(row);
        }
    }
    Table { columns: MEASURE_COLUMNS, rows }
}

/// Every rung of every side, the model last; `None` without a ladder.
pub(super) fn ladder(file: &EvaluationFile) -> Option<Table<'static>> {
    let mut rows = Vec::new();
    for side in &file.sides {
        let Some(ladder) = &side.ladder else { continue };
        let mut push = |name: &str,
                        title: &str,
                        columns: Option<i64>,
                        measures: &[(Measure, Estimate)],
                        less: &[Difference]| {
            for (measure, estimate) in measures {
                let mut row = vec![text(side.side.name()), text(name), text(title), Value::Integer(columns)];
                row.push(text(measure.name()));
                row.extend(numbers(Some(estimate)));
                row.extend(numbers(less.iter().find(|d| d.measure == *measure).map(|d| &d.estimate)));
                rows.push(row);
            }
        };
        for rung in &ladder.rungs {
            let columns = i64::try_from(rung.columns).ok();
            push(&rung.name, &rung.title, columns, &rung.measures, &rung.model_less_this);
        }
        if let Some(evaluation) = &side.evaluation {
            push("model", "the model", None, &evaluation.measures, &[]);
        }
    }
    (!rows.is_empty()).then_some(Table { columns: LADDER_COLUMNS, rows })
}

fn text(value: &str) -> Value {
    Value::Text(Some(value.to_owned()))
}

/// Value and interval.
fn numbers(estimate: Option<&Estimate>) -> [Value; 3] {
    let interval = estimate.and_then(|e| e.interval);
    [estimate.and_then(|e| e.value), interval.map(|i| i.low), interval.map(|i| i.high)].map(Value::Real)
}
