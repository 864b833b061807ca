//! Walks over the graph of a file: what an output needs, and what it ends in.

use std::collections::{BTreeMap, BTreeSet};
use tract_onnx::pb::{GraphProto, NodeProto, TensorProto, tensor_proto::DataType};

/// Operations that change the shape of numbers, or nothing.
const SHAPE_ALONE: [&str; 8] =
    ["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Cast", "Dropout"];

/// Kernels, strides, margins and axes are far smaller.
const LARGEST_SETTING: u64 = 1 << 20;

/// The nodes that `output` is computed from, by their places in the graph.
pub(super) fn needed(graph: &GraphProto, output: &str) -> BTreeSet<usize> {
    let makers = makers(graph);
    let (mut found, mut open) = (BTreeSet::new(), vec![output.to_owned()]);
    while let Some(name) = open.pop() {
        let Some(&node) = makers.get(name.as_str()) else { continue };
        if found.insert(node) {
            open.extend(inputs(&graph.node[node]));
        }
    }
    found
}

/// The last operation before `output` that changes numbers.
pub(super) fn last_operator<'a>(graph: &'a GraphProto, output: &'a str) -> Option<&'a str> {
    let makers = makers(graph);
    let mut name = output;
    // No path through a graph is longer than it has nodes; a damaged one may go in circles.
    for _ in 0..graph.node.len() {
        let node = &graph.node[*makers.get(name)?];
        if !SHAPE_ALONE.contains(&node.op_type.as_str()) {
            return Some(&node.op_type);
        }
        name = node.input.first()?;
    }
    None
}

/// Adds the names of the operations of some nodes, and of the graphs in them.
pub(super) fn operators<'a>(nodes: &'a [NodeProto], names: &mut BTreeSet<&'a str>) {
    for node in nodes {
        names.insert(&node.op_type);
        inner(node).for_each(|graph| operators(&graph.node, names));
    }
}

/// All arrays of numbers in a graph: its weights, and constants of its nodes.
pub(super) fn arrays(graph: &GraphProto) -> impl Iterator<Item = &TensorProto> {
    let constants =
        graph.node.iter().flat_map(|node| &node.attribute).filter_map(|attribute| attribute.t.as_ref());
    graph.initializer.iter().chain(constants)
}

/// Why an array cannot be taken into memory as it says; `None` where it can.
pub(super) fn fault(array: &TensorProto) -> Option<String> {
    let wrong = |what: String| Some(format!("the array '{}' {what}", array.name));
    let count =
        array.dims.iter().try_fold(1_usize, |count, &axis| count.checked_mul(usize::try_from(axis).ok()?));
    let Some(count) = count else { return wrong(format!("has the shape {:?}", array.dims)) };
    let bytes_each = match DataType::try_from(array.data_type) {
        Ok(DataType::Float | DataType::Int32 | DataType::Uint32) => 4,
        Ok(DataType::Double | DataType::Int64 | DataType::Uint64) => 8,
        Ok(DataType::Float16 | DataType::Int16 | DataType::Uint16) => 2,
        Ok(DataType::Int8 | DataType::Uint8 | DataType::Bool) => 1,
        _ => return wrong("holds numbers of a kind that hilum does not know".to_owned()),
    };
    // Numbers lie as bytes, or in one of four lists.
    let lists =
        [array.float_data.len(), array.int32_data.len(), array.int64_data.len(), array.double_data.len()];
    let found = match array.raw_data.len() {
        0 => lists.into_iter().max().unwrap_or(0).max(array.uint64_data.len()),
        bytes if bytes % bytes_each == 0 => bytes / bytes_each,
        bytes => return wrong(format!("ends in the midst of a number, after {bytes} bytes")),
    };
    (found != count)
        .then(|| format!("the array '{}' holds {found} numbers, and {count} fill its shape", array.name))
}

/// Why a setting of an operation cannot be meant; `None` where all can.
pub(super) fn odd_setting(graph: &GraphProto) -> Option<String> {
    let lists =
        graph.node.iter().flat_map(|node| node.attribute.iter().map(move |attribute| (node, attribute)));
    // Slices write the end of an axis as the largest number there is.
    let mut odd = lists.filter(|(node, attribute)| {
        node.op_type != "Slice" && attribute.ints.iter().any(|value| value.unsigned_abs() > LARGEST_SETTING)
    });
    odd.next().map(|(node, attribute)| {
        format!("'{}' of a {} is {:?}", attribute.name, node.op_type, attribute.ints)
    })
}

fn makers(graph: &GraphProto) -> BTreeMap<&str, usize> {
    let nodes = graph.node.iter().enumerate();
    nodes.flat_map(|(place, node)| node.output.iter().map(move |name| (name.as_str(), place))).collect()
}

/// Everything that a node reads, the graphs in it included.
fn inputs(node: &NodeProto) -> Vec<String> {
    let inside = inner(node).flat_map(|graph| {
        graph
            .node
            .iter()
            .flat_map(inputs)
            .chain(graph.output.iter().map(|o| o.name.clone()))
            .collect::<Vec<_>>()
    });
    node.input.iter().cloned().chain(inside).collect()
}

fn inner(node: &NodeProto) -> impl Iterator<Item = &GraphProto> {
    node.attribute.iter().flat_map(|attribute| attribute.g.iter().chain(&attribute.graphs))
}
