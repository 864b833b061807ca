//! From the maps that leave a net to the pixels that are lung.

use super::{
    Gives, Layout, OnnxError, Squash, Statement,
    head::{SUM_TOLERANCE, Wrong},
    settle::Ending,
    statement::agreed,
};
use serde::{Deserialize, Serialize};

/// The maps of a net: one number for each pixel and channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LungMaps {
    /// How many there are.
    pub channels: usize,
    /// Where the channels lie.
    pub layout: Layout,
    /// Which of them are lung, counted from 0, ascending.
    pub lung_channels: Vec<usize>,
    /// What the numbers are.
    pub gives: Gives,
    /// Which pixels are lung.
    #[serde(flatten)]
    pub rule: LungRule,
}

/// Which pixels are lung.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "squash")]
pub enum LungRule {
    /// Every map stands alone: where one of the lung channels reaches the probability.
    Sigmoid {
        /// The least probability of lung.
        threshold: f64,
    },
    /// Maps exclude each other: where the largest number, the first of equal ones, is that of a lung channel.
    Softmax,
}

impl LungMaps {
    /// The maps of a net whose output of the shape `output` comes from slices of `size_px` rows and columns whose channels
    /// lie as `layout` has it; `last` is the operation that it ends in.
    pub(super) fn of(
        output: &[usize],
        size_px: [usize; 2],
        layout: Layout,
        last: Option<&str>,
        said: &Statement,
    ) -> Result<Self, OnnxError> {
        let (channels, layout) = lying(output, size_px, layout)?;
        if last == Some("ArgMax") {
            let found = "it ends in ArgMax: its numbers are labels".to_owned();
            return Err(OnnxError::Shape {
                found,
                wanted: "the maps before it: export that part, or name it with --output",
            });
        }
        let ending = Ending::of(last);
        let gives = agreed("kind of numbers", said.gives, ending.gives)?.ok_or(OnnxError::NotSaid {
            what: "what the numbers of its maps are",
            todo: "--gives logits or probabilities",
        })?;
        // A sigmoid at the end does not say that maps stand alone, but without a word against it they do.
        let by_sigmoid = (last == Some("Sigmoid")).then_some(Squash::Sigmoid);
        let squash = agreed("squashing function", said.squash, ending.squash)?.or(by_sigmoid);
        let squash = squash.unwrap_or(if channels == 1 { Squash::Sigmoid } else { Squash::Softmax });
        let lung_channels = lung_channels(channels, said)?;
        let rule = rule(squash, channels, &lung_channels, said.threshold)?;
        Ok(Self { channels, layout, lung_channels, gives, rule })
    }

    /// For each of `pixels` pixels, row-major, whether it is lung.
    ///
    /// # Errors
    /// [`OnnxError::Map`] for numbers that are not finite, or no probabilities where they should be.
    pub(super) fn lung(&self, numbers: &[f32], pixels: usize) -> Result<Vec<bool>, OnnxError> {
        let at = |channel: usize, pixel: usize| match self.layout {
            Layout::Nchw => numbers[channel * pixels + pixel],
            Layout::Nhwc => numbers[pixel * self.channels + channel],
        };
        if let Some(odd) = numbers.iter().find(|number| !number.is_finite()) {
            return Err(fault(*odd, Wrong::NotFinite));
        }
        if self.gives == Gives::Probabilities {
            self.check(numbers, pixels, at)?;
        }
        let lung = |pixel: usize| match self.rule {
            LungRule::Sigmoid { threshold } => {
                let least = match self.gives {
                    Gives::Probabilities => threshold,
                    Gives::Logits => libm::log(threshold) - libm::log1p(-threshold),
                };
                self.lung_channels.iter().any(|&channel| f64::from(at(channel, pixel)) >= least)
            }
            LungRule::Softmax => {
                let most = (1..self.channels).fold(0, |most, channel| {
                    if at(channel, pixel) > at(most, pixel) { channel } else { most }
                });
                self.lung_channels.contains(&most)
            }
        };
        Ok((0..pixels).map(lung).collect())
    }

    fn check(
        &self,
        numbers: &[f32],
        pixels: usize,
        at: impl Fn(usize, usize) -> f32,
    ) -> Result<(), OnnxError> {
        let tolerance = SUM_TOLERANCE as f32;
        if let Some(odd) = numbers.iter().find(|number| !(-tolerance..=1.0 + tolerance).contains(*number)) {
            return Err(fault(*odd, Wrong::NoProbability));
        }
        if self.rule != LungRule::Softmax {
            return Ok(());
        }
        let sums = (0..pixels).map(|pixel| (0..self.channels).map(|channel| at(channel, pixel)).sum::<f32>());
        let odd = sums.into_iter().find(|sum| (sum - 1.0).abs() > tolerance);
        odd.map_or(Ok(()), |sum| {
            let wanted = "the probabilities of maps that exclude each other sum to 1: maps that do not take --squash sigmoid";
            Err(OnnxError::Map { found: format!("probabilities that sum to {sum}"), wanted })
        })
    }
}

fn fault(number: f32, wrong: Wrong) -> OnnxError {
    OnnxError::Map { found: number.to_string(), wanted: wrong.wanted() }
}

/// How many maps there are, and where their channels lie.
fn lying(output: &[usize], [rows, cols]: [usize; 2], input: Layout) -> Result<(usize, Layout), OnnxError> {
    let (first, last) = match *output {
        // A batch of one, with or without channels.
        [1, a, b, c] => ((b == rows && c == cols).then_some(a), (a == rows && b == cols).then_some(c)),
        [1, a, b] | [a, b] => ((a == rows && b == cols).then_some(1), None),
        _ => (None, None),
    };
    let found = match (first, last) {
        (Some(channels), None) => Some((channels, Layout::Nchw)),
        (None, Some(channels)) => Some((channels, Layout::Nhwc)),
        (Some(channels), Some(_)) => Some((channels, input)),
        (None, None) => None,
    };
    found.filter(|(channels, _)| *channels > 0).ok_or_else(|| {
        let drawn = output.iter().filter(|axis| **axis != 1).count() > 1;
        let wanted = match drawn {
            true => "a map with one number for each pixel that enters: export it with maps of the size of its input",
            false => "a map with one number for each pixel that enters: this is a classifier, which is imported without \
                      --task lungs",
        };
        OnnxError::Shape { found: format!("it gives {output:?} numbers of slices of {rows} x {cols} px"), wanted }
    })
}

fn lung_channels(channels: usize, said: &Statement) -> Result<Vec<usize>, OnnxError> {
    let fault = |problem: String| Err(OnnxError::Statement { problem });
    let mut chosen = match (&said.lung_channels, channels) {
        (Some(chosen), _) => chosen.clone(),
        (None, 1) => vec![0],
        (None, _) => {
            return Err(OnnxError::NotSaid {
                what: "which of its maps are lung",
                todo: "--lung-channels, such as 1,2: counted from 0, where mostly the background is",
            });
        }
    };
    chosen.sort_unstable();
    chosen.dedup();
    match chosen.last() {
        None => fault("none of its maps is lung".to_owned()),
        Some(&last) if last >= channels => {
            fault(format!("there is no map {last}: it gives {channels}, counted from 0"))
        }
        Some(_) => Ok(chosen),
    }
}

fn rule(
    squash: Squash,
    channels: usize,
    lung: &[usize],
    threshold: Option<f64>,
) -> Result<LungRule, OnnxError> {
    let fault = |problem: String| Err(OnnxError::Statement { problem });
    match (squash, threshold.unwrap_or(0.5)) {
        (Squash::Sigmoid, threshold) if !(threshold > 0.0 && threshold < 1.0) => {
            fault(format!("a threshold of {threshold}: it must lie between 0 and 1"))
        }
        (Squash::Sigmoid, threshold) => Ok(LungRule::Sigmoid { threshold }),
        (Squash::Softmax, _) if threshold.is_some() => {
            fault("a threshold: of maps that exclude each other the largest counts".to_owned())
        }
        (Squash::Softmax, _) if lung.len() == channels => fault(
            "every pixel would be lung: of maps that exclude each other one at least is no lung".to_owned(),
        ),
        (Squash::Softmax, _) => Ok(LungRule::Softmax),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(output: &[usize], last: &str, said: Statement) -> Result<LungMaps, String> {
        LungMaps::of(output, [4, 6], Layout::Nchw, Some(last), &said).map_err(|error| error.to_string())
    }

    fn of_channels(channels: &[usize]) -> Statement {
        Statement { lung_channels: Some(channels.to_vec()), ..Statement::default() }
    }

    #[test]
    fn the_shape_says_where_the_maps_lie() {
        let one = of(&[1, 1, 4, 6], "Conv", Statement::default()).unwrap();
        assert_eq!((one.channels, one.layout, one.gives), (1, Layout::Nchw, Gives::Logits));
        assert_eq!(one.rule, LungRule::Sigmoid { threshold: 0.5 });
        let three = of(&[1, 4, 6, 3], "Softmax", of_channels(&[2, 1])).unwrap();
        assert_eq!((three.channels, three.layout, three.rule), (3, Layout::Nhwc, LungRule::Softmax));
        assert_eq!(three.lung_channels, [1, 2]);
        assert_eq!(of(&[4, 6], "Sigmoid", Statement::default()).unwrap().gives, Gives::Probabilities);
    }

    #[test]
    fn what_makes_no_mask_is_refused() {
        for (output, last, said, words) in [
            (
                &[1, 2][..],
                "Softmax",
                of_channels(&[1]),
                "this is a classifier, which is imported without --task",
            ),
            (&[1, 1, 2, 3], "Conv", Statement::default(), "maps of the size of its input"),
            (&[1, 1, 4, 6], "ArgMax", Statement::default(), "ends in ArgMax"),
            (&[1, 1, 4, 6], "Resize", Statement::default(), "--gives logits or probabilities"),
            (&[1, 3, 4, 6], "Softmax", Statement::default(), "--lung-channels, such as 1,2"),
            (&[1, 3, 4, 6], "Softmax", of_channels(&[3]), "no map 3: it gives 3, counted from 0"),
            (&[1, 3, 4, 6], "Softmax", of_channels(&[0, 1, 2]), "every pixel would be lung"),
            (
                &[1, 3, 4, 6],
                "Softmax",
                Statement { threshold: Some(0.4), ..of_channels(&[1]) },
                "the largest counts",
            ),
            (
                &[1, 1, 4, 6],
                "Conv",
                Statement { threshold: Some(1.0), ..Statement::default() },
                "between 0 and 1",
            ),
        ] {
            let error = of(output, last, said).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn pixels_follow_the_threshold_or_the_largest() {
        let maps = |gives, rule, layout, channels, lung: &[usize]| LungMaps {
            channels,
            layout,
            lung_channels: lung.to_vec(),
            gives,
            rule,
        };
        let half = LungRule::Sigmoid { threshold: 0.5 };
        let one = maps(Gives::Logits, half, Layout::Nchw, 1, &[0]);
        assert_eq!(one.lung(&[-0.1, 0.0, 3.0], 3).unwrap(), [false, true, true]);
        let strict = maps(Gives::Logits, LungRule::Sigmoid { threshold: 0.9 }, Layout::Nchw, 1, &[0]);
        // ln 9 is 2.197.
        assert_eq!(strict.lung(&[2.19, 2.2], 2).unwrap(), [false, true]);
        let classes = |layout| maps(Gives::Logits, LungRule::Softmax, layout, 3, &[1, 2]);
        // Pixel 0: background and lung are equal, the first counts; pixel 1: the left lung.
        let planes = [5.0, 0.0, 5.0, 1.0, -1.0, 2.0];
        assert_eq!(classes(Layout::Nchw).lung(&planes, 2).unwrap(), [false, true]);
        let pixels = [5.0, 5.0, -1.0, 0.0, 1.0, 2.0];
        assert_eq!(classes(Layout::Nhwc).lung(&pixels, 2).unwrap(), [false, true]);
    }

    #[test]
    fn numbers_that_are_no_probabilities_are_refused() {
        let half = LungRule::Sigmoid { threshold: 0.5 };
        let maps = |channels, gives, rule| LungMaps {
            channels,
            layout: Layout::Nchw,
            lung_channels: vec![0],
            gives,
            rule,
        };
        let one = maps(1, Gives::Probabilities, half);
        let said = |maps: &LungMaps, numbers: &[f32]| maps.lung(numbers, 1).unwrap_err().to_string();
        assert!(said(&one, &[1.5]).contains("holds 1.5") && said(&one, &[1.5]).contains("--gives logits"));
        assert!(said(&maps(1, Gives::Logits, half), &[f32::NAN]).contains("NaN"));
        let two = maps(2, Gives::Probabilities, LungRule::Softmax);
        assert!(said(&two, &[0.9, 0.9]).contains("--squash sigmoid"), "{}", said(&two, &[0.9, 0.9]));
    }
}
