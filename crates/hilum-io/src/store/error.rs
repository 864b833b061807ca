//! What can go wrong with a store, in the words of somebody who wants their scans: which object, what the store said,
//! what to do.

use object_store::Error as Refusal;
use std::io;
use std::path::{Path, PathBuf};

/// A store that cannot be reached, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum StoreError {
    /// The address is none.
    #[error("{address}: not the address of a store: {problem}")]
    Address { address: String, problem: String },

    /// There are no keys to sign with.
    #[error("{address}: no keys to sign with: {problem}")]
    NoKeys { address: String, problem: String },

    /// A configuration file of the AWS tools that cannot be used.
    #[error("{file}: {problem}")]
    Profile { file: String, problem: String },

    /// The settings do not make a store.
    #[error("{address}: the store cannot be set up")]
    Settings { address: String, source: Box<Refusal> },

    /// The threads of the network could not be started.
    #[error("cannot start the threads that talk to stores")]
    Threads { source: io::Error },

    /// A copy of an object cannot be written on disk.
    #[error("cannot write {}", path.display())]
    Disk { path: PathBuf, source: io::Error },

    /// Whoever watched said to stop.
    #[error("{address}: stopped on the way")]
    Stopped { address: String },

    /// The store did not do what it was asked for.
    #[error("{address}: cannot be {action}: {fault}")]
    Request {
        address: String,
        /// What was tried: `read`, `listed`, `written`, `removed`.
        action: &'static str,
        fault: StoreFault,
    },
}

/// What a store answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreFault {
    /// Status 401 or 403.
    #[error(
        "the store refuses ({said}); for a public bucket try --no-sign, otherwise check the keys and the profile (AWS_PROFILE)"
    )]
    Refused {
        /// Status, code and message of the store.
        said: String,
    },
    /// Status 404 for a bucket.
    #[error("there is no such bucket ({said}); check its name, and the endpoint if you gave one")]
    NoBucket {
        /// Status, code and message of the store.
        said: String,
    },
    /// Status 404.
    #[error("there is no such object ({said}); check the address")]
    NotFound {
        /// Status, code and message of the store.
        said: String,
    },
    /// A redirect to another region.
    #[error("the bucket is in another region ({said}); name it with --region or AWS_REGION")]
    WrongRegion {
        /// Status, code and message of the store.
        said: String,
    },
    /// The object is not the one that was listed.
    #[error("it was changed while it was being read; run the command again")]
    Changed,
    /// What came is not what the store says that it holds.
    #[error("it does not come as it lies there: {said}")]
    Damaged {
        /// In what way.
        said: String,
    },
    /// A web server that lists nothing.
    #[error(
        "a web server does not list what it holds; give the address of one scan, or a manifest (CSV or Parquet) with \
         one address a row"
    )]
    NoListing,
    /// Anything else.
    #[error("{said}")]
    Other {
        /// What the store or the network said.
        said: String,
    },
}

impl StoreFault {
    /// What `refusal` means.
    pub(super) fn of(refusal: &Refusal) -> Self {
        let text = refusal.to_string();
        let said = said(refusal, &text);
        let about_bucket = ["NoSuchBucket", "ContainerNotFound", "bucket does not exist"];
        match refusal {
            Refusal::PermissionDenied { .. } | Refusal::Unauthenticated { .. } => Self::Refused { said },
            Refusal::Precondition { .. } => Self::Changed,
            _ if about_bucket.iter().any(|word| text.contains(word)) => Self::NoBucket { said },
            Refusal::NotFound { .. } => Self::NotFound { said },
            _ if ["redirect", "AuthorizationHeaderMalformed"].iter().any(|word| text.contains(word)) => {
                Self::WrongRegion { said }
            }
            _ => Self::Other { said },
        }
    }
}

/// The store's own words: status, code and message where it gave them, what the network said where it did not.
fn said(refusal: &Refusal, text: &str) -> String {
    let status = match refusal {
        Refusal::PermissionDenied { .. } => Some("403"),
        Refusal::Unauthenticated { .. } => Some("401"),
        Refusal::NotFound { .. } => Some("404"),
        _ => None,
    };
    let element = |name: &str| {
        let from = text.find(&format!("<{name}>"))? + name.len() + 2;
        let to = text[from..].find(&format!("</{name}>"))? + from;
        Some(text[from..to].trim())
    };
    let parts: Vec<&str> = [status, element("Code"), element("Message")].into_iter().flatten().collect();
    if !parts.is_empty() {
        return parts.join(" ");
    }
    // The innermost cause is what happened; what surrounds it tells how often it was tried.
    let mut cause: &dyn std::error::Error = refusal;
    let mut words = text.to_owned();
    while let Some(inner) = cause.source() {
        words = inner.to_string();
        cause = inner;
    }
    words.lines().next().unwrap_or_default().trim().to_owned()
}

impl StoreError {
    /// What the answer to a request was, if there was a request.
    pub fn fault(&self) -> Option<&StoreFault> {
        match self {
            Self::Request { fault, .. } => Some(fault),
            _ => None,
        }
    }

    pub(super) fn disk(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Disk { path, source }
    }

    /// What a writer of an object meant, which speaks in errors of [`std::io`].
    pub(super) fn writing(address: impl ToString, error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => own,
            Err(other) => {
                let fault = StoreFault::Other { said: other.to_string() };
                Self::Request { address: address.to_string(), action: "written", fault }
            }
        }
    }

    pub(super) fn request(address: impl ToString, action: &'static str) -> impl FnOnce(Refusal) -> Self {
        let address = address.to_string();
        move |refusal| Self::Request { address, action, fault: StoreFault::of(&refusal) }
    }
}

/// Stands for an address that may tell who the patient is.
const UNNAMED: &str = "an object of the series";

impl StoreError {
    /// The same without the address of the object, which may tell who the patient is.
    pub fn unnamed(self) -> Self {
        match self {
            Self::Request { action, fault, .. } => {
                Self::Request { address: UNNAMED.to_owned(), action, fault }
            }
            other => other,
        }
    }

    /// Whether others in the same store may well be read.
    pub(crate) fn is_about_one_object(&self) -> bool {
        let fault = self.fault();
        fault.is_some_and(|f| matches!(f, StoreFault::Refused { .. } | StoreFault::NotFound { .. }))
    }
}

impl From<StoreError> for io::Error {
    fn from(error: StoreError) -> Self {
        io::Error::other(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(body: &str) -> Refusal {
        Refusal::PermissionDenied { path: "a".into(), source: body.to_owned().into() }
    }

    fn generic(body: &str) -> Refusal {
        Refusal::Generic { store: "S3", source: body.to_owned().into() }
    }

    #[test]
    fn the_words_of_the_store_are_repeated_and_its_addresses_are_not() {
        let body = "Error performing GET http://h/b/a?X-Amz-Signature=1 in 3ms - Server returned non-2xx status code: 403 \
                    Forbidden: <Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
        let fault = StoreFault::of(&denied(body));
        assert_eq!(fault, StoreFault::Refused { said: "403 AccessDenied Access Denied".into() });
        assert!(fault.to_string().contains("--no-sign"));
        assert_eq!(StoreFault::of(&denied("Signature")), StoreFault::Refused { said: "403".into() });
    }

    #[test]
    fn faults_are_told_apart() {
        let not_found = |body: &str| Refusal::NotFound { path: "a".into(), source: body.to_owned().into() };
        let bucket = StoreFault::of(&not_found("<Code>NoSuchBucket</Code>"));
        assert_eq!(bucket, StoreFault::NoBucket { said: "404 NoSuchBucket".into() });
        assert!(matches!(StoreFault::of(&not_found("")), StoreFault::NotFound { .. }));
        assert!(matches!(
            StoreFault::of(&generic("Received redirect without LOCATION")),
            StoreFault::WrongRegion { .. }
        ));
        assert_eq!(
            StoreFault::of(&generic("connection refused")),
            StoreFault::Other { said: "connection refused".into() }
        );
    }
}
