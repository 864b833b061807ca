//! `hilum dataset`: what a data set holds, before a net learns from it.

use super::tables::{colour, fact, print_sheet, print_written};
use crate::{
    data_args::DatasetArgs,
    failure::Failure,
    progress::bar,
    say::{self, BAD, BOLD, DIM, GOOD, ODD},
    sheet::{Cell, left, right},
    summary::in_lines,
};
use hilum_cohort::learn::{DatasetFacts, LoadedDataset, NearDuplicates, load_dataset, write_dataset};
use hilum_core::Level;
use std::io::IsTerminal;

/// Examples left out, divided groups and pairs that are named; dataset.json and split.csv have them all.
const NAMED: usize = 5;
/// Rows and columns of pictures where the user names none.
const SIZE_PX: usize = 224;

pub(crate) fn dataset(args: DatasetArgs) -> Result<u8, Failure> {
    let request = args.data.request(args.input, SIZE_PX)?;
    let bar = bar("files");
    if args.json || !std::io::stderr().is_terminal() {
        bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
    }
    let loaded = load_dataset(&request, &|done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let loaded = loaded?;
    let written = args.out.as_deref().map(|out| write_dataset(out, &loaded)).transpose()?;
    if args.json {
        say::json(&loaded.file())?;
        return Ok(0);
    }
    print(&loaded);
    if let (Some(out), Some(files)) = (&args.out, &written) {
        print_written(out, files);
    }
    Ok(0)
}

fn print(loaded: &LoadedDataset) {
    let facts = &loaded.facts;
    say::result(&format!(
        "{BOLD}{}{BOLD:#} {DIM}({} examples, each {}){DIM:#}",
        facts.input, facts.examples, facts.source
    ));
    say::result("");
    print_sides(facts);
    say::result("");
    fact(DIM, "split", &facts.split);
    fact(DIM, "groups", &format!("{}, the largest of {} examples", facts.groups, facts.largest_group));
    let settings = serde_json::to_string(&loaded.preprocessing).unwrap_or_default();
    for (n, line) in in_lines(&settings.replace(',', ", "), 76).into_iter().enumerate() {
        fact(DIM, if n == 0 { "input" } else { "" }, &line);
    }
    print_pairs(facts);
    for group in facts.divided_groups.iter().take(NAMED) {
        let sides = group.examples.iter().map(|(side, ids)| format!("{} {}", ids.len(), side.name()));
        let first: Vec<&str> =
            group.examples.values().filter_map(|ids| Some(ids.first()?.as_str())).collect();
        fact(ODD, "divided", &format!("{}: {}", sides.collect::<Vec<_>>().join(", "), first.join(" | ")));
    }
    for left in facts.left_out.iter().take(NAMED) {
        fact(BAD, "left out", &format!("{}: {}", left.id, left.reason));
    }
    for finding in &facts.findings {
        let colour = if finding.level == Level::Note { DIM } else { ODD };
        for (n, line) in in_lines(&finding.message, 76).into_iter().enumerate() {
            let name = if n == 0 { finding.level.to_string() } else { String::new() };
            fact(colour, &name, &line);
        }
    }
}

fn print_sides(facts: &DatasetFacts) {
    let mut head = vec![left("class").styled(DIM)];
    head.extend(facts.sides.iter().map(|side| right(side.side.name()).styled(DIM)));
    let mut rows = vec![head];
    for (n, class) in facts.classes.iter().enumerate() {
        let mut row: Vec<Cell> = vec![left(class).styled(colour(n))];
        row.extend(facts.sides.iter().map(|side| {
            let count = side.classes[n];
            right(format!("{} in {} groups", count.examples, count.groups))
        }));
        rows.push(row);
    }
    print_sheet(&rows);
}

/// Near duplicates: how many, and first those that lie on two sides or in two classes.
fn print_pairs(facts: &DatasetFacts) {
    if facts.near_duplicates.is_empty() {
        return;
    }
    let (odd, even): (Vec<&NearDuplicates>, Vec<&NearDuplicates>) = facts
        .near_duplicates
        .iter()
        .partition(|pair| pair.sides[0] != pair.sides[1] || pair.classes[0] != pair.classes[1]);
    fact(GOOD, "near duplicates", &format!("{} pairs", facts.near_duplicates.len()));
    for pair in odd.iter().chain(&even).take(NAMED) {
        let [a, b] = &pair.ids;
        let likeness = pair.likeness;
        fact(DIM, "", &format!("{DIM}{:.3}, {} bits: {a} | {b}{DIM:#}", likeness.correlation, likeness.bits));
    }
}
