//! Small nets of every architecture as ONNX files with what hilum says of a picture, for tools/oracle/learn/onnx.py.
//!
//!     cargo run -p hilum-learn --example onnx_models -- FOLDER
//!
//! Writes `NAME.onnx`, `NAME.f32` (one picture `[C, H, W]`, little-endian) and `NAME.csv` (logits, then probabilities).

use hilum_learn::{
    Architecture, Augmentation, Channels, Classifier, Compute, Example, NetClassifier, NetPlan, OnnxFacts,
    Onward, Picture, TrainSettings, Training, to_onnx,
};
use std::{error::Error, path::Path};

const TEMPERATURE: f64 = 1.5;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("give a folder")?;
    let channels = Channels { stem: 4, stages: [8, 4, 4, 8, 12, 12, 20], top: 76 };
    let residual = Architecture::Residual { widths: vec![4, 8], blocks: 2, dropout: 0.2 };
    let efficientnet = Architecture::EfficientNetLite0 { channels, dropout: 0.2 };
    let plans = [
        ("notebook", NetPlan::new(Architecture::Notebook { dropout: 0.3 }, 1, [22, 26], 2)),
        ("residual", NetPlan::new(residual, 2, [16, 20], 3)),
        ("efficientnet", NetPlan::new(efficientnet, 1, [32, 64], 2)),
    ];
    for (name, plan) in plans {
        for mirrored in [false, true] {
            let name = if mirrored { format!("{name}-mirrored") } else { name.to_owned() };
            write(Path::new(&folder), &name, &plan, mirrored)?;
        }
    }
    Ok(())
}

/// One epoch of training moves all weights and running statistics away from where they begin.
fn write(folder: &Path, name: &str, plan: &NetPlan, mirrored: bool) -> Result<(), Box<dyn Error>> {
    let classes: Vec<String> = (0..plan.outputs.max(2)).map(|class| format!("class {class}")).collect();
    let examples: Vec<Example> = (0..12)
        .map(|index| {
            let picture = picture(plan, index)?;
            Some(Example {
                id: index.to_string(),
                class: index % classes.len(),
                group: index as u32,
                picture,
            })
        })
        .collect::<Option<_>>()
        .ok_or("not a picture")?;
    let settings = TrainSettings {
        epochs: 2,
        batch: 6,
        average: 0.0,
        augmentation: Augmentation::NONE,
        ..TrainSettings::recipe(&plan.architecture)
    };
    let training = Training {
        plan,
        settings: &settings,
        classes: &classes,
        train: examples.iter().collect(),
        val: examples.iter().collect(),
        start: None,
        compute: Compute::Cpu,
        key: String::new(),
    };
    let weights = training.run::<hilum_learn::LearnError>(None, &mut |_| Ok(Onward::Go))?.weights;

    let facts = OnnxFacts { classes: &classes, mirrored, temperature: TEMPERATURE, notes: &[] };
    std::fs::write(folder.join(format!("{name}.onnx")), to_onnx(plan, &weights, &facts)?)?;
    let shown = picture(plan, 99).ok_or("not a picture")?;
    let bytes: Vec<u8> = shown.values().iter().flat_map(|&v| Picture::as_unit(v).to_le_bytes()).collect();
    std::fs::write(folder.join(format!("{name}.f32")), bytes)?;
    let net = NetClassifier::new(plan, &weights, classes.clone(), mirrored, Compute::Cpu)?
        .with_temperature(TEMPERATURE);
    let mut said = net.logits(&[&shown])?.concat();
    said.extend(net.probabilities(&[&shown])?.concat());
    let line = said.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
    std::fs::write(folder.join(format!("{name}.csv")), line)?;
    Ok(())
}

/// A picture from a formula, another for every index.
fn picture(plan: &NetPlan, index: usize) -> Option<Picture> {
    let [rows, cols] = plan.size_px;
    let count = plan.channels * rows * cols;
    let values = (0..count).map(|at| ((at + 1) * (2 * index + 1) * 7919 % 65521) as u16).collect();
    Picture::new(plan.channels, rows, cols, values)
}
