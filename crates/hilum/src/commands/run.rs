//! `hilum run`: a whole cohort.

use super::figure::figures_of_run;
use crate::{
    args::RunArgs,
    config::{RunConfig, Show},
    failure::{Failure, NOTHING_DONE, SCAN_FAILED},
    progress::{Progress, stop_on_ctrl_c},
    say, summary,
};
use hilum_cohort::CohortError;
use hilum_core::Status;

pub(crate) fn run(args: RunArgs) -> Result<u8, Failure> {
    let config = RunConfig::new(args)?;
    let code = cohort(&config)?;
    if let Some(working) = config.working {
        working.close().map_err(|error| Failure::new(NOTHING_DONE, error))?;
    }
    Ok(code)
}

/// Runs a cohort, showing how it goes, to its exit code.
pub(crate) fn cohort(config: &RunConfig) -> Result<u8, Failure> {
    let progress = Progress::new(config.show);
    let stop = stop_on_ctrl_c(&progress);
    let ran = hilum_cohort::run(&config.request, &config.settings, &|event| progress.event(event), &stop);
    progress.end();
    let summary = ran.map_err(|error| {
        let again = matches!(error, CohortError::Interrupted { .. }).then(|| {
            format!(
                "`{}` goes on where this run stopped",
                summary::command(&config.request, &config.settings)
            )
        });
        let failure = Failure::from(error);
        match again {
            Some(help) => failure.with_help(help),
            None => failure,
        }
    })?;
    if config.figures && summary.run.counts.status(Status::Measured) > 0 {
        figures_of_run(&config.request.out)?;
    }
    match config.show {
        Show::Json => say::json(&summary)?,
        Show::Bars | Show::Lines => summary::print(config, &summary),
        Show::Nothing => {}
    }
    Ok(if summary.run.counts.status(Status::Failed) > 0 { SCAN_FAILED } else { 0 })
}
