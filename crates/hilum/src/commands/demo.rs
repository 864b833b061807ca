//! `hilum demo`: a cohort out of nothing, measured and reported.

use super::{
    phantom::{plan, write_cohort},
    run::cohort,
};
use crate::{
    args::DemoArgs,
    config::{RunConfig, Show, jobs, settings, show},
    failure::{Failure, NOTHING_DONE, SCAN_FAILED},
    say,
};
use hilum_cohort::RunRequest;
use indicatif::ProgressBar;
use std::{collections::BTreeMap, fs, io, path::Path};

/// The scan that is broken on purpose.
const BROKEN: &str = "phantom_cut_short";

pub(crate) fn demo(args: DemoArgs) -> Result<u8, Failure> {
    let show = show(&args.work);
    let (phantoms, results) = (args.out.join("phantoms"), args.out.join("results"));
    if show != Show::Nothing {
        say::aside(&format!("making {} phantoms in {}", args.scans, phantoms.display()));
    }
    let plan: Vec<_> = plan(u32::from(args.scans), 1, 0.5).collect();
    let bar = if show == Show::Bars { ProgressBar::new(0) } else { ProgressBar::hidden() };
    let manifest = write_cohort(&phantoms, &plan, false, &bar)?;
    if let Some(first) = plan.first() {
        break_one(&phantoms, &first.image_id, &manifest).map_err(|e| Failure::new(NOTHING_DONE, e))?;
    }
    let config = RunConfig {
        request: RunRequest {
            input: manifest,
            out: results,
            labels: None,
            class_names: BTreeMap::from([("covid", "COVID-19"), ("healthy", "Healthy")])
                .into_iter()
                .map(|(label, name)| (label.to_owned(), name.to_owned()))
                .collect(),
            jobs: jobs(args.work.jobs),
            max_memory_bytes: args.work.max_memory.map(|size| size.0),
            retry_failed: false,
        },
        settings: settings(&args.work),
        show,
    };
    // The broken scan fails, as it should.
    cohort(&config).map(|code| if code == SCAN_FAILED { 0 } else { code })
}

/// Adds a copy of `image_id` to the cohort, cut off in the middle as a broken download is.
fn break_one(phantoms: &Path, image_id: &str, manifest: &Path) -> io::Result<()> {
    let whole = fs::read(phantoms.join(format!("{image_id}.nii.gz")))?;
    fs::write(phantoms.join(format!("{BROKEN}.nii.gz")), &whole[..whole.len() / 2])?;
    let rows = fs::read_to_string(manifest)?;
    fs::write(manifest, format!("{rows}{BROKEN},healthy,{BROKEN}.nii.gz\n"))
}
