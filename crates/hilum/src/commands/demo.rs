//! `hilum demo`: a cohort out of nothing, measured and reported.

use super::{
    phantom::{plan, write_cohort},
    run::cohort,
};
use crate::{
    args::DemoArgs,
    config::{RunConfig, Show, jobs, show},
    failure::{Failure, NOTHING_DONE, SCAN_FAILED},
    progress, say,
};
use hilum_cohort::{OutFolder, RunRequest};
use hilum_io::store::StoreOptions;
use indicatif::ProgressBar;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// The scan that is broken on purpose.
const BROKEN: &str = "phantom_cut_short";

pub(crate) fn demo(args: DemoArgs) -> Result<u8, Failure> {
    let show = show(&args.work);
    let settings = args.work.method.settings()?;
    let watched = matches!(show, Show::Bars | Show::Lines);
    let (phantoms, results) = (args.out.join("phantoms"), args.out.join("results"));
    if watched {
        say::aside(&format!("making {} phantoms in {}", args.scans, phantoms.display()));
    }
    let plan: Vec<_> = plan(u32::from(args.scans), 1, 0.5).collect();
    let bar = if show == Show::Bars { progress::bar("phantoms") } else { ProgressBar::hidden() };
    let manifest = write_cohort(&phantoms, &plan, false, &bar)?;
    let input = with_a_broken_one(&phantoms, &plan[0].image_id, &manifest)
        .map_err(|e| Failure::new(NOTHING_DONE, e))?;
    let config = RunConfig {
        shard: None,
        request: RunRequest {
            input: input.into(),
            out: results.clone(),
            mirror: None,
            store: StoreOptions::default(),
            labels: None,
            class_names: BTreeMap::from([("covid", "COVID-19"), ("healthy", "Healthy")])
                .into_iter()
                .map(|(label, name)| (label.to_owned(), name.to_owned()))
                .collect(),
            jobs: jobs(args.work.jobs),
            max_memory_bytes: args.work.max_memory.map(|size| size.0),
            // The broken scan will fail again; no need to tell how to retry it.
            retry_failed: true,
        },
        settings,
        show,
        figures: true,
        out: OutFolder::at(results.into())?,
    };
    let code = cohort(&config)?;
    if watched {
        say::aside(&format!(
            "\n{BROKEN} is broken on purpose: a scan that fails keeps its row and says why.\n\
             Open the report in a browser. With scans of your own: hilum run FOLDER --out results"
        ));
    }
    // The broken scan fails, as it should.
    Ok(if code == SCAN_FAILED { 0 } else { code })
}

/// Adds a copy of `image_id` to the cohort, cut off in the middle as a broken download is. Returns the new manifest, which
/// takes the place of the old one and gives the report its title.
fn with_a_broken_one(phantoms: &Path, image_id: &str, manifest: &Path) -> io::Result<PathBuf> {
    let whole = fs::read(phantoms.join(format!("{image_id}.nii.gz")))?;
    fs::write(phantoms.join(format!("{BROKEN}.nii.gz")), &whole[..whole.len() / 2])?;
    let rows = fs::read_to_string(manifest)?;
    let listed = phantoms.join("phantoms.csv");
    fs::write(&listed, format!("{rows}{BROKEN},healthy,{BROKEN}.nii.gz\n"))?;
    fs::remove_file(manifest)?;
    Ok(listed)
}
