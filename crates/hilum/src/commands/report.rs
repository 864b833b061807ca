//! `hilum report`: the report of an output folder, made again.

use super::figure::figures_of_run as figures;
use crate::{args::ReportArgs, failure::Failure, say};

pub(crate) fn report(args: &ReportArgs) -> Result<u8, Failure> {
    let unfinished =
        |e| Failure::from(e).with_help("give the output folder of a `hilum run` that came to its end");
    if args.figures {
        figures(&args.dir)?;
    }
    let path = hilum_cohort::rebuild_report(&args.dir).map_err(unfinished)?;
    say::result(&path.display().to_string());
    Ok(0)
}
