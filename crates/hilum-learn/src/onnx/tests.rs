//! What every reader of ONNX takes for granted. The numbers are checked by onnxruntime: tools/oracle/learn/onnx.py.

use super::{message::Model, *};
use crate::{Architecture, Channels};
use std::collections::BTreeSet;

fn plans() -> Vec<NetPlan> {
    let channels = Channels { stem: 4, stages: [8, 4, 4, 8, 12, 12, 20], top: 76 };
    vec![
        NetPlan::new(Architecture::Notebook { dropout: 0.3 }, 1, [22, 26], 2),
        NetPlan::new(Architecture::Residual { widths: vec![4, 8], blocks: 2, dropout: 0.2 }, 2, [16, 20], 3),
        NetPlan::new(Architecture::EfficientNetLite0 { channels, dropout: 0.2 }, 1, [32, 64], 2),
    ]
}

fn weights(plan: &NetPlan) -> Weights {
    Net::drawn(plan, 3, &Compute::Cpu.device()).unwrap().weights()
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|class| format!("class {class}")).collect()
}

fn file(plan: &NetPlan, mirrored: bool) -> Vec<u8> {
    let classes = names(if plan.outputs == 1 { 2 } else { plan.outputs });
    let facts = OnnxFacts { classes: &classes, mirrored, temperature: 1.5, notes: &[] };
    to_onnx(plan, &weights(plan), &facts).unwrap()
}

#[test]
fn every_input_is_there_before_it_is_used_and_every_weight_is_used() {
    for plan in plans() {
        for mirrored in [false, true] {
            let graph = Model::decode(&file(&plan, mirrored)[..]).unwrap().graph.unwrap();
            let arrays: BTreeSet<&str> = graph.arrays.iter().map(|array| array.name.as_str()).collect();
            assert_eq!(arrays.len(), graph.arrays.len(), "a name is given twice");
            let mut known = arrays.clone();
            known.insert("pictures");
            let mut used = BTreeSet::new();
            for node in &graph.nodes {
                for input in &node.inputs {
                    assert!(known.contains(input.as_str()), "{} wants {input}", node.operator);
                    used.insert(input.as_str());
                }
                assert!(node.outputs.iter().all(|output| known.insert(output)), "{:?}", node.outputs);
            }
            assert!(arrays.is_subset(&used));
            assert!(known.contains("logits") && known.contains("probabilities"));
            for name in weights(&plan).0.keys() {
                assert!(arrays.contains(name.as_str()), "{name} is not in the file");
            }
        }
    }
}

#[test]
fn the_same_model_gives_the_same_bytes() {
    for plan in plans() {
        assert_eq!(file(&plan, true), file(&plan, true));
        assert_ne!(file(&plan, true), file(&plan, false));
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    let plan = &plans()[1];
    let facts = OnnxFacts { classes: &names(2), mirrored: false, temperature: 1.0, notes: &[] };
    let error = to_onnx(plan, &weights(plan), &facts).unwrap_err().to_string();
    assert!(error.contains("3 outputs, and there are 2 classes"), "{error}");
    let error = to_onnx(plan, &Weights::default(), &facts).unwrap_err().to_string();
    assert!(error.contains("is missing"), "{error}");
}
