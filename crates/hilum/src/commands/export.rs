//! `hilum export`: a model for other programs.

use super::tables::fact;
use crate::{
    export_args::ExportArgs,
    failure::{Failure, WRONG_USE},
    say::GOOD,
};
use hilum_cohort::learn::export_onnx;

pub(crate) fn export(args: &ExportArgs) -> Result<u8, Failure> {
    let name = args.file.to_string_lossy().to_lowercase();
    if !name.ends_with(".onnx") {
        return Err(Failure::new(WRONG_USE, format!("{} is no name of an ONNX file", args.file.display()))
            .with_help("end it in .onnx"));
    }
    export_onnx(&args.model, &args.file)?;
    fact(GOOD, "written", &args.file.display().to_string());
    Ok(0)
}
