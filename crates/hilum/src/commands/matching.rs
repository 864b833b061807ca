//! `hilum match`: keypoints of two pictures, or of every pair of a run.

use crate::{
    config::{class_names, jobs},
    failure::{Failure, WRONG_USE},
    match_args::{GreyArg, MatchArgs, NormArg, TransformArg},
    progress::{bar, stop_of_bar},
    say::{self, BOLD, DIM, ODD},
    sheet::{left, lines, right},
};
use hilum_cohort::{
    figures::write_figure,
    keypoints::{
        AllPairsRequest, AllPairsSummary, GreyMapping, MatchSettings, PairEvent, PairRequest, PairSummary,
        match_all, match_pair,
    },
};
use hilum_imaging::matching::{Norm, Ransac, TransformKind};
use indicatif::{ProgressBar, ProgressDrawTarget};
use std::{
    io::IsTerminal,
    path::Path,
    time::{Duration, Instant},
};

pub(crate) fn matching(args: MatchArgs) -> Result<u8, Failure> {
    match (&args.a, &args.b, &args.cohort) {
        (Some(a), Some(b), _) => two(&args, [a, b]),
        (_, _, Some(run)) => cohort(&args, run),
        _ => {
            Err(Failure::new(WRONG_USE, "give two pictures or scans, or --cohort with a run's output folder"))
        }
    }
}

fn settings(args: &MatchArgs) -> MatchSettings {
    let norm = match args.norm {
        NormArg::L1 => Norm::L1,
        NormArg::L2 => Norm::L2,
    };
    let kind = match args.transform {
        TransformArg::Similarity => TransformKind::Similarity,
        TransformArg::Affine => TransformKind::Affine,
    };
    let ransac = Ransac { kind, tolerance_px: args.tolerance, seed: args.seed, ..Ransac::default() };
    MatchSettings { norm, ratio: args.ratio, ransac }
}

fn mapping(args: &MatchArgs) -> GreyMapping {
    match args.grey {
        GreyArg::Window => GreyMapping::default(),
        GreyArg::MinMax => GreyMapping::MinMax,
    }
}

fn two(args: &MatchArgs, inputs: [&Path; 2]) -> Result<u8, Failure> {
    if let Some(figure) = &args.figure {
        let ending = figure.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if !["png", "svg"].contains(&ending.as_str()) {
            let message = format!("{} ends neither in .png nor in .svg", figure.display());
            return Err(Failure::new(WRONG_USE, message));
        }
    }
    let request = PairRequest {
        inputs: inputs.map(Path::to_owned),
        recipe: args.recipe,
        mapping: mapping(args),
        lungs: args.lungs,
        settings: settings(args),
    };
    let found = match_pair(&request)?;
    if let Some(figure) = &args.figure {
        write_figure(figure, &found.figure(usize::try_from(args.best).unwrap_or(usize::MAX))?)?;
    }
    if let Some(folder) = &args.out {
        found.write_tables(folder)?;
    }
    let summary = found.summary();
    if args.json {
        say::json(&summary)?;
        return Ok(0);
    }
    print_two(&summary, args.ratio);
    for file in args.figure.iter().chain(&args.out) {
        say::result(&format!("{DIM}written:{DIM:#} {}", file.display()));
    }
    Ok(0)
}

fn print_two(summary: &PairSummary, ratio: f32) {
    let mut rows: Vec<_> = (summary.pictures.iter())
        .map(|p| {
            let size = format!("keypoints on {} x {} px", p.cols_px, p.rows_px);
            vec![left(p.name.clone()).styled(BOLD), right(p.keypoints.to_string()), left(size)]
        })
        .collect();
    let counts = summary.counts;
    let share = summary.matches_percent.map_or(String::new(), |p| format!(", {p:.1} of 100 keypoints"));
    let steps = [
        ("match", counts.matches, format!("each the other's nearest{share}")),
        ("distinct", counts.distinct, format!("nearer than {ratio} of the second nearest")),
        ("consistent", counts.consistent, "one transform leads from all to all".to_owned()),
    ];
    rows.extend(steps.map(|(name, count, what)| vec![left(name), right(count.to_string()), left(what)]));
    lines(&rows).iter().for_each(|line| say::result(line));
}

fn cohort(args: &MatchArgs, run: &Path) -> Result<u8, Failure> {
    let request = AllPairsRequest {
        run: run.to_owned(),
        out: args.out.clone().unwrap_or_else(|| run.join("matching")),
        labels: args.labels.clone(),
        class_names: class_names(args.class_names.clone())?,
        mapping: mapping(args),
        settings: settings(args),
        jobs: jobs(args.jobs),
        permutations: args.permutations,
        seed: args.seed,
    };
    let shows = !args.no_progress && std::io::stderr().is_terminal();
    let target = || if shows { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let (scans, pairs) = (bar("scans"), bar("pairs"));
    scans.set_draw_target(target());
    pairs.set_draw_target(ProgressDrawTarget::hidden());
    let started = std::sync::OnceLock::new();
    let counted = std::sync::atomic::AtomicU64::new(0);
    let stop = stop_of_bar(&pairs);
    let event = |event| match event {
        PairEvent::Scans(count) => scans.set_length(count as u64),
        PairEvent::Scan => scans.inc(1),
        PairEvent::Pairs(count) => {
            scans.finish_and_clear();
            pairs.set_draw_target(target());
            pairs.set_length(count as u64);
            pairs.reset_eta();
            let _ = started.set(Instant::now());
        }
        PairEvent::Done { pairs: count, kept } => {
            pairs.inc(count as u64);
            if !kept {
                counted.fetch_add(count as u64, std::sync::atomic::Ordering::Relaxed);
            }
        }
        _ => finish(
            &pairs,
            started.get().map(Instant::elapsed),
            counted.load(std::sync::atomic::Ordering::Relaxed),
        ),
    };
    let found = match_all(&request, &stop, &event);
    scans.finish_and_clear();
    pairs.finish_and_clear();
    let found = found?;
    if args.json {
        say::json(&found)?;
        return Ok(0);
    }
    print_cohort(&found);
    say::result(&format!("{DIM}written:{DIM:#} {}", request.out.display()));
    Ok(0)
}

/// Says how fast the pairs went.
fn finish(pairs: &ProgressBar, elapsed: Option<Duration>, counted: u64) {
    pairs.finish_and_clear();
    let seconds = elapsed.map_or(0.0, |e| e.as_secs_f64());
    if counted > 0 && seconds > 0.0 {
        say::aside(&format!(
            "{DIM}{counted} pairs in {seconds:.1} s: {:.0} a second{DIM:#}",
            counted as f64 / seconds
        ));
    }
}

fn print_cohort(found: &AllPairsSummary) {
    let name = |label: &str| found.class_names.get(label).cloned().unwrap_or_else(|| label.to_owned());
    say::result(&format!("{BOLD}{} scans, {} pairs{BOLD:#}", found.scans, found.pairs));
    let head = ["picture", "classes", "pairs", "matches", "% match", "% distinct", "% consistent"];
    let mut rows = vec![head.iter().map(|h| right(*h).styled(DIM)).collect::<Vec<_>>()];
    for pair in &found.class_pairs {
        let classes = match pair.first == pair.second {
            true => format!("within {}", name(&pair.first)),
            false => format!("{} and {}", name(&pair.first), name(&pair.second)),
        };
        let mean = |measure: &str| match pair.mean.get(measure).copied().flatten() {
            Some(value) => right(format!("{value:.2}")),
            None => right("-"),
        };
        let mut row = vec![right(pair.picture), right(classes), right(pair.pairs.to_string())];
        row.extend(["matches", "matches_percent", "distinct_percent", "consistent_percent"].map(mean));
        rows.push(row);
    }
    lines(&rows).iter().for_each(|line| say::result(&format!("  {line}")));
    for sentence in &found.sentences {
        say::result(sentence);
    }
    for note in &found.notes {
        say::aside(&format!("{DIM}note:{DIM:#} {note}"));
    }
    for left_out in &found.left_out {
        say::aside(&format!("{ODD}left out:{ODD:#} {}: {}", left_out.image_id, left_out.reason));
    }
}
