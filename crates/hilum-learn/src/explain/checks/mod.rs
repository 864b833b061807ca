//! Whether an explanation can be trusted: what to ask of it before believing it.
//!
//! * [`inside`]: does it point at the lung, at its dense tissue, or elsewhere?
//! * [`repeat`]: does another seed give the same answer?
//! * [`deletion`]: does taking away what it points at change the classifier's mind sooner than taking away anything?
//! * [`verdict`]: all of it in one word for a classifier.
//!
//! The fit of LIME's linear model is [`super::Surrogate::r2`].

pub mod deletion;
pub mod inside;
pub mod repeat;
pub mod verdict;
