//! How to reach a store.

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
}
