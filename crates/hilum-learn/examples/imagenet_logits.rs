//! Logits of EfficientNet-Lite0 with ImageNet weights, for tools/oracle/learn/imagenet.py to hold against PyTorch.
//!
//!     cargo run --release -p hilum-learn --example imagenet_logits -- WEIGHTS.safetensors PICTURES.u16 > LOGITS.csv
//!
//! WEIGHTS has PyTorch's names; PICTURES is `[N, 3, 224, 224]`, 16 bits little-endian, 65535 standing for 1.
#![expect(clippy::print_stdout, reason = "this program's output")]

use hilum_learn::{
    Architecture, Classifier, Compute, NetClassifier, NetPlan, Picture, Taken, Weights, from_imagenet,
};
use std::error::Error;

const CLASSES: usize = 1000;
const SIDE_PX: usize = 224;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, weights, pictures] = &arguments[..] else { return Err("give WEIGHTS and PICTURES".into()) };
    let (theirs, _) = Weights::from_safetensors(&std::fs::read(weights)?)?;
    let architecture = Architecture::named("efficientnet-lite0").ok_or("no such net")?;
    let plan = NetPlan::new(architecture, 3, [SIDE_PX; 2], CLASSES);
    let ours = from_imagenet(&plan, &theirs, Taken::All, 0)?;
    let classes = (0..CLASSES).map(|class| class.to_string()).collect();
    let net = NetClassifier::new(&plan, &ours, classes, false, Compute::Cpu)?;
    for picture in std::fs::read(pictures)?.chunks_exact(2 * 3 * SIDE_PX * SIDE_PX) {
        let values = picture.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        let picture = Picture::new(3, SIDE_PX, SIDE_PX, values).ok_or("not a picture")?;
        let logits = net.logits(&[&picture])?;
        println!("{}", logits[0].iter().map(f64::to_string).collect::<Vec<_>>().join(","));
    }
    Ok(())
}
