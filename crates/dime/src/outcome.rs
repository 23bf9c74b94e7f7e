//! How a command ends: its exit code, and what is said on stderr.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | done, or the answer is yes |
//! | 1 | the answer is no: not valid, not found, denied |
//! | 2 | wrong use |
//! | 3 | could not: network, disk, server |

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

use drip_client::registrar::RegistrarError;

/// What a command that ran to its end found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Done, or yes.
    Yes,
    /// No, and the output says why.
    No,
}

/// Why a command stopped before it had an answer, or why the answer is no with nothing printed yet.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The answer is no.
    #[error("{0}")]
    No(String),
    /// The command was used wrongly.
    #[error("{0}")]
    Usage(String),
    /// It could not be done.
    #[error("{0}")]
    Unable(String),
}

/// What every command returns.
pub(crate) type Outcome = Result<Answer, Failure>;

impl Failure {
    /// Wrong use, with what was wrong.
    pub(crate) fn usage(what: impl Display) -> Self {
        Self::Usage(what.to_string())
    }

    /// Not possible, with what stood in the way.
    pub(crate) fn unable(what: impl Display) -> Self {
        Self::Unable(what.to_string())
    }

    /// A file could not be read or written.
    pub(crate) fn file(path: &Path, error: impl Display) -> Self {
        Self::Unable(format!("{}: {error}", path.display()))
    }

    const fn code(&self) -> u8 {
        match self {
            Self::No(_) => 1,
            Self::Usage(_) => 2,
            Self::Unable(_) => 3,
        }
    }
}

impl From<RegistrarError> for Failure {
    fn from(error: RegistrarError) -> Self {
        let text = error.to_string();
        match error {
            RegistrarError::Refused(_) => Self::No(text),
            RegistrarError::ServerFailed(_)
            | RegistrarError::Unreachable { .. }
            | RegistrarError::Malformed { .. }
            | RegistrarError::Authorities(_)
            | RegistrarError::Signing(_) => Self::Unable(text),
        }
    }
}

/// Say on stderr what went wrong, and turn the whole into an exit code.
pub(crate) fn exit_code(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("dime: {failure}");
            ExitCode::from(failure.code())
        }
    }
}
