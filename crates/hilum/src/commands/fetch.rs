//! `hilum fetch`: a prefix of a store, copied or counted.

use crate::{
    failure::{Failure, SCAN_FAILED},
    fetch_args::FetchArgs,
    progress::stop_of_bar,
    say::{self, BAD, BOLD, DIM, GOOD, ODD},
    sheet::{left, lines, right},
    transfer_bar::TransferBar,
    units::{bytes_in_words, seconds_in_words},
};
use hilum_cohort::fetch::{FetchSummary, Sizes, fetch, sizes};

/// Objects that are named where some did not arrive; the ledger has them all.
const NAMED: usize = 10;

pub(crate) fn fetching(args: &FetchArgs) -> Result<u8, Failure> {
    let Some(request) = args.request()? else { return count(args) };
    let shown = TransferBar::new(args.show.json || args.show.quiet, args.show.no_progress);
    let stop = stop_of_bar(shown.bar());
    let fetched = fetch(&request, &|event| shown.event(event), &stop);
    shown.end();
    let summary = fetched?;
    if args.show.json {
        say::json(&summary)?;
    } else if !args.show.quiet {
        print(&summary, &request.destination.to_string());
    }
    for absent in summary.failed.iter().take(NAMED) {
        say::aside(&format!("{BAD}failed{BAD:#}  {}: {}", absent.name, absent.reason));
    }
    if summary.failed.len() > NAMED {
        say::aside(&format!(
            "        and {} more; .hilum-fetch.jsonl names them",
            summary.failed.len() - NAMED
        ));
    }
    Ok(if summary.failed.is_empty() { 0 } else { SCAN_FAILED })
}

fn print(summary: &FetchSummary, destination: &str) {
    let rate = summary.arrived_bytes as f64 / summary.seconds.max(1e-3);
    say::result(&format!(
        "{GOOD}{} of {} objects{GOOD:#} are in {BOLD}{destination}{BOLD:#}",
        summary.arrived + summary.kept,
        summary.objects
    ));
    say::result(&format!(
        "{DIM}{} arrived now: {} in {}, {}/s; {} were there already{DIM:#}",
        summary.arrived,
        bytes_in_words(summary.arrived_bytes),
        seconds_in_words(summary.seconds),
        bytes_in_words(rate as u64),
        summary.kept
    ));
    if summary.checked_by_size_alone > 0 {
        say::result(&format!(
            "{ODD}note{ODD:#}  of {} only the size was checked: their ETags are no digests",
            summary.checked_by_size_alone
        ));
    }
}

fn count(args: &FetchArgs) -> Result<u8, Failure> {
    let (source, choice) = args.source()?;
    let found = sizes(&source, &choice)?;
    if args.show.json {
        say::json(&found)?;
    } else {
        sheet(&found).iter().for_each(|line| say::result(line));
    }
    for name in found.missing.iter().take(NAMED) {
        say::aside(&format!("{BAD}not there{BAD:#}  {name}"));
    }
    Ok(if found.missing.is_empty() { 0 } else { SCAN_FAILED })
}

fn sheet(found: &Sizes) -> Vec<String> {
    let head = ["ending", "objects", "bytes", ""];
    let mut rows = vec![
        head.iter()
            .map(|&text| if text == "ending" { left(text) } else { right(text) }.styled(DIM))
            .collect(),
    ];
    let mut row = |ending: &str, objects: u64, bytes: u64| {
        let numbers = [objects.to_string(), bytes.to_string(), bytes_in_words(bytes)].map(right);
        rows.push(std::iter::once(left(ending)).chain(numbers).collect());
    };
    for (ending, size) in &found.by_ending {
        row(ending, size.objects, size.bytes);
    }
    row("all", found.objects, found.bytes);
    lines(&rows)
}
