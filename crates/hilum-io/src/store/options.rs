//! How to reach a store, and how patiently.

use std::time::Duration;

/// How to reach a store. What is not said here comes from the environment, as the store's own tools take it
/// (`AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL`, `GOOGLE_APPLICATION_CREDENTIALS`, `AZURE_STORAGE_ACCOUNT_NAME`, ...).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreOptions {
    /// Send no keys: for public buckets.
    pub no_sign: bool,
    /// The address of the server, in place of the store's own: `http://localhost:9000`.
    pub endpoint: Option<String>,
    /// The region of an S3 bucket.
    pub region: Option<String>,
    /// The profile of the AWS configuration files, in place of `AWS_PROFILE` and of keys in the environment.
    pub profile: Option<String>,
    /// When to try again and when to give up.
    pub patience: Patience,
}

/// When to try again and when to give up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How often a request is tried again, within three minutes.
    pub retries: usize,
    /// How long a body may stand still before it counts as broken off.
    pub stall: Duration,
}

impl Default for Patience {
    /// Ten tries more, and half a minute.
    fn default() -> Self {
        Self { retries: 10, stall: Duration::from_secs(30) }
    }
}
