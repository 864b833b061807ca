//! `hilum import`: a user's own ONNX net as a model folder.

use super::tables::fact;
use crate::{
    failure::Failure,
    import_args::ImportArgs,
    say::{self, BOLD, DIM, GOOD},
};
use hilum_cohort::learn::{ImportedModel, LungDescription, ModelDescription, Origin, import_onnx};
use hilum_learn::{ImportedInput, LungRule};

pub(crate) fn import(args: &ImportArgs) -> Result<u8, Failure> {
    let model = import_onnx(&args.request()?)?;
    if args.json {
        say::json(&model)?;
        return Ok(0);
    }
    match &model {
        ImportedModel::Classifier(description) => print(description),
        ImportedModel::Lungs(description) => print_lungs(description),
    }
    fact(DIM, "mind", "for research; not for diagnosis");
    fact(GOOD, "written", &format!("{}: model.json, model.onnx, model_card.md", args.out.display()));
    Ok(0)
}

/// What was understood, so that a misunderstanding is seen before it is believed.
fn print(description: &ModelDescription) {
    let ModelDescription { classes, preprocessing, threshold, .. } = description;
    say::result(&format!("{BOLD}{}{BOLD:#} {DIM}({}){DIM:#}", description.name(), classes.join(", ")));
    say::result("");
    let [rows, cols] = preprocessing.size_px;
    fact(DIM, "shown", &format!("{rows} x {cols} px of {}", preprocessing.source));
    if let Origin::Imported { onnx } = &description.origin {
        print_input(&onnx.input);
        fact(DIM, "output", &format!("'{}', read as {}", onnx.output, words(&onnx.gives)));
    }
    if let (Some(threshold), Some(last)) = (threshold, classes.last()) {
        fact(DIM, "answer", &format!("{last} from a probability of {threshold:.3} on"));
    }
}

/// The same of a net that outlines lungs.
fn print_lungs(description: &LungDescription) {
    let LungDescription { lungs, preprocessing, .. } = description;
    say::result(&format!("{BOLD}{}{BOLD:#} {DIM}(outlines lungs){DIM:#}", lungs.name));
    say::result("");
    let [rows, cols] = preprocessing.size_px;
    fact(DIM, "shown", &format!("{rows} x {cols} px of {}, upright", preprocessing.source));
    print_input(&lungs.input);
    let maps = &lungs.maps;
    fact(
        DIM,
        "output",
        &format!("'{}', {} map(s) read as {}", lungs.output, maps.channels, words(&maps.gives)),
    );
    let channels = maps.lung_channels.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    let rule = match maps.rule {
        LungRule::Sigmoid { threshold } => format!("from a probability of {threshold:.3} on"),
        LungRule::Softmax => "where its number is the largest".to_owned(),
    };
    fact(DIM, "lung", &format!("map {channels}, counted from 0, {rule}"));
}

fn print_input(input: &ImportedInput) {
    let [black, white] = input.range.map(|end| entering(end, &input.mean, &input.deviation));
    fact(DIM, "input", &format!("black enters as {black}, white as {white} ({} channels)", input.channels));
}

/// What a number is when it enters: one for all channels, or one for each.
fn entering(number: f64, mean: &[f64], deviation: &[f64]) -> String {
    let mut all: Vec<String> = mean
        .iter()
        .zip(deviation)
        .map(|(mean, deviation)| format!("{:.3}", (number - mean) / deviation))
        .collect();
    all.dedup();
    all.join("/")
}

fn words(choice: &impl serde::Serialize) -> String {
    serde_json::to_value(choice).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
