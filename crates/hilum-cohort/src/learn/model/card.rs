//! model_card.md: what whoever meets the model must know, after Mitchell et al. 2019 (doi:10.1145/3287560.3287596).

use super::description::{ModelDescription, TrainedNet};
use crate::{
    evaluation::{EvaluationFile, SideEvaluation},
    learn::DatasetFacts,
};
use hilum_learn::{
    Estimate, Measure, NetPlan,
    dataset::{Region, Side, SourceKind, Values},
};
use std::fmt::Write;

/// Measures on the card, in their order.
const TOLD: [Measure; 8] = [
    Measure::Auc,
    Measure::PrAuc,
    Measure::Accuracy,
    Measure::BalancedAccuracy,
    Measure::Sensitivity,
    Measure::Specificity,
    Measure::Brier,
    Measure::Ece,
];
/// Fewer groups of a class than this make wide intervals.
const FEW_GROUPS: usize = 100;

/// The card of a model as Markdown; `judged` is what it is worth on the sides that it was not fitted to.
pub(super) fn card(
    model: &ModelDescription,
    net: &TrainedNet,
    parameters: usize,
    judged: &EvaluationFile,
) -> String {
    let sections = [
        head(model, &net.net, parameters),
        data(&net.data),
        preprocessing(model),
        training(net),
        worth(model, judged),
        limits(model, &net.data, judged),
    ];
    sections.join("\n")
}

fn head(model: &ModelDescription, net: &NetPlan, parameters: usize) -> String {
    let classes = model.classes.join(", ");
    let [rows, cols] = net.size_px;
    format!(
        "# {name}: {classes}\n\n\
         **For research. Not for diagnosis.** No regulator has seen it, and nothing below was measured in a clinic.\n\n\
         | | |\n|---|---|\n\
         | net | {name}, {parameters} parameters |\n\
         | input | {rows} x {cols} px, {channels} channel(s), {source} |\n\
         | classes, in the order of the outputs | {classes} |\n\
         | answer | {answer} |\n\
         | weights | model.safetensors, BLAKE3 in model.json |\n\
         | made by | hilum {version} |\n",
        name = net.architecture.name(),
        channels = net.channels,
        source = model.preprocessing.source,
        answer = match model.threshold {
            Some(threshold) => format!("the last class from a probability of {threshold:.3} on"),
            None => "the most probable class".to_owned(),
        },
        version = model.hilum,
    )
}

fn data(facts: &DatasetFacts) -> String {
    let mut text =
        format!("## Data\n\n`{}`: {} examples in {} groups", facts.input, facts.examples, facts.groups);
    let related: Vec<String> = facts.group_by.iter().map(word).collect();
    match related.is_empty() {
        true => text.push_str(" (nothing was grouped). "),
        false => _ = write!(text, " (by {}). ", related.join(", ")),
    }
    _ = write!(text, "Split: {}.\n\n| side | {} |\n|---|", facts.split, facts.classes.join(" | "));
    text.push_str(&"---|".repeat(facts.classes.len()));
    for side in &facts.sides {
        let counts: Vec<String> =
            side.classes.iter().map(|c| format!("{} in {} groups", c.examples, c.groups)).collect();
        _ = write!(text, "\n| {} | {} |", word(&side.side), counts.join(" | "));
    }
    text.push('\n');
    for finding in &facts.findings {
        _ = write!(text, "\n- {}", finding.message);
    }
    if !facts.findings.is_empty() {
        text.push('\n');
    }
    text
}

pub(super) fn preprocessing(model: &ModelDescription) -> String {
    let how = &model.preprocessing;
    let grey = match how.values {
        Values::Window { level_hu, width_hu } => format!("window of {width_hu} HU around {level_hu} HU"),
        Values::AsIs => "grey as it is".to_owned(),
        Values::MinMax => "each picture between its own least and largest value".to_owned(),
    };
    let region = match how.region {
        Region::Whole => "the whole picture",
        Region::LungCrop => "the box around the lungs",
        Region::LungMask => "the box around the lungs, black outside them",
    };
    let channels: Vec<String> = how.channels.iter().map(ToString::to_string).collect();
    format!(
        "## What it is shown\n\n{grey}; {region}; {fit} to {rows} x {cols} px; channels: {channels}. The model does this by itself \
         and refuses other input.\n",
        fit = word(&how.fit),
        rows = how.size_px[0],
        cols = how.size_px[1],
        channels = channels.join(", "),
    )
}

fn training(net: &TrainedNet) -> String {
    let how = &net.training;
    format!(
        "## Training\n\n{epochs} epochs of batches of {batch}, {optimizer}, learning rate {rate} ({schedule}), weight decay {decay}, \
         label smoothing {smoothing}, mixup {mixup}, seed {seed}. Kept: epoch {kept}. All settings: model.json; the course of it: \
         history.jsonl.\n",
        epochs = how.epochs,
        batch = how.batch,
        optimizer = word(&how.optimizer),
        rate = how.learning_rate,
        schedule = word(&how.schedule),
        decay = how.weight_decay,
        smoothing = how.label_smoothing,
        mixup = how.mixup,
        seed = how.seed,
        kept = net.kept_epoch,
    )
}

fn worth(model: &ModelDescription, judged: &EvaluationFile) -> String {
    let mut text = "## What it is worth\n\nBrackets: 95 % bootstrap intervals over groups.\n".to_owned();
    for side in &judged.sides {
        let chosen = match side.side {
            Side::Val => " (epoch, temperature and threshold were chosen on it: it flatters)",
            _ => "",
        };
        _ = write!(text, "\n### On {}{chosen}\n\n", word(&side.side));
        text.push_str(&measures(side));
        text.push_str(&ladder(side));
    }
    if !judged.sides.iter().any(|side| side.side == Side::Test) {
        _ = write!(
            text,
            "\nThere was no test side: what `{}` is worth on data that nothing was chosen on is not known.\n",
            model.name()
        );
    }
    text
}

fn measures(side: &SideEvaluation) -> String {
    let mut text = "| measure | value |\n|---|---|\n".to_owned();
    for (measure, estimate) in side.evaluation.iter().flat_map(|e| &e.measures) {
        if TOLD.contains(measure) {
            _ = writeln!(text, "| {} | {} |", measure.title(), in_brackets(estimate));
        }
    }
    text
}

/// The area of every rung beside the model's, and the verdict.
fn ladder(side: &SideEvaluation) -> String {
    let Some(ladder) = &side.ladder else { return String::new() };
    let mut text = "\n| baseline | AUC |\n|---|---|\n".to_owned();
    for rung in &ladder.rungs {
        let auc = rung.measures.iter().find(|(measure, _)| *measure == Measure::Auc);
        let auc = auc.map_or_else(String::new, |(_, estimate)| in_brackets(estimate));
        _ = writeln!(text, "| {} | {auc} |", rung.title);
    }
    if let Some(verdict) = &ladder.verdict {
        _ = write!(text, "\n{}\n", verdict.words);
    }
    text
}

fn limits(model: &ModelDescription, data: &DatasetFacts, judged: &EvaluationFile) -> String {
    let mut limits = vec![
        "It knows the classes above and no other disease: whatever it is shown, it answers with one of them."
            .to_owned(),
        "Scanners, hospitals, ages and protocols other than those of the data were never tried.".to_owned(),
    ];
    let fewest = data.sides.iter().flat_map(|side| &side.classes).map(|class| class.groups).min();
    if let Some(fewest) = fewest.filter(|&fewest| fewest < FEW_GROUPS) {
        limits.push(format!(
            "The data are few: one class has only {fewest} groups on a side, and intervals are wide."
        ));
    }
    if model.preprocessing.region == Region::Whole {
        limits.push(
            "It sees whole pictures: table, burnt-in text and margins may tell it what lungs do not."
                .to_owned(),
        );
    }
    if model.preprocessing.source == SourceKind::GreyPicture {
        limits.push(
            "Pictures without HU hide which window they were made with; a model of them says nothing of scans.".to_owned(),
        );
    }
    if !data.divided_groups.is_empty() {
        limits.push(
            "The split that came with the data divides groups: what is told above flatters.".to_owned(),
        );
    }
    limits.extend(judged.notes.iter().cloned());
    let listed: Vec<String> = limits.iter().map(|limit| format!("- {limit}\n")).collect();
    format!("## Limits\n\n{}", listed.concat())
}

fn in_brackets(estimate: &Estimate) -> String {
    match (estimate.value, estimate.interval) {
        (Some(value), Some(interval)) => format!("{value:.3} ({:.3} to {:.3})", interval.low, interval.high),
        (Some(value), None) => format!("{value:.3}"),
        (None, _) => estimate.reason.clone().unwrap_or_default(),
    }
}

/// The word by which files name a choice.
fn word(choice: &impl serde::Serialize) -> String {
    serde_json::to_value(choice).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
