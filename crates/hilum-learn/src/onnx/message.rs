//! The messages of an ONNX file that hilum writes, numbered as in `onnx/onnx.proto` (IR version 8).

use prost::Message;

/// A whole file.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Model {
    #[prost(int64, tag = "1")]
    pub(super) ir_version: i64,
    #[prost(string, tag = "2")]
    pub(super) producer_name: String,
    #[prost(string, tag = "3")]
    pub(super) producer_version: String,
    #[prost(message, optional, tag = "7")]
    pub(super) graph: Option<Graph>,
    #[prost(message, repeated, tag = "8")]
    pub(super) operators: Vec<OperatorSet>,
    #[prost(message, repeated, tag = "14")]
    pub(super) metadata: Vec<Fact>,
}

/// Which version of the operators is meant.
#[derive(Clone, PartialEq, Message)]
pub(super) struct OperatorSet {
    #[prost(string, tag = "1")]
    pub(super) domain: String,
    #[prost(int64, tag = "2")]
    pub(super) version: i64,
}

/// A word about the model.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Fact {
    #[prost(string, tag = "1")]
    pub(super) key: String,
    #[prost(string, tag = "2")]
    pub(super) value: String,
}

/// Nodes in the order in which they are computed, and the arrays that they need.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Graph {
    #[prost(message, repeated, tag = "1")]
    pub(super) nodes: Vec<Node>,
    #[prost(string, tag = "2")]
    pub(super) name: String,
    #[prost(message, repeated, tag = "5")]
    pub(super) arrays: Vec<Array>,
    #[prost(message, repeated, tag = "11")]
    pub(super) inputs: Vec<Value>,
    #[prost(message, repeated, tag = "12")]
    pub(super) outputs: Vec<Value>,
}

/// One operation.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Node {
    #[prost(string, repeated, tag = "1")]
    pub(super) inputs: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub(super) outputs: Vec<String>,
    #[prost(string, tag = "4")]
    pub(super) operator: String,
    #[prost(message, repeated, tag = "5")]
    pub(super) attributes: Vec<Attribute>,
}

/// A setting of an operation.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Attribute {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(float, tag = "2")]
    pub(super) float: f32,
    #[prost(int64, tag = "3")]
    pub(super) whole: i64,
    #[prost(int64, repeated, tag = "8")]
    pub(super) wholes: Vec<i64>,
    /// 1: float, 2: whole, 7: wholes.
    #[prost(int32, tag = "20")]
    pub(super) kind: i32,
}

/// Numbers with a shape.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Array {
    #[prost(int64, repeated, tag = "1")]
    pub(super) shape: Vec<i64>,
    /// [`FLOAT`] or [`INT64`].
    #[prost(int32, tag = "2")]
    pub(super) number: i32,
    #[prost(string, tag = "8")]
    pub(super) name: String,
    /// Little-endian, the last axis fastest.
    #[prost(bytes = "vec", tag = "9")]
    pub(super) bytes: Vec<u8>,
}

/// What enters or leaves.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Value {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(message, optional, tag = "2")]
    pub(super) kind: Option<Kind>,
}

/// The type of a value: here always an array.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Kind {
    #[prost(message, optional, tag = "1")]
    pub(super) array: Option<ArrayKind>,
}

/// Number type and shape.
#[derive(Clone, PartialEq, Message)]
pub(super) struct ArrayKind {
    #[prost(int32, tag = "1")]
    pub(super) number: i32,
    #[prost(message, optional, tag = "2")]
    pub(super) shape: Option<Shape>,
}

/// Lengths of all axes.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Shape {
    #[prost(message, repeated, tag = "1")]
    pub(super) axes: Vec<Axis>,
}

/// A length, or the name of one that may be any.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Axis {
    #[prost(oneof = "Length", tags = "1, 2")]
    pub(super) length: Option<Length>,
}

/// See [`Axis`].
#[derive(Clone, PartialEq, prost::Oneof)]
pub(super) enum Length {
    #[prost(int64, tag = "1")]
    Fixed(i64),
    #[prost(string, tag = "2")]
    Any(String),
}

/// 32-bit floats.
pub(super) const FLOAT: i32 = 1;
/// 64-bit whole numbers.
pub(super) const INT64: i32 = 7;
