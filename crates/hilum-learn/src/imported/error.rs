//! Why a file is not imported, or a net that was does not run.

/// What is wrong with an ONNX file, or with what was said of it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum OnnxError {
    /// Bytes of another kind, or not all of them.
    #[error("it is no ONNX file, or one that was cut ({why}): export it again")]
    NotOnnx { why: String },

    /// A file that is a whole message, and no whole net.
    #[error("it is damaged: {problem}; export it again")]
    Damaged { problem: String },

    /// Weights that lie in another file.
    #[error(
        "its weights lie in the file '{file}', which {problem}: put it beside the .onnx file, as it was exported"
    )]
    Outside { file: String, problem: String },

    /// Operations that cannot be run.
    #[error(
        "it uses operators that hilum cannot run: {operators}; export the part of the net that has plain layers, \
         with opset 18 or an older one, or name the library of an ONNX Runtime in HILUM_ONNXRUNTIME"
    )]
    Operators { operators: String },

    /// A graph that makes no classifier.
    #[error("{found}, and hilum wants {wanted}")]
    Shape { found: String, wanted: &'static str },

    /// What the graph leaves open.
    #[error("the file does not say {what}: give {todo}")]
    NotSaid { what: &'static str, todo: &'static str },

    /// The user and the file say different things.
    #[error(
        "{what}: the file says {file}, and what was said is {said}; leave it out, or see whether this is the file"
    )]
    Contradiction { what: &'static str, file: String, said: String },

    /// What was said makes no sense, alone or with this net.
    #[error("what was said of it cannot be: {problem}")]
    Statement { problem: String },

    /// A library that is to run nets, and cannot.
    #[error(
        "{} cannot be used to run nets ({problem}): let HILUM_ONNXRUNTIME name the file of an ONNX Runtime, as \
         libonnxruntime.so.1.32.0 in the folder onnxruntime/capi of the Python package, or nothing", library.display()
    )]
    Library { library: std::path::PathBuf, problem: String },

    /// The engine gave up.
    #[error("it cannot be run: {why}")]
    NotRun { why: String },

    /// Numbers that are not what they should be.
    #[error("of picture {index} it says {found}, and {wanted}")]
    Answer { index: usize, found: String, wanted: &'static str },

    /// A map with numbers that are not what they should be.
    #[error("its map holds {found}, and {wanted}")]
    Map { found: String, wanted: &'static str },
}
