//! Object stores: S3, Google Cloud Storage, Azure Blob Storage and plain web servers, read and written like files.
//!
//! * [`StoreUrl`]: an address such as `s3://bucket/folder/scan.nii.gz`;
//! * [`StoreOptions`]: with or without keys, which endpoint, which profile;
//! * [`Store`]: one bucket, container or web server: [listing](Store::list), [reading](Store::reader),
//!   [ranges](Store::range), [writing](Store::put);
//! * [`RemoteFile`]: one object, with the store it lies in; what a scan is opened from;
//! * [`Location`]: a path or an address, as users type them;
//! * [`Store::fetch_file`] and [`Store::copy_object`]: one object, checked, to disk or into another store;
//! * [`ObjectReader`]: the bytes of an object as they arrive, a [`std::io::Read`]; [`ObjectWriter`]: bytes that become an
//!   object, whole or not at all.
//!
//! Everything here blocks: the asynchronous machinery of `object_store` runs on two threads of its own and shows
//! nowhere. All functions may be called from many threads at once.
//!
//! # Faults of the network
//! A request that fails for a reason that may pass (a reset, a time-out, status 429 or 5xx) is tried again, up to ten
//! times within three minutes (unless [`Patience`] says otherwise); a body that breaks off is asked for again from where it broke off, on condition that the
//! ETag is still the same. A stall of 30 seconds counts as broken off. There is no limit on how long a whole object may take.
//!
//! # Identity
//! Size and ETag say whether an object is the one seen before. Some servers send no ETag; then nothing is known, and the
//! object counts as new ([`StoredObject::identity`]).
//!
//! # Not here
//! Versions of objects; keys that are not valid UTF-8 or hold empty parts (`a//b`).

mod address;
mod aws;
mod aws_profile;
mod error;
mod etag;
mod location;
mod object;
mod open;
mod options;
mod reader;
mod remote;
mod runtime;
mod to_disk;
mod to_store;
mod transfer;
mod writer;

pub use address::{StoreKind, StoreUrl};
pub use error::{StoreError, StoreFault};
pub use location::Location;
pub use object::StoredObject;
pub use open::Store;
pub use options::{Patience, StoreOptions};
pub use reader::ObjectReader;
pub use remote::RemoteFile;
pub use to_disk::received_before;
pub use transfer::{Check, Received, Watch};
pub use writer::ObjectWriter;
