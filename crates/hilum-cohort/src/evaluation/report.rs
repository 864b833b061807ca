//! What the report shows of a classifier: read back from the files of its evaluation.

use crate::names::folder_names;
use hilum_learn::Measure;
use hilum_report::{
    ClassifierFigure, ClassifierMeasure, ClassifierReport, ClassifierSide, ClassifierVerdict,
    ExplanationReport, ScanExplanation,
};
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path};

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

/// What the explanations in `folder` say of single scans, by image_id; the paths of their pictures begin with `to_folder`,
/// the way from a scan's folder to that of the explanations.
pub(crate) fn explained_scans(folder: &Path, to_folder: &str) -> BTreeMap<String, ScanExplanation> {
    let read = || -> Option<BTreeMap<String, ScanExplanation>> {
        let text = fs::read_to_string(folder.join("explanation.json")).ok()?;
        let file: Value = serde_json::from_str(&text).ok()?;
        let verdict = file["judgement"]["verdict"].as_str()?;
        let method = method_in_words(&file["settings"])?;
        let cases = file["cases"].as_array()?;
        let ids: Vec<&str> = cases.iter().filter_map(|case| case["id"].as_str()).collect();
        let explained = cases.iter().zip(folder_names(&ids)).filter_map(|(case, name)| {
            let explanation = ScanExplanation {
                picture: format!("{to_folder}/pictures/{name}.png"),
                method: method.clone(),
                class: case["explained"].as_str()?.to_owned(),
                checks: checks_in_words(case),
                verdict: format!("The model's explanations were judged: {}.", verdict.replace('_', " ")),
                trusted: verdict == "trustworthy",
            };
            Some((case["id"].as_str()?.to_owned(), explanation))
        });
        Some(explained.collect())
    };
    read().unwrap_or_default()
}

fn method_in_words(settings: &Value) -> Option<String> {
    let samples = settings["samples"].as_u64()?;
    Some(match settings["method"].as_str()? {
        "lime" => format!("LIME, {samples} samples: green speaks for the answer, red against it"),
        "rise" => format!("RISE, {samples} masks: the brighter, the more it speaks for the answer"),
        "grad-cam" => "Grad-CAM: the brighter, the more it speaks for the answer".to_owned(),
        "occlusion" => "Occlusion: the brighter, the more the answer falls where it is covered".to_owned(),
        other => other.to_owned(),
    })
}

/// The checks of one case; one that was not made is left out.
fn checks_in_words(case: &Value) -> Vec<(String, String)> {
    let checks = &case["checks"];
    let percent = |value: &Value| value.as_f64().map(|v| format!("{:.0} %", 100.0 * v));
    let two = |value: &Value| value.as_f64().map(|v| format!("{v:.2}"));
    let against = |value: &Value, random: &Value| Some(format!("{} (random {})", two(value)?, two(random)?));
    let inside = |part: &Value| {
        Some(format!("{} (area {})", percent(&part["weight_frac"])?, percent(&part["area_frac"])?))
    };
    let deletion = &checks["deletion"];
    let told = [
        ("Probability", percent(&case["probability"])),
        ("Positive weight in the lung", inside(&checks["lung"])),
        ("Positive weight in dense tissue", inside(&checks["dense"])),
        ("R² of the linear model", two(&checks["r2"])),
        ("Rank correlation over seeds", two(&checks["repeatability"]["rank_correlation"])),
        ("Deletion, small is good", against(&deletion["deletion"], &deletion["random_deletion"])),
        ("Insertion, large is good", against(&deletion["insertion"], &deletion["random_insertion"])),
        ("With shuffled weights, near 0 is good", two(&checks["randomised_correlation"])),
    ];
    told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
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
