//! One file per command.

mod compare;
mod convert;
mod dataset;
mod demo;
mod describe;
mod evaluate;
mod explain;
mod export;
mod fetch;
mod figure;
mod import;
mod info;
mod matching;
mod measure;
mod phantom;
mod predict;
mod report;
mod run;
mod scan_file;
mod shell;
mod tables;
mod train;

use crate::{args::Command, failure::Failure};

/// Runs a command to its exit code.
pub(crate) fn run(command: Command) -> Result<u8, Failure> {
    match command {
        Command::Run(args) => run::run(args),
        Command::Demo(args) => demo::demo(args),
        Command::Info(args) => info::info(&args),
        Command::Select(args) => measure::select(&args),
        Command::Segment(args) => measure::segment(&args),
        Command::Measure(args) => measure::measure(&args),
        Command::Figure(args) => figure::figure(args),
        Command::Match(args) => matching::matching(args),
        Command::Convert(args) => convert::convert(&args),
        Command::Fetch(args) => fetch::fetching(&args),
        Command::Dataset(args) => dataset::dataset(*args),
        Command::Train(args) => train::train(&args),
        Command::Predict(args) => predict::predictions(&args),
        Command::Explain(args) => explain::explanations(&args),
        Command::Export(args) => export::export(&args),
        Command::Import(args) => import::import(&args),
        Command::Phantom(args) => phantom::phantom(&args),
        Command::Describe(args) => describe::describe(&args),
        Command::Compare(args) => compare::compare(&args),
        Command::Evaluate(args) => evaluate::evaluate(&args),
        Command::Report(args) => report::report(&args),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man { out } => shell::man(out.as_deref()),
    }
}
