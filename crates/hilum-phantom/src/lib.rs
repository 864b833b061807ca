//! Chest CT phantoms with known truth, made by code.
//!
//! A phantom is a thorax written down as shapes: a torso with skin, fat and muscle, bones, mediastinum, two lungs with
//! branching vessels and airways, the organs under the diaphragm, a patient table, and on demand ground glass and
//! consolidation. What enters is a [`PhantomSpec`]; what leaves is a [`Phantom`]: an `i16` volume in HU on an LPS grid
//! and its [`Truth`], sampled at voxel centres.
//!
//! The things that make lung segmentation hard are there on purpose: a table whose foam is enclosed air, a liver dome
//! that is a disc surrounded by lung, gas in stomach and colon, lungs that nearly touch in front, airways, lesions on
//! the chest wall, padding outside the circular field of view.
//!
//! # Coordinates
//! The anatomy is built in millimetres of a reference adult: x grows to the patient's left, y to posterior, z to
//! superior; the carina lies at z = 0. A patient who is larger or smaller is the same anatomy on a finer or coarser
//! grid.
//!
//! # Determinism
//! The same spec gives the same bytes, whatever the number of threads and whether a slice is made alone or with its
//! volume: randomness is a hash of seed and position, and only `+ - * /` and square roots touch a voxel, so that no
//! platform's mathematics library can change it.
//!
//! # Not modelled
//! The physics of the scanner (photons, beam hardening, motion): edges are blurred by the pixel, and noise is drawn
//! with the texture of a reconstruction kernel. A phantom tests code; it says nothing about patients.
//!
//! ```
//! use hilum_phantom::{PhantomSpec, generate};
//!
//! let phantom = generate(&PhantomSpec::covid(7).with_dims([64, 64, 25]))?;
//! assert_eq!(phantom.volume.geometry().slices(), 25);
//! assert!(phantom.truth.lung_area_px[phantom.truth.largest_slice] > 300);
//! # Ok::<(), hilum_phantom::PhantomError>(())
//! ```

mod abdomen;
mod body;
mod bones;
mod canvas;
mod lesions;
mod mediastinum;
mod noise;
mod patient;
mod phantom;
mod render;
mod scene;
mod shape;
mod spec;
mod table;
mod thorax;
mod tree;

pub use phantom::{Phantom, PhantomSlices, Truth, generate, generate_on};
pub use spec::{Coverage, Disease, PhantomError, PhantomSpec};
