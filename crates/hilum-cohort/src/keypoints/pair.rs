//! Two pictures: their keypoints, what of them matches, and a figure.

use super::{
    GreyMapping, GreyPicture, MatchCounts, MatchSettings,
    alike::{Alike, features},
    described::PICTURES,
    picture, tables,
};
use crate::CohortError;
use hilum_core::{Recipe, schema::Table};
use hilum_imaging::sift::{Features, Sift, SiftSettings};
use hilum_io::table::write_parquet;
use hilum_report::{Drawing, MatchFigure, MatchPicture, Spot};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Two pictures to be matched.
#[derive(Debug, Clone, PartialEq)]
pub struct PairRequest {
    /// Scans, slices or pictures.
    pub inputs: [PathBuf; 2],
    /// How lungs are found in scans.
    pub recipe: Recipe,
    /// How HU become grey.
    pub mapping: GreyMapping,
    /// Whether only the box around the lungs is looked at.
    pub lungs: bool,
    /// How keypoints are matched.
    pub settings: MatchSettings,
}

/// Two pictures, matched.
#[derive(Debug, Clone)]
pub struct MatchedPair {
    pictures: [GreyPicture; 2],
    features: [Features; 2],
    alike: Alike,
    mapping: GreyMapping,
    lungs: bool,
}

/// What is told of two pictures, as JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairSummary {
    /// The pictures.
    pub pictures: [PictureSummary; 2],
    /// How HU became grey.
    pub mapping: GreyMapping,
    /// Numbers of matches.
    #[serde(flatten)]
    pub counts: MatchCounts,
    /// Matches for every hundred keypoints of the picture that has fewer; `None` without keypoints.
    pub matches_percent: Option<f64>,
    /// From the first picture to the second: two rows of x, y, 1; `None` where the distinct matches agree on none.
    pub transform: Option<[[f64; 3]; 2]>,
}

/// One of two pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PictureSummary {
    /// Its file.
    pub name: String,
    /// Rows.
    pub rows_px: usize,
    /// Columns.
    pub cols_px: usize,
    /// Keypoints found.
    pub keypoints: usize,
}

/// Reads two pictures, finds their keypoints and matches them.
///
/// # Errors
/// [`CohortError`] if one cannot be read, has no lung where one is needed, or is too large.
pub fn match_pair(request: &PairRequest) -> Result<MatchedPair, CohortError> {
    let mut sift = Sift::new(SiftSettings::default()).map_err(|source| CohortError::Keypoints { source })?;
    let mut read = |path: &Path| -> Result<(GreyPicture, Features), CohortError> {
        let picture = picture::read(path, request.recipe, request.mapping, request.lungs)?;
        let found = features(&mut sift, &picture).map_err(|source| CohortError::Keypoints { source })?;
        Ok((picture, found))
    };
    let [(first, a), (second, b)] = [read(&request.inputs[0])?, read(&request.inputs[1])?];
    let alike = Alike::of(&a, &b, &request.settings);
    Ok(MatchedPair {
        pictures: [first, second],
        features: [a, b],
        alike,
        mapping: request.mapping,
        lungs: request.lungs,
    })
}

impl MatchedPair {
    /// The numbers.
    pub fn summary(&self) -> PairSummary {
        let about = |n: usize| PictureSummary {
            name: self.pictures[n].name.clone(),
            rows_px: self.pictures[n].rows,
            cols_px: self.pictures[n].cols,
            keypoints: self.features[n].keypoints.len(),
        };
        let counts = self.alike.counts();
        let keypoints = [about(0).keypoints, about(1).keypoints];
        PairSummary {
            pictures: [about(0), about(1)],
            mapping: self.mapping,
            counts,
            matches_percent: super::percent(counts.matches, keypoints.map(|n| n as u32)),
            transform: self.alike.consensus.as_ref().map(|found| found.transform.rows),
        }
    }

    /// Writes keypoints.parquet and matches.parquet.
    ///
    /// # Errors
    /// [`CohortError::WriteTable`] if one cannot be written.
    pub fn write_tables(&self, folder: &Path) -> Result<(), CohortError> {
        std::fs::create_dir_all(folder).map_err(CohortError::write(folder))?;
        let write = |name: &str, table| {
            let path = folder.join(name);
            write_parquet(&path, &table).map_err(|source| CohortError::WriteTable { path, source })
        };
        write("keypoints.parquet", self.keypoints())?;
        write("matches.parquet", self.matches())
    }

    /// The keypoints of both pictures, one a row.
    pub fn keypoints(&self) -> Table<'static> {
        let of_both = [0, 1].map(|n| {
            let (name, keypoints) = (self.pictures[n].name.as_str(), self.features[n].keypoints.as_slice());
            (name, PICTURES[usize::from(self.lungs)], keypoints)
        });
        tables::keypoints(of_both.into_iter())
    }

    /// The matches, the nearest first.
    pub fn matches(&self) -> Table<'static> {
        tables::matches(&self.alike, &self.features)
    }

    /// The figure: keypoints of both above, the best matches as lines below.
    ///
    /// # Errors
    /// [`CohortError::Figure`] if it cannot be drawn.
    pub fn figure(&self, best: usize) -> Result<Drawing, CohortError> {
        let spots = |n: usize| {
            self.features[n].keypoints.iter().map(|k| Spot {
                x_px: f64::from(k.x_px),
                y_px: f64::from(k.y_px),
                radius_px: f64::from(k.size_px) / 2.0,
                angle_degrees: f64::from(k.angle_degrees),
            })
        };
        let pictures = [0, 1].map(|n| MatchPicture {
            name: &self.pictures[n].name,
            width: self.pictures[n].cols,
            height: self.pictures[n].rows,
            grey: &self.pictures[n].pixels,
            keypoints: spots(n).collect(),
        });
        let lines = self.alike.matches.iter().take(best).map(|m| [m.query, m.train]).collect();
        let counts = self.alike.counts();
        let figure = MatchFigure { pictures, lines, matches: counts.matches as usize };
        figure.draw().map_err(|source| CohortError::Figure { source })
    }
}
