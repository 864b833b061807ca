//! A file and what was said of it, put together: what must be known to run it.

use super::{
    Engine, Gives, Head, ImportedInput, OnnxClassifier, OnnxError, OnnxFile, Squash, Statement,
    runner::Runner, statement::agreed,
};
use crate::{LearnError, Picture, dataset::Preprocessing};
use serde::{Deserialize, Serialize};

/// A net that was imported, as it stands in a model's description.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportedNet {
    /// What it is called: the name of its file.
    pub name: String,
    /// What enters.
    pub input: ImportedInput,
    /// The output that is read.
    pub output: String,
    /// What its numbers are.
    pub gives: Gives,
    /// Which of them are read, and for which class.
    pub head: Head,
}

/// Everything that is known of an imported net.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// The net.
    pub net: ImportedNet,
    /// The classes; of two the last one is to be found.
    pub classes: Vec<String>,
    /// What is done to a picture before it enters.
    pub preprocessing: Preprocessing,
    /// What logits are divided by.
    pub temperature: f64,
    /// Two classes: the probability of the last at which it is the answer.
    pub threshold: Option<f64>,
}

impl Settled {
    /// Puts together what `file` says in its graph and what `said` says, its metadata included
    /// ([`Statement::agreed_with`]), and has `engine` try the net on a black, a white and a grey picture.
    ///
    /// # Errors
    /// [`LearnError::Imported`] for what is missing, contradicts, is no classifier or cannot be run.
    pub fn of(file: &OnnxFile, name: &str, said: &Statement, engine: &Engine) -> Result<Self, LearnError> {
        file.check()?;
        if said.lung_channels.is_some() {
            let problem = "lung channels are those of a net that outlines lungs: add --task lungs, or leave out \
                           --lung-channels";
            return Err(OnnxError::Statement { problem: problem.to_owned() }.into());
        }
        let (input_name, axes) = file.input()?;
        let input = ImportedInput::of(input_name, &axes, said)?;
        let preprocessing = said.preprocessing(input.size_px)?;
        let output = file.output(said.output.as_deref())?.to_owned();
        let runner = Runner::new(&file.part(&output)?, input.shape(), engine)?;
        let numbers = runner.numbers()?;
        let ending = Ending::of(file.ends_in(&output));
        let gives = agreed("kind of numbers", said.gives, ending.gives)?.ok_or(OnnxError::NotSaid {
            what: "what the numbers of its output are",
            todo: "--gives logits or probabilities",
        })?;
        let squash = agreed("squashing function", said.squash, ending.squash)?;
        let named = said.classes.as_deref().ok_or(OnnxError::NotSaid {
            what: "what its outputs mean",
            todo: "--classes A,B in the order of the outputs",
        })?;
        let (head, classes) = head(numbers, squash, named, said.positive.as_deref())?;
        let temperature = said.temperature.unwrap_or(1.0);
        let threshold = said.threshold.or((classes.len() == 2).then_some(0.5));
        check_numbers(temperature, threshold, classes.len())?;
        let net = ImportedNet { name: name.to_owned(), input, output, gives, head };
        let settled = Self { net, classes, preprocessing, temperature, threshold };
        let classes = settled.classes.clone();
        settled.tried(OnnxClassifier::with_runner(&settled.net, file, runner, classes, engine))?;
        Ok(settled)
    }

    /// Fails where the net says impossible things of the plainest pictures.
    fn tried(&self, classifier: OnnxClassifier) -> Result<(), LearnError> {
        let pictures = plainest(&self.preprocessing);
        crate::Classifier::logits(&classifier, &pictures.iter().collect::<Vec<_>>()).map(|_| ())
    }
}

/// A black, a white and a grey picture.
pub(super) fn plainest(preprocessing: &Preprocessing) -> Vec<Picture> {
    let [rows, cols] = preprocessing.size_px;
    let channels = preprocessing.channels.len();
    let count = channels * rows * cols;
    let greys: [fn(usize) -> u16; 3] = [|_| 0, |_| u16::MAX, |pixel| (pixel * 40_503 % 65_536) as u16];
    greys
        .iter()
        .filter_map(|grey| Picture::new(channels, rows, cols, (0..count).map(grey).collect()))
        .collect()
}

/// What the last operation tells of the numbers that leave it.
#[derive(Default)]
pub(super) struct Ending {
    pub(super) gives: Option<Gives>,
    pub(super) squash: Option<Squash>,
}

impl Ending {
    pub(super) fn of(operator: Option<&str>) -> Self {
        let (gives, squash) = match operator {
            Some("Softmax") => (Some(Gives::Probabilities), Some(Squash::Softmax)),
            Some("Sigmoid") => (Some(Gives::Probabilities), None),
            Some("LogSoftmax") => (Some(Gives::Logits), Some(Squash::Softmax)),
            // A sum of products: nothing holds it between 0 and 1.
            Some("Gemm" | "MatMul" | "Add" | "Conv" | "ConvTranspose") => (Some(Gives::Logits), None),
            _ => (None, None),
        };
        Self { gives, squash }
    }
}

/// Which numbers are read, and the classes in the order of the answers: the one to be found comes last.
fn head(
    outputs: usize,
    squash: Option<Squash>,
    named: &[String],
    positive: Option<&str>,
) -> Result<(Head, Vec<String>), OnnxError> {
    let fault = |problem: String| Err(OnnxError::Statement { problem });
    let mut once = named.to_vec();
    once.sort();
    once.dedup();
    if once.len() != named.len() || named.iter().any(String::is_empty) {
        return fault("every class needs a name of its own".to_owned());
    }
    let place = match positive {
        None => None,
        Some(name) => match named.iter().position(|class| class == name) {
            None => return fault(format!("there is no class '{name}'; there are {}", named.join(", "))),
            place => place,
        },
    };
    let squash = squash.unwrap_or(if outputs == 1 { Squash::Sigmoid } else { Squash::Softmax });
    match (squash, outputs, named, place) {
        (Squash::Softmax, 1, ..) => fault("a softmax over a single number is 1 for every picture".to_owned()),
        (Squash::Sigmoid, 1, [first, last], Some(0)) => {
            Ok((Head::Sigmoid { output: 0, class: 0 }, vec![last.clone(), first.clone()]))
        }
        (Squash::Sigmoid, 1, [_, _], _) => Ok((Head::Sigmoid { output: 0, class: 1 }, named.to_vec())),
        (Squash::Sigmoid, 1, ..) => fault(format!(
            "it gives one number, which tells two classes apart, and {} are named: the class that it speaks for comes last",
            named.len()
        )),
        (_, several, ..) if several != named.len() => {
            fault(format!("it gives {several} numbers, and {} classes are named", named.len()))
        }
        (Squash::Sigmoid, _, _, Some(output)) => {
            let (finding, other) = (named[output].clone(), format!("not {}", named[output]));
            Ok((Head::Sigmoid { output, class: 1 }, vec![other, finding]))
        }
        (Squash::Sigmoid, _, _, None) => fault(
            "its numbers do not exclude each other, and a model tells classes apart: name the one finding that is asked for \
             with --positive"
                .to_owned(),
        ),
        (Squash::Softmax, several, _, place) => {
            let mut order: Vec<usize> = (0..several).collect();
            if let Some(place) = place {
                let last = order.remove(place);
                order.push(last);
            }
            let classes = order.iter().map(|&output| named[output].clone()).collect();
            Ok((Head::Softmax { outputs: order }, classes))
        }
    }
}

fn check_numbers(temperature: f64, threshold: Option<f64>, classes: usize) -> Result<(), OnnxError> {
    let fault = |problem: String| Err(OnnxError::Statement { problem });
    if !(temperature.is_finite() && temperature > 0.0) {
        return fault(format!("a temperature of {temperature}: it must be above 0"));
    }
    match threshold {
        Some(_) if classes != 2 => fault("a threshold: it is for two classes".to_owned()),
        Some(threshold) if !(0.0..=1.0).contains(&threshold) => {
            fault(format!("a threshold of {threshold}: it must lie from 0 to 1"))
        }
        _ => Ok(()),
    }
}
