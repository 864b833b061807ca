//! `hilum train`: from a data set to a model.

use super::tables::fact;
use crate::{
    failure::Failure,
    progress::stop_of_bar,
    say::{self, BOLD, DIM},
    train_args::TrainArgs,
};
use hilum_cohort::learn::{DatasetFacts, TrainEvent, TrainRequest, TrainSummary, train_model};
use hilum_learn::{EpochRecord, dataset::Side};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{io::IsTerminal, path::Path};

pub(crate) fn train(args: &TrainArgs) -> Result<u8, Failure> {
    let request = args.request()?;
    let silent = args.show.json || args.show.quiet;
    let watch = Watch::new(&request, silent, !args.show.no_progress && std::io::stderr().is_terminal());
    let stop = stop_of_bar(&watch.bar);
    let trained = train_model(&request, &stop, &|event| watch.event(&event));
    watch.bar.finish_and_clear();
    let summary = trained?;
    if args.show.json {
        say::json(&summary)?;
    } else if !args.show.quiet {
        print(&summary, &request.out);
    }
    Ok(0)
}

/// What a person sees while it trains: a bar, and a line for each epoch.
struct Watch {
    bar: ProgressBar,
    silent: bool,
    epochs: usize,
}

impl Watch {
    fn new(request: &TrainRequest, silent: bool, bar: bool) -> Self {
        let style = ProgressStyle::with_template("  {bar:32.cyan/dim}  {msg}  {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let target = if bar && !silent { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let drawn = ProgressBar::with_draw_target(Some(0), target).with_style(style.progress_chars("━╸─"));
        Self { bar: drawn, silent, epochs: request.settings.epochs }
    }

    fn event(&self, event: &TrainEvent<'_>) {
        match event {
            TrainEvent::Reading(done, of) => {
                self.bar.set_length(*of as u64);
                self.bar.set_position(*done as u64);
                self.bar.set_message("reading pictures");
            }
            TrainEvent::Baselines(done, of) => {
                self.bar.set_length(*of as u64);
                self.bar.set_position(*done as u64);
                self.bar.set_message("fitting baselines");
            }
            TrainEvent::Begins { facts, parameters, done } => {
                self.say(&format!("{DIM}{}, {parameters} parameters{DIM:#}", sides(facts)));
                if *done > 0 {
                    self.say(&format!("{DIM}going on after epoch {done}{DIM:#}"));
                }
                self.bar.reset();
                self.bar.set_message("epoch 1");
            }
            TrainEvent::Step { epoch, done, steps, loss } => {
                let position = ((epoch - 1) * steps + done) as u64;
                if self.bar.length() != Some((self.epochs * steps) as u64) {
                    // What was done before this start says nothing about the time that is left.
                    self.bar.set_length((self.epochs * steps) as u64);
                    self.bar.set_position(position);
                    self.bar.reset_eta();
                }
                self.bar.set_position(position);
                self.bar.set_message(format!("epoch {epoch}/{}, loss {loss:.3}", self.epochs));
            }
            TrainEvent::Epoch { record, kept } => self.say(&line(record, *kept, self.epochs)),
            _ => {}
        }
    }

    fn say(&self, words: &str) {
        if !self.silent {
            self.bar.suspend(|| say::aside(words));
        }
    }
}

fn line(record: &EpochRecord, kept: usize, epochs: usize) -> String {
    let auc = |value: Option<f64>| value.map_or("-".to_owned(), |auc| format!("{auc:.3}"));
    let mark = if kept == record.epoch { format!("  {BOLD}kept{BOLD:#}") } else { String::new() };
    format!(
        "epoch {:>3}/{epochs}  loss {:.3}  accuracy {:.3}  AUC {}  {DIM}|{DIM:#}  validation: loss {:.3}  accuracy {:.3}  AUC {}{mark}",
        record.epoch,
        record.loss,
        record.accuracy,
        auc(record.auc),
        record.val_loss,
        record.val_accuracy,
        auc(record.val_auc),
    )
}

/// `425 pictures to learn from, 118 for validation`.
fn sides(facts: &DatasetFacts) -> String {
    let count = |wanted: Side| -> usize {
        let of_side = facts.sides.iter().filter(|side| side.side == wanted);
        of_side.flat_map(|side| &side.classes).map(|class| class.examples).sum()
    };
    let test = match count(Side::Test) {
        0 => String::new(),
        test => format!(", {test} for the test"),
    };
    format!("{} examples to learn from, {} for validation{test}", count(Side::Train), count(Side::Val))
}

fn print(summary: &TrainSummary, out: &Path) {
    let TrainSummary { kept, .. } = summary;
    let name = &summary.model;
    say::result(&format!("{BOLD}{name}{BOLD:#} {DIM}({} parameters){DIM:#}", summary.parameters));
    fact(DIM, "data", &sides(&summary.data));
    fact(DIM, "kept", &format!("epoch {} of {}", kept.epoch, summary.epochs));
    let auc = kept.val_auc.map_or(String::new(), |auc| format!(", AUC {auc:.3}"));
    fact(DIM, "validation", &format!("accuracy {:.3}{auc}, loss {:.3}", kept.val_accuracy, kept.val_loss));
    let threshold = summary.threshold.map_or(String::new(), |t| format!(", threshold {t:.3}"));
    fact(
        DIM,
        "chosen",
        &format!("temperature {:.3}{threshold}, on the validation side", summary.temperature),
    );
    fact(DIM, "written", &out.display().to_string());
}
