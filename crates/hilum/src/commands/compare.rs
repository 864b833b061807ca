//! `hilum compare`: how the classes of a table differ.

use super::tables::{chance, colour, decimals, fact, print_losses, print_sheet, print_written, unusable};
use crate::{
    config::class_names,
    failure::Failure,
    say::{self, BOLD, DIM, GOOD},
    sheet::{Cell, left, right},
    table_args::CompareArgs,
    text_histogram::{axis, bars},
};
use hilum_cohort::{ComparisonFile, compare_table};
use hilum_learn::{Contrast, Criterion, CrossValidated, Fit, Interval, PValue, Share};

/// Characters across all bins of a histogram, about.
const HISTOGRAM_CHARS: usize = 64;

pub(crate) fn compare(args: &CompareArgs) -> Result<u8, Failure> {
    let table = &args.table;
    let names = class_names(table.class_names.clone())?;
    let found = compare_table(&args.request(names)).map_err(unusable)?;
    let written = table.out.as_deref().map(|folder| found.write(folder)).transpose()?;
    if table.json {
        say::json(&found)?;
        return Ok(0);
    }
    say::result(&format!(
        "{BOLD}{}{BOLD:#} by class {DIM}({} of {}, {} of {} rows){DIM:#}",
        found.value, found.value_column, found.table, found.compared, found.rows
    ));
    say::result("");
    print_classes(&found);
    say::result("");
    print_histograms(&found);
    match found.comparison.pairs.as_slice() {
        [] => {}
        [only] => print_pair(&found, only),
        _ => print_contrasts(&found),
    }
    say::result("");
    print_losses(&found.left_out, found.missing.as_ref(), &found.notes, &found.class_names);
    if let (Some(folder), Some(files)) = (&table.out, &written) {
        print_written(folder, files);
    }
    Ok(0)
}

fn print_classes(found: &ComparisonFile) {
    let classes = &found.comparison.classes;
    let digits = decimals(classes.iter().map(|class| class.summary.q3).fold(0.0, f64::max));
    let number = |value: f64| format!("{value:.digits$}");
    let shares = classes.iter().any(|class| class.under_5_percent.is_some());
    let mut head = vec![left("class"), right("n"), right("median"), right("IQR"), right(""), right("range")];
    if shares {
        head.extend([right(""), right("under 5 %"), right(""), right("under 10 %")]);
    }
    let mut rows: Vec<Vec<Cell>> = vec![head.into_iter().map(|cell| cell.styled(DIM)).collect()];
    for (n, class) in classes.iter().enumerate() {
        let s = &class.summary;
        let mut row = vec![
            left(found.name(&class.label)).styled(colour(n)),
            right(s.n.to_string()),
            right(number(s.median)).styled(BOLD),
            right(format!("{} – {}", number(s.q1), number(s.q3))),
            right(""),
            right(format!("{} – {}", number(s.min), number(s.max))),
        ];
        let share = |share: Share| [right(share.count.to_string()), right(format!("{:.1} %", share.percent))];
        row.extend(class.under_5_percent.map(share).into_iter().flatten());
        row.extend(class.under_10_percent.map(share).into_iter().flatten());
        rows.push(row);
    }
    print_sheet(&rows);
}

fn print_histograms(found: &ComparisonFile) {
    let (classes, histogram) = (&found.comparison.classes, &found.histogram);
    let share = |counts: &Vec<usize>| -> Vec<f64> {
        let all = counts.iter().sum::<usize>().max(1) as f64;
        counts.iter().map(|&count| count as f64 / all).collect()
    };
    let shares: Vec<Vec<f64>> = histogram.counts.iter().map(share).collect();
    let largest = shares.iter().flatten().copied().fold(0.0, f64::max);
    let names: Vec<&str> = classes.iter().map(|class| found.name(&class.label)).collect();
    let margin = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let wide = (HISTOGRAM_CHARS / (histogram.edges.len() - 1).max(1)).clamp(1, 4);
    for (n, (name, shares)) in names.iter().zip(&shares).enumerate() {
        let style = colour(n);
        let drawn = bars(shares, largest, wide);
        for (line, bar) in drawn.iter().enumerate() {
            if bar.is_empty() {
                say::result("");
                continue;
            }
            let name = if line + 1 == drawn.len() { *name } else { "" };
            say::result(&format!("  {style}{name:<margin$}{style:#}  {style}{bar}{style:#}"));
        }
    }
    let below = axis(&histogram.edges, wide, found.unit);
    say::result(&format!("  {:<margin$}  {DIM}{below}{DIM:#}", ""));
    if histogram.beyond.iter().any(|&scans| scans > 0) {
        let far = names.iter().zip(&histogram.beyond).filter(|(_, scans)| **scans > 0);
        let said: Vec<String> = far.map(|(name, scans)| format!("{scans} of {name}")).collect();
        say::result(&format!("  {:<margin$}  {DIM}beyond: {}{DIM:#}", "", said.join(", ")));
    }
}

/// Two classes: everything about them in words.
fn print_pair(found: &ComparisonFile, pair: &Contrast) {
    say::result("");
    say::result(&format!("{BOLD}{}{BOLD:#}", title(found, pair)));
    let roc = &pair.roc;
    let between = |i: Interval| format!("95 % interval {:.3} – {:.3}, DeLong", i.low, i.high);
    fact(
        DIM,
        "AUC",
        &format!("{BOLD}{:.3}{BOLD:#}   {}", roc.auc, roc.interval.map_or("no interval".to_owned(), between)),
    );
    let test = &pair.rank_test;
    let method = if test.method == PValue::Exact { "exact" } else { "asymptotic" };
    fact(DIM, "rank test", &format!("p = {}   Mann-Whitney, two-sided, {method}", chance(test.p)));
    fact(DIM, "effect", &format!("{:+.3}  rank-biserial correlation (Cliff's delta)", test.rank_biserial));
    if let Some(best) = &pair.best {
        let criterion = match found.settings.criterion {
            Criterion::Accuracy => "most accurate",
            Criterion::Youden => "Youden",
        };
        let digits = decimals(best.rule.threshold);
        let side = if best.rule.positive_is_above { "at or above it" } else { "below it" };
        let said = format!(
            "{BOLD}{:.digits$}{BOLD:#} {}  {criterion}; {side} means {}",
            best.rule.threshold,
            found.unit,
            found.name(&pair.positive)
        );
        fact(DIM, "threshold", &said);
        fact(DIM, "  in-sample", &in_sample(best));
    }
    if let Some(held) = &pair.cross_validated {
        print_held_back(found, pair, held);
    }
}

fn in_sample(best: &Fit) -> String {
    let s = &best.in_sample;
    format!(
        "accuracy {:.3}, sensitivity {:.3}, specificity {:.3}  {DIM}(too good: chosen on these scans){DIM:#}",
        s.accuracy, s.sensitivity, s.specificity
    )
}

fn print_held_back(found: &ComparisonFile, pair: &Contrast, held: &CrossValidated) {
    let s = &held.scores;
    let between =
        |i: Option<Interval>| i.map_or(String::new(), |i| format!(" ({:.3} – {:.3})", i.low, i.high));
    fact(
        DIM,
        "  held back",
        &format!(
            "accuracy {BOLD}{:.3}{BOLD:#}{}, sensitivity {:.3}, specificity {:.3}",
            s.accuracy,
            between(held.accuracy_interval),
            s.sensitivity,
            s.specificity
        ),
    );
    let larger = if pair.positives > pair.negatives { Some(&pair.positive) } else { pair.negative.as_ref() };
    let larger = larger.map_or("the rest", |label| found.name(label));
    let gain = format!(
        "{:.3} for always saying {larger}: a gain of {BOLD}{:+.3}{BOLD:#}{}",
        held.majority_accuracy,
        held.gain,
        between(held.gain_interval)
    );
    fact(DIM, "  against", &gain);
    let kept = if held.units < pair.positives + pair.negatives {
        format!(", scans of one patient together ({} patients)", held.units)
    } else {
        String::new()
    };
    let how = format!(
        "{DIM}{} x {}-fold cross-validation, stratified{kept}, seed {}; 95 % bootstrap intervals{DIM:#}",
        held.repeats, held.folds, found.settings.seed
    );
    fact(DIM, "", &how);
}

fn title(found: &ComparisonFile, contrast: &Contrast) -> String {
    let negative = contrast.negative.as_deref().map_or("the rest", |label| found.name(label));
    format!("{} against {negative}", found.name(&contrast.positive))
}

/// More than two classes: one test over all, then a line for each contrast.
fn print_contrasts(found: &ComparisonFile) {
    let comparison = &found.comparison;
    if let Some(test) = &comparison.kruskal_wallis {
        say::result("");
        say::result(&format!("{BOLD}All classes{BOLD:#}"));
        let said = format!(
            "H = {:.2}, {} degrees of freedom, p = {}, epsilon squared {:.3}",
            test.h,
            test.degrees_of_freedom,
            chance(test.p),
            test.epsilon_squared
        );
        fact(DIM, "Kruskal-Wallis", &said);
    }
    let heads = ["", "AUC", "95 %", "p, Holm", "effect", "threshold", "held back", "95 %", "majority"];
    let groups =
        [("Every pair", &comparison.pairs), ("Each class against the rest", &comparison.one_vs_rest)];
    for (name, contrasts) in groups {
        let mut rows = vec![heads.map(|head| right(head).styled(DIM)).to_vec()];
        rows.extend(contrasts.iter().map(|contrast| contrast_row(found, contrast)));
        say::result("");
        say::result(&format!("{BOLD}{name}{BOLD:#}"));
        print_sheet(&rows);
    }
    say::result("");
    let plan = &found.settings;
    fact(
        GOOD,
        "how",
        &format!(
            "{DIM}AUC: DeLong; p: Mann-Whitney, adjusted after Holm; effect: rank-biserial; held back: accuracy{DIM:#}"
        ),
    );
    let folds = format!(
        "{DIM}over {} x {}-fold cross-validation, seed {}{DIM:#}",
        plan.repeats, plan.folds, plan.seed
    );
    fact(DIM, "", &folds);
}

fn contrast_row(found: &ComparisonFile, contrast: &Contrast) -> Vec<Cell> {
    let between = |i: Option<Interval>| i.map_or(String::new(), |i| format!("{:.3}–{:.3}", i.low, i.high));
    let rest = contrast.negative.as_deref().map_or("rest", |label| found.name(label));
    let p = contrast.adjusted.map_or(contrast.rank_test.p, |adjusted| adjusted.p_holm);
    let held = contrast.cross_validated.as_ref();
    let threshold = contrast.best.map_or(String::new(), |best| {
        let digits = decimals(best.rule.threshold);
        let side = if best.rule.positive_is_above { "≥" } else { "<" };
        format!("{side} {:.digits$}", best.rule.threshold)
    });
    vec![
        left(format!("{} vs {rest}", found.name(&contrast.positive))),
        right(format!("{:.3}", contrast.roc.auc)).styled(BOLD),
        right(between(contrast.roc.interval)),
        right(chance(p)),
        right(format!("{:+.3}", contrast.rank_test.rank_biserial)),
        right(threshold),
        right(held.map_or(String::new(), |h| format!("{:.3}", h.scores.accuracy))).styled(BOLD),
        right(between(held.and_then(|h| h.accuracy_interval))),
        right(held.map_or(String::new(), |h| format!("{:.3}", h.majority_accuracy))),
    ]
}
