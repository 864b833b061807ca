//! The last words of a run: counts, what to look at, where the report lies, how to go on.

use crate::{
    say::{self, BAD, BOLD, DIM, GOOD, ODD},
    units::{bytes_in_words, seconds_in_words},
};
use anstyle::Style;
use hilum_cohort::{NotMeasured, RunRequest, RunSummary, left_out_in_words};
use hilum_core::Status;
use std::path::Path;

/// Scans without numbers that are named; the table has them all.
const NAMED: usize = 5;

/// Prints how a run went.
pub(crate) fn print(request: &RunRequest, summary: &RunSummary) {
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
    for (status, colour) in [(Status::Measured, GOOD), (Status::Rejected, ODD), (Status::Failed, BAD)] {
        let number = counts.status(status);
        let colour = if number == 0 { DIM } else { colour };
        line(&status.to_string(), colour, &format!("{number:>5}"));
    }
    let warnings = counts.by_level.get("warn").copied().unwrap_or_default();
    line("warnings", if warnings == 0 { DIM } else { ODD }, &format!("{warnings:>5}"));
    not_measured(&summary.not_measured);
    for note in &run.notes {
        line("note", ODD, note);
    }
    if !run.left_out.is_empty() {
        line("note", ODD, &left_out_in_words(&run.left_out));
    }
    line("report", GOOD, &summary.report.display().to_string());
    line("tables", GOOD, &request.out.join("measurements.csv").display().to_string());
    if counts.status(Status::Failed) > 0 {
        line("again", GOOD, &format!("{} --retry-failed", command(request)));
    }
}

/// The command that goes on with a stopped run.
pub(crate) fn command(request: &RunRequest) -> String {
    let mut words =
        vec!["hilum run".to_owned(), quoted(&request.input), "--out".to_owned(), quoted(&request.out)];
    if let Some(labels) = &request.labels {
        words.extend(["--labels".to_owned(), quoted(labels)]);
    }
    words.join(" ")
}

fn not_measured(list: &[NotMeasured]) {
    for status in [Status::Rejected, Status::Failed] {
        let colour = if status == Status::Failed { BAD } else { ODD };
        let of_status: Vec<_> = list.iter().filter(|n| n.status == status).collect();
        for scan in of_status.iter().take(NAMED) {
            let reason = scan.reason.as_deref().unwrap_or("no reason given");
            line(&status.to_string(), colour, &format!("{BOLD}{}{BOLD:#}  {reason}", scan.image_id));
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

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%\\".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted(Path::new("out/a-1.nii")), "out/a-1.nii");
        assert_eq!(quoted(Path::new("my scans")), "'my scans'");
        assert_eq!(quoted(Path::new("it's")), "'it'\\''s'");
    }
}
