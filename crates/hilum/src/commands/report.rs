//! `hilum report`: the report of an output folder, made again.

use crate::{args::ReportArgs, failure::Failure, say};

pub(crate) fn report(args: &ReportArgs) -> Result<u8, Failure> {
    let path = hilum_cohort::rebuild_report(&args.dir).map_err(|e| {
        Failure::from(e).with_help("give the output folder of a `hilum run` that came to its end")
    })?;
    say::result(&path.display().to_string());
    Ok(0)
}
