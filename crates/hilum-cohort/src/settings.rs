//! What a scan is measured by.

use crate::{learn::LungModel, segmentation::DicomSeg};
use hilum_core::Recipe;
use hilum_imaging::notebook::NotebookDense;
use serde::Serialize;

/// Everything that changes the results.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ScanSettings {
    /// How to select and measure.
    pub recipe: Recipe,
    /// Which of its vessel masks the recipe `notebook` computes; `None` is the plain one. No other recipe reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notebook_dense: Option<NotebookDense>,
    /// Whether the masks of a DICOM series become a DICOM Segmentation object too, and what that says about the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dicom_seg: Option<DicomSeg>,
    /// Whether only the slices are read that the choice of one needs, where a file allows it and the recipe is `notebook`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub scout: bool,
    /// The net that outlines the lungs in place of hilum's own way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lungs: Option<LungModel>,
}

/// A setting that the recipe does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MeaninglessSetting {
    /// A vessel mask of the notebook's.
    #[error(
        "notebook-dense has no meaning for the recipe '{recipe}': it is a choice of the recipe notebook's"
    )]
    NotebookDense {
        /// The recipe.
        recipe: Recipe,
    },
    /// A net that outlines the lungs.
    #[error("lungs has no meaning for the recipe '{recipe}': it outlines the lungs by rules of its own")]
    Lungs {
        /// The recipe.
        recipe: Recipe,
    },
    /// The scout.
    #[error(
        "scout has no meaning for the recipe '{recipe}': its lungs are three-dimensional and need every slice"
    )]
    Scout {
        /// The recipe.
        recipe: Recipe,
    },
}

impl ScanSettings {
    /// The settings that a user chose, defaults filled in.
    ///
    /// # Errors
    /// [`MeaninglessSetting`] where one was chosen that only another recipe knows.
    pub fn chosen(
        recipe: Recipe,
        notebook_dense: Option<NotebookDense>,
        scout: bool,
    ) -> Result<Self, MeaninglessSetting> {
        let notebook_dense = match (recipe, notebook_dense) {
            (Recipe::Notebook, chosen) => Some(chosen.unwrap_or_default()),
            (_, None) => None,
            (_, Some(_)) => return Err(MeaninglessSetting::NotebookDense { recipe }),
        };
        if scout && recipe != Recipe::Notebook {
            return Err(MeaninglessSetting::Scout { recipe });
        }
        Ok(Self { recipe, notebook_dense, scout, ..Self::default() })
    }

    /// The same with the lungs outlined by a net, where one is given.
    ///
    /// # Errors
    /// [`MeaninglessSetting`] for a recipe that outlines lungs in its own way alone.
    pub fn with_lungs(self, lungs: Option<LungModel>) -> Result<Self, MeaninglessSetting> {
        match (self.recipe, lungs) {
            (_, None) => Ok(self),
            (Recipe::Default, lungs) => Ok(Self { lungs, ..self }),
            (recipe, Some(_)) => Err(MeaninglessSetting::Lungs { recipe }),
        }
    }
}
