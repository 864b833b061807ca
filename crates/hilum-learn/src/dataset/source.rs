//! What a picture was before it became an input of a net.

use hilum_core::Mask;
use std::{collections::BTreeMap, fmt, str::FromStr};

/// What the values of a picture mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// An axial slice in Hounsfield units.
    HuSlice,
    /// A picture made for eyes: grey without a unit, through a window that nobody wrote down.
    GreyPicture,
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HuSlice => "a slice in HU",
            Self::GreyPicture => "a grey picture without HU",
        })
    }
}

/// One channel of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Channel {
    /// The picture, or the slice that lies so far from the chosen one, towards the head where positive.
    Slice {
        /// Distance along the body.
        offset_mm: i16,
    },
    /// The lung mask: 1 inside.
    Lung,
    /// The mask of dense tissue in the lung: 1 inside.
    Dense,
}

impl Channel {
    /// The picture itself.
    pub const PICTURE: Self = Self::Slice { offset_mm: 0 };
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slice { offset_mm: 0 } => f.write_str("slice"),
            Self::Slice { offset_mm } => write!(f, "slice{offset_mm:+}mm"),
            Self::Lung => f.write_str("lung"),
            Self::Dense => f.write_str("dense"),
        }
    }
}

impl FromStr for Channel {
    type Err = String;

    /// Reads `slice`, `slice+10mm`, `slice-10mm`, `lung`, `dense`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "slice" => return Ok(Self::PICTURE),
            "lung" => return Ok(Self::Lung),
            "dense" => return Ok(Self::Dense),
            _ => {}
        }
        let offset = text.strip_prefix("slice").and_then(|rest| rest.strip_suffix("mm"));
        match offset.filter(|o| o.starts_with(['+', '-'])).and_then(|o| o.parse().ok()) {
            Some(offset_mm) => Ok(Self::Slice { offset_mm }),
            None => Err(format!("'{text}' is no channel: slice, slice+10mm, slice-10mm, lung or dense")),
        }
    }
}

impl From<Channel> for String {
    fn from(channel: Channel) -> Self {
        channel.to_string()
    }
}

impl TryFrom<String> for Channel {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// A picture as it was read, with what is known about it. All planes and masks have the same `[rows, cols]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// What the values mean.
    pub kind: SourceKind,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
    /// Planes by their distance in mm from the chosen slice, which lies at 0; row-major, the first row on top, the
    /// patient's right on the left. In HU, or grey from 0 to 1.
    pub planes: BTreeMap<i16, Vec<f32>>,
    /// The lung; `None` where nobody looked for it.
    pub lung: Option<Mask>,
    /// Dense tissue in the lung; `None` where nobody looked for it.
    pub dense: Option<Mask>,
}

impl Source {
    /// A grey picture, values from 0 to 1.
    #[must_use]
    pub fn of_grey(rows: usize, cols: usize, values: Vec<f32>) -> Self {
        let planes = BTreeMap::from([(0, values)]);
        Self { kind: SourceKind::GreyPicture, rows, cols, planes, lung: None, dense: None }
    }

    /// A slice in HU, without masks.
    #[must_use]
    pub fn of_hu(rows: usize, cols: usize, hu: Vec<f32>) -> Self {
        Self { kind: SourceKind::HuSlice, ..Self::of_grey(rows, cols, hu) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_written_and_read() {
        for channel in [
            Channel::PICTURE,
            Channel::Slice { offset_mm: -10 },
            Channel::Slice { offset_mm: 5 },
            Channel::Lung,
        ] {
            assert_eq!(channel.to_string().parse(), Ok(channel));
        }
        assert_eq!("slice+5mm".parse(), Ok(Channel::Slice { offset_mm: 5 }));
        assert_eq!(serde_json::to_string(&Channel::Dense).unwrap(), "\"dense\"");
        assert_eq!(
            "slice5mm".parse::<Channel>().unwrap_err().split(':').next(),
            Some("'slice5mm' is no channel")
        );
    }
}
