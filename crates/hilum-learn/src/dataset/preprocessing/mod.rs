//! From a slice in HU or a grey picture to the input of a net, in an order that is written down with the model:
//! values to grey, what is not wanted to black, the part that is wanted, its size. docs/classifier.md says why.

mod size;

use super::{
    framing::{Fit, Frame},
    picture::Picture,
    resize::resize,
    source::{Channel, Source, SourceKind},
};
use crate::LearnError;
use hilum_core::Mask;

/// White, as [`Picture`] has it.
const WHITE: f64 = 65535.0;

/// How values become grey.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Values {
    /// HU from black to white over a window: the same grey means the same HU in every scan.
    Window {
        /// The value shown as middle grey.
        level_hu: f32,
        /// The range from black to white.
        width_hu: f32,
    },
    /// Grey as it is.
    AsIs,
    /// The least value of the slice black, its largest white, in 256 steps, as the notebook has it: one bright voxel
    /// changes every pixel.
    MinMax,
}

/// Which part of a picture is seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// All of it: table, ribs and burnt-in text too.
    #[default]
    Whole,
    /// The box around the lungs, a twentieth wider on each side.
    LungCrop,
    /// The same box, black outside the lungs.
    LungMask,
}

/// All that is done to a picture before a net sees it. Part of a model: it is stored with the weights.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Preprocessing {
    /// What is taken; everything else is refused.
    pub source: SourceKind,
    /// How values become grey.
    pub values: Values,
    /// Which part is seen.
    pub region: Region,
    /// How the part gets the shape of the input.
    pub fit: Fit,
    /// Rows and columns of the input.
    #[serde(with = "size")]
    pub size_px: [usize; 2],
    /// The channels, in their order.
    pub channels: Vec<Channel>,
}

/// An input, and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The input.
    pub picture: Picture,
    /// Whether the lungs were wanted and none were found, so that the whole picture was taken.
    pub without_lungs: bool,
}

impl Preprocessing {
    /// Slices in HU through the lung window (level -600, width 1500), whole, one channel.
    #[must_use]
    pub fn of_hu_slices(size_px: usize) -> Self {
        Self { source: SourceKind::HuSlice, values: Values::LUNG, ..Self::of_grey_pictures(size_px) }
    }

    /// Grey pictures as they are, whole, one channel.
    #[must_use]
    pub fn of_grey_pictures(size_px: usize) -> Self {
        Self {
            source: SourceKind::GreyPicture,
            values: Values::AsIs,
            region: Region::Whole,
            fit: Fit::Stretch,
            size_px: [size_px; 2],
            channels: vec![Channel::PICTURE],
        }
    }

    /// The notebook's: whole slices of 512 x 512 px, each between its own least and largest value.
    #[must_use]
    pub fn notebook(source: SourceKind) -> Self {
        Self { source, values: Values::MinMax, ..Self::of_grey_pictures(512) }
    }

    /// Whether the lungs must be known.
    #[must_use]
    pub fn needs_lungs(&self) -> bool {
        self.region != Region::Whole
            || self.channels.iter().any(|c| matches!(c, Channel::Lung | Channel::Dense))
    }

    /// Distances of the neighbouring slices that are channels, in mm.
    pub fn neighbours_mm(&self) -> impl Iterator<Item = i16> + '_ {
        self.channels.iter().filter_map(|channel| match channel {
            Channel::Slice { offset_mm } if *offset_mm != 0 => Some(*offset_mm),
            _ => None,
        })
    }

    /// Checks the numbers, so that [`Self::apply`] fails on inputs alone.
    ///
    /// # Errors
    /// [`LearnError::Preprocessing`] where a window has no width, there are no channels or too many, a channel comes
    /// twice, the size is not 8 to 4096 px, or a window is asked of pictures without HU.
    pub fn check(&self) -> Result<(), LearnError> {
        let fault = |problem: String| Err(LearnError::Preprocessing { problem });
        let mut once = self.channels.clone();
        once.sort_unstable();
        once.dedup();
        match self.values {
            Values::Window { level_hu, width_hu }
                if !(level_hu.is_finite() && width_hu.is_finite() && width_hu > 0.0) =>
            {
                return fault(format!("a window of level {level_hu} and width {width_hu} HU shows nothing"));
            }
            Values::Window { .. } if self.source == SourceKind::GreyPicture => {
                return fault("a window is given in HU, and pictures have none".to_owned());
            }
            Values::AsIs if self.source == SourceKind::HuSlice => {
                return fault("slices in HU need a window".to_owned());
            }
            _ => {}
        }
        if let Some(length) = self.size_px.iter().find(|length| !(8..=4096).contains(*length)) {
            return fault(format!("{length} px is no size for an input: 8 to 4096"));
        }
        if once.is_empty() || once.len() != self.channels.len() || once.len() > 32 {
            return fault("an input has 1 to 32 channels, each of them once".to_owned());
        }
        if self.source == SourceKind::GreyPicture
            && once.iter().any(|c| ![Channel::PICTURE, Channel::Lung].contains(c))
        {
            return fault("a picture has no neighbouring slices and no mask of dense tissue".to_owned());
        }
        Ok(())
    }

    /// The input that `source` becomes.
    ///
    /// # Errors
    /// [`LearnError::WrongSource`] where it is of another kind; [`LearnError::NoChannel`] where a slice or mask is missing;
    /// [`LearnError::Preprocessing`] as [`Self::check`], or where planes do not fit `source`.
    pub fn apply(&self, source: &Source) -> Result<Prepared, LearnError> {
        self.check()?;
        if source.kind != self.source {
            return Err(LearnError::WrongSource { wanted: self.source, found: source.kind });
        }
        let size = [source.rows, source.cols];
        let (frame, lung) = self.frame(source)?;
        let to = self.size_px;
        let mut values = Vec::with_capacity(self.channels.len() * to[0] * to[1]);
        for &channel in &self.channels {
            let mut plane = self.plane(source, channel)?;
            if plane.len() != source.rows * source.cols {
                let problem = format!("{} pixels for {} x {}", plane.len(), source.rows, source.cols);
                return Err(LearnError::Preprocessing { problem });
            }
            if let (Some(lung), Region::LungMask) = (lung, self.region) {
                blacken_outside(&mut plane, lung);
            }
            let cut = frame.cut(&plane, size);
            let resized = resize(&cut, frame.size_px(), to);
            values.extend(resized.ok_or_else(|| LearnError::Preprocessing {
                problem: format!("a picture of {} x {} px cannot be made one of {to:?}", size[0], size[1]),
            })?);
        }
        let picture = Picture::new(self.channels.len(), to[0], to[1], values);
        let picture = picture.ok_or_else(|| LearnError::Preprocessing { problem: "no pixels".to_owned() })?;
        Ok(Prepared { picture, without_lungs: self.region != Region::Whole && lung.is_none() })
    }

    /// The part of a picture that is seen, and the lungs that it goes by.
    fn frame<'a>(&self, source: &'a Source) -> Result<(Frame, Option<&'a Mask>), LearnError> {
        let size = [source.rows, source.cols];
        let lung = match (&source.lung, self.region) {
            (_, Region::Whole) => None,
            (None, _) => return Err(LearnError::NoChannel { channel: Channel::Lung }),
            (Some(lung), _) => Some(lung).filter(|lung| !lung.view().is_empty()),
        };
        let part = lung.map_or(Frame::whole(size), |lung| Frame::around(lung).widened(size));
        Ok((self.fit.shaped(part, self.size_px), lung))
    }

    /// For every pixel of `source`, `[row, col]`, the pixel of the input that shows its centre; `None` where the input shows
    /// nothing of it. Brings what is known of an input back to where it comes from.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub fn shown_at(&self, source: &Source) -> Result<Vec<Option<u32>>, LearnError> {
        let (frame, _) = self.frame(source)?;
        let [rows, cols] = frame.places([source.rows, source.cols], self.size_px);
        let of_row = |row: &Option<usize>| {
            let row = *row;
            cols.iter().map(move |col| Some((row? * self.size_px[1] + (*col)?) as u32)).collect::<Vec<_>>()
        };
        Ok(rows.iter().flat_map(of_row).collect())
    }

    fn plane(&self, source: &Source, channel: Channel) -> Result<Vec<u16>, LearnError> {
        let of_mask = |mask: &Option<Mask>| {
            let mask = mask.as_ref()?.view();
            Some(
                (0..mask.rows())
                    .flat_map(|r| (0..mask.cols()).map(move |c| u16::MAX * u16::from(mask.get(r, c))))
                    .collect(),
            )
        };
        let plane = match channel {
            Channel::Slice { offset_mm } => {
                source.planes.get(&offset_mm).map(|values| self.values.grey(values, source.kind))
            }
            Channel::Lung => of_mask(&source.lung),
            Channel::Dense => of_mask(&source.dense),
        };
        plane.ok_or(LearnError::NoChannel { channel })
    }
}

impl Values {
    /// The window in which lungs are read: level -600 HU, width 1500 HU.
    pub const LUNG: Self = Self::Window { level_hu: -600.0, width_hu: 1500.0 };

    /// Grey of every value: HU, or grey from 0 to 1. What is no number is black.
    pub(super) fn grey(self, values: &[f32], kind: SourceKind) -> Vec<u16> {
        let to_white = |share: f64| (share.clamp(0.0, 1.0) * WHITE).round() as u16;
        match self {
            Self::Window { level_hu, width_hu } => {
                let (low, width) = (f64::from(level_hu) - f64::from(width_hu) / 2.0, f64::from(width_hu));
                values.iter().map(|&hu| to_white((f64::from(hu) - low) / width)).collect()
            }
            Self::AsIs => values.iter().map(|&grey| to_white(f64::from(grey))).collect(),
            Self::MinMax => min_max(values, kind).into_iter().map(|grey| u16::from(grey) * 257).collect(),
        }
    }
}

/// `cv2.normalize(.., 0, 255, NORM_MINMAX).astype('uint8')`: slices are cut to whole numbers, as numpy cuts floats; pictures of
/// 8 bits are rounded, as OpenCV rounds within `uint8`. A slice of one value becomes black.
fn min_max(values: &[f32], kind: SourceKind) -> Vec<u8> {
    let (scale, rounded) = match kind {
        SourceKind::HuSlice => (1.0, 0.0),
        SourceKind::GreyPicture => (255.0, 0.5),
    };
    let value = |v: f32| if scale == 1.0 { f64::from(v) } else { (f64::from(v) * scale).round() };
    let finite = values.iter().filter(|v| v.is_finite()).map(|&v| value(v));
    let (least, most) =
        finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let factor = if most > least { 255.0 / (most - least) } else { 0.0 };
    let shift = if factor > 0.0 { -least * factor } else { 0.0 };
    values.iter().map(|&v| (value(v) * factor + shift + rounded) as u8).collect()
}

fn blacken_outside(plane: &mut [u16], lung: &Mask) {
    let view = lung.view();
    for (row, pixels) in plane.chunks_exact_mut(view.cols()).enumerate() {
        for (col, pixel) in pixels.iter_mut().enumerate() {
            if !view.get(row, col) {
                *pixel = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests;
