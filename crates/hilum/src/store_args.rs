//! How to reach stores, for every command that reads or writes them.

use clap::{
    Args,
    builder::{OsStringValueParser, TypedValueParser},
};
use hilum_io::store::{Location, Patience, StoreOptions};

/// Parses a path or an address.
pub(crate) fn location() -> impl TypedValueParser<Value = Location> {
    OsStringValueParser::new().try_map(Location::try_from)
}

/// Flags for `s3://`, `gs://`, `az://` and `https://` addresses.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Stores")]
pub(crate) struct StoreArgs {
    /// Send no keys: for public buckets.
    #[arg(long)]
    no_sign: bool,
    /// Address of the store's server, as for MinIO [default: the store's own, or AWS_ENDPOINT_URL].
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// Region of an S3 bucket [default: AWS_REGION, the profile's, or what the bucket says].
    #[arg(long, value_name = "NAME")]
    region: Option<String>,
    /// Profile of ~/.aws/config and ~/.aws/credentials [default: AWS_PROFILE].
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
}

impl StoreArgs {
    /// The same for the library.
    pub(crate) fn options(&self) -> StoreOptions {
        let Self { no_sign, endpoint, region, profile } = self.clone();
        StoreOptions { no_sign, endpoint, region, profile, patience: Patience::default() }
    }
}

/// The flags that say the same again.
pub(crate) fn arguments(options: &StoreOptions) -> Vec<String> {
    let StoreOptions { no_sign, endpoint, region, profile, patience: _ } = options;
    let mut words: Vec<String> = no_sign.then(|| "--no-sign".to_owned()).into_iter().collect();
    for (flag, value) in [("--endpoint", endpoint), ("--region", region), ("--profile", profile)] {
        words.extend(value.iter().flat_map(|value| [flag.to_owned(), value.clone()]));
    }
    words
}
