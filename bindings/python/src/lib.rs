//! The Python package `hilum`: scans to numpy, tables to Arrow, cohorts by threads or on a cluster.
//!
//! Thin: arguments become requests of `hilum-cohort`, results become arrays, dictionaries and tables. Work runs without the
//! interpreter's lock, and Ctrl-C stops it. The package's face, with docstrings, is in `python/hilum`.

mod arrays;
mod cohort;
mod failure;
mod learning;
mod matching;
mod measuring;
mod places;
mod scan;
mod spread;
mod table;
mod waiting;

use pyo3::prelude::*;

#[pymodule]
mod _hilum {
    #[pymodule_export]
    use super::{
        cohort::run,
        failure::{HilumError, RejectedError, ScanError, WrongUseError},
        learning::{explain, predict},
        matching::match_pair,
        measuring::{measure, segment, select},
        scan::{Scan, read},
        spread::{Plan, Worker, plan},
        table::Table,
    };

    #[pymodule_init]
    fn init(module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
        use pyo3::types::PyModuleMethods;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
