//! Addresses of stores and of what lies in them.

use super::error::StoreError;
use super::object::StoredObject;
use object_store::path::Path as Key;
use std::{fmt, str::FromStr};
use url::Url;

/// What kind of store an address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoreKind {
    /// Amazon S3 and everything that speaks its language: `s3://bucket/key`.
    S3,
    /// Google Cloud Storage: `gs://bucket/key`.
    Google,
    /// Azure Blob Storage: `az://container/key`, with the account from the environment.
    Azure,
    /// A web server: `https://host/path`, `http://host/path`.
    Web,
}

/// An address in a store: of one object, or of all whose keys begin with it.
///
/// The key of `s3://`, `gs://` and `az://` is taken as written, as the stores' own tools do; that of a web address is
/// percent-encoded, as browsers do.
///
/// ```
/// use hilum_io::store::StoreUrl;
///
/// let url: StoreUrl = "s3://bucket/site 1/scan.nii.gz".parse()?;
/// assert_eq!((url.bucket(), url.key()), ("bucket", "site 1/scan.nii.gz"));
/// assert_eq!(url.join("b.nii")?.to_string(), "s3://bucket/site 1/scan.nii.gz/b.nii");
/// assert!(!StoreUrl::is_one("scans/a.nii"));
/// # Ok::<(), hilum_io::store::StoreError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StoreUrl {
    kind: StoreKind,
    /// Bucket or container, or scheme and host of a web server.
    bucket: String,
    key: Key,
    /// What follows `?` in a web address: it may be a signature, and is never shown.
    query: Option<String>,
}

const SCHEMES: [(&str, StoreKind); 5] = [
    ("s3://", StoreKind::S3),
    ("gs://", StoreKind::Google),
    ("az://", StoreKind::Azure),
    ("https://", StoreKind::Web),
    ("http://", StoreKind::Web),
];

impl StoreUrl {
    /// Whether `text` begins as an address of a store does, and so is no path.
    pub fn is_one(text: &str) -> bool {
        SCHEMES.iter().any(|(scheme, _)| text.starts_with(scheme))
    }

    /// The kind of store.
    pub fn kind(&self) -> StoreKind {
        self.kind
    }

    /// The bucket or container; scheme and host of a web address.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The key, without a slash at either end; empty for the whole bucket.
    pub fn key(&self) -> &str {
        self.key.as_ref()
    }

    /// What stands behind the last slash.
    pub fn name(&self) -> &str {
        self.key.as_ref().rsplit('/').next().unwrap_or_default()
    }

    /// The address of what lies under `below`, parts divided by `/`.
    ///
    /// # Errors
    /// [`StoreError::Address`] if `below` is no key.
    pub fn join(&self, below: &str) -> Result<Self, StoreError> {
        let key = match self.key.as_ref() {
            "" => below.to_owned(),
            key => format!("{key}/{below}"),
        };
        Ok(Self { key: parsed(&key, below)?, query: None, ..self.clone() })
    }

    /// The address of the place that holds this one.
    pub fn parent(&self) -> Self {
        let key = self.key.as_ref().rsplit_once('/').map_or("", |(parent, _)| parent);
        Self { key: Key::parse(key).unwrap_or_default(), query: None, ..self.clone() }
    }

    /// Whether `other` lies here or below, in a store of the same kind and name.
    pub fn holds(&self, other: &Self) -> bool {
        let below = other.key().strip_prefix(self.key());
        (self.kind, &self.bucket) == (other.kind, &other.bucket)
            && below.is_some_and(|rest| self.key().is_empty() || rest.is_empty() || rest.starts_with('/'))
    }

    /// Where `object` lies below this prefix, without a slash before it; its key if it lies elsewhere.
    pub fn name_of<'a>(&self, object: &'a StoredObject) -> &'a str {
        object.key().strip_prefix(self.key()).unwrap_or(object.key()).trim_start_matches('/')
    }

    /// Whether both lie in one bucket or container, or on one web server and under one signature.
    pub fn same_store(&self, other: &Self) -> bool {
        (self.kind, &self.bucket, &self.query) == (other.kind, &other.bucket, &other.query)
    }

    /// The store that this lies in, with the signature that opens it.
    pub(super) fn root(&self) -> Self {
        Self { key: Key::default(), ..self.clone() }
    }

    /// The address of the object `key` of the same store.
    pub(super) fn with_key(&self, key: &Key) -> Self {
        Self { key: key.clone(), ..self.clone() }
    }

    /// The address as it can be typed, with what may be a signature: for another process, never for a message.
    pub fn in_full(&self) -> String {
        match Url::parse(&self.bucket) {
            Ok(mut url) if self.kind == StoreKind::Web => {
                // A percent sign of a key is no escape.
                url.set_path(&self.key.as_ref().replace('%', "%25"));
                url.set_query(self.query());
                url.into()
            }
            _ => self.to_string(),
        }
    }

    pub(super) fn object_key(&self) -> &Key {
        &self.key
    }

    pub(super) fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }
}

impl FromStr for StoreUrl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let fault = |problem: &str| StoreError::Address { address: shown(text), problem: problem.to_owned() };
        let Some((scheme, kind)) = SCHEMES.into_iter().find(|(scheme, _)| text.starts_with(scheme)) else {
            return Err(fault("it begins with none of s3://, gs://, az://, https:// and http://"));
        };
        if kind == StoreKind::Web {
            let url = Url::parse(text).map_err(|e| fault(&e.to_string()))?;
            let key = Key::from_url_path(url.path()).map_err(|e| fault(&e.to_string()))?;
            let bucket = url[..url::Position::BeforePath].to_owned();
            return Ok(Self { kind, bucket, key, query: url.query().map(str::to_owned) });
        }
        let rest = &text[scheme.len()..];
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(fault("it names no bucket"));
        }
        Ok(Self { kind, bucket: bucket.to_owned(), key: parsed(key, text)?, query: None })
    }
}

fn parsed(key: &str, address: &str) -> Result<Key, StoreError> {
    Key::parse(key)
        .map_err(|e| StoreError::Address { address: shown(address), problem: format!("{key}: {e}") })
}

/// An address as messages show it: without what may be a signature.
fn shown(address: &str) -> String {
    address.split(['?', '#']).next().unwrap_or_default().to_owned()
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.kind {
            StoreKind::S3 => "s3://",
            StoreKind::Google => "gs://",
            StoreKind::Azure => "az://",
            StoreKind::Web => "",
        };
        write!(f, "{scheme}{}/{}", self.bucket, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> StoreUrl {
        text.parse().unwrap()
    }

    #[test]
    fn keys_are_taken_as_written() {
        let odd = url("s3://b/100%25/a b+c.nii");
        assert_eq!(odd.key(), "100%25/a b+c.nii");
        assert_eq!(odd.name(), "a b+c.nii");
        assert_eq!(odd.to_string(), "s3://b/100%25/a b+c.nii");
        assert_eq!((url("gs://b").key(), url("az://c/x/").key()), ("", "x"));
    }

    #[test]
    fn a_prefix_ends_at_a_slash() {
        let (bucket, cohort) = (url("s3://b"), url("s3://b/cohort"));
        assert!(bucket.holds(&cohort) && cohort.holds(&cohort) && cohort.holds(&url("s3://b/cohort/x")));
        assert!(
            !cohort.holds(&url("s3://b/cohort-2"))
                && !cohort.holds(&url("gs://b/cohort/x"))
                && !cohort.holds(&bucket)
        );
        let object = StoredObject::new("cohort/site/a.nii", 1, None).unwrap();
        assert_eq!((cohort.name_of(&object), bucket.name_of(&object)), ("site/a.nii", "cohort/site/a.nii"));
    }

    #[test]
    fn an_address_in_full_leads_to_the_same_place() {
        for text in ["https://host:8/a%20b/100%25.nii?X-Signature=abc", "s3://b/100%25/a b.nii", "az://c"] {
            assert_eq!(url(&url(text).in_full()), url(text), "{text}");
        }
        assert!(url("https://host/a?X-Signature=abc").in_full().contains("abc"));
    }

    #[test]
    fn web_addresses_are_decoded_and_their_signatures_kept_back() {
        let signed = url("https://host:8443/scans/a%20b.nii?sig=secret");
        assert_eq!((signed.bucket(), signed.key()), ("https://host:8443", "scans/a b.nii"));
        assert_eq!(signed.query(), Some("sig=secret"));
        assert!(!signed.to_string().contains("secret"));
    }

    #[test]
    fn what_is_no_address_says_why() {
        let message = |text: &str| text.parse::<StoreUrl>().unwrap_err().to_string();
        assert!(message("ftp://x").contains("s3://, gs://"));
        assert!(message("s3:///key").contains("no bucket"));
        assert!(message("s3://b/a//c").contains("a//c"));
    }

    #[test]
    fn places_hold_others() {
        let scan = url("s3://b/site/a.nii");
        assert_eq!(scan.parent(), url("s3://b/site"));
        assert_eq!(scan.parent().parent(), url("s3://b"));
        assert_eq!(scan.parent().join("b.nii").unwrap(), url("s3://b/site/b.nii"));
        assert_eq!(url("s3://b").join("x").unwrap(), url("s3://b/x"));
    }
}
