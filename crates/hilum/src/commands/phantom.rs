//! `hilum phantom`: made-up scans with known truth, and the manifest that lists them.

use crate::{
    args::PhantomArgs,
    failure::{Failure, NOTHING_DONE, WRONG_USE},
    say,
    units::{Dims, Spacing},
};
use hilum_core::MaskVolume;
use hilum_io::{
    nifti::{NiftiFile, write_mask, write_volume},
    write_atomically,
};
use hilum_phantom::{Phantom, PhantomSpec, generate};
use indicatif::ProgressBar;
use std::{
    error::Error,
    fmt::Write as _,
    io::Write as _,
    path::{Path, PathBuf},
};

/// One phantom to be made.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    pub(crate) image_id: String,
    pub(crate) class: &'static str,
    pub(crate) spec: PhantomSpec,
}

pub(crate) fn phantom(args: &PhantomArgs) -> Result<u8, Failure> {
    if !(0.0..=1.0).contains(&args.covid_share) {
        return Err(Failure::new(WRONG_USE, "--covid-share lies between 0 and 1"));
    }
    let Dims(dims) = args.dims;
    let plan: Vec<Planned> = plan(args.count, args.seed, args.covid_share)
        .map(|planned| {
            let spec = planned.spec.with_dims(dims);
            let spec = match args.spacing {
                Some(Spacing(spacing)) => spec.with_grid(dims, spacing),
                None => spec,
            };
            Planned { spec, ..planned }
        })
        .collect();
    let manifest = write_cohort(&args.out, &plan, args.truth, &ProgressBar::new(0))?;
    say::result(&format!("{} phantoms, listed in {}", plan.len(), manifest.display()));
    Ok(0)
}

/// `count` phantoms with seeds from `seed` on, the diseased ones spread evenly.
pub(crate) fn plan(count: u32, seed: u64, covid_share: f64) -> impl Iterator<Item = Planned> {
    let diseased = move |n: u32| (f64::from(n) * covid_share).round();
    (0..count).map(move |n| {
        let seed = seed.wrapping_add(u64::from(n));
        let image_id = format!("phantom_{seed:04}");
        if diseased(n + 1) > diseased(n) {
            Planned { image_id, class: "covid", spec: PhantomSpec::covid(seed) }
        } else {
            Planned { image_id, class: "healthy", spec: PhantomSpec::healthy(seed) }
        }
    })
}

/// Writes the volumes and manifest.csv into `out`, and the true masks into `out/truth` if wanted.
pub(crate) fn write_cohort(
    out: &Path,
    plan: &[Planned],
    truth: bool,
    bar: &ProgressBar,
) -> Result<PathBuf, Failure> {
    let failed = |e: Box<dyn Error + Send + Sync>| {
        Failure::new(NOTHING_DONE, e).with_help("is the folder writable, and is there space on the disk?")
    };
    let folder = if truth { out.join("truth") } else { out.to_owned() };
    std::fs::create_dir_all(folder).map_err(|e| failed(e.into()))?;
    let mut manifest = "image_id,type,uri\n".to_owned();
    bar.set_length(plan.len() as u64);
    for planned in bar.wrap_iter(plan.iter()) {
        write_phantom(out, planned, truth).map_err(failed)?;
        let Planned { image_id, class, .. } = planned;
        let _ = writeln!(manifest, "{image_id},{class},{image_id}.nii.gz");
    }
    bar.finish_and_clear();
    let path = out.join("manifest.csv");
    write_atomically(&path, |file| file.write_all(manifest.as_bytes())).map_err(|e| failed(e.into()))?;
    Ok(path)
}

fn write_phantom(out: &Path, planned: &Planned, truth: bool) -> Result<(), Box<dyn Error + Send + Sync>> {
    let Phantom { volume, truth: known } = generate(&planned.spec)?;
    let path = out.join(format!("{}.nii.gz", planned.image_id));
    write_volume(&path, &volume)?;
    if truth {
        let like = NiftiFile::open(&path)?;
        let masks: [(&str, &MaskVolume); 4] = [
            ("lung", &known.lung),
            ("vessel", &known.vessel),
            ("airway", &known.airway),
            ("lesion", &known.lesion),
        ];
        for (name, mask) in masks {
            let path = out.join("truth").join(format!("{}_{name}.nii.gz", planned.image_id));
            write_mask(&path, &like, mask)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disease_is_spread_evenly() {
        let classes = |count, share| plan(count, 1, share).filter(|p| p.class == "covid").count();
        assert_eq!((classes(10, 0.5), classes(10, 0.0), classes(7, 1.0), classes(10, 0.3)), (5, 0, 7, 3));
    }
}
