//! One case: read, explained, checked.

use super::{ExplainMethod, ExplainRequest, ExplainedCase, figure::DrawnCase};
use crate::learn::{DatasetError, LoadedModel, entry::Entry, read::read_in_place};
use hilum_core::Mask;
use hilum_imaging::superpixels::Pieces;
use hilum_learn::{
    Classifier, LearnError, Picture,
    dataset::{Channel, Preprocessing, Source, SourceKind},
    explain::{
        Attribution, LimeSettings, OcclusionSettings, Question, RiseSettings,
        checks::{
            deletion::deletion_insertion,
            inside::Inside,
            repeat::{Repeatability, spearman},
            verdict::Checks,
        },
        grad_cam, lime, occlusion, rise,
    },
};

/// Random orders that deletion and insertion are held against.
const RANDOM_ORDERS: usize = 5;

/// A model, and the same net with its weights in another order, where that can be made.
pub(super) struct Explainer<'a> {
    model: &'a LoadedModel,
    forgetful: Option<Box<dyn Classifier>>,
    request: &'a ExplainRequest,
    class: Option<usize>,
    /// The model's preprocessing with masks for channels.
    masks: Preprocessing,
}

/// An explanation, and by how much its linear model explains the answers.
struct Found {
    map: Attribution,
    /// One number a segment.
    weights: Vec<f64>,
    r2: Option<f64>,
}

/// Lung and dense tissue on an input.
struct Tissue {
    lung: Option<Mask>,
    dense: Option<Mask>,
}

impl<'a> Explainer<'a> {
    pub(super) fn new(model: &'a LoadedModel, request: &'a ExplainRequest) -> Result<Self, DatasetError> {
        let classes = model.classifier.classes();
        let class = match &request.class {
            Some(name) => {
                let found = classes.iter().position(|class| class == name);
                let known = classes.join(", ");
                Some(found.ok_or_else(|| DatasetError::NoSuchClass { class: name.clone(), known })?)
            }
            None => (classes.len() == 2).then_some(1),
        };
        let own = &model.description.preprocessing;
        let channels = match own.source {
            SourceKind::HuSlice => vec![Channel::Lung, Channel::Dense],
            SourceKind::GreyPicture => vec![Channel::Lung],
        };
        if request.method == ExplainMethod::GradCam && model.classifier.as_net().is_none() {
            return Err(DatasetError::NoGradCam { model: model.description.name().to_owned() });
        }
        let forgetful = model.classifier.forgetful(request.seed).map_err(DatasetError::learn)?;
        Ok(Self { model, forgetful, request, class, masks: Preprocessing { channels, ..own.clone() } })
    }

    /// The case, and what is drawn of it; or why there is no explanation.
    pub(super) fn explain(
        &self,
        entry: &Entry,
        class: Option<&str>,
        checked: bool,
    ) -> Result<(ExplainedCase, DrawnCase), String> {
        let own = &self.model.description.preprocessing;
        if entry.kind() != own.source {
            return Err(format!("it is {}, and the model was trained on {}", entry.kind(), own.source));
        }
        let all = [&own.channels[..], &self.masks.channels].concat();
        let (source, place) = read_in_place(entry, &Preprocessing { channels: all, ..own.clone() })?;
        let picture = own.apply(&source).map_err(in_words)?.picture;
        let tissue = self.tissue(&source)?;
        let pieces = self.request.segments.cut(&picture, tissue.lung.as_ref())?;
        let question = self.question(&picture)?;
        let found = self.found(question.classifier, question.class, &picture, &pieces, self.request.seed)?;
        let checks = self.checks(question, &picture, &pieces, &found, &tissue, checked)?;
        let classes = self.model.classifier.classes();
        let case = ExplainedCase {
            id: entry.id.clone(),
            class: class.map(str::to_owned),
            explained: classes[question.class].clone(),
            probability: question.answer(&picture).map_err(in_words)?,
            segments: pieces.count(),
            checks,
        };
        let at = own.shown_at(&source).map_err(in_words)?;
        let drawn = DrawnCase {
            entry: entry.clone(),
            source,
            place,
            at,
            pieces,
            weights: found.weights,
            map: found.map,
        };
        Ok((case, drawn))
    }

    fn question(&self, picture: &Picture) -> Result<Question<'a>, String> {
        let classifier = self.model.classifier.as_ref();
        let class = match self.class {
            Some(class) => class,
            None => {
                let said = classifier.probabilities(&[picture]).map_err(in_words)?;
                let said = said.first().ok_or("the model gave no answer")?;
                (0..said.len()).max_by(|&a, &b| said[a].total_cmp(&said[b]).then(b.cmp(&a))).unwrap_or(0)
            }
        };
        Ok(Question { classifier, class })
    }

    fn tissue(&self, source: &Source) -> Result<Tissue, String> {
        let masks = self.masks.apply(source).map_err(in_words)?.picture;
        let [rows, cols] = masks.size_px();
        let mask = |channel: usize| {
            let values = masks.channel(channel);
            // A pixel of the input that shows both is what it shows most of.
            let mask = Mask::from_fn(rows, cols, |r, c| values[r * cols + c] > u16::MAX / 2);
            Some(mask).filter(|mask| !mask.view().is_empty())
        };
        Ok(Tissue { lung: mask(0), dense: if masks.channels() > 1 { mask(1) } else { None } })
    }

    /// What `classifier` goes by for a class.
    fn found(
        &self,
        classifier: &dyn Classifier,
        class: usize,
        picture: &Picture,
        pieces: &Pieces,
        seed: u64,
    ) -> Result<Found, String> {
        let (request, question) = (self.request, Question { classifier, class });
        let of_map = |map: Attribution| Found { weights: map.sums(pieces), map, r2: None };
        let found = match request.method {
            ExplainMethod::Lime => {
                let settings = LimeSettings {
                    samples: request.samples,
                    seed,
                    hidden: request.hidden,
                    ..LimeSettings::default()
                };
                lime(question, picture, pieces, &settings).map(|found| Found {
                    map: found.attribution(pieces),
                    r2: found.surrogate.r2,
                    weights: found.surrogate.weights,
                })
            }
            ExplainMethod::Rise => {
                let settings = RiseSettings { samples: request.samples, seed, ..RiseSettings::default() };
                rise(question, picture, &settings).map(of_map)
            }
            ExplainMethod::Occlusion => {
                occlusion(question, picture, OcclusionSettings::for_size(picture.size_px())).map(of_map)
            }
            ExplainMethod::GradCam => {
                let net = classifier.as_net().ok_or("it has no layers to look into")?;
                grad_cam(net, picture, class).map(of_map)
            }
        };
        found.map_err(in_words)
    }

    fn checks(
        &self,
        question: Question<'_>,
        picture: &Picture,
        pieces: &Pieces,
        found: &Found,
        tissue: &Tissue,
        checked: bool,
    ) -> Result<Checks, String> {
        let request = self.request;
        let inside = |mask: &Option<Mask>| {
            let view = mask.as_ref()?.view();
            let pixels = (0..view.rows()).flat_map(|r| (0..view.cols()).map(move |c| view.get(r, c)));
            Inside::of(&found.map, &pixels.collect::<Vec<bool>>())
        };
        let deletion = deletion_insertion(question, picture, pieces, &found.map, RANDOM_ORDERS, request.seed)
            .map_err(in_words)?;
        let mut checks = Checks {
            lung: inside(&tissue.lung),
            dense: inside(&tissue.dense),
            r2: found.r2,
            deletion: Some(deletion),
            ..Checks::default()
        };
        if !checked {
            return Ok(checks);
        }
        let class = question.class;
        if let Some(forgetful) = &self.forgetful {
            let without = self.found(forgetful.as_ref(), class, picture, pieces, request.seed)?;
            let sizes = |weights: &[f64]| weights.iter().map(|w| w.abs()).collect::<Vec<f64>>();
            checks.randomised_correlation = spearman(&sizes(&found.weights), &sizes(&without.weights));
        }
        if request.method.draws() {
            let mut all = vec![found.weights.clone()];
            for n in 1..request.repeats as u64 {
                let seed = request.seed.wrapping_add(n);
                all.push(self.found(question.classifier, class, picture, pieces, seed)?.weights);
            }
            checks.repeatability = Repeatability::of(&all, request.features);
        }
        Ok(checks)
    }
}

fn in_words(error: LearnError) -> String {
    crate::error::with_causes(&error)
}
