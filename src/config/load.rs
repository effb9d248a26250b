//! Reading the configuration from its four sources.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::sections::{Config, Secret};
use super::setting::Raw;
use crate::domain::text::edit;

/// Prefix of our variables.
const PREFIX: &str = "ELECTROMART_";
/// Variables with our prefix that are no settings.
const OTHER_VARIABLES: [&str; 4] = ["ELECTROMART_TEST_DATA", "ELECTROMART_LOG", "ELECTROMART_LOG_FORMAT", "ELECTROMART_KERNELS"];
/// Variables of the remote model that other programs use too.
const SHARED_VARIABLES: [(&str, &str, &str); 2] = [("OPENAI_BASE_URL", "remote", "base_url"), ("OPENAI_MODEL", "remote", "model")];
/// The section kept for a later version.
const RESERVED: &str = "store";

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file named on the command line is not there.
    #[error("the configuration file {} cannot be read: {reason}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Not TOML.
    #[error("{} is not valid TOML: {reason}", .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and what.
        reason: String,
    },
    /// A value that is not accepted.
    #[error("{key} = {value} in {origin}: expected {accepted}")]
    Value {
        /// `section.key`.
        key: String,
        /// What was written.
        value: String,
        /// Which source.
        origin: String,
        /// What is accepted.
        accepted: String,
    },
    /// A section of a later version.
    #[error("[{RESERVED}] in {origin}: its keys are not in this version; remove the section (the embedded store needs none)")]
    Reserved {
        /// Which source.
        origin: String,
    },
    /// Values that do not go together.
    #[error("{0}")]
    Together(String),
}

/// Something odd that does not stop the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning(pub String);

/// A configuration with what was odd about it.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Unknown keys and variables.
    pub warnings: Vec<Warning>,
    /// The file it came from, if any.
    pub file: Option<PathBuf>,
}

/// Reads all sources.
///
/// `file` is what `--config` named; without it `electromart.toml` in the working folder is read if it is
/// there. `environment` is the process environment, over which a `.env` file in the working folder adds
/// what is missing. `flags` are `(section, key, value)` from the command line.
///
/// # Errors
/// See [`ConfigError`].
pub fn load(file: Option<&Path>, environment: &BTreeMap<String, String>, flags: &[(&str, &str, String)]) -> Result<Loaded, ConfigError> {
    let mut config = Config::default();
    let mut warnings = Vec::new();
    let file = read_file(file, &mut config, &mut warnings)?;
    read_environment(environment, &mut config, &mut warnings)?;
    for (section, key, value) in flags {
        set(&mut config, section, key, &Raw::Text(value.clone()), "the command line", &mut warnings)?;
    }
    check_together(&config)?;
    Ok(Loaded { config, warnings, file })
}

/// Reads `.env`-style text: `NAME=value` lines, `#` comments, optional quotes and `export`.
pub fn parse_dotenv(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| {
            let line = line.trim();
            let line = line.strip_prefix("export ").unwrap_or(line);
            let (name, value) = line.split_once('=')?;
            let name = name.trim();
            if name.is_empty() || name.starts_with('#') {
                return None;
            }
            let value = value.trim();
            let quoted = ['"', '\''].iter().find_map(|q| value.strip_prefix(*q)?.strip_suffix(*q));
            Some((name.to_owned(), quoted.unwrap_or(value).to_owned()))
        })
        .collect()
}

fn read_file(named: Option<&Path>, config: &mut Config, warnings: &mut Vec<Warning>) -> Result<Option<PathBuf>, ConfigError> {
    let path = named.unwrap_or(Path::new("electromart.toml")).to_owned();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ConfigError::Unreadable { path, reason: error.to_string() }),
    };
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| ConfigError::Syntax { path: path.clone(), reason: error.to_string() })?;
    let origin = path.display().to_string();
    for (section, value) in table {
        if section == RESERVED {
            return Err(ConfigError::Reserved { origin });
        }
        let toml::Value::Table(keys) = value else {
            warnings.push(Warning(format!("{origin}: {section} stands outside any section and is ignored")));
            continue;
        };
        for (key, value) in keys {
            set(config, &section, &key, &Raw::Toml(value), &origin, warnings)?;
        }
    }
    Ok(Some(path))
}

fn read_environment(environment: &BTreeMap<String, String>, config: &mut Config, warnings: &mut Vec<Warning>) -> Result<(), ConfigError> {
    for (variable, section, key) in SHARED_VARIABLES {
        if let Some(value) = environment.get(variable).filter(|value| !value.is_empty()) {
            set(config, section, key, &Raw::Text(value.clone()), variable, warnings)?;
        }
    }
    config.openai_api_key = environment.get("OPENAI_API_KEY").filter(|key| !key.is_empty()).cloned().map(Secret);
    for (variable, value) in environment {
        let Some(name) = variable.strip_prefix(PREFIX) else { continue };
        if OTHER_VARIABLES.contains(&variable.as_str()) {
            continue;
        }
        let name = name.to_ascii_lowercase();
        if name.starts_with(&format!("{RESERVED}_")) {
            return Err(ConfigError::Reserved { origin: variable.clone() });
        }
        match split_variable(&name) {
            Some((section, key)) => {
                set(config, section, key, &Raw::Text(value.clone()), variable, warnings)?;
            }
            None => warnings.push(unknown("variable", variable, &variable_names())),
        }
    }
    Ok(())
}

/// `limits_message_chars` as `("limits", "message_chars")`.
fn split_variable(name: &str) -> Option<(&'static str, &'static str)> {
    Config::sections().into_iter().find_map(|(section, keys)| {
        let rest = name.strip_prefix(section)?.strip_prefix('_')?;
        keys.iter().find(|info| info.name == rest).map(|info| (section, info.name))
    })
}

fn variable_names() -> Vec<String> {
    names(|section, key| format!("{PREFIX}{}_{}", section.to_uppercase(), key.to_uppercase()))
}

fn names(form: impl Fn(&str, &str) -> String) -> Vec<String> {
    Config::sections()
        .into_iter()
        .flat_map(|(section, keys)| keys.into_iter().map(move |info| (section, info.name)))
        .map(|(section, key)| form(section, key))
        .collect()
}

fn set(config: &mut Config, section: &str, key: &str, raw: &Raw, origin: &str, warnings: &mut Vec<Warning>) -> Result<(), ConfigError> {
    match config.set(section, key, raw) {
        Some(Ok(())) => Ok(()),
        Some(Err(accepted)) => Err(ConfigError::Value {
            key: format!("{section}.{key}"),
            value: raw.to_string(),
            origin: origin.to_owned(),
            accepted: accepted.to_owned(),
        }),
        None => {
            let name = format!("{section}.{key}");
            warnings.push(unknown(&format!("key in {origin}"), &name, &names(|s, k| format!("{s}.{k}"))));
            Ok(())
        }
    }
}

fn unknown(what: &str, name: &str, known: &[String]) -> Warning {
    let nearest = known.iter().filter_map(|known| edit::distance(&name.to_lowercase(), &known.to_lowercase(), 6).map(|d| (d, known))).min();
    let hint = nearest.map(|(_, known)| format!("; did you mean {known}?")).unwrap_or_default();
    Warning(format!("unknown {what}: {name} is ignored{hint}"))
}

fn check_together(config: &Config) -> Result<(), ConfigError> {
    let together = |message: &str| Err(ConfigError::Together(message.to_owned()));
    if config.server.cors_origins.iter().any(|origin| origin.contains('*')) {
        return together("server.cors_origins: * is refused; list the origins whose pages may call this server");
    }
    if config.server.tls_cert.is_some() != config.server.tls_key.is_some() {
        return together("server.tls_cert and server.tls_key are needed together");
    }
    if config.limits.message_chars == 0 || config.limits.workers == 0 || config.limits.queue_messages == 0 {
        return together("limits.message_chars, limits.workers and limits.queue_messages must be at least 1");
    }
    if config.limits.frame_kib == 0 {
        return together("limits.frame_kib must be at least 1");
    }
    Ok(())
}

/// The whole configuration as a commented file with every default.
pub fn example() -> String {
    let mut out = String::from(
        "# ElectroMart: every key with its default. Flags and environment variables\n\
         # (ELECTROMART_SECTION_KEY) win over this file. Uncomment what you change.\n",
    );
    for (section, keys) in Config::sections() {
        let _ = write!(out, "\n[{section}]\n");
        for info in keys {
            for line in info.docs {
                let _ = writeln!(out, "#{line}");
            }
            let _ = writeln!(out, "# Accepts {}.", info.accepted);
            let _ = writeln!(out, "# {} = {}", info.name, info.default);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("electromart.toml");
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    #[test]
    fn flags_win_over_variables_over_file() {
        let (_folder, path) = file("[limits]\nworkers = 1\nmessage_chars = 10\nqueue_messages = 3\n");
        let variables = environment(&[("ELECTROMART_LIMITS_WORKERS", "2"), ("ELECTROMART_LIMITS_MESSAGE_CHARS", "20")]);
        let loaded = load(Some(&path), &variables, &[("limits", "workers", "3".into())]).unwrap();
        let limits = loaded.config.limits;
        assert_eq!((limits.workers, limits.message_chars, limits.queue_messages), (3, 20, 3));
        assert_eq!(loaded.warnings, []);
    }

    #[test]
    fn unknown_names_are_warned_about_with_the_nearest() {
        let (_folder, path) = file("[limits]\nmesage_chars = 10\n");
        let loaded = load(Some(&path), &environment(&[("ELECTROMART_LIMITS_WORKER", "2")]), &[]).unwrap();
        let text: Vec<_> = loaded.warnings.iter().map(|w| w.0.as_str()).collect();
        assert!(text[0].contains("limits.message_chars?"), "{text:?}");
        assert!(text[1].contains("ELECTROMART_LIMITS_WORKERS?"), "{text:?}");
    }

    #[test]
    fn wrong_values_name_key_value_and_what_is_accepted() {
        for (text, parts) in [
            ("[limits]\nworkers = \"many\"\n", ["limits.workers", "many", "whole number"]),
            ("[provider]\nmode = \"cloud\"\n", ["provider.mode", "cloud", "template"]),
            ("[server]\nlisten = \"shop:80\"\n", ["server.listen", "shop:80", "127.0.0.1:8080"]),
            ("[store]\nmode = \"cluster\"\n", ["[store]", "not in this version", ""]),
            ("[server]\ncors_origins = [\"*\"]\n", ["cors_origins", "*", "refused"]),
            ("[server\n", ["not valid TOML", "", ""]),
        ] {
            let (_folder, path) = file(text);
            let message = load(Some(&path), &BTreeMap::new(), &[]).unwrap_err().to_string();
            for part in parts {
                assert!(message.contains(part), "{message} lacks {part}");
            }
        }
    }

    #[test]
    fn the_example_is_the_defaults() {
        let uncommented: String = example()
            .lines()
            .map(|line| {
                let key_line = line.starts_with("# ") && line.split_once(" = ").is_some_and(|(k, _)| !k[2..].contains(' '));
                if key_line { format!("{}\n", &line[2..]) } else { format!("{line}\n") }
            })
            .collect();
        let (_folder, path) = file(&uncommented);
        let loaded = load(Some(&path), &BTreeMap::new(), &[]).unwrap();
        assert_eq!(loaded.config, Config::default());
        assert_eq!(loaded.warnings, []);
    }

    #[test]
    fn dotenv_lines() {
        let read = parse_dotenv("# c\nA=1\nexport B = \"two words\"\nC='x'\nbad\n=x\n");
        assert_eq!(read, environment(&[("A", "1"), ("B", "two words"), ("C", "x")]));
    }
}
