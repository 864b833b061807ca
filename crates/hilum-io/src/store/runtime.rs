//! The threads on which the network lives.

use super::error::StoreError;
use std::sync::{Once, OnceLock};
use tokio::runtime::{Builder, Runtime};

/// Threads that move bytes; what is done with the bytes happens on the threads of the callers.
const NETWORK_THREADS: usize = 2;

/// The one runtime of the program, started when the first store is opened.
pub(super) fn runtime() -> Result<&'static Runtime, StoreError> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    static PROVIDER: Once = Once::new();
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    // Encryption is chosen once for the program; if somebody else has chosen before, that holds.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let made = Builder::new_multi_thread()
        .worker_threads(NETWORK_THREADS)
        .thread_name("network")
        .enable_all()
        .build()
        .map_err(|source| StoreError::Threads { source })?;
    Ok(RUNTIME.get_or_init(|| made))
}
