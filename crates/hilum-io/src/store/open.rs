//! One bucket, container or web server, and what can be done with it.

use super::address::{StoreKind, StoreUrl};
use super::aws;
use super::error::{StoreError, StoreFault};
use super::object::StoredObject;
use super::options::{Patience, StoreOptions};
use super::reader::ObjectReader;
use super::runtime::runtime;
use super::writer::ObjectWriter;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::http::HttpBuilder;
use object_store::path::Path as Key;
use object_store::{
    ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig,
};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// How long a request is tried again.
const RETRY_FOR: Duration = Duration::from_secs(180);
/// Small requests under way at one time.
const REQUESTS_AT_ONCE: usize = 16;
/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// One bucket, container or web server. Clones share connections.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<dyn ObjectStore>,
    root: StoreUrl,
    runtime: &'static Runtime,
}

impl Store {
    /// The store that `url` lies in. No object is asked for yet.
    ///
    /// # Errors
    /// [`StoreError`] if the settings make no store: no keys, a profile that does not exist, no Azure account.
    pub fn open(url: &StoreUrl, options: &StoreOptions) -> Result<Self, StoreError> {
        let runtime = runtime()?;
        let settings = |source| StoreError::Settings { address: url.to_string(), source: Box::new(source) };
        let endpoint = endpoint(url.kind(), options);
        let endpoint = endpoint.as_deref();
        let inner: Arc<dyn ObjectStore> = match url.kind() {
            StoreKind::S3 => Arc::new(aws::builder(url, options, runtime)?.build().map_err(settings)?),
            StoreKind::Google => {
                let builder = GoogleCloudStorageBuilder::from_env()
                    .with_bucket_name(url.bucket())
                    .with_skip_signature(options.no_sign)
                    .with_retry(retries(&options.patience))
                    .with_client_options(client(endpoint, &options.patience));
                let builder = endpoint.into_iter().fold(builder, |b, at| b.with_base_url(at));
                Arc::new(builder.build().map_err(settings)?)
            }
            StoreKind::Azure => {
                let builder = MicrosoftAzureBuilder::from_env()
                    .with_container_name(url.bucket())
                    .with_skip_signature(options.no_sign)
                    .with_retry(retries(&options.patience))
                    .with_client_options(client(endpoint, &options.patience));
                let builder = endpoint.into_iter().fold(builder, |b, at| b.with_endpoint(at.to_owned()));
                Arc::new(builder.build().map_err(settings)?)
            }
            StoreKind::Web => {
                let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
                let builder = HttpBuilder::new()
                    .with_url(format!("{}/{query}", url.bucket()))
                    .with_retry(retries(&options.patience))
                    .with_client_options(client(Some(url.bucket()), &options.patience));
                Arc::new(builder.build().map_err(settings)?)
            }
        };
        Ok(Self { inner, root: url.root(), runtime })
    }

    /// The address of an object of this store, with what may be a signature.
    pub(super) fn url_of(&self, object: &StoredObject) -> StoreUrl {
        self.root.with_key(&object.key)
    }

    /// The address of an object of this store.
    pub fn address(&self, object: &StoredObject) -> String {
        self.at(&object.key)
    }

    fn at(&self, key: &Key) -> String {
        format!("{}{key}", self.root)
    }

    /// All objects under `prefix`, sorted by key. Folders end at a slash: `scans` does not list `scans-old/a.nii`.
    ///
    /// # Errors
    /// [`StoreError`] if the store does not list, as web servers do not.
    pub fn list(&self, prefix: &StoreUrl) -> Result<Vec<StoredObject>, StoreError> {
        if prefix.kind() == StoreKind::Web {
            let (address, fault) = (prefix.to_string(), StoreFault::NoListing);
            return Err(StoreError::Request { address, action: "listed", fault });
        }
        let listed = self.inner.list(Some(prefix.object_key())).map_ok(StoredObject::from).try_collect();
        let mut objects: Vec<StoredObject> =
            self.runtime.block_on(listed).map_err(StoreError::request(prefix, "listed"))?;
        objects.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(objects)
    }

    /// What the store says about the object at `url`.
    ///
    /// # Errors
    /// [`StoreError`] if there is none, or the store refuses.
    pub fn find(&self, url: &StoreUrl) -> Result<StoredObject, StoreError> {
        let found = self.runtime.block_on(self.inner.head(url.object_key()));
        found.map(StoredObject::from).map_err(StoreError::request(url, "found"))
    }

    /// What the store says about each of the objects at `urls`, asked for many at a time, in the same order.
    pub fn find_all(&self, urls: &[StoreUrl]) -> Vec<Result<StoredObject, StoreError>> {
        let asked = urls.iter().map(|url| async move {
            let found = self.inner.head(url.object_key()).await;
            found.map(StoredObject::from).map_err(StoreError::request(url, "found"))
        });
        self.runtime.block_on(futures_util::stream::iter(asked).buffered(REQUESTS_AT_ONCE).collect())
    }

    /// The bytes of `object` from byte `first` to its end, as they arrive.
    ///
    /// # Errors
    /// [`StoreError`] if the store refuses, or holds another object by now.
    pub fn reader(&self, object: &StoredObject, first: u64) -> Result<ObjectReader, StoreError> {
        let address = self.at(&object.key);
        let range = (first > 0).then_some(GetRange::Offset(first));
        // An offset at the very end is no range that a store would answer.
        let pieces = if first > 0 && first >= object.bytes {
            futures_util::stream::empty().boxed()
        } else {
            let options = GetOptions { if_match: object.etag.clone(), range, ..GetOptions::default() };
            let answer = self.runtime.block_on(self.inner.get_opts(&object.key, options));
            answer.map_err(StoreError::request(&address, "read"))?.into_stream()
        };
        Ok(ObjectReader { runtime: self.runtime, address, pieces, piece: Bytes::new() })
    }

    /// The bytes `range` of `object`; fewer where it ends earlier.
    ///
    /// # Errors
    /// [`StoreError`] if the store refuses, or holds another object by now.
    pub fn range(&self, object: &StoredObject, range: Range<u64>) -> Result<Vec<u8>, StoreError> {
        let range = range.start..range.end.min(object.bytes);
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let options = GetOptions {
            if_match: object.etag.clone(),
            range: Some(GetRange::Bounded(range)),
            ..GetOptions::default()
        };
        let read = async { self.inner.get_opts(&object.key, options).await?.bytes().await };
        let bytes = self.runtime.block_on(read);
        Ok(bytes.map_err(StoreError::request(self.at(&object.key), "read"))?.into())
    }

    /// Puts `bytes` at `url` in one request, in place of what is there. Returns the ETag, where the store tells.
    ///
    /// # Errors
    /// [`StoreError`] if the store does not take it.
    pub fn put(&self, url: &StoreUrl, bytes: Vec<u8>) -> Result<Option<String>, StoreError> {
        let put = self.runtime.block_on(self.inner.put(url.object_key(), PutPayload::from(bytes)));
        put.map(|put| put.e_tag).map_err(StoreError::request(url, "written"))
    }

    /// A writer of a large object at `url`.
    ///
    /// # Errors
    /// [`StoreError`] if the store does not take it.
    pub fn writer(&self, url: &StoreUrl) -> Result<ObjectWriter, StoreError> {
        let upload = self.runtime.block_on(self.inner.put_multipart(url.object_key()));
        let upload = Some(upload.map_err(StoreError::request(url, "written"))?);
        Ok(ObjectWriter { runtime: self.runtime, address: url.to_string(), upload, part: Vec::new() })
    }

    /// Removes the object at `url`; that there is none is no fault.
    ///
    /// # Errors
    /// [`StoreError`] if the store refuses.
    pub fn remove(&self, url: &StoreUrl) -> Result<(), StoreError> {
        match self.runtime.block_on(self.inner.delete(url.object_key())) {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(refusal) => Err(StoreError::request(url, "removed")(refusal)),
        }
    }
}

/// The address of the store's server, from `options` or from where the vendor's own tools look; S3's is found in [`aws`].
fn endpoint(kind: StoreKind, options: &StoreOptions) -> Option<String> {
    let variables: &[&str] = match kind {
        StoreKind::Google => &["GOOGLE_BASE_URL", "STORAGE_EMULATOR_HOST"],
        StoreKind::Azure => &["AZURE_STORAGE_ENDPOINT"],
        StoreKind::S3 | StoreKind::Web => &[],
    };
    let set = |name: &&str| std::env::var(name).ok().filter(|at| !at.is_empty());
    let at = options.endpoint.clone().or_else(|| variables.iter().find_map(set))?;
    // Google's emulators are also named without a scheme.
    Some(if at.contains("://") { at } else { format!("http://{at}") })
}

/// How patiently requests are tried again.
pub(super) fn retries(patience: &Patience) -> RetryConfig {
    RetryConfig { max_retries: patience.retries, retry_timeout: RETRY_FOR, ..RetryConfig::default() }
}

/// How connections are made: a large scan over a slow line may take hours, so that only standing still is a fault.
pub(super) fn client(endpoint: Option<&str>, patience: &Patience) -> ClientOptions {
    ClientOptions::new()
        .with_timeout_disabled()
        .with_connect_timeout(CONNECT_TIMEOUT)
        .with_read_timeout(patience.stall)
        .with_allow_http(endpoint.is_some_and(|at| at.starts_with("http://")))
}
