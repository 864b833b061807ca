//! classes.csv and contrasts.csv: the statistics as tables, each column declared once.

use super::ComparisonFile;
use hilum_core::schema::{Column, Kind, Table, Value};
use hilum_learn::{ClassSummary, Contrast, Share};

const fn column(
    name: &'static str,
    kind: Kind,
    unit: &'static str,
    definition: &'static str,
) -> Column<'static> {
    Column { name, kind, unit, definition, source: "docs/statistics.md" }
}

const CLASS_COLUMNS: &[Column] = &[
    column("label", Kind::Text, "-", "Label as in the table."),
    column("name", Kind::Text, "-", "Its name, as given."),
    column("n", Kind::Integer, "scan", "Scans with a number."),
    column("median", Kind::Real, "as the column", "Median."),
    column("q1", Kind::Real, "as the column", "First quartile."),
    column("q3", Kind::Real, "as the column", "Third quartile."),
    column("min", Kind::Real, "as the column", "Smallest number."),
    column("max", Kind::Real, "as the column", "Largest number."),
    column("mean", Kind::Real, "as the column", "Mean."),
    column("standard_deviation", Kind::Real, "as the column", "Standard deviation, n - 1."),
    column("under_5_percent", Kind::Integer, "scan", "Scans below 5 %; numbers in percent only."),
    column("share_under_5_percent", Kind::Real, "percent", "The same over n."),
    column("under_10_percent", Kind::Integer, "scan", "Scans below 10 %; numbers in percent only."),
    column("share_under_10_percent", Kind::Real, "percent", "The same over n."),
    column("missing", Kind::Integer, "scan", "Scans of the label table without a row."),
];

const CONTRAST_COLUMNS: &[Column] = &[
    column("positive", Kind::Text, "-", "Label of the positive class."),
    column("negative", Kind::Text, "-", "Label of the negative class; empty for all others."),
    column("positives", Kind::Integer, "scan", "Scans of the positive class."),
    column("negatives", Kind::Integer, "scan", "Scans of the negative class."),
    column("auc", Kind::Real, "-", "Area under the ROC curve."),
    column("auc_low", Kind::Real, "-", "Lower end of its 95 % interval, DeLong."),
    column("auc_high", Kind::Real, "-", "Upper end."),
    column("u", Kind::Real, "-", "Mann-Whitney U of the positive class."),
    column("p", Kind::Real, "-", "Two-sided p value."),
    column("p_holm", Kind::Real, "-", "The same, adjusted for the number of contrasts after Holm."),
    column("rank_biserial", Kind::Real, "-", "Rank-biserial correlation, Cliff's delta."),
    column("threshold", Kind::Real, "as the column", "Best threshold in-sample."),
    column("positive_is", Kind::Text, "-", "Side of the threshold that means positive: above or below."),
    column("accuracy_in_sample", Kind::Real, "-", "Accuracy at the threshold on the same scans."),
    column("sensitivity_in_sample", Kind::Real, "-", "Sensitivity there."),
    column("specificity_in_sample", Kind::Real, "-", "Specificity there."),
    column("accuracy_held_back", Kind::Real, "-", "Accuracy on scans held back."),
    column("accuracy_held_back_low", Kind::Real, "-", "Lower end of its 95 % bootstrap interval."),
    column("accuracy_held_back_high", Kind::Real, "-", "Upper end."),
    column("sensitivity_held_back", Kind::Real, "-", "Sensitivity on scans held back."),
    column("specificity_held_back", Kind::Real, "-", "Specificity on scans held back."),
    column("majority_accuracy", Kind::Real, "-", "Accuracy of always saying the larger class."),
];

fn text(value: impl Into<String>) -> Value {
    Value::Text(Some(value.into()))
}

fn whole(value: usize) -> Value {
    Value::Integer(i64::try_from(value).ok())
}

fn real(value: impl Into<Option<f64>>) -> Value {
    Value::Real(value.into())
}

/// One row a class.
pub(super) fn classes(file: &ComparisonFile) -> Table<'static> {
    let row = |class: &ClassSummary| {
        let count = |share: Option<Share>| Value::Integer(share.and_then(|s| i64::try_from(s.count).ok()));
        let percent = |share: Option<Share>| real(share.map(|s| s.percent));
        let missing = file.missing.as_ref().and_then(|m| m.by_label.get(&class.label));
        let s = &class.summary;
        vec![
            text(&class.label),
            text(file.name(&class.label)),
            whole(s.n),
            real(s.median),
            real(s.q1),
            real(s.q3),
            real(s.min),
            real(s.max),
            real(class.mean),
            real(class.standard_deviation),
            count(class.under_5_percent),
            percent(class.under_5_percent),
            count(class.under_10_percent),
            percent(class.under_10_percent),
            Value::Integer(missing.and_then(|m| i64::try_from(m.missing).ok())),
        ]
    };
    Table { columns: CLASS_COLUMNS, rows: file.comparison.classes.iter().map(row).collect() }
}

/// One row a contrast, pairs first.
pub(super) fn contrasts(file: &ComparisonFile) -> Table<'static> {
    let all = file.comparison.pairs.iter().chain(&file.comparison.one_vs_rest);
    Table { columns: CONTRAST_COLUMNS, rows: all.map(contrast_row).collect() }
}

fn contrast_row(contrast: &Contrast) -> Vec<Value> {
    let (best, held) = (contrast.best.as_ref(), contrast.cross_validated.as_ref());
    let side = |above: bool| if above { "above" } else { "below" };
    let accuracy = held.and_then(|h| h.accuracy_interval);
    vec![
        text(&contrast.positive),
        Value::Text(contrast.negative.clone()),
        whole(contrast.positives),
        whole(contrast.negatives),
        real(contrast.roc.auc),
        real(contrast.roc.interval.map(|i| i.low)),
        real(contrast.roc.interval.map(|i| i.high)),
        real(contrast.rank_test.u),
        real(contrast.rank_test.p),
        real(contrast.adjusted.map(|a| a.p_holm)),
        real(contrast.rank_test.rank_biserial),
        real(best.map(|b| b.rule.threshold)),
        Value::Text(best.map(|b| side(b.rule.positive_is_above).to_owned())),
        real(best.map(|b| b.in_sample.accuracy)),
        real(best.map(|b| b.in_sample.sensitivity)),
        real(best.map(|b| b.in_sample.specificity)),
        real(held.map(|h| h.scores.accuracy)),
        real(accuracy.map(|i| i.low)),
        real(accuracy.map(|i| i.high)),
        real(held.map(|h| h.scores.sensitivity)),
        real(held.map(|h| h.scores.specificity)),
        real(held.map(|h| h.majority_accuracy)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::{CompareRequest, compare_table};

    #[test]
    fn every_row_has_a_value_of_its_kind_for_every_column() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.csv");
        std::fs::write(&path, "image_id,ratio,type\na,1,0\nb,2,0\nc,5,2\nd,7,1\n").unwrap();
        let mut request = CompareRequest::default();
        request.table.table = path;
        let file = compare_table(&request).unwrap();
        for (table, rows) in [(classes(&file), 3), (contrasts(&file), 6)] {
            assert_eq!(table.rows.len(), rows);
            for row in &table.rows {
                let kinds: Vec<Kind> = row.iter().map(Value::kind).collect();
                assert_eq!(kinds, table.columns.iter().map(|c| c.kind).collect::<Vec<_>>());
            }
        }
    }
}
