//! `lime ROWS COLS SAMPLES < BYTES`: explains a classifier that costs nothing on an 8-bit grey picture, for tools/bench/explain.py.
//! Says how many pieces there were and the CPU seconds (user and system, on all threads) of the explanation alone.

use hilum_imaging::{Grey, superpixels::Quickshift};
use hilum_learn::{
    Classifier, LearnError, Picture,
    explain::{LimeSettings, Question, lime},
};
use std::io::{Read, Write};

/// Looks at one pixel.
#[derive(Debug)]
struct Glance([String; 2]);

impl Classifier for Glance {
    fn classes(&self) -> &[String] {
        &self.0
    }

    fn logits(&self, pictures: &[&Picture]) -> Result<Vec<Vec<f64>>, LearnError> {
        let middle = |p: &&Picture| f64::from(Picture::as_unit(p.values()[p.values().len() / 2]));
        Ok(pictures.iter().map(|picture| vec![middle(picture)]).collect())
    }

    fn forgetful(&self, _seed: u64) -> Result<Option<Box<dyn Classifier>>, LearnError> {
        Ok(None)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [rows, cols, samples] = arguments.as_slice() else {
        return Err("use: lime ROWS COLS SAMPLES < BYTES".into());
    };
    let (rows, cols) = (rows.parse()?, cols.parse()?);
    let mut pixels = Vec::new();
    std::io::stdin().read_to_end(&mut pixels)?;
    let pieces = Quickshift::default().cut(Grey::new(rows, cols, &pixels)?)?;
    let values = pixels.iter().map(|&level| u16::from(level) * 257).collect();
    let picture = Picture::new(1, rows, cols, values).ok_or("not rows x cols bytes")?;
    let glance = Glance(["no".to_owned(), "yes".to_owned()]);
    let question = Question { classifier: &glance, class: 1 };
    let settings = LimeSettings { samples: samples.parse()?, ..LimeSettings::default() };
    let before = cpu_s()?;
    let found = lime(question, &picture, &pieces, &settings)?;
    let spent = cpu_s()? - before;
    writeln!(std::io::stdout(), "{} {spent:.4}", found.surrogate.weights.len())?;
    Ok(())
}

/// CPU time of this process so far, by /proc: hundredths of a second.
fn cpu_s() -> Result<f64, Box<dyn std::error::Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(") ").ok_or("no name in /proc/self/stat")?.1;
    let ticks: Vec<&str> = after_name.split(' ').collect();
    Ok((ticks[11].parse::<f64>()? + ticks[12].parse::<f64>()?) / 100.0)
}
