//! `hilum predict`: what a model says of pictures and scans.

use super::tables::{fact, print_sheet, print_written};
use crate::{
    failure::Failure,
    predict_args::PredictArgs,
    progress::{bar, stop_of_bar},
    say::{self, BOLD, DIM, ODD},
    sheet::{Cell, left, right},
};
use hilum_cohort::learn::{Prediction, PredictionFile, load_model, predict};
use std::io::IsTerminal;

/// Cases that are shown; the tables and `--json` have them all.
const SHOWN: usize = 20;
/// Some case has no answer.
const SOME_WITHOUT: u8 = 1;

pub(crate) fn predictions(args: &PredictArgs) -> Result<u8, Failure> {
    let model = load_model(&args.model, args.device)?;
    let bar = bar("cases");
    if args.json || !std::io::stderr().is_terminal() {
        bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
    }
    let stop = stop_of_bar(&bar);
    let said = predict(&model, &args.request(), &stop, &|done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let said = said?;
    let written = args.out.as_deref().map(|out| said.write(out)).transpose()?;
    if args.json {
        say::json(&said)?;
    } else {
        print(&said);
        if let (Some(out), Some(files)) = (&args.out, &written) {
            print_written(out, files);
        }
    }
    Ok(if said.failed() > 0 { SOME_WITHOUT } else { 0 })
}

fn print(said: &PredictionFile) {
    let (cases, failed) = (said.cases.len(), said.failed());
    say::result(&format!("{BOLD}{}{BOLD:#} {DIM}({cases} cases, {}){DIM:#}", said.input, said.model));
    say::result("");
    let mut rows = vec![vec![left("").styled(DIM), left("answer").styled(DIM)]];
    rows[0].extend(said.classes.iter().map(|class| right(class.as_str()).styled(DIM)));
    rows.extend(said.cases.iter().take(SHOWN).map(|case| row(case, said.classes.len())));
    print_sheet(&rows);
    if cases > SHOWN {
        say::result(&format!("{DIM}and {} more: --out DIR or --json gives them all{DIM:#}", cases - SHOWN));
    }
    say::result("");
    let counts = said.classes.iter().map(|class| {
        let answers = said.cases.iter().filter(|case| case.answer.as_ref() == Some(class)).count();
        format!("{answers} {class}")
    });
    fact(DIM, "answers", &counts.collect::<Vec<_>>().join(", "));
    if failed > 0 {
        fact(ODD, "no answer", &format!("{failed}, each with its reason"));
    }
    if let Some(threshold) = said.threshold {
        fact(DIM, "threshold", &format!("{threshold:.3}, chosen on the model's validation side"));
    }
    fact(DIM, "mind", "for research; not for diagnosis");
}

fn row(case: &Prediction, classes: usize) -> Vec<Cell> {
    let mut row = vec![left(case.id.as_str())];
    match (&case.answer, &case.reason) {
        (Some(answer), _) => {
            row.push(left(answer.as_str()).styled(BOLD));
            row.extend(case.probabilities.iter().map(|p| right(format!("{p:.3}"))));
        }
        (None, reason) => {
            row.extend(vec![left("-"); classes + 1]);
            row.push(left(reason.clone().unwrap_or_default()).styled(ODD));
        }
    }
    row
}
