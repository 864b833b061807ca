//! The program as a user runs it, story by story.

#![allow(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod datasets;
mod dicom;
mod evaluate;
mod explaining;
mod fetch;
mod figures;
mod importing;
mod inputs;
mod lung_nets;
mod matching;
mod predicting;
#[cfg(unix)]
mod resume;
mod series;
mod stores;
mod story;
mod tables;
mod training;
mod usage;
