//! `hilum import`: a user's own ONNX classifier as a model folder.

use super::tables::fact;
use crate::{
    failure::Failure,
    import_args::ImportArgs,
    say::{self, BOLD, DIM, GOOD},
};
use hilum_cohort::learn::{ModelDescription, Origin, import_onnx};

pub(crate) fn import(args: &ImportArgs) -> Result<u8, Failure> {
    let description = import_onnx(&args.request()?)?;
    if args.json {
        say::json(&description)?;
        return Ok(0);
    }
    print(&description);
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
        let input = &onnx.input;
        let [black, white] = input.range.map(|end| entering(end, &input.mean, &input.deviation));
        let enter = format!("black enters as {black}, white as {white} ({} channels)", input.channels);
        fact(DIM, "input", &enter);
        fact(DIM, "output", &format!("'{}', read as {}", onnx.output, words(&onnx.gives)));
    }
    if let (Some(threshold), Some(last)) = (threshold, classes.last()) {
        fact(DIM, "answer", &format!("{last} from a probability of {threshold:.3} on"));
    }
    fact(DIM, "mind", "for research; not for diagnosis");
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
