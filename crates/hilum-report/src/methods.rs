//! The methods paragraphs, ready to be pasted into a paper.

use crate::{
    Provenance, ReportError,
    words::{counted, number},
};
use minijinja::{Environment, context};

const TEMPLATE: &str = include_str!("../templates/methods.txt");

/// Writes the paragraphs for a recipe, a version and what became of the scans.
pub(crate) fn methods(provenance: &Provenance, counts: [usize; 3]) -> Result<Vec<String>, ReportError> {
    let [measured, rejected, failed] = counts.map(|n| number(n as f64, 0));
    let text = Environment::new().render_str(
        TEMPLATE,
        context! {
            version => &provenance.version,
            recipe => provenance.recipe.to_string(),
            notebook_dense => setting(provenance, "notebook_dense").unwrap_or("plain"),
            scans => counted(counts.iter().sum(), "scan"),
            measured, rejected, failed,
        },
    )?;
    Ok(text.split("\n\n").map(|paragraph| paragraph.trim().to_owned()).filter(|p| !p.is_empty()).collect())
}

/// The value of a setting of the run.
fn setting<'a>(provenance: &'a Provenance, name: &str) -> Option<&'a str> {
    provenance.settings.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_core::Recipe;

    fn written(recipe: Recipe) -> String {
        written_with(recipe, vec![])
    }

    fn written_with(recipe: Recipe, settings: Vec<(String, String)>) -> String {
        let provenance = Provenance {
            version: "0.1.0".into(),
            recipe,
            command: String::new(),
            settings,
            inputs_hash: None,
            left_out: Default::default(),
        };
        methods(&provenance, [18, 2, 1]).unwrap().join("\n")
    }

    #[test]
    fn each_recipe_tells_its_own_method() {
        let (ours, notebook) = (written(Recipe::Default), written(Recipe::Notebook));
        assert!(
            ours.contains("hilum 0.1.0 (recipe: default)") && ours.contains("Of 21 scans, 18 were measured")
        );
        assert!(ours.contains("three-dimensional connected components") && !ours.contains("-300 HU"));
        assert!(notebook.contains("-300 HU") && !notebook.contains("three-dimensional"));
        assert!(!ours.contains("{{") && !ours.contains("{%"));
    }

    #[test]
    fn the_notebook_tells_which_dense_tissue() {
        let told =
            |dense: &str| written_with(Recipe::Notebook, vec![("notebook_dense".into(), dense.into())]);
        assert_eq!(told("plain"), written(Recipe::Notebook));
        assert!(told("plain").contains("-500 HU") && !told("plain").contains("vertex"));
        assert!(told("denoised").contains("-500 HU") && told("denoised").contains("vertex"));
        assert!(!told("255").contains("-500 HU") && !told("255").contains("vertex"));
        assert!(!told("255-denoised").contains("-500 HU") && told("255-denoised").contains("vertex"));
    }
}
