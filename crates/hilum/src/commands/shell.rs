//! `hilum completions` and `hilum man`: what packagers and shells want.

use crate::{
    args::CommandLine,
    failure::{Failure, NOTHING_DONE},
    say,
};
use clap::CommandFactory;
use std::path::Path;

pub(crate) fn completions(shell: clap_complete::Shell) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "hilum", &mut script);
    say::raw(&script);
    Ok(0)
}

/// Prints the manual page, or writes one page for each command into `out`.
pub(crate) fn man(out: Option<&Path>) -> Result<u8, Failure> {
    let failed = |e: std::io::Error| Failure::new(NOTHING_DONE, e);
    let command = CommandLine::command();
    match out {
        Some(folder) => {
            std::fs::create_dir_all(folder).map_err(failed)?;
            clap_mangen::generate_to(command, folder).map_err(failed)?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page).map_err(failed)?;
            say::raw(&page);
        }
    }
    Ok(0)
}
