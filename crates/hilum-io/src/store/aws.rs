//! S3 as the AWS tools set it up: flags first, then the environment, then the profile.

use super::address::StoreUrl;
use super::aws_profile::{Profile, ProfileFiles};
use super::error::{StoreError, StoreFault};
use super::open::{client, retries};
use super::options::StoreOptions;
use object_store::StaticCredentialProvider;
use object_store::aws::{
    AmazonS3Builder, AmazonS3ConfigKey as Setting, AwsCredential, resolve_bucket_region,
};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Where a machine of Amazon's cloud learns its keys, and how long to wait for somebody to be there.
const INSTANCE_METADATA: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)), 80);
const METADATA_TIMEOUT: Duration = Duration::from_secs(1);

/// A builder of the store of `url`'s bucket.
pub(super) fn builder(
    url: &StoreUrl,
    options: &StoreOptions,
    runtime: &Runtime,
) -> Result<AmazonS3Builder, StoreError> {
    let profile = profile(options)?;
    let mut builder =
        AmazonS3Builder::from_env().with_bucket_name(url.bucket()).with_retry(retries(&options.patience));
    let said = |builder: &AmazonS3Builder, setting| builder.get_config_value(&setting);

    let endpoint = options
        .endpoint
        .clone()
        .or_else(|| said(&builder, Setting::S3Endpoint))
        .or_else(|| said(&builder, Setting::Endpoint))
        .or_else(|| profile.endpoint_url.clone());
    let client = client(endpoint.as_deref(), &options.patience);
    if let Some(endpoint) = &endpoint {
        builder = builder.with_config(Setting::S3Endpoint, endpoint);
    }

    let no_sign = options.no_sign || said(&builder, Setting::SkipSignature).as_deref() == Some("true");
    builder = builder.with_skip_signature(no_sign);
    if !no_sign {
        builder = signed(url, options, profile.clone(), builder)?;
    }

    let region = options.region.clone().or_else(|| said(&builder, Setting::Region)).or(profile.region);
    let region = match (region, &endpoint) {
        (Some(region), _) => Some(region),
        (None, Some(_)) => None,
        // Buckets have one region; Amazon tells anybody which.
        (None, None) => match runtime.block_on(resolve_bucket_region(url.bucket(), &client)) {
            Ok(region) => Some(region),
            Err(refusal) => {
                let (address, text) = (url.to_string(), refusal.to_string());
                let fault = match text.contains("not found") {
                    true => StoreFault::NoBucket { said: text },
                    false => StoreFault::of(&refusal),
                };
                return Err(StoreError::Request { address, action: "found", fault });
            }
        },
    };
    let builder = region.into_iter().fold(builder, |b, region| b.with_region(region));
    Ok(builder.with_client_options(client))
}

/// The profile to take what nothing else says from.
fn profile(options: &StoreOptions) -> Result<Profile, StoreError> {
    let named = options
        .profile
        .clone()
        .or_else(|| std::env::var("AWS_PROFILE").or_else(|_| std::env::var("AWS_DEFAULT_PROFILE")).ok())
        .filter(|name| !name.is_empty());
    let Some(files) = ProfileFiles::of_user() else { return Ok(Profile::default()) };
    match (files.profile(named.as_deref().unwrap_or("default"))?, named) {
        (Some(profile), _) => Ok(profile),
        (None, None) => Ok(Profile::default()),
        (None, Some(name)) => Err(StoreError::Profile {
            file: files.config.display().to_string(),
            problem: format!("there is no profile '{name}', nor in {}", files.credentials.display()),
        }),
    }
}

/// Keys: of the profile where one was asked for, else of the environment, else of the default profile, else of the
/// machine.
fn signed(
    url: &StoreUrl,
    options: &StoreOptions,
    profile: Profile,
    builder: AmazonS3Builder,
) -> Result<AmazonS3Builder, StoreError> {
    let in_environment = builder.get_config_value(&Setting::AccessKeyId).is_some();
    if in_environment && options.profile.is_none() {
        return Ok(builder);
    }
    if let (Some(id), Some(secret)) = (profile.access_key_id, profile.secret_access_key) {
        // As one, so that no token of the environment joins keys that it does not belong to.
        let keys = AwsCredential { key_id: id, secret_key: secret, token: profile.session_token };
        return Ok(builder.with_credentials(Arc::new(StaticCredentialProvider::new(keys))));
    }
    let no_keys = |problem: String| Err(StoreError::NoKeys { address: url.to_string(), problem });
    if let Some(field) = profile.fetched_by {
        return no_keys(format!(
            "the profile fetches them ({field}), which hilum does not; run \
             `eval \"$(aws configure export-credentials --format env)\"` and try again"
        ));
    }
    let of_machine = [
        Setting::WebIdentityTokenFile,
        Setting::ContainerCredentialsRelativeUri,
        Setting::ContainerCredentialsFullUri,
        Setting::MetadataEndpoint,
    ];
    let told = of_machine.iter().any(|setting| builder.get_config_value(setting).is_some());
    if told || TcpStream::connect_timeout(&INSTANCE_METADATA, METADATA_TIMEOUT).is_ok() {
        return Ok(builder);
    }
    no_keys(
        "neither the environment (AWS_ACCESS_KEY_ID) nor ~/.aws has any; for a public bucket use --no-sign"
            .to_owned(),
    )
}
