//! From arguments to a request that can be run: defaults filled in from the machine, contradictions refused.

use crate::{
    args::{RunArgs, WorkArgs},
    failure::{Failure, WRONG_USE},
    units::{ClassName, MemorySize},
};
use hilum_cohort::{OutFolder, RunRequest, Shard, scan::ScanSettings};
use hilum_io::store::Location;
use std::{collections::BTreeMap, io::IsTerminal, num::NonZeroUsize};

/// How a run shows itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// Bars on a terminal, then a summary.
    Bars,
    /// A line now and then, then a summary.
    Lines,
    /// One JSON document on standard output.
    Json,
    /// Errors only.
    Nothing,
}

/// A cohort to run.
#[derive(Debug)]
pub(crate) struct RunConfig {
    pub(crate) request: RunRequest,
    pub(crate) settings: ScanSettings,
    pub(crate) show: Show,
    /// The part of the cohort to measure; `None` for all of it.
    pub(crate) shard: Option<Shard>,
    /// Whether plates are drawn when the run is done.
    pub(crate) figures: bool,
    /// Keeps the folder to work in when the output lies in a store.
    pub(crate) out: OutFolder,
}

impl RunConfig {
    pub(crate) fn new(args: RunArgs) -> Result<Self, Failure> {
        if args.figures && matches!(args.out, Location::Store(_)) {
            let failure = Failure::new(WRONG_USE, "--figures are drawn into an output folder on disk only");
            return Err(failure.with_help("leave out --figures, or give a folder with --out"));
        }
        let out = OutFolder::at(args.out)?;
        let request = RunRequest {
            input: args.input,
            out: out.path().to_owned(),
            mirror: out.mirror().cloned(),
            store: args.store.options(),
            labels: args.labels,
            class_names: class_names(args.class_names)?,
            jobs: jobs(args.work.jobs),
            max_memory_bytes: args.work.max_memory.map(|MemorySize(bytes)| bytes),
            retry_failed: args.retry_failed,
        };
        Ok(Self {
            request,
            settings: ScanSettings { dicom_seg: args.seg.setting(), ..args.work.method.settings()? },
            show: show(&args.work),
            shard: args.shard,
            figures: args.figures,
            out,
        })
    }
}

/// How to show the work, given the flags and whether a person watches.
pub(crate) fn show(work: &WorkArgs) -> Show {
    if work.show.json {
        Show::Json
    } else if work.show.quiet {
        Show::Nothing
    } else if work.show.no_progress || !std::io::stderr().is_terminal() {
        Show::Lines
    } else {
        Show::Bars
    }
}

/// As many jobs as asked for, or one per processor.
pub(crate) fn jobs(asked: Option<u16>) -> NonZeroUsize {
    asked
        .and_then(|n| NonZeroUsize::new(usize::from(n)))
        .or_else(|| std::thread::available_parallelism().ok())
        .unwrap_or(NonZeroUsize::MIN)
}

/// The name of each label; a label has one.
pub(crate) fn class_names(given: Vec<ClassName>) -> Result<BTreeMap<String, String>, Failure> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for ClassName { label, name } in given {
        if let Some(earlier) = names.insert(label.clone(), name.clone())
            && earlier != name
        {
            let message = format!("label '{label}' is named both '{earlier}' and '{name}'");
            return Err(Failure::new(WRONG_USE, message).with_help("give each label one --class-name"));
        }
    }
    Ok(names)
}
