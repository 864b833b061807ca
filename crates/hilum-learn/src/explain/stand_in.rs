//! A classifier for tests whose reasons are known.

use crate::{Classifier, LearnError, dataset::Picture};
use hilum_imaging::superpixels::Pieces;

/// Sees nothing but the first 8 x 8 pixels: the brighter, the more of its second class.
#[derive(Debug)]
pub(super) struct Corner(Vec<String>);

impl Corner {
    pub(super) fn new() -> Self {
        Self(vec!["dark".to_owned(), "bright".to_owned()])
    }
}

impl Classifier for Corner {
    fn classes(&self) -> &[String] {
        &self.0
    }

    fn logits(&self, pictures: &[&Picture]) -> Result<Vec<Vec<f64>>, LearnError> {
        let brightness = |picture: &&Picture| {
            let [_, cols] = picture.size_px();
            let corner = picture.channel(0).chunks(cols).take(8).flat_map(|row| &row[..8]);
            corner.map(|&value| f64::from(Picture::as_unit(value))).sum::<f64>() / 64.0
        };
        Ok(pictures.iter().map(|picture| vec![6.0 * brightness(picture) - 3.0]).collect())
    }

    fn forgetful(&self, _seed: u64) -> Result<Option<Box<dyn Classifier>>, LearnError> {
        Ok(None)
    }
}

/// A bright picture of 32 x 32 pixels, and 4 x 4 squares of it.
pub(super) fn checkerboard() -> (Picture, Pieces) {
    let values = (0..32 * 32).map(|i| if (i + i / 32) % 2 == 0 { 60_000 } else { 40_000 }).collect();
    let marks: Vec<u32> = (0..32 * 32).map(|i| (i / 32 / 8) * 4 + i % 32 / 8).collect();
    (Picture::new(1, 32, 32, values).unwrap(), Pieces::from_marks(32, 32, &marks).unwrap())
}
