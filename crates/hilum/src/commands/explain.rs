//! `hilum explain`: what a model goes by, and whether that can be believed.

use super::tables::{fact, print_sheet};
use crate::{
    explain_args::ExplainArgs,
    failure::Failure,
    progress::{bar, stop_of_bar},
    say::{self, BAD, BOLD, DIM, GOOD, ODD},
    sheet::{Cell, left, right},
    summary::in_lines,
};
use hilum_cohort::learn::{ExplainedCase, ExplanationFile, explain, load_model};
use hilum_learn::explain::checks::verdict::Verdict;
use std::io::IsTerminal;

/// Characters in a line of a reason.
const WIDE: usize = 92;
/// Cases that are left out and named.
const NAMED: usize = 5;
/// Some case has no explanation.
const SOME_WITHOUT: u8 = 1;

pub(crate) fn explanations(args: &ExplainArgs) -> Result<u8, Failure> {
    let model = load_model(&args.model, args.device)?;
    let bar = bar("cases");
    if args.json || !std::io::stderr().is_terminal() {
        bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
    }
    let stop = stop_of_bar(&bar);
    let found = explain(&model, &args.request(), &stop, &|_, done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let found = found?;
    found.write(&args.out)?;
    if args.json {
        say::json(&found)?;
    } else {
        print(&found);
        fact(
            GOOD,
            "written",
            &format!("{}: explanation.json, tables, figures, pictures", args.out.display()),
        );
    }
    Ok(if found.left_out.is_empty() { 0 } else { SOME_WITHOUT })
}

fn print(found: &ExplanationFile) {
    let cases = found.cases.len();
    say::result(&format!(
        "{BOLD}What {} goes by{BOLD:#} {DIM}({cases} cases of {}){DIM:#}",
        found.model, found.input
    ));
    say::result("");
    let heads =
        ["", "class", "explained", "says", "in lung", "lung takes", "R²", "repeats", "against chance"];
    let mut rows = vec![heads.map(|head| right(head).styled(DIM)).to_vec()];
    rows.extend(found.cases.iter().map(row));
    print_sheet(&rows);
    say::result("");
    for left in found.left_out.iter().take(NAMED) {
        fact(ODD, "left out", &format!("{}: {}", left.id, left.reason));
    }
    let (style, word) = match found.judgement.verdict {
        Verdict::Trustworthy => (GOOD, "trustworthy"),
        Verdict::Unstable => (BAD, "unstable"),
        Verdict::LooksElsewhere => (BAD, "looks elsewhere"),
        Verdict::Unknown => (ODD, "unknown"),
    };
    fact(style, "verdict", word);
    for reason in &found.judgement.reasons {
        for line in in_lines(reason, WIDE) {
            fact(DIM, "", &line);
        }
    }
}

fn row(case: &ExplainedCase) -> Vec<Cell> {
    let percent =
        |share: Option<f64>| share.map_or("-".to_owned(), |share| format!("{:.0} %", 100.0 * share));
    let number = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.2}"));
    let checks = &case.checks;
    vec![
        left(case.id.as_str()),
        right(case.class.clone().unwrap_or_else(|| "-".to_owned())),
        right(case.explained.as_str()),
        right(format!("{:.3}", case.probability)).styled(BOLD),
        right(percent(checks.lung.and_then(|lung| lung.weight_frac))),
        right(percent(checks.lung.map(|lung| lung.area_frac))),
        right(number(checks.r2)),
        right(number(checks.repeatability.and_then(|repeat| repeat.rank_correlation))),
        right(checks.deletion.map_or("-".to_owned(), |deletion| format!("{:+.3}", deletion.gain()))),
    ]
}
