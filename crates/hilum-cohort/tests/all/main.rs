//! Cohorts, recipes and outputs from the outside. One program, because each one is linked with every library.

#![allow(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod accuracy;
mod cohort;
mod comparison;
mod datasets;
mod figures;
mod lungs;
mod outputs;
mod phantoms;
mod sizes;
mod spread;
