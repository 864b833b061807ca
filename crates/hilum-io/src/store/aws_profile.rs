//! What the configuration files of the AWS tools say: `~/.aws/credentials` and `~/.aws/config`.
//!
//! Of a profile, static keys, region and endpoint are taken. Keys that have to be fetched (single sign-on, roles, a
//! program) are not: `aws configure export-credentials` makes static ones of them.

use super::error::StoreError;
use ini::{Ini, ParseOption};
use std::path::{Path, PathBuf};

/// What a profile says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Profile {
    pub(super) access_key_id: Option<String>,
    pub(super) secret_access_key: Option<String>,
    pub(super) session_token: Option<String>,
    pub(super) region: Option<String>,
    pub(super) endpoint_url: Option<String>,
    /// The field that says that keys have to be fetched.
    pub(super) fetched_by: Option<String>,
}

/// Where the two files lie.
#[derive(Debug, Clone)]
pub(super) struct ProfileFiles {
    pub(super) credentials: PathBuf,
    pub(super) config: PathBuf,
}

impl ProfileFiles {
    /// Where the AWS tools look: `AWS_SHARED_CREDENTIALS_FILE`, `AWS_CONFIG_FILE`, or the folder `.aws` at home.
    pub(super) fn of_user() -> Option<Self> {
        let at = |variable: &str, name: &str| {
            let named = std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
            named.or_else(|| Some(std::env::home_dir()?.join(".aws").join(name)))
        };
        Some(Self {
            credentials: at("AWS_SHARED_CREDENTIALS_FILE", "credentials")?,
            config: at("AWS_CONFIG_FILE", "config")?,
        })
    }

    /// The profile `name`; `None` if neither file has it.
    pub(super) fn profile(&self, name: &str) -> Result<Option<Profile>, StoreError> {
        let credentials = parsed(&self.credentials)?;
        let config = parsed(&self.config)?;
        let section = format!("profile {name}");
        let in_config = config.section(Some(section)).or_else(|| config.section(Some(name)));
        let sections = [credentials.section(Some(name)), in_config];
        if sections.iter().all(Option::is_none) {
            return Ok(None);
        }
        let field = |name: &str| {
            let value = sections.iter().flatten().find_map(|section| section.get(name))?.trim();
            (!value.is_empty()).then(|| value.to_owned())
        };
        const FETCHED: [&str; 5] =
            ["sso_session", "sso_start_url", "role_arn", "credential_process", "web_identity_token_file"];
        Ok(Some(Profile {
            access_key_id: field("aws_access_key_id"),
            secret_access_key: field("aws_secret_access_key"),
            session_token: field("aws_session_token"),
            region: field("region"),
            endpoint_url: field("endpoint_url"),
            fetched_by: FETCHED.into_iter().find(|name| field(name).is_some()).map(str::to_owned),
        }))
    }
}

fn parsed(path: &Path) -> Result<Ini, StoreError> {
    let file = path.display().to_string();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Ini::new()),
        Err(error) => return Err(StoreError::Profile { file, problem: error.to_string() }),
    };
    // The AWS tools know neither quotes nor escapes.
    let options = ParseOption { enabled_quote: false, enabled_escape: false, ..ParseOption::default() };
    Ini::load_from_str_opt(&text, options).map_err(|error| {
        let problem = format!("line {}: {}", error.line, error.msg);
        StoreError::Profile { file, problem }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(credentials: &str, config: &str) -> (tempfile::TempDir, ProfileFiles) {
        let dir = tempfile::tempdir().unwrap();
        let files =
            ProfileFiles { credentials: dir.path().join("credentials"), config: dir.path().join("config") };
        std::fs::write(&files.credentials, credentials).unwrap();
        std::fs::write(&files.config, config).unwrap();
        (dir, files)
    }

    #[test]
    fn a_profile_is_read_from_both_files() {
        let (_dir, files) = files(
            "[default]\naws_access_key_id = A\naws_secret_access_key = a\\b/\"+=\n[lab]\naws_access_key_id=L\n",
            "[default]\nregion = us-west-2\n[profile lab]\nregion=eu-north-1\ns3 =\n  max_queue_size = 10\nendpoint_url = http://h:9\n",
        );
        let default = files.profile("default").unwrap().unwrap();
        assert_eq!(default.access_key_id.as_deref(), Some("A"));
        assert_eq!(default.secret_access_key.as_deref(), Some("a\\b/\"+="));
        assert_eq!(default.region.as_deref(), Some("us-west-2"));
        let lab = files.profile("lab").unwrap().unwrap();
        assert_eq!(
            (lab.access_key_id.as_deref(), lab.endpoint_url.as_deref()),
            (Some("L"), Some("http://h:9"))
        );
        assert_eq!(files.profile("other").unwrap(), None);
    }

    #[test]
    fn keys_that_have_to_be_fetched_are_noticed_and_missing_files_are_none() {
        let (dir, mut files) = files("", "[profile sso]\nsso_session = x\n");
        assert_eq!(files.profile("sso").unwrap().unwrap().fetched_by.as_deref(), Some("sso_session"));
        files.config = dir.path().join("none");
        assert_eq!(files.profile("sso").unwrap(), None);
    }
}
