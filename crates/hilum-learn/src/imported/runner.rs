//! A graph made ready, and run.

use super::{Engine, OnnxError, by_onnxruntime::Sessions, by_tract::Plan};
use std::{
    any::Any,
    fmt::Display,
    panic::{AssertUnwindSafe, catch_unwind},
};
use tract_onnx::pb::ModelProto;

/// A net for one picture at a time.
#[derive(Debug)]
pub(super) struct Runner {
    by: By,
    shape: [usize; 4],
    /// Shape of what leaves it.
    pub(super) output: Vec<usize>,
    /// Bytes that one run takes at its peak, besides the weights: an estimate, on the high side; 0 where nobody can tell.
    pub(super) working_bytes: u64,
}

#[derive(Debug)]
enum By {
    Tract(Plan),
    OnnxRuntime(Sessions),
}

/// What a net says of one picture.
pub(super) struct Said {
    pub(super) shape: Vec<usize>,
    pub(super) numbers: Vec<f32>,
}

/// Characters of an engine's messages that are told.
const TOLD: usize = 300;

impl Runner {
    /// A graph with one input, which gets the given shape, and one output.
    pub(super) fn new(model: &ModelProto, shape: [usize; 4], engine: &Engine) -> Result<Self, OnnxError> {
        let plan = Plan::new(model, shape);
        match engine {
            Engine::Tract => {
                let plan = plan?;
                let (output, working_bytes) = (plan.output.clone(), plan.working_bytes);
                Ok(Self { by: By::Tract(plan), shape, output, working_bytes })
            }
            Engine::OnnxRuntime(runtime) => {
                let sessions = Sessions::new(runtime, model)?;
                let grey = vec![0.5; shape.iter().product()];
                let output = sessions.run(shape, &grey)?.shape;
                // The library does not say what it takes; where tract knows the net, it is about as much.
                let working_bytes = plan.map_or(0, |plan| plan.working_bytes);
                Ok(Self { by: By::OnnxRuntime(sessions), shape, output, working_bytes })
            }
        }
    }

    /// How many numbers a classifier gives.
    ///
    /// # Errors
    /// [`OnnxError::Shape`] where they lie along several axes.
    pub(super) fn numbers(&self) -> Result<usize, OnnxError> {
        // [1, n], [n], [1, n, 1, 1], [1]: everything but n is 1.
        let mut long = self.output.iter().filter(|axis| **axis != 1);
        let numbers = long.next().copied().unwrap_or(1);
        match (long.next(), numbers) {
            (None, 1..) => Ok(numbers),
            _ => Err(OnnxError::Shape {
                found: format!("it gives {:?} numbers", self.output),
                wanted: "one number or one for each class: a net that draws pictures is no classifier; one that outlines \
                         lungs is imported with --task lungs",
            }),
        }
    }

    /// The numbers that the net gives of the numbers of one picture.
    pub(super) fn run(&self, numbers: &[f32]) -> Result<Vec<f32>, OnnxError> {
        let said = match &self.by {
            By::Tract(plan) => plan.run(self.shape, numbers)?,
            By::OnnxRuntime(sessions) => sessions.run(self.shape, numbers)?,
        };
        match said.shape == self.output {
            true => Ok(said.numbers),
            false => {
                let why = format!(
                    "it gives {:?} numbers of one picture and {:?} of another",
                    self.output, said.shape
                );
                Err(OnnxError::NotRun { why })
            }
        }
    }
}

/// What `work` gives, or in words why it gives nothing: engines panic on some of what they do not expect.
pub(super) fn caught<T, E: Display>(work: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    let why = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(made)) => return Ok(made),
        Ok(Err(error)) => format!("{error:#}"),
        Err(panic) => said_in(&*panic),
    };
    let line = why.split_whitespace().collect::<Vec<_>>().join(" ");
    Err(match line.char_indices().nth(TOLD) {
        Some((end, _)) => format!("{} ...", &line[..end]),
        None => line,
    })
}

fn said_in(panic: &(dyn Any + Send)) -> String {
    let text =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("it broke off").to_owned()
}
