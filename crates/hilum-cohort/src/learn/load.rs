//! From an input to a data set.

use super::{
    DatasetError, DatasetFacts, DatasetRequest, LeftOutExample, Preparing, Relation, class_folders,
    classes::classed,
    division::divided,
    entry::{Entry, Listing},
    figure_name::figure_of,
    findings, near, parallel, read,
    split_file::read_split,
    tables,
};
use crate::{CohortError, manifest::is_table};
use hilum_learn::dataset::{
    Dataset, Example, Fingerprint, Groups, Member, Prepared, Preprocessing, Side, SourceKind,
};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A data set in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedDataset {
    /// The examples, sorted by their names.
    pub dataset: Dataset,
    /// The side of each example.
    pub sides: Vec<Side>,
    /// What was done to every picture: part of the model.
    pub preprocessing: Preprocessing,
    /// What the data set is.
    pub facts: DatasetFacts,
}

/// The content of dataset.json.
#[derive(Debug, serde::Serialize)]
pub struct DatasetFile<'a> {
    /// What the data set is.
    #[serde(flatten)]
    pub facts: &'a DatasetFacts,
    /// What was done to every picture.
    pub preprocessing: &'a Preprocessing,
}

impl LoadedDataset {
    /// What is written down about the data set.
    pub fn file(&self) -> DatasetFile<'_> {
        DatasetFile { facts: &self.facts, preprocessing: &self.preprocessing }
    }
}

/// Loads a data set: lists it, reads and prepares every picture or slice, joins groups, gives out sides.
///
/// The same files give the same data set, in whatever order they lie and with any number of jobs. `progress` is told how
/// many of how many files are done.
///
/// # Errors
/// [`CohortError`] where the input cannot be listed; [`CohortError::Dataset`] where it makes no data set.
pub fn load_dataset(
    request: &DatasetRequest,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<LoadedDataset, CohortError> {
    let input = request.input.file_name().unwrap_or(request.input.as_os_str()).to_string_lossy().into_owned();
    let Listing { entries, mut unusable, other_files, class_names, notes } = list(request)?;
    let (mut entries, unlabelled): (Vec<Entry>, Vec<Entry>) =
        entries.into_iter().partition(|entry| entry.label.is_some());
    unusable.extend(unlabelled.into_iter().map(|entry| (entry.id, "it has no label".to_owned())));
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    if let Some(twice) = entries.windows(2).find(|pair| pair[0].id == pair[1].id) {
        return Err(DatasetError::DuplicateId { id: twice[0].id.clone() }.into());
    }
    let (classes, class_of, not_asked_for) = classed(&mut entries, &class_names, &request.classes, &input)?;
    let source = one_kind(&entries, &input)?;
    let preprocessing = preprocessing(request, source, &input)?;

    let looks = request.relations.contains(&Relation::NearDuplicate);
    let done = AtomicUsize::new(0);
    let prepared = parallel::each(&entries, request.jobs, |entry| {
        let prepared = prepare(entry, &preprocessing, looks);
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, entries.len());
        prepared
    });
    let files = entries.len();
    let mut left_out: Vec<LeftOutExample> =
        unusable.into_iter().map(|(id, reason)| LeftOutExample { id, reason }).collect();
    let (mut taken, mut prints) = (Vec::with_capacity(files), Vec::with_capacity(files));
    for ((entry, class), prepared) in entries.into_iter().zip(class_of).zip(prepared) {
        match prepared {
            Ok((prepared, print)) => {
                taken.push((entry, class, prepared));
                prints.push(print);
            }
            Err(reason) => left_out.push(LeftOutExample { id: entry.id, reason }),
        }
    }
    left_out.sort_by(|a, b| a.id.cmp(&b.id));
    if taken.is_empty() {
        let first = left_out.into_iter().next();
        let LeftOutExample { id, reason } =
            first.unwrap_or(LeftOutExample { id: input, reason: String::new() });
        return Err(DatasetError::NothingReadable { files, id, reason }.into());
    }

    let pairs = near::pairs(&prints, request.jobs);
    let groups = grouped(&taken, &pairs, request);
    let given = given_sides(&taken, request)?;
    let without_lungs = taken.iter().filter(|(.., prepared)| prepared.without_lungs).count();
    let example = |((entry, class, prepared), group): ((Entry, usize, Prepared), u32)| Example {
        id: entry.id,
        class,
        group,
        picture: prepared.picture,
    };
    let examples: Vec<Example> = taken.into_iter().zip(groups).map(example).collect();
    let members: Vec<Member<'_>> = examples.iter().map(Member::from).collect();
    let divided = divided(&members, &given, request.division, &classes)?;
    let called: Vec<(&str, &str)> =
        examples.iter().map(|example| (example.id.as_str(), classes[example.class].as_str())).collect();

    let mut facts = DatasetFacts {
        input,
        source,
        group_by: request.relations.clone(),
        split: divided.rule,
        near_duplicates: near::named(pairs, &called, &divided.sides),
        left_out,
        not_asked_for,
        other_files,
        without_lungs,
        ..DatasetFacts::counted(&members, &divided.sides, classes.clone())
    };
    facts.findings = findings::of(&facts, notes);
    Ok(LoadedDataset { dataset: Dataset { classes, examples }, sides: divided.sides, preprocessing, facts })
}

/// What takes part in a data set: everything with a class.
pub(super) fn list(request: &DatasetRequest) -> Result<Listing, CohortError> {
    let (input, labels) = (&request.input, request.labels.as_deref());
    if input.join("run.json").is_file() {
        tables::of_run(input, labels, request.scans.as_deref())
    } else if input.is_dir() {
        class_folders::listed(input)
    } else if input.is_file() && is_table(input) {
        tables::of_manifest(input, labels)
    } else if input.exists() {
        Err(DatasetError::NoClasses { input: input.display().to_string() }.into())
    } else {
        Err(CohortError::NoInput { path: input.clone() })
    }
}

/// All slices in HU, or all pictures without.
fn one_kind(entries: &[Entry], input: &str) -> Result<SourceKind, DatasetError> {
    let first = |kind| entries.iter().find(|entry| entry.kind() == kind);
    match (first(SourceKind::GreyPicture), first(SourceKind::HuSlice)) {
        (Some(picture), Some(scan)) => {
            let pictures = entries.iter().filter(|e| e.kind() == SourceKind::GreyPicture).count();
            let scans = entries.len() - pictures;
            Err(DatasetError::Mixed { pictures, scans, picture: picture.id.clone(), scan: scan.id.clone() })
        }
        (Some(_), None) => Ok(SourceKind::GreyPicture),
        (None, Some(_)) => Ok(SourceKind::HuSlice),
        (None, None) => Err(DatasetError::NoClasses { input: input.to_owned() }),
    }
}

fn preprocessing(
    request: &DatasetRequest,
    found: SourceKind,
    input: &str,
) -> Result<Preprocessing, DatasetError> {
    let preprocessing = match &request.preparing {
        Preparing::Chosen(choice) => choice.of(found),
        Preparing::Fixed(preprocessing) => preprocessing.clone(),
    };
    preprocessing.check().map_err(|source| DatasetError::Learn { source })?;
    let wanted = preprocessing.source;
    if wanted != found {
        return Err(DatasetError::WrongKind { input: input.to_owned(), wanted, found });
    }
    Ok(preprocessing)
}

/// The input of a net, and what near duplicates are known by where they are looked for.
pub(super) fn prepare(
    entry: &Entry,
    preprocessing: &Preprocessing,
    looks: bool,
) -> Result<(Prepared, Option<Fingerprint>), String> {
    let source = read::read(entry, preprocessing)?;
    let prepared = preprocessing.apply(&source).map_err(|error| error.to_string())?;
    Ok((prepared, if looks { Fingerprint::of(&source) } else { None }))
}

/// The group of each example: whatever is related, directly or through others.
fn grouped(taken: &[(Entry, usize, Prepared)], pairs: &[near::Pair], request: &DatasetRequest) -> Vec<u32> {
    let mut groups = Groups::apart(taken.len());
    if request.relations.contains(&Relation::Patient) {
        groups.join_by(taken.iter().map(|(entry, ..)| entry.patient.as_deref()));
    }
    if request.relations.contains(&Relation::PaperFigure) {
        groups.join_by(taken.iter().map(|(entry, ..)| figure_of(&entry.id)));
    }
    pairs.iter().for_each(|([a, b], _)| groups.join(*a, *b));
    groups.numbers()
}

/// The sides that a table gives, or else the input itself.
fn given_sides(
    taken: &[(Entry, usize, Prepared)],
    request: &DatasetRequest,
) -> Result<Vec<Option<Side>>, CohortError> {
    let Some(path) = &request.split_file else {
        return Ok(taken.iter().map(|(entry, ..)| entry.given).collect());
    };
    let sides = read_split(path)?;
    let side = |id: &str| {
        let side = sides.get(id).copied();
        side.ok_or_else(|| DatasetError::NoSide { id: id.to_owned(), table: path.display().to_string() })
    };
    Ok(taken.iter().map(|(entry, ..)| side(&entry.id).map(Some)).collect::<Result<_, _>>()?)
}
