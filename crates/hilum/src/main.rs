//! The command line of hilum: arguments as typed (`args`), checked (`config`), then run (`commands`).

mod args;
mod commands;
mod config;
mod convert_args;
mod data_args;
mod evaluate_args;
mod explain_args;
mod export_args;
mod failure;
mod fetch_args;
mod figure_args;
mod import_args;
mod match_args;
mod method;
mod predict_args;
mod progress;
mod say;
mod seg_args;
mod sheet;
mod store_args;
mod summary;
mod table_args;
mod text_histogram;
mod train_args;
mod transfer_bar;
mod units;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let command_line = args::CommandLine::parse();
    match commands::run(command_line.command) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            say::failure(&failure);
            ExitCode::from(failure.code)
        }
    }
}
