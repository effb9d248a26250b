//! What a process asks of the system.

use crate::config::Config;
use crate::llm::local::thread_variables;
use crate::llm::models::{Choice, Models};

/// Tells candle how many threads it may use, which it only reads from the environment at its first use.
///
/// Without a local model only the encoder works on it, on texts so short that a second thread makes it
/// slower as soon as anything else runs (`models/nano/ENCODER.md`, "Holes").
pub fn set_model_threads(config: &Config) {
    let mut variables = thread_variables(&config.local);
    let choice = Models::of(&config.server.data_dir).choice(&config.local);
    if variables.is_empty() && matches!(choice, Ok(Choice::Embedded)) {
        variables.push(("CANDLE_NUM_THREADS", "1".to_owned()));
    }
    set(variables);
}

/// The same as if a large model were to be run, whatever the shop's is.
pub fn set_large_model_threads(config: &Config) {
    set(thread_variables(&config.local));
}

/// Sets variables, unless somebody has said already what they say.
fn set(variables: Vec<(&'static str, String)>) {
    let asked = std::env::var_os("CANDLE_NUM_THREADS").is_some() || std::env::var_os("RAYON_NUM_THREADS").is_some();
    for (name, value) in variables.into_iter().filter(|_| !asked) {
        // SAFETY: the verbs call this before they start a runtime, while this is the only thread.
        #[allow(unsafe_code)]
        unsafe {
            std::env::set_var(name, value);
        }
    }
}

/// Open files wanted: the connections a shop takes by default and as many again.
const FILES: u64 = 1 << 16;

/// Asks the system for as many open files as it will give; returns how many that is. A connection is one.
pub fn raise_file_limit() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    let most = now.maximum.map(|most| most.max(FILES));
    // More than the limit is only given to those who may set it.
    if setrlimit(Resource::Nofile, Rlimit { current: most, maximum: most }).is_err() {
        let _ = setrlimit(Resource::Nofile, Rlimit { current: now.maximum, maximum: now.maximum });
    }
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}
