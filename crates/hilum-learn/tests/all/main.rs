//! Nets, statistics and explanations against references and planted reasons.

#![allow(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod imported;
mod lung_nets;
mod nets;
mod onnxruntime;
mod oracle;
mod planted;
