//! `hilum evaluate`: what a classifier is worth.

use super::tables::{fact, print_sheet};
use crate::{
    evaluate_args::EvaluateArgs,
    failure::{Failure, NOTHING_DONE, WRONG_USE},
    progress::bar,
    say::{self, BAD, BOLD, DIM, GOOD, ODD},
    sheet::{Cell, left, right},
    summary::in_lines,
};
use hilum_cohort::{
    evaluation::{
        Baselines, EvaluationFile, EvaluationRequest, ScoredTable, SideEvaluation, ThresholdSource,
        evaluate_predictions, read_predictions,
    },
    learn::{JudgedDataset, Origin, judge_dataset, load_model},
};
use hilum_learn::{Estimate, Evaluation, Ladder, Measure, Side};
use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
};

/// Characters in a line of a note.
const WIDE: usize = 92;
/// Cases left out that are named.
const NAMED: usize = 5;

pub(crate) fn evaluate(args: &EvaluateArgs) -> Result<u8, Failure> {
    let Scored { mut table, baselines, request, out, notes } = scored(args)?;
    let mut found = evaluate_predictions(&mut table, baselines.as_ref(), &request)?;
    found.notes.extend(notes);
    let written = out.as_deref().map(|folder| found.write(folder, &table)).transpose()?;
    if args.json {
        say::json(&found)?;
        return Ok(0);
    }
    print(&found);
    if let (Some(folder), Some(files)) = (&out, &written) {
        let figures = files.iter().filter(|file| file.ends_with(".png")).count();
        fact(GOOD, "written", &format!("{}: evaluation.json, tables, {figures} figures", folder.display()));
    }
    Ok(0)
}

/// What is judged, how, and where the results go.
struct Scored {
    table: ScoredTable,
    baselines: Option<Baselines>,
    request: EvaluationRequest,
    out: Option<PathBuf>,
    notes: Vec<String>,
}

fn scored(args: &EvaluateArgs) -> Result<Scored, Failure> {
    let (positive, request, notes) = (args.positive.as_deref(), args.request(), Vec::new());
    let (folder, out) = match (&args.predictions, &args.model, &args.input) {
        (_, Some(folder), Some(input)) => return scored_by(folder, input, args),
        (_, Some(folder), None) => (folder, args.out.clone().or(Some(folder.clone()))),
        (Some(path), ..) => {
            let (table, out) = (read_predictions(path, positive)?, args.out.clone());
            return Ok(Scored { table, baselines: None, request, out, notes });
        }
        (None, None, _) => return Err(Failure::new(WRONG_USE, "give a model's folder or --predictions")),
    };
    let path = folder.join("predictions.parquet");
    if !path.is_file() {
        let message = format!("{} is no model's folder: it has no predictions.parquet", folder.display());
        return Err(Failure::new(NOTHING_DONE, message)
            .with_help("give the folder that `hilum train --out` wrote, data for an imported model to judge, or a table with --predictions"));
    }
    let baselines = Baselines::read(folder)?;
    Ok(Scored { table: read_predictions(&path, positive)?, baselines, request, out, notes })
}

/// What the model in `folder` says of data that it has not seen.
fn scored_by(folder: &Path, input: &Path, args: &EvaluateArgs) -> Result<Scored, Failure> {
    let same =
        |out: &PathBuf| out.canonicalize().is_ok_and(|out| folder.canonicalize().is_ok_and(|f| f == out));
    if args.out.as_ref().is_some_and(same) {
        let message = "the model's folder keeps what the model said of its own sides";
        return Err(Failure::new(WRONG_USE, message).with_help("choose another folder with --out"));
    }
    let model = load_model(folder, args.device)?;
    let bar = bar("pictures");
    if args.json || !std::io::stderr().is_terminal() {
        bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
    }
    let request = args.data.request(input.to_owned())?;
    let judged = judge_dataset(folder, &model, &request, &args.sides(), &|done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let JudgedDataset { table, facts, baselines, threshold, seen } = judged?;
    let mut notes: Vec<String> = facts.findings.iter().map(|finding| finding.message.clone()).collect();
    notes.extend(
        facts.left_out.iter().take(NAMED).map(|left| format!("left out: {}: {}", left.id, left.reason)),
    );
    if let Some(first) = seen.first() {
        notes.push(format!(
            "{} of the cases are called like examples that the model was trained on or chosen by ({first} is the first): \
             if they are the same, these numbers flatter.",
            seen.len()
        ));
    }
    if matches!(model.description.origin, Origin::Imported { .. }) {
        notes.push(
            "The model was imported: what it was trained on is not known. If these cases were among it, these numbers flatter."
                .to_owned(),
        );
    }
    let request = args.request();
    let request =
        EvaluationRequest { sides: vec![Side::Test], threshold: request.threshold.or(threshold), ..request };
    Ok(Scored { table, baselines, request, out: args.out.clone(), notes })
}

fn print(found: &EvaluationFile) {
    for side in &found.sides {
        if let Some(evaluation) = &side.evaluation {
            print_side(found, side, evaluation);
        }
        if let Some(ladder) = &side.ladder {
            print_ladder(ladder, side.evaluation.as_ref());
        }
    }
    if let Some(temperature) = &found.temperature {
        let said = format!(
            "{:.3}, fitted on val: log loss {:.3} before, {:.3} after",
            temperature.temperature, temperature.log_loss_before, temperature.log_loss_after
        );
        fact(DIM, "temperature", &said);
    }
    for note in &found.notes {
        for (n, line) in in_lines(note, WIDE).into_iter().enumerate() {
            fact(ODD, if n == 0 { "note" } else { "" }, &line);
        }
    }
}

fn print_side(found: &EvaluationFile, side: &SideEvaluation, evaluation: &Evaluation) {
    let name = side.side.name();
    let classes: Vec<String> =
        evaluation.classes.iter().map(|class| format!("{} {}", class.cases, class.class)).collect();
    let aside = format!("{}, {} groups", classes.join(", "), evaluation.groups);
    say::result(&format!("{BOLD}{} on {name}{BOLD:#} {DIM}({aside}){DIM:#}", found.source));
    say::result("");
    let mut rows: Vec<Vec<Cell>> =
        vec![["", "", "95 % interval", ""].map(|head| right(head).styled(DIM)).to_vec()];
    let told = evaluation.measures.iter().filter(|(_, estimate)| {
        // What no validation side chose a threshold for is told in JSON and CSV alone.
        estimate.value.is_some()
            || !estimate.reason.as_deref().unwrap_or_default().starts_with("no threshold")
    });
    rows.extend(told.map(|(measure, estimate)| row(found, evaluation, *measure, estimate)));
    print_sheet(&rows);
    say::result("");
    print_confusion(evaluation);
    if let (Some(thresholds), true) = (&found.thresholds, found.classes.len() == 2) {
        let from = match found.threshold_source {
            ThresholdSource::Validation if side.chosen_here => "chosen on val, on these very cases",
            ThresholdSource::Validation => "chosen on val",
            ThresholdSource::Given => "as given",
            ThresholdSource::Even | ThresholdSource::NotNeeded => "not chosen",
        };
        fact(DIM, "threshold", &format!("{:.3}, {from}", thresholds.threshold));
    }
    fact(DIM, "in words", &in_words(found, evaluation));
    say::result("");
}

fn row(found: &EvaluationFile, evaluation: &Evaluation, measure: Measure, estimate: &Estimate) -> Vec<Cell> {
    let fixed = format!("{:.2}", evaluation.settings.specificity);
    let name = measure.title().replace("the fixed", &fixed);
    let of_classes = found.classes.len() > 2
        && !matches!(measure, Measure::Accuracy | Measure::Brier | Measure::LogLoss | Measure::Ece);
    let name = if of_classes { format!("{name}, mean over classes") } else { name };
    let (value, interval) = numbers(estimate);
    let reason = estimate.reason.clone().unwrap_or_default();
    vec![left(name), right(value).styled(BOLD), right(interval), left(reason).styled(DIM)]
}

fn numbers(estimate: &Estimate) -> (String, String) {
    let value = estimate.value.map_or("-".to_owned(), |value| format!("{value:.3}"));
    let interval = estimate.interval.map_or(String::new(), |i| format!("{:.3} – {:.3}", i.low, i.high));
    (value, interval)
}

fn print_confusion(evaluation: &Evaluation) {
    let names: Vec<&str> = evaluation.classes.iter().map(|class| class.class.as_str()).collect();
    let mut head = vec![left("truth \\ answer").styled(DIM)];
    head.extend(names.iter().map(|name| right(*name).styled(DIM)));
    let mut rows = vec![head];
    for (name, counts) in names.iter().zip(evaluation.confusion.counts()) {
        let mut row = vec![left(*name)];
        row.extend(counts.iter().map(|count| right(count.to_string())));
        rows.push(row);
    }
    print_sheet(&rows);
    say::result("");
}

/// What the numbers mean, in one sentence.
fn in_words(found: &EvaluationFile, evaluation: &Evaluation) -> String {
    let of = |measure| evaluation.get(measure).and_then(|e| e.value);
    match (found.classes.as_slice(), of(Measure::Sensitivity), of(Measure::Specificity)) {
        ([negative, positive], Some(sensitivity), Some(specificity)) => format!(
            "of 100 {positive} {:.0} are found, of 100 {negative} {:.0} are called {positive}",
            sensitivity * 100.0,
            (1.0 - specificity) * 100.0
        ),
        _ => match of(Measure::Accuracy) {
            Some(accuracy) => format!("of 100 cases {:.0} are told right", accuracy * 100.0),
            None => "nothing could be said".to_owned(),
        },
    }
}

fn print_ladder(ladder: &Ladder, model: Option<&Evaluation>) {
    let auc = |measures: &[(Measure, Estimate)]| {
        measures
            .iter()
            .find(|(measure, _)| *measure == Measure::Auc)
            .map(|(_, e)| numbers(e))
            .unwrap_or_default()
    };
    say::result(&format!("{BOLD}The ladder{BOLD:#}"));
    let heads = ["", "AUC", "95 % interval", "the model's AUC less this", "95 % interval"];
    let mut rows = vec![heads.map(|head| right(head).styled(DIM)).to_vec()];
    for rung in &ladder.rungs {
        let (value, interval) = auc(&rung.measures);
        let less = rung.model_less_this.first().map(|d| &d.estimate);
        let (less_value, less_interval) = match less.and_then(|e| Some((e.value?, e.interval))) {
            Some((value, interval)) => (
                format!("{value:+.3}"),
                interval.map_or(String::new(), |i| format!("{:+.3} – {:+.3}", i.low, i.high)),
            ),
            None => Default::default(),
        };
        rows.push(vec![
            left(rung.title.as_str()),
            right(value).styled(BOLD),
            right(interval),
            right(less_value),
            right(less_interval),
        ]);
    }
    if let Some(model) = model {
        let (value, interval) = auc(&model.measures);
        rows.push(vec![left("the model").styled(BOLD), right(value).styled(BOLD), right(interval)]);
    }
    print_sheet(&rows);
    if let Some(verdict) = &ladder.verdict {
        let style = match verdict.suspect {
            Some(true) => BAD,
            Some(false) => GOOD,
            None => ODD,
        };
        for (n, line) in in_lines(&verdict.words, WIDE).into_iter().enumerate() {
            fact(style, if n == 0 { "verdict" } else { "" }, &line);
        }
    }
    say::result("");
}
