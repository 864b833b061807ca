//! Imported nets run by a library of ONNX Runtime beside tract.

use hilum_learn::{
    Classifier, Engine, Gives, LungSegmenter, OnnxClassifier, OnnxFile, OnnxRuntime, Picture, Settled,
    SettledLungs, Statement, Task, dataset::Values,
};
use prost::Message;
use serde_json::Value;
use std::path::Path;
use tract_onnx::pb::{AttributeProto, ModelProto, NodeProto, attribute_proto::AttributeType};

/// The library that `./test` installs.
fn engine() -> Option<Engine> {
    let library = hilum_testkit::onnxruntime()?;
    Some(Engine::OnnxRuntime(OnnxRuntime::load(&library).unwrap()))
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle").join(name)).unwrap()
}

fn said_of_lungs() -> Statement {
    Statement {
        task: Some(Task::Lungs),
        values: Some(Values::LUNG),
        gives: Some(Gives::Logits),
        // The window from -1350 to 150 HU enters as HU.
        range: Some([-1350.0, 150.0]),
        ..Statement::default()
    }
}

/// The band net with an operation at its end that makes every logit its own size.
fn with_an_operator_that_tract_lacks() -> OnnxFile {
    let mut model = ModelProto::decode(&bytes("lungs/torch_band.onnx")[..]).unwrap();
    let graph = model.graph.as_mut().unwrap();
    let setting = |name: &str, kind: AttributeType| AttributeProto {
        name: name.to_owned(),
        r#type: kind as i32,
        ..AttributeProto::default()
    };
    let kernel = AttributeProto { ints: vec![1, 1], ..setting("kernel_shape", AttributeType::Ints) };
    let power = AttributeProto { i: 1, ..setting("p", AttributeType::Int) };
    graph.node.push(NodeProto {
        op_type: "LpPool".to_owned(),
        input: vec![graph.output[0].name.clone()],
        output: vec!["size".to_owned()],
        attribute: vec![kernel, power],
        ..NodeProto::default()
    });
    graph.output[0].name = "size".to_owned();
    OnnxFile::read(&model.encode_to_vec()).unwrap()
}

#[test]
fn the_library_runs_operators_that_tract_lacks() {
    let file = with_an_operator_that_tract_lacks();
    let refused = SettledLungs::of(&file, "band", &said_of_lungs(), &Engine::Tract).unwrap_err().to_string();
    assert!(refused.contains("LpPool") && refused.contains("HILUM_ONNXRUNTIME"), "{refused}");
    let Some(engine) = engine() else { return };
    let settled = SettledLungs::of(&file, "band", &said_of_lungs(), &engine).unwrap();
    let lung = LungSegmenter::new(settled, &file, &engine).unwrap().segment(96, 96, vec![-700.0; 96 * 96]);
    // No size is below 0, so that no probability is below a half.
    assert_eq!(lung.unwrap().view().count_px(), 96 * 96);
}

#[test]
fn both_outline_the_same_lungs() {
    let Some(engine) = engine() else { return };
    let file = OnnxFile::read(&bytes("lungs/torch_band.onnx")).unwrap();
    let hu: Vec<f32> = (0..96 * 96)
        .map(|pixel| {
            let (row, col) = (pixel / 96, pixel % 96);
            [-850.0, 40.0, -600.0][(row / 12 + col / 12) % 3] + (pixel * 7919 % 97) as f32
        })
        .collect();
    let outlined = |engine: &Engine| {
        let settled = SettledLungs::of(&file, "band", &said_of_lungs(), engine).unwrap();
        LungSegmenter::new(settled, &file, engine).unwrap().segment(96, 96, hu.clone()).unwrap()
    };
    let (by_tract, by_library) = (outlined(&Engine::Tract), outlined(&engine));
    let lung = by_tract.view().count_px();
    assert!(lung > 500 && lung < 96 * 96 - 500, "{lung} pixels of lung tell nothing");
    assert_eq!(by_tract, by_library);
}

#[test]
fn numbers_do_not_depend_on_who_runs_beside() {
    let Some(engine) = engine() else { return };
    let file = OnnxFile::read(&bytes("imported/hilum_residual.onnx")).unwrap();
    let vector: Value = serde_json::from_slice(&bytes("imported/imported.json")).unwrap();
    let case = vector["cases"].as_array().unwrap().iter().find(|case| case["name"] == "hilum_residual");
    let said: Statement = serde_json::from_value(case.unwrap()["said"].clone()).unwrap();
    let settled = Settled::of(&file, "residual", &said, &engine).unwrap();
    let net = OnnxClassifier::new(&settled.net, &file, settled.classes, &engine).unwrap();
    let [rows, cols] = settled.net.input.size_px;
    let channels = settled.preprocessing.channels.len();
    let picture = |seed: usize| {
        let values = (0..channels * rows * cols).map(|at| (at * (2 * seed + 1) * 7919 % 65_521) as u16);
        Picture::new(channels, rows, cols, values.collect()).unwrap()
    };
    let pictures: Vec<Picture> = (0..24).map(picture).collect();
    let alone: Vec<_> = pictures.iter().map(|picture| net.logits(&[picture]).unwrap().remove(0)).collect();
    assert!(alone.windows(2).any(|two| two[0] != two[1]), "the net says the same of all");
    for _ in 0..5 {
        assert_eq!(net.logits(&pictures.iter().collect::<Vec<_>>()).unwrap(), alone);
    }
}

#[test]
fn a_process_holds_one_library() {
    let Some(Engine::OnnxRuntime(_)) = engine() else { return };
    let copy = tempfile::tempdir().unwrap();
    let copy = copy.path().join("libonnxruntime.so");
    std::fs::copy(hilum_testkit::onnxruntime().unwrap(), &copy).unwrap();
    let refused = OnnxRuntime::load(&copy).unwrap_err().to_string();
    assert!(refused.contains("was loaded before it"), "{refused}");
}
