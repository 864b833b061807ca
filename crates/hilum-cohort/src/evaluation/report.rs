//! What the report shows of a classifier: read back from the files of its evaluation.

use hilum_learn::Measure;
use hilum_report::{
    ClassifierFigure, ClassifierMeasure, ClassifierReport, ClassifierSide, ClassifierVerdict,
    ExplanationReport,
};
use serde_json::Value;
use std::{fs, path::Path};

/// Figures in the order in which they are shown, by the names of their files.
const FIGURES: [(&str, &str); 5] = [
    ("ladder", "Ladder of baselines"),
    ("roc", "ROC"),
    ("precision-recall", "Precision and recall"),
    ("reliability", "Reliability"),
    ("confusion", "Confusion matrix"),
];

/// The section for the model in `folder`; `None` where it was not evaluated.
pub(crate) fn report_of(folder: &Path) -> Option<ClassifierReport> {
    let text = fs::read_to_string(folder.join("evaluation.json")).ok()?;
    let file: Value = serde_json::from_str(&text).ok()?;
    let words = |value: &Value| value.as_str().map(str::to_owned);
    let notes = file["notes"].as_array()?.iter().filter_map(words).collect();
    let sides = file["sides"].as_array()?.iter().filter_map(|side| of_side(side, &folder.join("figures")));
    Some(ClassifierReport { sides: sides.collect(), notes })
}

/// The section for the explanations in `folder`; `None` where there are none.
pub(crate) fn explanation_of(folder: &Path) -> Option<ExplanationReport> {
    let text = fs::read_to_string(folder.join("explanation.json")).ok()?;
    let file: Value = serde_json::from_str(&text).ok()?;
    let verdict = file["judgement"]["verdict"].as_str()?;
    let reasons = file["judgement"]["reasons"].as_array()?.iter();
    let svg = fs::read_to_string(folder.join("figures/explanations.svg")).ok()?;
    Some(ExplanationReport {
        trusted: verdict == "trustworthy",
        verdict: format!("Verdict: {}.", verdict.replace('_', " ")),
        reasons: reasons.filter_map(Value::as_str).map(str::to_owned).collect(),
        figure: ClassifierFigure { title: "Explanations, cases of each class".to_owned(), svg },
    })
}

fn of_side(side: &Value, figures: &Path) -> Option<ClassifierSide> {
    let name = side["side"].as_str()?;
    let evaluation = &side["evaluation"];
    let classes = evaluation["classes"].as_array()?.iter();
    let mut cases: Vec<String> = classes
        .filter_map(|class| Some(format!("{} {}", class["cases"].as_u64()?, class["class"].as_str()?)))
        .collect();
    cases.push(format!("{} groups", evaluation["groups"].as_u64()?));
    let measures = Measure::ALL
        .into_iter()
        .filter_map(|measure| Some(of_measure(measure, evaluation["measures"].get(measure.name())?)));
    let verdict = &side["ladder"]["verdict"];
    let figure = |(file, title): (&str, &str)| {
        let svg = fs::read_to_string(figures.join(format!("{name}-{file}.svg"))).ok()?;
        Some(ClassifierFigure { title: title.to_owned(), svg })
    };
    Some(ClassifierSide {
        name: name.to_owned(),
        cases: cases.join(", "),
        measures: measures.collect(),
        verdict: verdict["words"].as_str().map(|words| ClassifierVerdict {
            suspect: verdict["suspect"].as_bool(),
            words: words.to_owned(),
        }),
        figures: FIGURES.into_iter().filter_map(figure).collect(),
    })
}

fn of_measure(measure: Measure, estimate: &Value) -> ClassifierMeasure {
    let number = |value: &Value| value.as_f64().map(|value| format!("{value:.3}"));
    let ends = number(&estimate["interval"]["low"]).zip(number(&estimate["interval"]["high"]));
    let reason = || estimate["reason"].as_str().unwrap_or_default().to_owned();
    ClassifierMeasure {
        name: measure.title().to_owned(),
        value: number(&estimate["value"]).unwrap_or_else(|| "none".to_owned()),
        interval: ends.map_or_else(reason, |(low, high)| format!("{low} – {high}")),
    }
}
