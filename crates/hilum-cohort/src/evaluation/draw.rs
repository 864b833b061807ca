//! The files of an evaluation: JSON, tables, figures.

use super::{
    file::{EvaluationFile, SideEvaluation},
    sheets,
    table::ScoredTable,
};
use crate::{
    CohortError,
    comparison::{write_figures, write_json},
};
use hilum_io::table::write_csv;
use hilum_learn::{Curves, Estimate, Evaluation, Measure};
use hilum_report::{
    CurveSeries, LadderRow, ReliabilityPoint, confusion_figure, ladder_figure, precision_recall_figure,
    reliability_figure, roc_figure,
};
use std::{fs, path::Path};

impl EvaluationFile {
    /// Writes evaluation.json, measures.csv, ladder.csv, predictions.parquet and the figures into `folder`; returns the names of
    /// the files.
    ///
    /// # Errors
    /// [`CohortError`] if a file cannot be written.
    pub fn write(&self, folder: &Path, predictions: &ScoredTable) -> Result<Vec<String>, CohortError> {
        let figures = folder.join("figures");
        fs::create_dir_all(&figures).map_err(CohortError::write(&figures))?;
        write_json(&folder.join("evaluation.json"), self)?;
        let mut written = vec!["evaluation.json".to_owned()];
        let mut sheet = |name: &str, table| {
            let path = folder.join(name);
            write_csv(&path, &table).map_err(|source| CohortError::WriteTable { path, source })?;
            written.push(name.to_owned());
            Ok::<(), CohortError>(())
        };
        sheet("measures.csv", sheets::measures(self))?;
        if let Some(table) = sheets::ladder(self) {
            sheet("ladder.csv", table)?;
        }
        predictions.write(&folder.join("predictions.parquet"))?;
        written.push("predictions.parquet".to_owned());
        for side in &self.sides {
            for (name, svg) in self.figures(side) {
                let names = ["svg", "png"].map(|ending| format!("{}-{name}.{ending}", side.side.name()));
                write_figures(&figures, [&names[0], &names[1]], &svg)?;
                written.extend(names.map(|name| format!("figures/{name}")));
            }
        }
        Ok(written)
    }

    /// The figures of one side, by name, as SVG.
    pub(crate) fn figures(&self, side: &SideEvaluation) -> Vec<(&'static str, String)> {
        let mut figures = Vec::new();
        let mut take = |name, svg: Option<String>| figures.extend(svg.map(|svg| (name, svg)));
        if let Some(evaluation) = &side.evaluation {
            let [roc, precision_recall] = self.curves(evaluation);
            take("roc", roc);
            take("precision-recall", precision_recall);
            take("reliability", self.reliability(evaluation));
            let names: Vec<&str> = self.classes.iter().map(String::as_str).collect();
            take("confusion", confusion_figure(&names, evaluation.confusion.counts()));
        }
        take("ladder", ladder(side));
        figures
    }

    fn curves(&self, evaluation: &Evaluation) -> [Option<String>; 2] {
        let said = |measure: Measure, word: &str| {
            // Of several classes the number is the mean over all: it is told once, beside the figure.
            let one = self.classes.len() == 2;
            evaluation
                .get(measure)
                .filter(|_| one)
                .map_or(String::new(), |e| format!("{word} {}", with_interval(e)))
        };
        let (auc, precision) = (said(Measure::Auc, "AUC"), said(Measure::PrAuc, "average precision"));
        let of = |roc: bool| -> Vec<CurveSeries<'_>> {
            let drawn = |curve: &Curves| {
                let (points, band) = match roc {
                    true => (&curve.roc, curve.roc_band.iter().map(|b| (b.x, b.low, b.high)).collect()),
                    false => (&curve.precision_recall, Vec::new()),
                };
                (points.iter().map(|point| (point.x, point.y)).collect(), band)
            };
            let summary = if roc { auc.as_str() } else { precision.as_str() };
            let mut series = Vec::with_capacity(evaluation.curves.len());
            for curve in &evaluation.curves {
                let (points, band) = drawn(curve);
                series.push(CurveSeries {
                    name: &curve.class,
                    points,
                    band,
                    summary,
                    chance: curve.prevalence,
                });
            }
            series
        };
        let value = |measure| evaluation.get(measure).and_then(|e: &Estimate| e.value);
        let in_use = value(Measure::Specificity).zip(value(Measure::Sensitivity));
        let in_use = in_use.filter(|_| self.classes.len() == 2).map(|(spec, sens)| (1.0 - spec, sens));
        [roc_figure(&of(true), in_use), precision_recall_figure(&of(false))]
    }

    fn reliability(&self, evaluation: &Evaluation) -> Option<String> {
        let bins = evaluation.calibration.bins.iter();
        let points: Vec<ReliabilityPoint> = bins
            .filter_map(|bin| {
                Some(ReliabilityPoint {
                    said: bin.mean_probability?,
                    observed: bin.observed?,
                    cases: bin.cases,
                })
            })
            .collect();
        let said = |measure| evaluation.get(measure).map(with_interval).unwrap_or_default();
        let summary = format!("ECE {}, Brier score {}", said(Measure::Ece), said(Measure::Brier));
        let of = match self.classes.as_slice() {
            [_, positive] => positive.as_str(),
            _ => "the answer",
        };
        reliability_figure(&points, of, &summary)
    }
}

fn ladder(side: &SideEvaluation) -> Option<String> {
    let auc = |measures: &[(Measure, Estimate)]| {
        let found = measures.iter().find(|(measure, _)| *measure == Measure::Auc).map(|(_, e)| e);
        (found.and_then(|e| e.value), found.and_then(|e| e.interval).map(|i| (i.low, i.high)))
    };
    let row = |name, (value, interval), is_model| LadderRow { name, value, interval, is_model };
    let rungs = &side.ladder.as_ref()?.rungs;
    let mut rows: Vec<LadderRow<'_>> =
        rungs.iter().map(|rung| row(rung.title.as_str(), auc(&rung.measures), false)).collect();
    if let Some(evaluation) = &side.evaluation {
        rows.push(row("the model", auc(&evaluation.measures), true));
    }
    ladder_figure(&rows, "AUC, with 95 % interval", 0.5)
}

/// A number with its interval, as figures tell it.
fn with_interval(estimate: &Estimate) -> String {
    match (estimate.value, estimate.interval) {
        (Some(value), Some(interval)) => format!("{value:.2} ({:.2} – {:.2})", interval.low, interval.high),
        (Some(value), None) => format!("{value:.2}"),
        (None, _) => "not defined".to_owned(),
    }
}
