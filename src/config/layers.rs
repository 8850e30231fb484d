//! How the layers are laid over each other: one key at a time, so that every error can name its key.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{Config, limits};

/// `FAREBOX__HTTP__WORKERS` is `http.workers`. One underscore is part of a name (`FAREBOX_KEY` is no setting).
const ENVIRONMENT_PREFIX: &str = "FAREBOX__";

/// Why the settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("settings file {path}: {detail}")]
    File { path: String, detail: String },
    /// `origin` says which layer the key stands in.
    #[error("{origin}: no such setting: {key}")]
    UnknownKey { origin: String, key: String },
    #[error("setting {key}: {detail}")]
    Value { key: String, detail: String },
}

impl ConfigError {
    pub(super) fn value(key: &str, detail: String) -> ConfigError {
        ConfigError::Value { key: key.to_owned(), detail }
    }
}

/// What the command line says; `None` leaves a setting as the other layers have it.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    pub listen: Option<String>,
    pub data_dir: Option<PathBuf>,
}

/// The process's own environment. Variables that are not UTF-8 cannot be settings and are left out.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Reads all layers and checks the result.
pub fn load(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: Flags,
) -> Result<Config, ConfigError> {
    let mut layers = Layers::defaults();
    if let Some(path) = file {
        let refused = |detail: String| ConfigError::File { path: path.display().to_string(), detail };
        let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
        layers.lay_file(&path.display().to_string(), &text)?;
    }
    for (name, value) in environment {
        if let Some(key) = name.strip_prefix(ENVIRONMENT_PREFIX) {
            layers.lay_variable(&name, &key.to_ascii_lowercase().replace("__", "."), value)?;
        }
    }
    let mut config = layers.config;
    // Straight into place: a path need not be UTF-8.
    config.listen = flags.listen.unwrap_or(config.listen);
    config.data_dir = flags.data_dir.unwrap_or(config.data_dir);
    limits::check(&config)?;
    Ok(config)
}

/// The settings as a tree of all keys, and as what the tree reads as.
struct Layers {
    tree: Value,
    config: Config,
}

impl Layers {
    fn defaults() -> Layers {
        let config = Config::default();
        let tree = serde_json::to_value(&config).expect("the defaults are plain words and numbers");
        Layers { tree, config }
    }

    fn lay_file(&mut self, path: &str, text: &str) -> Result<(), ConfigError> {
        let table: Map<String, Value> = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            ConfigError::File { path: path.to_owned(), detail: format!("line {line}: {}", error.message()) }
        })?;
        self.lay_table(&format!("settings file {path}"), "", table)
    }

    fn lay_table(&mut self, origin: &str, above: &str, table: Map<String, Value>) -> Result<(), ConfigError> {
        for (name, value) in table {
            let key = if above.is_empty() { name } else { format!("{above}.{name}") };
            match value {
                Value::Object(table) => self.lay_table(origin, &key, table)?,
                value => self.set(origin, &key, value)?,
            }
        }
        Ok(())
    }

    /// A variable is text: it is read as what the setting is.
    fn lay_variable(&mut self, origin: &str, key: &str, text: String) -> Result<(), ConfigError> {
        let slot = find(&mut self.tree, key);
        let (is_number, is_list) = slot.map_or((false, false), |slot| (slot.is_number(), slot.is_array()));
        let value = match text.parse::<i64>() {
            Ok(number) if is_number => Value::from(number),
            // The items of a list have commas between them.
            _ if is_list => text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect(),
            _ => Value::from(text),
        };
        self.set(origin, key, value)
    }

    fn set(&mut self, origin: &str, key: &str, value: Value) -> Result<(), ConfigError> {
        let unknown = || ConfigError::UnknownKey { origin: origin.to_owned(), key: key.to_owned() };
        *find(&mut self.tree, key).ok_or_else(unknown)? = value;
        // All of it read anew for one key: what goes wrong now is that key's fault.
        let read = Config::deserialize_from(&self.tree);
        self.config = read.map_err(|error| ConfigError::value(key, format!("{error} ({origin})")))?;
        Ok(())
    }
}

impl Config {
    fn deserialize_from(tree: &Value) -> Result<Config, serde_json::Error> {
        serde::Deserialize::deserialize(tree)
    }
}

fn find<'a>(tree: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    key.split('.').try_fold(tree, |tree, name| tree.get_mut(name))
}

#[cfg(test)]
mod tests {
    use super::super::{DEFAULTS_FILE, LogFormat};
    use super::*;

    fn load_text(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("farebox.toml");
        std::fs::write(&path, text).unwrap();
        let variables = variables.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        load(Some(&path), variables, Flags::default())
    }

    /// The keys of a tree of settings, with their values.
    fn leaves(above: &str, tree: &Value) -> Vec<(String, Value)> {
        let Value::Object(table) = tree else { return vec![(above.to_owned(), tree.clone())] };
        let key = |name: &str| if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
        table.iter().flat_map(|(name, value)| leaves(&key(name), value)).collect()
    }

    fn default_leaves() -> Vec<(String, Value)> {
        leaves("", &serde_json::to_value(Config::default()).unwrap())
    }

    #[test]
    fn the_documented_defaults_are_the_defaults() {
        let documented: Value = toml::from_str(DEFAULTS_FILE).unwrap();
        assert_eq!(leaves("", &documented), default_leaves(), "config/default.toml against the defaults");
        assert_eq!(load_text(DEFAULTS_FILE, &[]), Ok(Config::default()));
    }

    #[test]
    fn every_default_stands_under_a_comment_that_names_it() {
        for (key, value) in default_leaves() {
            let name = key.rsplit('.').next().unwrap();
            let assignment = format!("\n{name} = ");
            let at =
                DEFAULTS_FILE.find(&assignment).unwrap_or_else(|| panic!("{key} is not in default.toml"));
            let comment = DEFAULTS_FILE[..at].lines().last().unwrap();
            assert!(comment.starts_with("# "), "{key} has no comment right above it");
            let digits = value.to_string();
            let plain = comment.replace([',', '_'], "");
            assert!(
                plain.contains("Default") && plain.contains(digits.trim_matches('"')),
                "{key}: {comment}"
            );
        }
    }

    #[test]
    fn every_number_has_a_range_that_its_default_keeps() {
        let numbers = default_leaves().into_iter().filter(|(_, value)| value.is_number());
        let mut keys: Vec<String> = numbers.map(|(key, _)| key).collect();
        let mut bounded: Vec<_> =
            limits::bounded(&Config::default()).iter().map(|(key, ..)| key.to_string()).collect();
        keys.sort();
        bounded.sort();
        assert_eq!(bounded, keys, "keys with a range against keys that are numbers");
        assert_eq!(limits::check(&Config::default()), Ok(()));
    }

    #[test]
    fn later_layers_cover_earlier_ones() {
        let file = "listen = \"127.0.0.1:1\"\n[http]\nworkers = 3\nline_bytes_max = 2_048\n[log]\nformat = \"json\"\n";
        let variables = [("FAREBOX__HTTP__WORKERS", "5"), ("FAREBOX_KEY", "no setting"), ("PATH", "/bin")];
        let config = load_text(file, &variables).unwrap();
        let table = [
            (config.listen.as_str(), "127.0.0.1:1"),
            (&config.http.workers.to_string(), "5"),
            (&config.http.line_bytes_max.to_string(), "2048"),
            (&config.engine.partitions.to_string(), "16"),
        ];
        for (found, want) in table {
            assert_eq!(found, want);
        }
        assert_eq!(config.log.format, LogFormat::Json);

        let flags = Flags { listen: Some("[::1]:2".to_owned()), data_dir: Some("/srv/farebox".into()) };
        let variables = [("FAREBOX__LISTEN".to_owned(), "127.0.0.1:9".to_owned())];
        let config = load(None, variables, flags).unwrap();
        assert_eq!(
            (config.listen.as_str(), config.data_dir.as_path()),
            ("[::1]:2", Path::new("/srv/farebox"))
        );
    }

    #[test]
    fn a_variable_of_digits_may_be_a_word() {
        let config = load_text("", &[("FAREBOX__DATA_DIR", "2026")]).unwrap();
        assert_eq!(config.data_dir, Path::new("2026"));
    }

    #[test]
    fn what_cannot_be_a_setting_is_named() {
        let table = [
            ("workers = 3", "workers"),
            ("[http]\nworker = 3", "http.worker"),
            ("[hppt]\nworkers = 3", "hppt.workers"),
            ("[http.workers]\nmany = 3", "http.workers.many"),
            ("http = 3", "http"),
            ("[http]\nworkers = \"3\"", "http.workers"),
            ("[http]\nworkers = 2.5", "http.workers"),
            ("[http]\nworkers = -1", "http.workers"),
            ("[http]\nworkers = [1]", "http.workers"),
            ("[http]\nworkers = true", "http.workers"),
            ("[http]\nworkers = 5_000", "http.workers"),
            ("[engine]\npartitions = 256", "engine.partitions"),
            ("[engine]\npartitions = 0", "engine.partitions"),
            ("[engine]\nshards = 17", "engine.shards"),
            ("[engine]\ntoo_old_after_days = 36", "engine.too_old_after_days"),
            ("[engine]\nbytes_in_flight_max = 1_048_576", "engine.bytes_in_flight_max"),
            ("[log]\nlevel = \"loud\"", "log.level"),
            ("[log]\nformat = \"XML\"", "log.format"),
            ("listen = 8080", "listen"),
            ("listen = \"localhost\"", "listen"),
            ("data_dir = 7", "data_dir"),
        ];
        for (text, key) in table {
            let error = load_text(text, &[]).expect_err(text).to_string();
            assert!(error.contains(key), "{text:?} must be refused naming {key}: {error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }

    #[test]
    fn a_variable_that_cannot_be_a_setting_is_named() {
        let table = [
            ("FAREBOX__HTTP__WORKER", "3", "http.worker"),
            ("FAREBOX__HTTP__WORKERS", "many", "http.workers"),
            ("FAREBOX__HTTP__WORKERS", "", "http.workers"),
            ("FAREBOX__HTTP__WORKERS", "5000", "http.workers"),
            ("FAREBOX__HTTP", "3", "http"),
        ];
        for (name, value, key) in table {
            let error = load_text("", &[(name, value)]).expect_err(name).to_string();
            assert!(error.contains(key), "{name}={value} must be refused naming {key}: {error}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let error = load(Some(Path::new("/nowhere/farebox.toml")), [], Flags::default()).unwrap_err();
        assert!(error.to_string().contains("/nowhere/farebox.toml"), "{error}");
        let error = load_text("\n[http\nworkers = 1", &[]).unwrap_err().to_string();
        assert!(error.contains("farebox.toml") && error.contains("line 2"), "{error}");
    }
}
