//! Nets that outline lungs: what their files say, what must be said, and what is refused.

use hilum_learn::{
    Engine, Gives, Layout, LungRule, LungSegmenter, OnnxFile, Settled, SettledLungs, Squash, Statement, Task,
    dataset::{Channel, Fit, Region, SourceKind, Values},
};
use prost::Message;
use std::path::Path;
use tract_onnx::pb::{GraphProto, ModelProto};

fn bytes(name: &str) -> Vec<u8> {
    let oracle = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle");
    let folder = if name.ends_with("_like") { "imported" } else { "lungs" };
    std::fs::read(oracle.join(folder).join(format!("{name}.onnx"))).unwrap()
}

fn file(name: &str) -> OnnxFile {
    OnnxFile::read(&bytes(name)).unwrap()
}

fn through_a_window() -> Statement {
    Statement { task: Some(Task::Lungs), values: Some(Values::LUNG), ..Statement::default() }
}

fn of_classes() -> Statement {
    Statement { lung_channels: Some(vec![1, 2]), size_px: Some([24, 40]), ..through_a_window() }
}

fn settled(name: &str, said: &Statement) -> Result<SettledLungs, String> {
    SettledLungs::of(&file(name), name, said, &Engine::Tract).map_err(|error| error.to_string())
}

/// What is said of a file when something about its graph is changed.
fn broken(name: &str, said: &Statement, change: impl FnOnce(&mut GraphProto)) -> String {
    let mut model = ModelProto::decode(&bytes(name)[..]).unwrap();
    change(model.graph.as_mut().unwrap());
    let file = OnnxFile::read(&model.encode_to_vec()).unwrap();
    SettledLungs::of(&file, name, said, &Engine::Tract).unwrap_err().to_string()
}

#[test]
fn the_graph_is_believed() {
    let band =
        settled("torch_band", &Statement { gives: Some(Gives::Logits), ..through_a_window() }).unwrap();
    assert_eq!((band.net.input.layout, band.net.input.size_px), (Layout::Nchw, [96, 96]));
    assert_eq!((band.net.maps.channels, band.net.maps.lung_channels.as_slice()), (1, &[0][..]));
    assert_eq!(band.net.maps.rule, LungRule::Sigmoid { threshold: 0.5 });
    let classes = settled("keras_classes", &of_classes()).unwrap();
    assert_eq!((classes.net.maps.layout, classes.net.maps.gives), (Layout::Nhwc, Gives::Probabilities));
    assert_eq!(classes.net.maps.rule, LungRule::Softmax);
    let written = serde_json::to_string(&classes.net).unwrap();
    assert_eq!(serde_json::from_str::<hilum_learn::LungNet>(&written).unwrap(), classes.net);
}

#[test]
fn what_is_said_wrongly_is_refused_with_what_to_do() {
    let logits = Statement { gives: Some(Gives::Logits), ..through_a_window() };
    for (net, said, words) in [
        ("torch_band", through_a_window(), "--gives logits or probabilities"),
        ("torch_band", Statement { values: None, ..logits.clone() }, "give --window W/L, or --min-max"),
        ("torch_band", Statement { lung_channels: Some(vec![1]), ..logits.clone() }, "no map 1: it gives 1"),
        (
            "torch_band",
            Statement { size_px: Some([64, 64]), ..logits.clone() },
            "size: the file says [96,96]",
        ),
        ("torch_band", Statement { region: Some(Region::LungCrop), ..logits.clone() }, "leave out --region"),
        (
            "torch_band",
            Statement { channels: Some(vec![Channel::PICTURE, Channel::Lung]), ..logits.clone() },
            "2 channels are given to a net of 1",
        ),
        (
            "torch_band",
            Statement { channels: Some(vec![Channel::Dense]), ..logits.clone() },
            "one slice at a time: leave out --channels",
        ),
        (
            "torch_band",
            Statement { source: Some(SourceKind::GreyPicture), ..logits.clone() },
            "in place of --pictures",
        ),
        (
            "torch_band",
            Statement { classes: Some(vec!["a".into()]), ..logits.clone() },
            "--classes is for classifiers",
        ),
        ("torch_band", Statement { temperature: Some(2.0), ..logits }, "--temperature is for classifiers"),
        ("keras_classes", Statement { lung_channels: None, ..of_classes() }, "--lung-channels"),
        ("keras_classes", Statement { size_px: None, ..of_classes() }, "--size ROWSxCOLUMNS"),
        (
            "keras_classes",
            Statement { gives: Some(Gives::Logits), ..of_classes() },
            "the file says probabilities, and what was said is logits",
        ),
        (
            "keras_classes",
            Statement { squash: Some(Squash::Sigmoid), ..of_classes() },
            "squashing function: the file says softmax",
        ),
        // Odd sizes do not come back from half of them.
        ("keras_classes", Statement { size_px: Some([25, 41]), ..of_classes() }, "it cannot be run"),
    ] {
        let error = settled(net, &said).unwrap_err();
        assert!(error.contains(words), "{words}: {error}");
    }
}

#[test]
fn classifiers_and_lung_nets_are_not_taken_for_each_other() {
    for name in ["torch_like", "keras_like"] {
        let error = settled(name, &through_a_window()).unwrap_err();
        assert!(error.contains("imported without --task lungs"), "{error}");
    }
    let classes = Some(vec!["no".to_owned(), "yes".to_owned()]);
    let said = Statement { task: None, classes, ..through_a_window() };
    let error = Settled::of(&file("torch_band"), "band", &said, &Engine::Tract).unwrap_err().to_string();
    assert!(error.contains("[1, 1, 96, 96]") && error.contains("--task lungs"), "{error}");
    let said = Statement { lung_channels: Some(vec![1]), ..said };
    let error = Settled::of(&file("torch_like"), "net", &said, &Engine::Tract).unwrap_err().to_string();
    assert!(error.contains("add --task lungs"), "{error}");
}

#[test]
fn operators_shapes_and_numbers_that_cannot_be_are_refused() {
    let logits = Statement { gives: Some(Gives::Logits), ..through_a_window() };
    let operator = broken("torch_band", &logits, |graph| {
        graph.node.iter_mut().filter(|node| node.op_type == "MaxPool").for_each(|node| {
            node.op_type = "MyPool".to_owned();
        });
    });
    assert!(operator.contains("cannot run: MyPool"), "{operator}");
    let not_finite = broken("keras_classes", &of_classes(), |graph| {
        let array = graph.initializer.iter_mut().find(|array| array.dims == [3, 10, 1, 1]).unwrap();
        array.raw_data = f32::NAN.to_le_bytes().repeat(30);
    });
    assert!(not_finite.contains("its map holds NaN") && not_finite.contains("finite"), "{not_finite}");
    let probabilities = Statement { gives: Some(Gives::Probabilities), ..through_a_window() };
    let error = settled("torch_band", &probabilities).unwrap_err();
    assert!(error.contains("these are logits (--gives logits)"), "{error}");
    let smaller = broken("keras_classes", &of_classes(), |graph| {
        let down = graph.node.iter().find(|node| node.op_type == "MaxPool").unwrap().output[0].clone();
        graph.output[0].name = down;
    });
    assert!(
        smaller.contains("[1, 4, 12, 20]") && smaller.contains("maps of the size of its input"),
        "{smaller}"
    );
}

#[test]
fn a_slice_comes_back_with_its_own_pixels() {
    let said = Statement { fit: Some(Fit::Crop), gives: Some(Gives::Logits), ..through_a_window() };
    let segmenter =
        LungSegmenter::new(settled("torch_band", &said).unwrap(), &file("torch_band"), &Engine::Tract)
            .unwrap();
    let lung = segmenter.segment(40, 70, vec![-700.0; 2800]).unwrap();
    assert_eq!((lung.view().rows(), lung.view().cols()), (40, 70));
    // Of 70 columns the 40 in the middle are shown.
    assert!((0..40).all(|row| lung.view().columns(row).all(|col| (15..55).contains(&col))));
    assert!(segmenter.segment(40, 70, vec![0.0; 3]).is_err());
    assert!(segmenter.working_bytes() > 2 * 96 * 96 * 4);
    let mut other = settled("torch_band", &said).unwrap();
    other.net.maps.channels = 3;
    let error = LungSegmenter::new(other, &file("torch_band"), &Engine::Tract).unwrap_err().to_string();
    assert!(error.contains("other maps than the net gives"), "{error}");
}
