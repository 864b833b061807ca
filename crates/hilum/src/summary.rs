//! The last words of a run: counts, what to look at, where the report lies, how to go on.

use crate::{
    config::RunConfig,
    method,
    say::{self, BAD, BOLD, DIM, GOOD, ODD},
    store_args,
    units::{bytes_in_words, seconds_in_words},
};
use anstyle::Style;
use hilum_cohort::{
    Counts, NotMeasured, RunRequest, RunSummary, Shard, ShardSummary, left_out_in_words, scan::ScanSettings,
};
use hilum_core::Status;
use std::path::Path;

/// Scans of each status without numbers that are named; the table has them all.
const NAMED: usize = 5;
/// Reasons are broken into lines of at most so many characters, to stand beside their heading on a narrow terminal.
const REASON_CHARS: usize = 68;

/// Prints how a run went.
pub(crate) fn print(config: &RunConfig, summary: &RunSummary) {
    let request = &config.request;
    let (run, counts) = (&summary.run, &summary.run.counts);
    let this = &run.this_run;
    let kept = match this.kept {
        0 => String::new(),
        n => format!(", {n} kept from an earlier run"),
    };
    say::result(&format!(
        "{BOLD}{} in {}{BOLD:#} {DIM}({}, {} read{kept}){DIM:#}",
        scans(counts.scans),
        run.input,
        seconds_in_words(this.seconds),
        bytes_in_words(this.read_bytes)
    ));
    tally(counts, &summary.not_measured);
    for note in &run.notes {
        line("note", ODD, note);
    }
    if !run.left_out.is_empty() {
        line("note", ODD, &left_out_in_words(&run.left_out));
    }
    line("report", GOOD, &summary.report.display().to_string());
    let table = match &request.mirror {
        Some(url) => format!("{url}/measurements.csv"),
        None => request.out.join("measurements.csv").display().to_string(),
    };
    line("table", GOOD, &format!("{table} {DIM}(and .parquet){DIM:#}"));
    if counts.status(Status::Failed) > 0 && !request.retry_failed {
        line("retry", GOOD, &format!("{} --retry-failed", command(request, &config.settings, None)));
    }
}

/// Prints how one part of a run went.
pub(crate) fn print_part(config: &RunConfig, summary: &ShardSummary) {
    let request = &config.request;
    let kept =
        if summary.kept == 0 { String::new() } else { format!(" {DIM}({} kept){DIM:#}", summary.kept) };
    say::result(&format!("{BOLD}part {}: {}{BOLD:#}{kept}", summary.shard, scans(summary.counts.scans)));
    tally(&summary.counts, &summary.not_measured);
    line(
        "tables",
        GOOD,
        &format!("{} {DIM}(when all parts are done){DIM:#}", command(request, &config.settings, None)),
    );
}

/// Prints what became of the scans.
fn tally(counts: &Counts, unmeasured: &[NotMeasured]) {
    for (status, colour) in [(Status::Measured, GOOD), (Status::Rejected, ODD), (Status::Failed, BAD)] {
        let number = counts.status(status);
        let colour = if number == 0 { DIM } else { colour };
        line(&status.to_string(), colour, &format!("{number:>5}"));
    }
    let warnings = counts.by_level.get("warn").copied().unwrap_or_default();
    let severally = if warnings == 0 { "" } else { "  (over all scans; one may have several)" };
    line("warnings", if warnings == 0 { DIM } else { ODD }, &format!("{warnings:>5}{severally}"));
    not_measured(unmeasured);
    say::result("");
}

/// The command that goes on with a stopped run, or with one part of it.
pub(crate) fn command(request: &RunRequest, settings: &ScanSettings, shard: Option<Shard>) -> String {
    let path = |path: &Path| quoted(&path.display().to_string());
    let out = request.mirror.as_ref().map_or_else(|| path(&request.out), |url| quoted(&url.to_string()));
    let mut words = vec!["hilum run".to_owned(), quoted(&request.input.to_string()), "--out".to_owned(), out];
    if let Some(labels) = &request.labels {
        words.extend(["--labels".to_owned(), path(labels)]);
    }
    for (label, name) in &request.class_names {
        words.extend(["--class-name".to_owned(), quoted(&format!("{label}={name}"))]);
    }
    words.extend(shard.map(|shard| format!("--shard {shard}")));
    words.extend(method::arguments(settings));
    words.extend(store_args::arguments(&request.store));
    words.join(" ")
}

fn not_measured(list: &[NotMeasured]) {
    for status in [Status::Rejected, Status::Failed] {
        let colour = if status == Status::Failed { BAD } else { ODD };
        let of_status: Vec<_> = list.iter().filter(|n| n.status == status).collect();
        if !of_status.is_empty() {
            say::result("");
        }
        for scan in of_status.iter().take(NAMED) {
            line(&status.to_string(), colour, &format!("{BOLD}{}{BOLD:#}", scan.image_id));
            for part in in_lines(scan.reason.as_deref().unwrap_or("no reason given"), REASON_CHARS) {
                line("", DIM, &part);
            }
        }
        if of_status.len() > NAMED {
            line("", DIM, &format!("and {} more {status}: see the report", of_status.len() - NAMED));
        }
    }
}

fn line(name: &str, colour: Style, text: &str) {
    say::result(&format!("  {colour}{name:<9}{colour:#} {text}"));
}

fn scans(number: u64) -> String {
    if number == 1 { "1 scan".to_owned() } else { format!("{number} scans") }
}

/// Text broken between words; a word that is longer than a line gets a line of its own.
pub(crate) fn in_lines(text: &str, chars: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= chars => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A word as a shell takes it.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%=\\".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::Recipe;
    use hilum_imaging::notebook::NotebookDense;
    use hilum_io::store::StoreOptions;
    use std::path::PathBuf;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted("out/a-1.nii"), "out/a-1.nii");
        assert_eq!(quoted("my scans"), "'my scans'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }

    #[test]
    fn reasons_break_between_words() {
        assert_eq!(in_lines("it was cut off, copy it again", 11), ["it was cut", "off, copy", "it again"]);
        assert_eq!(in_lines("a averylongword b", 5), ["a", "averylongword", "b"]);
    }

    #[test]
    fn the_command_repeats_what_changes_results() {
        let request = RunRequest {
            input: PathBuf::from("my scans").into(),
            out: "out".into(),
            mirror: None,
            store: StoreOptions::default(),
            labels: Some("classes.csv".into()),
            class_names: [("2".to_owned(), "COVID-19".to_owned())].into(),
            jobs: std::num::NonZeroUsize::MIN,
            max_memory_bytes: None,
            retry_failed: false,
        };
        let expected = "hilum run 'my scans' --out out --labels classes.csv --class-name 2=COVID-19";
        assert_eq!(command(&request, &ScanSettings::default(), None), expected);
        let mut settings = ScanSettings { recipe: Recipe::Notebook, ..ScanSettings::default() };
        settings.notebook_dense = Some(NotebookDense::Plain);
        assert_eq!(command(&request, &settings, None), format!("{expected} --recipe notebook"));
        settings.notebook_dense = Some(NotebookDense::On255);
        assert_eq!(
            command(&request, &settings, None),
            format!("{expected} --recipe notebook --notebook-dense 255")
        );
    }
}
