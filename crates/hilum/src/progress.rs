//! How a run shows its progress: bars for a person, sparse lines for a log, nothing for a program.

use crate::{config::Show, failure, say, units::seconds_in_words};
use hilum_cohort::{Event, Stop};
use hilum_core::Status;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A log gets a line for every tenth of the work, but not more often than this.
const LINE_EVERY: Duration = Duration::from_secs(2);

/// Shows the events of one run; clones show the same run.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    show: Show,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    bars: MultiProgress,
    scans: Option<ProgressBar>,
    workers: Vec<ProgressBar>,
    tally: Tally,
}

#[derive(Debug)]
struct Tally {
    todo: usize,
    done: usize,
    failed: usize,
    started: Instant,
    last_line: Instant,
    last_tenth: usize,
}

impl Progress {
    pub(crate) fn new(show: Show) -> Self {
        let target =
            if show == Show::Bars { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let now = Instant::now();
        let tally = Tally { todo: 0, done: 0, failed: 0, started: now, last_line: now, last_tenth: 0 };
        let state =
            State { bars: MultiProgress::with_draw_target(target), scans: None, workers: Vec::new(), tally };
        Self { show, state: Arc::new(Mutex::new(state)) }
    }

    /// Takes in what happened.
    pub(crate) fn event(&self, event: Event) {
        let mut state = self.state();
        match event {
            Event::Planned { total, kept, workers } => {
                if kept > 0 && self.show == Show::Lines {
                    say::aside(&format!("{kept} of {total} scans are done already"));
                }
                state.plan(total, kept, workers);
            }
            Event::Started { worker, image_id } => {
                if let Some(line) = state.workers.get(worker) {
                    line.set_message(image_id);
                }
            }
            Event::Finished { worker, status, .. } => {
                if let Some(line) = state.workers.get(worker) {
                    line.set_message("");
                }
                self.finished(&mut state, status);
            }
            Event::Writing => state.clear(),
            _ => {}
        }
    }

    /// A word in between, without tearing the bars.
    pub(crate) fn aside(&self, line: &str) {
        if self.show != Show::Nothing {
            let bars = self.state().bars.clone();
            bars.suspend(|| say::aside(line));
        }
    }

    /// Removes the bars.
    pub(crate) fn end(&self) {
        self.state().clear();
    }

    fn finished(&self, state: &mut State, status: Status) {
        state.tally.done += 1;
        state.tally.failed += usize::from(status == Status::Failed);
        if let Some(bar) = &state.scans {
            bar.inc(1);
            if state.tally.failed > 0 {
                bar.set_message(format!("{} failed", state.tally.failed));
            }
        }
        if self.show == Show::Lines {
            state.tally.line();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn plan(&mut self, total: usize, kept: usize, workers: usize) {
        let now = Instant::now();
        self.tally = Tally { todo: total - kept, started: now, last_line: now, ..self.tally };
        let bar = self.bars.add(bar("scans"));
        bar.set_length(total as u64);
        bar.set_position(kept as u64);
        bar.reset_eta();
        bar.enable_steady_tick(Duration::from_millis(250));
        self.workers = (0..workers)
            .map(|_| self.bars.add(ProgressBar::new(0).with_style(style("    {wide_msg:.dim}"))))
            .collect();
        self.scans = Some(bar);
    }

    fn clear(&mut self) {
        for bar in self.workers.drain(..).chain(self.scans.take()) {
            bar.finish_and_clear();
        }
    }
}

impl Tally {
    fn line(&mut self) {
        let tenth = self.done * 10 / self.todo.max(1);
        if tenth > self.last_tenth && self.last_line.elapsed() >= LINE_EVERY && self.done < self.todo {
            let left =
                self.started.elapsed().as_secs_f64() / self.done as f64 * (self.todo - self.done) as f64;
            let left = seconds_in_words(left);
            say::aside(&format!(
                "{}/{} scans, {} failed, about {left} left",
                self.done, self.todo, self.failed
            ));
            (self.last_tenth, self.last_line) = (tenth, Instant::now());
        }
    }
}

/// A bar over things of one kind; its length is set by who uses it.
pub(crate) fn bar(things: &str) -> ProgressBar {
    let template = format!("  {{bar:32.cyan/dim}} {{pos}}/{{len}} {things}  {{eta}} left  {{msg:.red}}");
    ProgressBar::new(0).with_style(style(&template))
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸─")
}

/// Turns the first Ctrl-C into a request to stop and the second into an end at once.
pub(crate) fn stop_on_ctrl_c(progress: &Progress) -> Stop {
    let (stop, progress) = (Stop::default(), progress.clone());
    let asked = stop.clone();
    let handler = move || {
        if asked.is_requested() {
            std::process::exit(i32::from(failure::STOPPED));
        }
        asked.request();
        progress.aside("finishing the scans in flight; press Ctrl-C again to stop at once");
    };
    // Without a handler Ctrl-C ends the program at once, which costs only the scans in flight.
    let _ = ctrlc::set_handler(handler);
    stop
}

/// A request to stop for work that one bar shows: the first Ctrl-C asks for it, the second ends the program at once.
pub(crate) fn stop_of_bar(bar: &ProgressBar) -> Stop {
    let (stop, bar) = (Stop::default(), bar.clone());
    let asked = stop.clone();
    let handler = move || {
        if asked.is_requested() {
            std::process::exit(i32::from(failure::STOPPED));
        }
        asked.request();
        bar.suspend(|| say::aside("finishing what is in flight; press Ctrl-C again to stop at once"));
    };
    // Without a handler Ctrl-C ends the program at once, which costs only what is in flight.
    let _ = ctrlc::set_handler(handler);
    stop
}
