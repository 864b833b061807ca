//! The arguments that choose how to measure, and what they mean together.

use crate::failure::{Failure, WRONG_USE};
use clap::Args;
use hilum_cohort::{
    learn::load_lungs,
    scan::{MeaninglessSetting, ScanSettings},
};
use hilum_core::Recipe;
use hilum_imaging::notebook::NotebookDense;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct MethodArgs {
    /// The method: default, or notebook (repeats a 2022 study fault for fault, for comparison).
    #[arg(long, default_value_t)]
    pub(crate) recipe: Recipe,
    /// With --recipe notebook, its vessel mask: plain (HU from -500 up), denoised, 255 (on its figures' 0/255 mask, HU from
    /// about -2 up) or 255-denoised (what its figures show) [default: plain].
    #[arg(long, value_name = "VARIANT")]
    pub(crate) notebook_dense: Option<NotebookDense>,
    /// With --recipe notebook, read only the slices that the choice of one needs, about an eighth, of plain .nii files; the
    /// plateau stays empty.
    #[arg(long)]
    pub(crate) scout: bool,
    /// Take the lungs of every slice from a net of your own, in place of hilum's way: the folder that `hilum import --task
    /// lungs` wrote.
    #[arg(long, value_name = "DIR")]
    pub(crate) lungs: Option<PathBuf>,
}

impl MethodArgs {
    /// The settings that change results, defaults filled in.
    pub(crate) fn settings(&self) -> Result<ScanSettings, Failure> {
        let wrong = |error: MeaninglessSetting| {
            let help = match error {
                MeaninglessSetting::Lungs { .. } => "leave out --lungs, or --recipe notebook",
                _ => "add --recipe notebook, or leave it out",
            };
            Failure::new(WRONG_USE, error).with_help(help)
        };
        let settings = ScanSettings::chosen(self.recipe, self.notebook_dense, self.scout).map_err(wrong)?;
        let lungs = self.lungs.as_deref().map(load_lungs).transpose()?;
        settings.with_lungs(lungs).map_err(wrong)
    }
}

/// The arguments that repeat these settings.
pub(crate) fn arguments(settings: &ScanSettings) -> Vec<String> {
    let mut words = Vec::new();
    if settings.recipe != Recipe::default() {
        words.extend(["--recipe".to_owned(), settings.recipe.to_string()]);
    }
    if let Some(dense) = settings.notebook_dense.filter(|&dense| dense != NotebookDense::default()) {
        words.extend(["--notebook-dense".to_owned(), dense.to_string()]);
    }
    if settings.dicom_seg.is_some() {
        words.push("--dicom-seg".to_owned());
    }
    if settings.scout {
        words.push("--scout".to_owned());
    }
    if let Some(lungs) = &settings.lungs {
        words.extend(["--lungs".to_owned(), lungs.folder().display().to_string()]);
    }
    words
}
