//! Imported nets against onnxruntime; files that are damaged, foreign or described wrongly.

use hilum_learn::{
    Classifier, Engine, Gives, Head, Layout, LearnError, OnnxClassifier, OnnxError, OnnxFile, OnnxRuntime,
    Picture, Settled, Squash, Statement, dataset::Preprocessing, probabilities,
};
use proptest::prelude::*;
use prost::Message;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use tract_onnx::pb::{
    GraphProto, ModelProto, ValueInfoProto,
    tensor_shape_proto::{Dimension, dimension::Value as Length},
    type_proto::Value as Kind,
};

/// Sums of 32-bit numbers in another order: 1e-6 is seen.
const TOLERANCE: f64 = 1e-4;

#[derive(Deserialize)]
struct Vector {
    pictures: Vec<usize>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    said: Statement,
    channels: usize,
    rows: usize,
    cols: usize,
    /// What leaves the net, for every picture.
    numbers: Vec<Vec<f64>>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/imported")
}

fn vector() -> Vector {
    serde_json::from_slice(&std::fs::read(folder().join("imported.json")).unwrap()).unwrap()
}

fn case(name: &str) -> Case {
    vector().cases.into_iter().find(|case| case.name == name).unwrap()
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(format!("{name}.onnx"))).unwrap()
}

fn file(name: &str) -> OnnxFile {
    let mut file = OnnxFile::read(&bytes(name)).unwrap();
    for other in file.outside() {
        file.take_in(&other, &std::fs::read(folder().join(&other)).unwrap()).unwrap();
    }
    file
}

impl Case {
    /// The formula of tools/oracle/learn/imported.py.
    fn picture(&self, index: usize) -> Picture {
        let count = self.channels * self.rows * self.cols;
        let values = (1..=count).map(|at| (at * (2 * index + 1) * 7919 % 65521) as u16).collect();
        Picture::new(self.channels, self.rows, self.cols, values).unwrap()
    }

    fn classifier(&self) -> OnnxClassifier {
        let file = file(&self.name);
        let settled = Settled::of(&file, &self.name, &self.said, &Engine::Tract).unwrap();
        OnnxClassifier::new(&settled.net, &file, settled.classes, &Engine::Tract).unwrap()
    }
}

#[test]
fn numbers_are_those_of_onnxruntime() {
    numbers_are_those_of_the_vector(&Engine::Tract);
}

#[test]
fn the_library_of_the_user_gives_the_same_numbers() {
    let Some(library) = hilum_testkit::onnxruntime() else { return };
    numbers_are_those_of_the_vector(&Engine::OnnxRuntime(OnnxRuntime::load(&library).unwrap()));
}

fn numbers_are_those_of_the_vector(engine: &Engine) {
    let vector = vector();
    assert_eq!(vector.cases.len(), 6);
    for case in &vector.cases {
        let file = file(&case.name);
        let Settled { net, classes, .. } = Settled::of(&file, &case.name, &case.said, engine).unwrap();
        let classifier = OnnxClassifier::new(&net, &file, classes, engine).unwrap();
        for (&index, theirs) in vector.pictures.iter().zip(&case.numbers) {
            let picture = case.picture(index);
            let near = |ours: f64, theirs: f64| {
                assert!((ours - theirs).abs() < TOLERANCE, "{} {index}: {ours} {theirs}", case.name);
            };
            let logits = classifier.logits(&[&picture]).unwrap().remove(0);
            let said = probabilities(&logits, 1.0);
            match (&net.head, net.gives) {
                (Head::Sigmoid { output, .. }, Gives::Logits) => near(logits[0], theirs[*output]),
                (Head::Sigmoid { output, class }, Gives::Probabilities) => {
                    near(said[*class], theirs[*output])
                }
                (Head::Softmax { outputs }, _) => {
                    outputs.iter().zip(&said).for_each(|(&output, &said)| near(said, theirs[output]));
                }
            }
        }
    }
}

#[test]
fn the_graph_is_believed_and_the_rest_must_be_said() {
    let keras = Settled::of(&file("keras_like"), "keras", &case("keras_like").said, &Engine::Tract).unwrap();
    assert_eq!(keras.net.input.layout, Layout::Nhwc);
    assert_eq!((keras.net.gives, keras.threshold), (Gives::Probabilities, Some(0.5)));
    let findings =
        Settled::of(&file("findings"), "findings", &case("findings").said, &Engine::Tract).unwrap();
    assert_eq!(findings.classes, ["not effusion", "effusion"]);
    assert_eq!(findings.net.head, Head::Sigmoid { output: 1, class: 1 });

    let refused = |name: &str, change: &dyn Fn(&mut Statement)| {
        let mut said = case(name).said;
        change(&mut said);
        Settled::of(&file(name), name, &said, &Engine::Tract).unwrap_err().to_string()
    };
    for (name, change, words) in [
        (
            "keras_like",
            (|s| s.gives = Some(Gives::Logits)) as fn(&mut Statement),
            "the file says probabilities",
        ),
        ("keras_like", |s| s.layout = Some(Layout::Nchw), "layout: the file says nhwc"),
        ("keras_like", |s| s.squash = Some(Squash::Sigmoid), "squashing function: the file says softmax"),
        (
            "keras_like",
            |s| s.classes = Some(vec!["a".into(), "b".into(), "c".into()]),
            "gives 2 numbers, and 3 classes",
        ),
        ("keras_like", |s| s.size_px = Some([32, 32]), "size: the file says [24,20]"),
        ("keras_like", |s| s.source = None, "--window W/L for slices, or --pictures"),
        ("keras_like", |s| s.positive = Some("flu".into()), "there is no class 'flu'; there are no, yes"),
        ("torch_like", |s| s.classes = None, "--classes"),
        (
            "torch_like",
            |s| s.gives = Some(Gives::Probabilities),
            "kind of numbers: the file says logits, and what was said is probabilities",
        ),
        ("torch_like", |s| s.squash = Some(Squash::Softmax), "1 for every picture"),
        ("torch_like", |s| s.deviation = Some(vec![1.0, 2.0]), "2 numbers as deviation for 3 channels"),
        ("findings", |s| s.size_px = None, "--size"),
        ("findings", |s| s.squash = None, "sum to 1"),
        ("findings", |s| s.positive = None, "--positive"),
        ("hilum_residual", |s| s.output = None, "its outputs are logits, probabilities"),
    ] {
        let error = refused(name, &change);
        assert!(error.contains(words), "{name}: {error}");
    }
}

#[test]
fn neighbours_and_threads_change_no_bit() {
    let case = case("torch_like");
    let classifier = case.classifier();
    let pictures: Vec<Picture> = (0..7).map(|index| case.picture(index)).collect();
    let all: Vec<&Picture> = pictures.iter().collect();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| classifier.logits(&all)).unwrap()
    };
    let one = on(1);
    assert_eq!(one, on(3));
    assert_eq!(one[4], classifier.logits(&[all[4]]).unwrap()[0]);
    let small = Picture::new(1, 20, 20, vec![0; 400]).unwrap();
    let error = classifier.logits(&[all[0], &small]).unwrap_err();
    assert!(matches!(error, LearnError::PictureShape { index: 1, .. }), "{error}");
}

#[test]
fn weights_in_another_order_know_nothing() {
    let case = case("torch_like");
    let classifier = case.classifier();
    let picture = case.picture(1);
    let said = |seed| classifier.forgetful(seed).unwrap().unwrap().logits(&[&picture]).unwrap();
    assert_eq!(said(1), said(1));
    assert_ne!(said(1), said(2));
    assert_ne!(said(1), classifier.logits(&[&picture]).unwrap());
    assert!(classifier.as_net().is_none());
}

/// What is said of a file when something about its graph is changed.
fn broken(name: &str, change: impl FnOnce(&mut GraphProto)) -> String {
    let mut model = ModelProto::decode(&bytes(name)[..]).unwrap();
    change(model.graph.as_mut().unwrap());
    let file = OnnxFile::read(&model.encode_to_vec()).unwrap();
    Settled::of(&file, name, &case(name).said, &Engine::Tract).unwrap_err().to_string()
}

#[test]
fn what_makes_no_classifier_is_named() {
    let two = broken("torch_like", |graph| {
        let other = ValueInfoProto { name: "age".to_owned(), ..graph.input[0].clone() };
        graph.input.push(other);
    });
    assert!(two.contains("2 inputs (picture, age)"), "{two}");
    let operator = broken("torch_like", |graph| graph.node[2].op_type = "MyRelu".to_owned());
    assert!(operator.contains("cannot run: MyRelu"), "{operator}");
    let drawing = broken("torch_like", |graph| {
        graph.output[0].name = graph.node[2].output[0].clone();
    });
    assert!(drawing.contains("[1, 8, 24, 20]") && drawing.contains("draws pictures"), "{drawing}");
    let floats = broken("torch_like", |graph| kind(graph).elem_type = 2);
    assert!(floats.contains("takes uint8"), "{floats}");
    let batch = broken("torch_like", |graph| kind(graph).shape.as_mut().unwrap().dim[0] = length(8));
    assert!(batch.contains("8 pictures at a time"), "{batch}");
    let axes = broken("torch_like", |graph| _ = kind(graph).shape.as_mut().unwrap().dim.pop());
    assert!(axes.contains("has 3 axes"), "{axes}");
    let output = broken("torch_like", |graph| graph.output[0].name = "nothing".to_owned());
    assert!(output.contains("nothing"), "{output}");
    let array = broken("torch_like", |graph| graph.initializer[0].dims[0] = 1 << 40);
    assert!(array.contains("damaged: the array 'array0' holds"), "{array}");
    let wide =
        broken("torch_like", |graph| graph.node[0].attribute.iter_mut().for_each(|a| a.ints.fill(1 << 40)));
    assert!(wide.contains("damaged"), "{wide}");
    let outside = OnnxFile::read(&bytes("outside")).unwrap();
    let error = Settled::of(&outside, "x", &case("outside").said, &Engine::Tract).unwrap_err().to_string();
    assert!(error.contains("'outside.onnx.data', which was not read"), "{error}");
    let error = outside.clone().take_in("outside.onnx.data", &[0; 100]).unwrap_err().to_string();
    assert!(error.contains("is too short for"), "{error}");
}

fn kind(graph: &mut GraphProto) -> &mut tract_onnx::pb::type_proto::Tensor {
    match graph.input[0].r#type.as_mut().unwrap().value.as_mut().unwrap() {
        Kind::TensorType(kind) => kind,
    }
}

fn length(length: i64) -> Dimension {
    Dimension { value: Some(Length::DimValue(length)), ..Dimension::default() }
}

#[test]
fn bytes_of_another_kind_and_cut_files_are_refused() {
    let whole = bytes("torch_like");
    for cut in 0..whole.len() {
        assert!(matches!(OnnxFile::read(&whole[..cut]), Err(OnnxError::NotOnnx { .. })), "{cut}");
    }
    for foreign in [&b"\x89PNG\r\n\x1a\n"[..], b"{\"format\": 1}", b"PK\x03\x04 a zip archive"] {
        assert!(matches!(OnnxFile::read(foreign), Err(OnnxError::NotOnnx { .. })));
    }
}

#[test]
fn an_exported_model_says_everything_by_itself() {
    let preprocessing = Preprocessing::of_hu_slices(32);
    let classes = ["no", "yes"].map(str::to_owned);
    let said = Statement::of_export(&classes, &preprocessing, 1.5, Some(0.4));
    let again: Statement = serde_json::from_str(&serde_json::to_string(&said).unwrap()).unwrap();
    assert_eq!(again, said);
    let other = Statement { threshold: Some(0.5), ..Statement::default() };
    let error = other.agreed_with(said.clone()).unwrap_err().to_string();
    assert!(error.contains("threshold: the file says 0.4, and what was said is 0.5"), "{error}");
    assert_eq!(Statement::default().agreed_with(said.clone()), Ok(said));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_damaged_file_is_never_a_panic(net in 0usize..3, at in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let name = ["torch_like", "keras_like", "findings"][net];
        let mut damaged = bytes(name);
        for (place, byte) in at {
            let place = place.index(damaged.len());
            damaged[place] = byte;
        }
        if let Ok(file) = OnnxFile::read(&damaged) {
            let _ = Settled::of(&file, name, &case(name).said, &Engine::Tract);
        }
    }
}
