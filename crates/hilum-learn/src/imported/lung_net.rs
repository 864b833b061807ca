//! A net that outlines the lungs: what must be known to run it, and slices to masks.

use super::{
    Engine, ImportedInput, LungMaps, OnnxError, OnnxFile, Statement, runner::Runner, settle::plainest,
};
use crate::{
    LearnError, Picture,
    dataset::{Channel, Preprocessing, Region, Source, SourceKind},
};
use hilum_core::Mask;
use serde::{Deserialize, Serialize};

/// A net that outlines the lungs, as it stands in a model's description.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LungNet {
    /// What it is called: the name of its file.
    pub name: String,
    /// What enters.
    pub input: ImportedInput,
    /// The output that is read.
    pub output: String,
    /// What its numbers mean.
    pub maps: LungMaps,
}

/// Everything that is known of such a net.
#[derive(Debug, Clone, PartialEq)]
pub struct SettledLungs {
    /// The net.
    pub net: LungNet,
    /// What is done to a slice before it enters.
    pub preprocessing: Preprocessing,
}

impl SettledLungs {
    /// Puts together what `file` says in its graph and what `said` says, its metadata included
    /// ([`Statement::agreed_with`]), and has `engine` try the net on a black, a white and a grey slice.
    ///
    /// # Errors
    /// [`LearnError::Imported`] for what is missing, contradicts, gives no maps or cannot be run.
    pub fn of(file: &OnnxFile, name: &str, said: &Statement, engine: &Engine) -> Result<Self, LearnError> {
        file.check()?;
        refuse_words_of_classifiers(said)?;
        let (input_name, axes) = file.input()?;
        let input = ImportedInput::of(input_name, &axes, said)?;
        let preprocessing = preprocessing(said, input.size_px)?;
        let output = file.output(said.output.as_deref())?.to_owned();
        let runner = Runner::new(&file.part(&output)?, input.shape(), engine)?;
        let maps = LungMaps::of(&runner.output, input.size_px, input.layout, file.ends_in(&output), said)?;
        let net = LungNet { name: name.to_owned(), input, output, maps };
        let segmenter = LungSegmenter { net, preprocessing, runner };
        for picture in plainest(&segmenter.preprocessing) {
            segmenter.shown(&picture)?;
        }
        let LungSegmenter { net, preprocessing, .. } = segmenter;
        Ok(Self { net, preprocessing })
    }
}

/// A net that outlines the lungs, ready to run.
#[derive(Debug)]
pub struct LungSegmenter {
    net: LungNet,
    preprocessing: Preprocessing,
    runner: Runner,
}

impl LungSegmenter {
    /// The net that `file` holds and `settled` describes, run by `engine`.
    ///
    /// # Errors
    /// [`LearnError::Imported`] where they do not go together.
    pub fn new(settled: SettledLungs, file: &OnnxFile, engine: &Engine) -> Result<Self, LearnError> {
        let SettledLungs { net, preprocessing } = settled;
        file.check()?;
        let runner = Runner::new(&file.part(&net.output)?, net.input.shape(), engine)?;
        let [rows, cols] = net.input.size_px;
        if runner.output.iter().product::<usize>() != net.maps.channels * rows * cols
            || net.maps.lung_channels.iter().any(|&channel| channel >= net.maps.channels)
            || preprocessing.size_px != net.input.size_px
        {
            let problem = "model.json speaks of other maps than the net gives".to_owned();
            return Err(OnnxError::Damaged { problem }.into());
        }
        Ok(Self { net, preprocessing, runner })
    }

    /// The lung on an axial slice of `rows` x `cols` values in HU, row-major, upright: the patient's right on the left,
    /// anterior up. The mask has the slice's own pixels: each is what the net says of the pixel that shows its centre, and
    /// no lung where the net is not shown it.
    ///
    /// # Errors
    /// [`LearnError::Preprocessing`] for values that do not fill the slice; [`LearnError::Imported`] where the net gives
    /// numbers that cannot be, or breaks off.
    pub fn segment(&self, rows: usize, cols: usize, hu: Vec<f32>) -> Result<Mask, LearnError> {
        let source = Source::of_hu(rows, cols, hu);
        let lung = self.shown(&self.preprocessing.apply(&source)?.picture)?;
        let shown_at = self.preprocessing.shown_at(&source)?;
        Ok(Mask::from_fn(rows, cols, |row, col| {
            shown_at[row * cols + col].is_some_and(|pixel| lung[pixel as usize])
        }))
    }

    /// For every pixel of a prepared slice whether it is lung.
    fn shown(&self, picture: &Picture) -> Result<Vec<bool>, OnnxError> {
        let [rows, cols] = self.net.input.size_px;
        let numbers = self.runner.run(&self.net.input.numbers(picture))?;
        self.net.maps.lung(&numbers, rows * cols)
    }

    /// Bytes of memory that a slice takes on its way: an estimate, on the high side; the weights are not in it.
    #[must_use]
    pub fn working_bytes(&self) -> u64 {
        self.runner.working_bytes
    }
}

/// What is done to slices of `size_px`.
fn preprocessing(said: &Statement, size_px: [usize; 2]) -> Result<Preprocessing, OnnxError> {
    let fault = |problem: &str| Err(OnnxError::Statement { problem: problem.to_owned() });
    if said.source == Some(SourceKind::GreyPicture) {
        return fault(
            "lungs are outlined on slices in HU: give --window W/L or --min-max in place of --pictures",
        );
    }
    if said.values.is_none() {
        return Err(OnnxError::NotSaid {
            what: "how HU became the grey that it was trained on",
            todo: "--window W/L, or --min-max",
        });
    }
    if said.region.is_some_and(|region| region != Region::Whole) {
        return fault(
            "where the lungs are is what it is asked for: it is shown whole slices, leave out --region",
        );
    }
    if said.channels.as_ref().is_some_and(|channels| channels.as_slice() != [Channel::PICTURE]) {
        return fault("a net that outlines lungs is shown one slice at a time: leave out --channels");
    }
    Statement { source: Some(SourceKind::HuSlice), ..said.clone() }.preprocessing(size_px)
}

fn refuse_words_of_classifiers(said: &Statement) -> Result<(), OnnxError> {
    let words = [
        (said.classes.is_some(), "--classes"),
        (said.positive.is_some(), "--positive"),
        (said.temperature.is_some(), "--temperature"),
    ];
    match words.iter().find(|(given, _)| *given) {
        Some((_, word)) => {
            let problem = format!("{word} is for classifiers: leave it out, or leave out --task lungs");
            Err(OnnxError::Statement { problem })
        }
        None => Ok(()),
    }
}
