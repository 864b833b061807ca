//! The content of an ONNX file, looked over before anything runs.

use super::{OnnxError, Statement, graph};
use prost::Message;
use tract_onnx::pb::{
    GraphProto, ModelProto, ValueInfoProto,
    tensor_proto::{DataLocation, DataType},
    tensor_shape_proto::dimension::Value as Length,
    type_proto::Value as Kind,
};

/// An ONNX file in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct OnnxFile {
    /// Everything but the graph.
    head: ModelProto,
    pub(super) graph: GraphProto,
}

impl OnnxFile {
    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// [`OnnxError::NotOnnx`] for bytes of another kind, or cut.
    pub fn read(bytes: &[u8]) -> Result<Self, OnnxError> {
        let mut head =
            ModelProto::decode(bytes).map_err(|error| OnnxError::NotOnnx { why: error.to_string() })?;
        let missing = |what: &str| OnnxError::NotOnnx { why: format!("it holds no {what}") };
        let graph = head.graph.take().ok_or_else(|| missing("graph"))?;
        if graph.node.is_empty() {
            return Err(missing("operation"));
        }
        if head.opset_import.is_empty() {
            return Err(missing("version of its operators"));
        }
        Ok(Self { head, graph })
    }

    /// The names of other files that hold weights of this one, each once.
    #[must_use]
    pub fn outside(&self) -> Vec<String> {
        let mut names: Vec<String> = (self.graph.initializer.iter())
            .filter(|array| array.data_location == Some(DataLocation::External as i32))
            .map(|array| outside(&array.external_data, "location").unwrap_or_default().to_owned())
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// Takes in weights from `bytes`, the content of the other file called `name`.
    ///
    /// # Errors
    /// [`OnnxError::Outside`] where the file is shorter than the weights want.
    pub fn take_in(&mut self, name: &str, bytes: &[u8]) -> Result<(), OnnxError> {
        for array in self
            .graph
            .initializer
            .iter_mut()
            .filter(|array| array.data_location == Some(DataLocation::External as i32))
        {
            let entry = |key| outside(&array.external_data, key);
            if entry("location") != Some(name) {
                continue;
            }
            let number = |key: &'static str| entry(key).map(str::parse::<usize>).transpose();
            let part = match (number("offset"), number("length")) {
                (Ok(offset), Ok(length)) => {
                    let start = offset.unwrap_or(0);
                    let end = length.map_or(Some(bytes.len()), |length| start.checked_add(length));
                    end.and_then(|end| bytes.get(start..end))
                }
                _ => None,
            };
            let Some(part) = part else {
                let problem = format!("is too short for '{}'", array.name);
                return Err(OnnxError::Outside { file: name.to_owned(), problem });
            };
            array.raw_data = part.to_vec();
            array.external_data.clear();
            array.data_location = None;
        }
        Ok(())
    }

    /// The bytes of a file with everything in it.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        ModelProto { graph: Some(self.graph.clone()), ..self.head.clone() }.encode_to_vec()
    }

    /// What the file says of itself in its metadata.
    ///
    /// # Errors
    /// [`OnnxError::Damaged`] where the entry is there and cannot be read.
    pub fn statement(&self) -> Result<Statement, OnnxError> {
        let Some(entry) = self.head.metadata_props.iter().find(|entry| entry.key == Statement::KEY) else {
            return Ok(Statement::default());
        };
        let problem =
            |error| format!("the entry '{}' of its metadata cannot be read ({error})", Statement::KEY);
        serde_json::from_str(&entry.value).map_err(|error| OnnxError::Damaged { problem: problem(error) })
    }

    /// Checks that every array holds what its shape says, and that no operation wants the impossible: memory that cannot be
    /// had ends a program.
    pub(super) fn check(&self) -> Result<(), OnnxError> {
        if let Some(file) = self.outside().into_iter().next() {
            return Err(OnnxError::Outside { file, problem: "was not read".to_owned() });
        }
        let fault = graph::arrays(&self.graph).find_map(graph::fault);
        match fault.or_else(|| graph::odd_setting(&self.graph)) {
            Some(problem) => Err(OnnxError::Damaged { problem }),
            None => Ok(()),
        }
    }

    /// The name of the one input, and its axes: `None` for one of any length.
    pub(super) fn input(&self) -> Result<(&str, Vec<Option<usize>>), OnnxError> {
        let is_weight =
            |input: &&ValueInfoProto| self.graph.initializer.iter().any(|array| array.name == input.name);
        let inputs: Vec<&ValueInfoProto> =
            self.graph.input.iter().filter(|input| !is_weight(input)).collect();
        let [input] = inputs.as_slice() else {
            let found = format!("it has {} inputs ({})", inputs.len(), names(&inputs));
            return Err(OnnxError::Shape { found, wanted: "one, the picture: export that part of the net" });
        };
        let damaged = || OnnxError::Damaged { problem: format!("its input '{}' has no shape", input.name) };
        let Some(Kind::TensorType(kind)) = input.r#type.as_ref().and_then(|kind| kind.value.as_ref()) else {
            return Err(damaged());
        };
        if kind.elem_type != DataType::Float as i32 {
            let found = format!("its input '{}' takes {}", input.name, number_name(kind.elem_type));
            return Err(OnnxError::Shape {
                found,
                wanted: "32-bit floats: put the conversion before the net",
            });
        }
        let axes = kind.shape.as_ref().ok_or_else(damaged)?.dim.iter().map(|axis| match axis.value {
            Some(Length::DimValue(length)) => usize::try_from(length).ok().filter(|length| *length > 0),
            _ => None,
        });
        Ok((&input.name, axes.collect()))
    }

    /// The output that is read: the one that was named, or the only one.
    pub(super) fn output(&self, said: Option<&str>) -> Result<&str, OnnxError> {
        let outputs: Vec<&ValueInfoProto> = self.graph.output.iter().collect();
        let found = || format!("its outputs are {}", names(&outputs));
        match (said, outputs.as_slice()) {
            (None, [only]) => Ok(&only.name),
            (None, _) => {
                Err(OnnxError::Shape { found: found(), wanted: "to know which: give --output NAME" })
            }
            (Some(said), all) => match all.iter().find(|output| output.name == said) {
                Some(output) => Ok(&output.name),
                None => {
                    Err(OnnxError::Statement { problem: format!("there is no output '{said}'; {}", found()) })
                }
            },
        }
    }

    /// What is left when everything goes that `output` does not need.
    ///
    /// # Errors
    /// [`OnnxError::Damaged`] where nothing makes `output`.
    pub(super) fn part(&self, output: &str) -> Result<ModelProto, OnnxError> {
        let needed = graph::needed(&self.graph, output);
        if needed.is_empty() {
            return Err(OnnxError::Damaged { problem: format!("nothing makes its output '{output}'") });
        }
        let mut graph = self.graph.clone();
        let mut place = 0..;
        graph.node.retain(|_| place.next().is_some_and(|place| needed.contains(&place)));
        graph.output.retain(|one| one.name == output);
        Ok(ModelProto { graph: Some(graph), ..self.head.clone() })
    }

    /// The last operation before `output` that changes numbers.
    pub(super) fn ends_in<'a>(&'a self, output: &'a str) -> Option<&'a str> {
        graph::last_operator(&self.graph, output)
    }
}

fn outside<'a>(entries: &'a [tract_onnx::pb::StringStringEntryProto], key: &str) -> Option<&'a str> {
    entries.iter().find(|entry| entry.key == key).map(|entry| entry.value.as_str())
}

fn names(values: &[&ValueInfoProto]) -> String {
    values.iter().map(|value| value.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn number_name(kind: i32) -> String {
    DataType::try_from(kind)
        .map_or_else(|_| format!("numbers of kind {kind}"), |kind| format!("{kind:?}").to_lowercase())
}
