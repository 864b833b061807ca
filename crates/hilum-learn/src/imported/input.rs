//! What enters a net: from a prepared picture to its numbers in their order.

use super::{OnnxError, Statement, statement::agreed};
use crate::Picture;
use serde::{Deserialize, Serialize};

/// Where the channels of an input lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// `[N, channels, rows, columns]`, as PyTorch has it.
    Nchw,
    /// `[N, rows, columns, channels]`, as TensorFlow has it.
    Nhwc,
}

/// The input of a net that was imported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportedInput {
    /// Its name in the file.
    pub name: String,
    /// Where the channels lie.
    pub layout: Layout,
    /// Rows and columns.
    pub size_px: [usize; 2],
    /// Channels.
    pub channels: usize,
    /// The numbers that black and white enter as.
    pub range: [f64; 2],
    /// Subtracted from them, one for each channel.
    pub mean: Vec<f64>,
    /// Divides what is left, one for each channel.
    pub deviation: Vec<f64>,
}

/// More channels than this are rows or columns.
const MOST_CHANNELS: usize = 32;

impl ImportedInput {
    /// The input called `name` whose `axes` the file gives, `None` for one of any length.
    pub(super) fn of(name: &str, axes: &[Option<usize>], said: &Statement) -> Result<Self, OnnxError> {
        let shape = |found: String, wanted| Err(OnnxError::Shape { found, wanted });
        let [pictures, a, b, c] = *axes else {
            let found = format!("its input '{name}' has {} axes", axes.len());
            return shape(found, "four: [N, channels, rows, columns] or [N, rows, columns, channels]");
        };
        if let Some(count @ 2..) = pictures {
            let found = format!("its input '{name}' takes {count} pictures at a time and no other number");
            return shape(found, "one or any number of them: export it with a batch of 1, or a dynamic one");
        }
        let by = |fits: fn(usize) -> bool| match (a.is_some_and(fits), c.is_some_and(fits)) {
            (true, false) => Some(Layout::Nchw),
            (false, true) => Some(Layout::Nhwc),
            _ => None,
        };
        let by_shape =
            by(|length| length == 1 || length == 3).or_else(|| by(|length| length <= MOST_CHANNELS));
        let layout = agreed("layout", said.layout, by_shape)?.ok_or(OnnxError::NotSaid {
            what: "which axis of its input holds the channels",
            todo: "--layout nchw or nhwc",
        })?;
        let (channels, rows, cols) = match layout {
            Layout::Nchw => (a, b, c),
            Layout::Nhwc => (c, a, b),
        };
        let of_file = rows.zip(cols).map(|(rows, cols)| [rows, cols]);
        let size_px = agreed("size", said.size_px, of_file)?.ok_or(OnnxError::NotSaid {
            what: "how many rows and columns its pictures have",
            todo: "--size ROWSxCOLUMNS",
        })?;
        for (what, fixed, said) in [("rows", rows, size_px[0]), ("columns", cols, size_px[1])] {
            agreed(what, Some(said), fixed)?;
        }
        let shown = said.channels.as_ref().map_or(1, Vec::len);
        let channels = channels.unwrap_or(shown);
        if shown != 1 && shown != channels {
            let problem = format!(
                "{shown} channels are given to a net of {channels}: give as many, or one that all of them are shown"
            );
            return Err(OnnxError::Statement { problem });
        }
        let range = said.range.unwrap_or([0.0, 1.0]);
        let mean = for_channels("mean", said.mean.as_deref().unwrap_or(&[0.0]), channels)?;
        let deviation = for_channels("deviation", said.deviation.as_deref().unwrap_or(&[1.0]), channels)?;
        if !range.iter().all(|end| end.is_finite()) || range[0] == range[1] {
            let problem = format!("black as {} and white as {} show nothing", range[0], range[1]);
            return Err(OnnxError::Statement { problem });
        }
        if let Some(bad) = deviation.iter().find(|deviation| **deviation <= 0.0) {
            let problem = format!("a deviation of {bad}: it must be above 0");
            return Err(OnnxError::Statement { problem });
        }
        Ok(Self { name: name.to_owned(), layout, size_px, channels, range, mean, deviation })
    }

    /// `[1, ..]` in the order of the layout.
    pub(super) fn shape(&self) -> [usize; 4] {
        let [rows, cols] = self.size_px;
        match self.layout {
            Layout::Nchw => [1, self.channels, rows, cols],
            Layout::Nhwc => [1, rows, cols, self.channels],
        }
    }

    /// Whether a picture of `[channels, rows, cols]` can enter.
    pub(super) fn takes(&self, [channels, rows, cols]: [usize; 3]) -> bool {
        [rows, cols] == self.size_px && (channels == 1 || channels == self.channels)
    }

    /// The numbers of a picture in the order of [`Self::shape`].
    pub(super) fn numbers(&self, picture: &Picture) -> Vec<f32> {
        let [low, high] = self.range;
        let number = |channel: usize, pixel: usize| {
            let of = if picture.channels() == 1 { 0 } else { channel };
            let unit = f64::from(picture.channel(of)[pixel]) / 65535.0;
            ((low + unit * (high - low) - self.mean[channel]) / self.deviation[channel]) as f32
        };
        let pixels = 0..self.size_px[0] * self.size_px[1];
        match self.layout {
            Layout::Nchw => (0..self.channels)
                .flat_map(|channel| pixels.clone().map(move |pixel| (channel, pixel)))
                .map(|(c, p)| number(c, p))
                .collect(),
            Layout::Nhwc => pixels
                .flat_map(|pixel| (0..self.channels).map(move |channel| (channel, pixel)))
                .map(|(c, p)| number(c, p))
                .collect(),
        }
    }
}

/// One number for each channel.
fn for_channels(what: &str, given: &[f64], channels: usize) -> Result<Vec<f64>, OnnxError> {
    let fault = |problem: String| Err(OnnxError::Statement { problem });
    if given.iter().any(|number| !number.is_finite()) {
        return fault(format!("a {what} that is no finite number"));
    }
    match given {
        [one] => Ok(vec![*one; channels]),
        several if several.len() == channels => Ok(several.to_vec()),
        several => fault(format!(
            "{} numbers as {what} for {channels} channels: give one, or one for each",
            several.len()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(axes: [Option<usize>; 4], said: Statement) -> Result<ImportedInput, String> {
        ImportedInput::of("x", &axes, &said).map_err(|error| error.to_string())
    }

    #[test]
    fn the_shape_says_where_the_channels_lie() {
        let plain = Statement::default;
        let torch = of([None, Some(3), Some(224), Some(192)], plain()).unwrap();
        assert_eq!((torch.layout, torch.size_px, torch.channels), (Layout::Nchw, [224, 192], 3));
        let keras = of([Some(1), Some(64), Some(64), Some(1)], plain()).unwrap();
        assert_eq!((keras.layout, keras.shape()), (Layout::Nhwc, [1, 64, 64, 1]));
        let any = of([None, Some(1), None, None], plain()).unwrap_err();
        assert!(any.contains("--size"), "{any}");
        let none = of([None; 4], plain()).unwrap_err();
        assert!(none.contains("--layout"), "{none}");
        let size_px = Some([96, 64]);
        assert_eq!(
            of([None, Some(1), None, None], Statement { size_px, ..plain() }).unwrap().size_px,
            [96, 64]
        );
        let other = of([None, Some(1), Some(96), None], Statement { size_px: Some([64, 64]), ..plain() });
        assert!(other.unwrap_err().contains("rows: the file says 96, and what was said is 64"));
        let layout = Some(Layout::Nhwc);
        let other = of([None, Some(1), Some(96), Some(96)], Statement { layout, ..plain() });
        assert!(other.unwrap_err().contains("the file says nchw"));
        let many = of([Some(8), Some(1), Some(96), Some(96)], plain()).unwrap_err();
        assert!(many.contains("8 pictures at a time"), "{many}");
    }

    #[test]
    fn grey_becomes_numbers_of_every_channel() {
        let said = Statement {
            range: Some([0.0, 255.0]),
            mean: Some(vec![100.0, 0.0]),
            deviation: Some(vec![2.0]),
            ..Statement::default()
        };
        let picture = Picture::new(1, 1, 40, (0..40).map(|n| n * 257).collect()).unwrap();
        let first = |layout| {
            let said = Statement { layout: Some(layout), size_px: Some([1, 40]), ..said.clone() };
            let axes = match layout {
                Layout::Nchw => [None, Some(2), None, None],
                Layout::Nhwc => [None, None, None, Some(2)],
            };
            of(axes, said).unwrap().numbers(&picture)
        };
        let (planes, pixels) = (first(Layout::Nchw), first(Layout::Nhwc));
        assert_eq!((planes[0], planes[3], planes[40], planes[43]), (-50.0, -48.5, 0.0, 1.5));
        assert_eq!(pixels[..4], [-50.0, 0.0, -49.5, 0.5]);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let axes = [None, Some(3), Some(40), Some(40)];
        for (said, word) in [
            (Statement { mean: Some(vec![1.0, 2.0]), ..Statement::default() }, "2 numbers as mean for 3"),
            (Statement { deviation: Some(vec![0.0]), ..Statement::default() }, "above 0"),
            (Statement { range: Some([1.0, 1.0]), ..Statement::default() }, "show nothing"),
        ] {
            let error = of(axes, said).unwrap_err();
            assert!(error.contains(word), "{error}");
        }
    }
}
