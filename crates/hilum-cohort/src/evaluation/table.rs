//! Tables of predictions: read from any program's CSV or Parquet, checked cell by cell; written as Parquet.

use super::error::EvaluationError;
use crate::{CohortError, manifest::read_table, reference_class::is_reference};
use hilum_core::{
    by_number_then_text,
    schema::{Column, Kind, Table, Value},
};
use hilum_io::table::{TextTable, write_parquet};
use hilum_learn::Side;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

const OF_CLASS: &str = "probability_";
const LOGIT_OF_CLASS: &str = "logit_";
/// How far the probabilities of a row may be from summing to 1.
const SUM_TOLERANCE: f64 = 1e-3;

/// Predictions and the truth, one case a row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScoredTable {
    /// Where they come from, for messages.
    pub file: String,
    /// The classes; of two the last one is to be found.
    pub classes: Vec<String>,
    /// Names of the cases.
    pub ids: Vec<String>,
    /// The side of each case; `None` where the table does not say.
    pub sides: Option<Vec<Side>>,
    /// The true class of each case.
    pub truth: Vec<usize>,
    /// The group (patient) of each case: its own where none is known.
    pub groups: Vec<u32>,
    /// Whether the table says which cases belong together.
    pub groups_known: bool,
    /// `[case, class]`.
    pub probabilities: Vec<f64>,
    /// `[case][output]`, where the table has them: one for two classes, else one a class.
    pub logits: Option<Vec<Vec<f64>>>,
}

/// Reads a table with the columns `id` (or `image_id`, `file`), `class` (or `type`, `label`) and `probability` of the class to be
/// found, or `probability_CLASS` for each class; `group` (or `patient_id`), `side` (or `split`) and `logit` where they are there.
///
/// `positive` is the class to be found where the table does not say; otherwise it is the later one of two, unless that is called healthy,
/// normal, control or negative, or begins with `non`.
///
/// # Errors
/// [`CohortError::Table`] if it cannot be read; [`CohortError::Evaluation`] naming file, row and column of what cannot be.
pub fn read_predictions(path: &Path, positive: Option<&str>) -> Result<ScoredTable, CohortError> {
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let text = read_table(path)?;
    Ok(Reader { file, text: &text }.scored(positive)?)
}

struct Reader<'a> {
    file: String,
    text: &'a TextTable,
}

impl Reader<'_> {
    fn scored(&self, positive: Option<&str>) -> Result<ScoredTable, EvaluationError> {
        if self.text.rows.is_empty() {
            return Err(EvaluationError::Empty { file: self.file.clone() });
        }
        let (id, class) = (self.need(&["id", "image_id", "file"])?, self.need(&["class", "type", "label"])?);
        let ids = self.ids(id)?;
        let labels = (0..self.rows()).map(|row| self.text_in(row, class)).collect::<Result<Vec<_>, _>>()?;
        let (classes, probabilities) = self.probabilities(&labels, class, positive)?;
        let truth = labels.iter().enumerate().map(|(row, label)| {
            classes.iter().position(|class| class == label).ok_or_else(|| {
                let problem = format!("'{label}' is no class of the columns: {}", classes.join(", "));
                self.fault(row, class, problem)
            })
        });
        let group = self.find(&["group", "patient_id", "patient"]);
        Ok(ScoredTable {
            file: self.file.clone(),
            truth: truth.collect::<Result<_, _>>()?,
            sides: self.sides()?,
            groups: self.groups(group),
            groups_known: group.is_some(),
            logits: self.logits(&classes)?,
            ids,
            classes,
            probabilities,
        })
    }

    fn rows(&self) -> usize {
        self.text.rows.len()
    }

    fn find(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.text.column(name))
    }

    fn need(&self, names: &[&str]) -> Result<usize, EvaluationError> {
        self.find(names).ok_or_else(|| EvaluationError::MissingColumn {
            file: self.file.clone(),
            wanted: names.join(" or "),
            found: self.text.columns.join(", "),
        })
    }

    fn fault(&self, row: usize, column: usize, problem: impl Into<String>) -> EvaluationError {
        let column = self.text.columns[column].clone();
        EvaluationError::Cell { file: self.file.clone(), row: row + 1, column, problem: problem.into() }
    }

    fn cell(&self, row: usize, column: usize) -> Option<&str> {
        self.text.rows[row][column].as_deref().map(str::trim).filter(|cell| !cell.is_empty())
    }

    fn text_in(&self, row: usize, column: usize) -> Result<String, EvaluationError> {
        self.cell(row, column).map(str::to_owned).ok_or_else(|| self.fault(row, column, "the cell is empty"))
    }

    fn number_in(&self, row: usize, column: usize) -> Result<f64, EvaluationError> {
        let text = self.text_in(row, column)?;
        text.parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .ok_or_else(|| self.fault(row, column, format!("'{text}' is not a finite number")))
    }

    fn probability_in(&self, row: usize, column: usize) -> Result<f64, EvaluationError> {
        let number = self.number_in(row, column)?;
        if (0.0..=1.0).contains(&number) {
            return Ok(number);
        }
        Err(self.fault(row, column, format!("{number} is no probability; it must lie from 0 to 1")))
    }

    fn ids(&self, column: usize) -> Result<Vec<String>, EvaluationError> {
        let mut first: BTreeMap<String, usize> = BTreeMap::new();
        let mut ids = Vec::with_capacity(self.rows());
        for row in 0..self.rows() {
            let id = self.text_in(row, column)?;
            if let Some(earlier) = first.insert(id.clone(), row) {
                let problem = format!("'{id}' stands in row {} too; each case is judged once", earlier + 1);
                return Err(self.fault(row, column, problem));
            }
            ids.push(id);
        }
        Ok(ids)
    }

    /// The classes in their order, and the probabilities, `[case, class]`.
    fn probabilities(
        &self,
        labels: &[String],
        class: usize,
        positive: Option<&str>,
    ) -> Result<(Vec<String>, Vec<f64>), EvaluationError> {
        let columns = self.text.columns.iter().enumerate();
        let mut of_class: Vec<(String, usize)> =
            columns.filter_map(|(n, name)| Some((name.strip_prefix(OF_CLASS)?.to_owned(), n))).collect();
        if of_class.len() >= 2 {
            self.move_last(&mut of_class, |(name, _)| name, positive)?;
            let rows = (0..self.rows()).map(|row| self.row_of_classes(row, &of_class));
            let rows = rows.collect::<Result<Vec<_>, _>>()?;
            return Ok((of_class.into_iter().map(|(name, _)| name).collect(), rows.concat()));
        }
        let found: BTreeSet<&String> = labels.iter().collect();
        let mut classes: Vec<String> = found.into_iter().cloned().collect();
        classes.sort_by(|a, b| by_number_then_text(a, b));
        classes.sort_by_key(|class| !is_reference(class));
        let one = match of_class.pop() {
            // Of a table that names the class to be found.
            Some((name, column)) => {
                self.move_last(&mut classes, |class| class, Some(&name))?;
                column
            }
            None => {
                let column = self.need(&["probability", "probability_CLASS"])?;
                self.move_last(&mut classes, |class| class, positive)?;
                column
            }
        };
        if classes.len() != 2 {
            return Err(EvaluationError::NotTwoClasses {
                file: self.file.clone(),
                column: self.text.columns[class].clone(),
                found: classes.join(", "),
            });
        }
        let rows = (0..self.rows()).map(|row| self.probability_in(row, one).map(|p| [1.0 - p, p]));
        Ok((classes, rows.collect::<Result<Vec<_>, _>>()?.concat()))
    }

    fn row_of_classes(&self, row: usize, of_class: &[(String, usize)]) -> Result<Vec<f64>, EvaluationError> {
        let all = of_class.iter().map(|(_, column)| self.probability_in(row, *column));
        let all = all.collect::<Result<Vec<f64>, _>>()?;
        let sum: f64 = all.iter().sum();
        if (sum - 1.0).abs() > SUM_TOLERANCE {
            let problem = format!("the probabilities of this row sum to {sum:.4}, not to 1");
            return Err(self.fault(row, of_class[0].1, problem));
        }
        Ok(all)
    }

    /// Puts the class to be found at the end.
    fn move_last<T>(
        &self,
        classes: &mut Vec<T>,
        name: impl Fn(&T) -> &String,
        positive: Option<&str>,
    ) -> Result<(), EvaluationError> {
        let Some(positive) = positive else { return Ok(()) };
        let Some(at) = classes.iter().position(|class| name(class) == positive) else {
            let known: Vec<&str> = classes.iter().map(|class| name(class).as_str()).collect();
            return Err(EvaluationError::NoSuchClass {
                file: self.file.clone(),
                class: positive.to_owned(),
                known: known.join(", "),
            });
        };
        let found = classes.remove(at);
        classes.push(found);
        Ok(())
    }

    fn groups(&self, column: Option<usize>) -> Vec<u32> {
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
        let mut next = 0;
        let mut fresh = || {
            next += 1;
            next
        };
        let of_row = |row| match column.and_then(|column| self.cell(row, column)) {
            Some(group) => *numbers.entry(group).or_insert_with(&mut fresh),
            // A case without a group is one of its own.
            None => fresh(),
        };
        (0..self.rows()).map(of_row).collect()
    }

    fn sides(&self) -> Result<Option<Vec<Side>>, EvaluationError> {
        let Some(column) = self.find(&["side", "split"]) else { return Ok(None) };
        let side = |row| {
            let text = self.text_in(row, column)?;
            Side::named(&text)
                .ok_or_else(|| self.fault(row, column, format!("'{text}' is no side: train, val or test")))
        };
        (0..self.rows()).map(side).collect::<Result<Vec<_>, _>>().map(Some)
    }

    fn logits(&self, classes: &[String]) -> Result<Option<Vec<Vec<f64>>>, EvaluationError> {
        let of_class: Option<Vec<usize>> =
            classes.iter().map(|class| self.text.column(&format!("{LOGIT_OF_CLASS}{class}"))).collect();
        let columns = match (of_class, self.text.column("logit")) {
            (Some(columns), _) => columns,
            (None, Some(one)) if classes.len() == 2 => vec![one],
            _ => return Ok(None),
        };
        let row = |row| columns.iter().map(|&column| self.number_in(row, column)).collect();
        (0..self.rows()).map(row).collect::<Result<Vec<Vec<f64>>, _>>().map(Some)
    }
}

impl ScoredTable {
    /// Writes the predictions as Parquet, in the columns that [`read_predictions`] reads.
    ///
    /// # Errors
    /// [`CohortError::WriteTable`] if the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), CohortError> {
        let mut names = vec!["id".to_owned(), "side".to_owned(), "class".to_owned(), "group".to_owned()];
        names.extend(self.classes.iter().map(|class| format!("{OF_CLASS}{class}")));
        let outputs = self.logits.as_ref().and_then(|rows| rows.first()).map_or(0, Vec::len);
        match outputs {
            1 => names.push("logit".to_owned()),
            _ => names.extend(self.classes.iter().take(outputs).map(|c| format!("{LOGIT_OF_CLASS}{c}"))),
        }
        let columns: Vec<Column<'_>> = names.iter().map(|name| column(name)).collect();
        let rows = (0..self.ids.len()).map(|case| self.row(case)).collect();
        let table = Table { columns: &columns, rows };
        write_parquet(path, &table)
            .map_err(|source| CohortError::WriteTable { path: path.to_owned(), source })
    }

    fn row(&self, case: usize) -> Vec<Value> {
        let side = self.sides.as_ref().map(|sides| sides[case].name().to_owned());
        let group = self.groups_known.then(|| i64::from(self.groups[case]));
        let of_case = &self.probabilities[case * self.classes.len()..][..self.classes.len()];
        let logits = self.logits.as_ref().map_or(&[][..], |rows| &rows[case]);
        let texts = [Some(self.ids[case].clone()), side, Some(self.classes[self.truth[case]].clone())];
        let numbers = of_case.iter().chain(logits).map(|number| Value::Real(Some(*number)));
        texts.into_iter().map(Value::Text).chain([Value::Integer(group)]).chain(numbers).collect()
    }
}

fn column(name: &str) -> Column<'_> {
    let (kind, definition) = match name {
        "id" => (Kind::Text, "Name of the case."),
        "side" => (Kind::Text, "Side of the split: train, val or test."),
        "class" => (Kind::Text, "The true class."),
        "group" => (Kind::Integer, "Cases of one group belong together (a patient)."),
        _ if name.starts_with("logit") => (Kind::Real, "What the classifier said, before the temperature."),
        _ => (Kind::Real, "Probability of the class, after the temperature."),
    };
    Column { name, kind, unit: "-", definition, source: "docs/classifier.md" }
}
