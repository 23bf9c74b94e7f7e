//! What is wrong with a configuration file, and where.

use std::path::{Path, PathBuf};

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file cannot be read.
    #[error("{}: {source}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A line of it is wrong.
    #[error("{}:{line}: {what}", .file.display())]
    Invalid {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The key and what is wrong with it.
        what: String,
    },
    /// A configuration cannot be written as TOML.
    #[error("cannot write the configuration: {0}")]
    Unwritable(String),
}

impl ConfigError {
    /// Say where in `text` the parser stumbled, and over which key.
    pub(crate) fn invalid(file: &Path, text: &str, error: &toml::de::Error) -> Self {
        let start = error.span().map_or(0, |span| span.start);
        let before = text.get(..start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let source = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let message = error.message().trim();
        let what = match source.split_once('=') {
            Some((key, _)) if !message.contains(key.trim()) => format!("{}: {message}", key.trim()),
            _ => message.to_owned(),
        };
        Self::Invalid { file: file.to_owned(), line, what }
    }
}
