//! How a fetch shows its progress: a bar with rate and time left for a person, a line now and then for a log.

use crate::{
    say,
    units::{bytes_in_words, seconds_in_words},
};
use hilum_cohort::fetch::FetchEvent;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::IsTerminal,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A log gets a line no more often than this.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Shows one fetch. The bar counts what has to move: what was there already is taken off its length.
pub(crate) struct TransferBar {
    bar: ProgressBar,
    /// Whether lines are written in place of a bar.
    lines: bool,
    last_line: Mutex<Instant>,
}

impl TransferBar {
    pub(crate) fn new(silent: bool, no_bar: bool) -> Self {
        let draws = !silent && !no_bar && std::io::stderr().is_terminal();
        let target = if draws { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(0), target).with_style(style());
        Self { bar, lines: !silent && !draws, last_line: Mutex::new(Instant::now()) }
    }

    pub(crate) fn bar(&self) -> &ProgressBar {
        &self.bar
    }

    /// Takes in what happened.
    pub(crate) fn event(&self, event: FetchEvent) {
        match event {
            FetchEvent::Planned { objects, bytes } => {
                self.bar.set_length(bytes);
                self.bar.reset();
                if self.lines {
                    say::aside(&format!("{objects} objects, {}", bytes_in_words(bytes)));
                }
            }
            FetchEvent::Moved { bytes } => {
                match u64::try_from(bytes) {
                    Ok(bytes) => self.bar.inc(bytes),
                    Err(_) => self.bar.dec(bytes.unsigned_abs()),
                }
                self.line();
            }
            FetchEvent::Kept { bytes } => self.bar.dec_length(bytes),
            FetchEvent::Failed { bytes } => self.bar.dec_length(bytes),
            _ => {}
        }
    }

    /// Removes the bar.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self) {
        if !self.lines {
            return;
        }
        let mut last = self.last_line.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() < LINE_EVERY {
            return;
        }
        *last = Instant::now();
        let (moved, all) = (self.bar.position(), self.bar.length().unwrap_or_default());
        let rate = moved as f64 / self.bar.elapsed().as_secs_f64().max(1e-3);
        let left = all.saturating_sub(moved) as f64 / rate.max(1.0);
        say::aside(&format!(
            "{} of {}, {}/s, about {} left",
            bytes_in_words(moved),
            bytes_in_words(all),
            bytes_in_words(rate as u64),
            seconds_in_words(left)
        ));
    }
}

fn style() -> ProgressStyle {
    let template =
        "  {bar:30.cyan/dim} {decimal_bytes} of {decimal_total_bytes}  {decimal_bytes_per_sec}  {eta} left";
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸─")
}
