//! `hilum run`: a whole cohort.

use super::figure::figures_of_run;
use crate::{
    args::RunArgs,
    config::{RunConfig, Show},
    failure::{Failure, SCAN_FAILED},
    progress::{Progress, stop_on_ctrl_c},
    say, summary,
};
use hilum_cohort::{CohortError, Event, Shard, Stop};
use hilum_core::Status;

pub(crate) fn run(args: RunArgs) -> Result<u8, Failure> {
    let config = RunConfig::new(args)?;
    let code = cohort(&config)?;
    config.out.close()?;
    Ok(code)
}

/// Runs a cohort or one part of it, showing how it goes, to its exit code.
pub(crate) fn cohort(config: &RunConfig) -> Result<u8, Failure> {
    let failed = match config.shard {
        Some(shard) => part(config, shard)?,
        None => whole(config)?,
    };
    Ok(if failed > 0 { SCAN_FAILED } else { 0 })
}

/// Runs a whole cohort to the number of scans that failed.
fn whole(config: &RunConfig) -> Result<u64, Failure> {
    let summary =
        watched(config, |events, stop| hilum_cohort::run(&config.request, &config.settings, events, stop))?;
    if config.figures && summary.run.counts.status(Status::Measured) > 0 {
        figures_of_run(&config.request.out)?;
    }
    match config.show {
        Show::Json => say::json(&summary)?,
        Show::Bars | Show::Lines => summary::print(config, &summary),
        Show::Nothing => {}
    }
    Ok(summary.run.counts.status(Status::Failed))
}

/// Runs one part of a cohort to the number of its scans that failed.
fn part(config: &RunConfig, shard: Shard) -> Result<u64, Failure> {
    let summary = watched(config, |events, stop| {
        hilum_cohort::run_shard(&config.request, &config.settings, shard, events, stop)
    })?;
    match config.show {
        Show::Json => say::json(&summary)?,
        Show::Bars | Show::Lines => summary::print_part(config, &summary),
        Show::Nothing => {}
    }
    Ok(summary.counts.status(Status::Failed))
}

/// Does the work with its progress shown and Ctrl-C heeded.
fn watched<T>(
    config: &RunConfig,
    work: impl FnOnce(&(dyn Fn(Event) + Sync), &Stop) -> Result<T, CohortError>,
) -> Result<T, Failure> {
    let progress = Progress::new(config.show);
    let stop = stop_on_ctrl_c(&progress);
    let done = work(&|event| progress.event(event), &stop);
    progress.end();
    done.map_err(|error| {
        let again = matches!(error, CohortError::Interrupted { .. }).then(|| {
            format!(
                "`{}` goes on where this run stopped",
                summary::command(&config.request, &config.settings, config.shard)
            )
        });
        let failure = Failure::from(error);
        match again {
            Some(help) => failure.with_help(help),
            None => failure,
        }
    })
}
