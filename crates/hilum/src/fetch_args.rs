//! The command line of `hilum fetch`.

use crate::{
    args::ShowArgs,
    failure::Failure,
    store_args::{StoreArgs, location},
};
use clap::{Args, value_parser};
use hilum_cohort::{
    CohortError,
    fetch::{Choice, FetchRequest, Source},
};
use hilum_io::store::{Location, Patience, StoreOptions, StoreUrl};
use std::{num::NonZeroUsize, path::PathBuf, time::Duration};

pub(crate) const FETCH_HELP: &str = "\
Examples:
  hilum fetch s3://inlab-opendata-covid-anonymized-images --scan-size --no-sign
  hilum fetch s3://inlab-opendata-covid-anonymized-images scans --no-sign --include '*.nii'
  hilum fetch s3://lab/cohort scans --manifest wanted.csv --profile lab
  hilum fetch s3://lab/cohort gs://copy/cohort
  hilum fetch s3://scans/all scans --endpoint http://minio.local:9000 --jobs 16

The first is the bucket of the study that the recipe notebook repeats: 253 GB, open to all.

Started again, the same command moves only what is missing; a large object goes on where it was
cut off. Every object is checked: by its length, and by its ETag where that is a digest. What does
not arrive is named, with a reason. The file .hilum-fetch.jsonl beside the copies tells of each
what became of it.

Exit codes: 0 all there; 1 some did not arrive; 2 wrong use; 3 nothing could be done; 130 stopped.";

#[derive(Debug, Args)]
pub(crate) struct FetchArgs {
    /// The prefix to copy, or one object: s3://, gs://, az://, https://.
    #[arg(value_name = "SRC", value_parser = value_parser!(StoreUrl))]
    source: StoreUrl,
    /// The folder to copy to, made if it is not there; or a prefix of a store.
    #[arg(value_name = "DST", value_parser = location(), required_unless_present = "scan_size")]
    destination: Option<Location>,
    /// Copy only what matches: '*.nii', 'site-1/*'; `*` takes slashes too. May be given many times.
    #[arg(long, value_name = "PATTERN")]
    include: Vec<String>,
    /// Leave out what matches. May be given many times.
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<String>,
    /// Copy only what the column uri of a table (CSV or Parquet) names, below SRC.
    #[arg(long, value_name = "TABLE")]
    manifest: Option<PathBuf>,
    /// Count objects and bytes by ending; copy nothing.
    #[arg(long, conflicts_with = "destination")]
    pub(crate) scan_size: bool,
    /// Objects copied at a time.
    #[arg(long, short, value_name = "N", default_value_t = 8, value_parser = value_parser!(u16).range(1..=256))]
    jobs: u16,
    /// How often a request is tried again.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = value_parser!(u16).range(0..=100))]
    retries: u16,
    /// Seconds without a byte after which a request is made anew.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = value_parser!(u16).range(1..=3600))]
    stall: u16,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    to: ToStoreArgs,
}

/// How to reach a store that copies go to. Keys are always sent.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Stores, where DST is another one")]
struct ToStoreArgs {
    /// Address of DST's server [default: --endpoint].
    #[arg(long, value_name = "URL")]
    to_endpoint: Option<String>,
    /// Region of DST's bucket [default: AWS_REGION, the profile's, or what the bucket says].
    #[arg(long, value_name = "NAME")]
    to_region: Option<String>,
    /// Profile for DST [default: --profile].
    #[arg(long, value_name = "NAME")]
    to_profile: Option<String>,
}

impl FetchArgs {
    /// Where the objects lie and which are wanted.
    pub(crate) fn source(&self) -> Result<(Source, Choice), Failure> {
        let choice = Choice::new(&self.include, &self.exclude, self.manifest.clone());
        let choice = choice.map_err(|error: CohortError| Failure::from(error))?;
        Ok((Source { url: self.source.clone(), options: self.options() }, choice))
    }

    /// What to copy; `None` where only sizes are asked for.
    pub(crate) fn request(&self) -> Result<Option<FetchRequest>, Failure> {
        let Some(destination) = self.destination.clone() else { return Ok(None) };
        let (source, choice) = self.source()?;
        let ToStoreArgs { to_endpoint, to_region, to_profile } = self.to.clone();
        let from = &source.options;
        let destination_options = StoreOptions {
            no_sign: false,
            endpoint: to_endpoint.or_else(|| from.endpoint.clone()),
            region: to_region,
            profile: to_profile.or_else(|| from.profile.clone()),
            patience: from.patience,
        };
        let jobs = NonZeroUsize::new(usize::from(self.jobs)).unwrap_or(NonZeroUsize::MIN);
        Ok(Some(FetchRequest { source, choice, destination, destination_options, jobs }))
    }

    fn options(&self) -> StoreOptions {
        let stall = Duration::from_secs(u64::from(self.stall));
        let patience = Patience { retries: usize::from(self.retries), stall };
        StoreOptions { patience, ..self.store.options() }
    }
}
