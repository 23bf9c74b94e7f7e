//! The control socket of a running node: `control.sock` in its data directory, which only its owner can open (mode 0600).
//!
//! One request a connection, one line of JSON each way. Who may read the directory's keys may ask here; there is no other check.
//!
//! | request | answer |
//! |---|---|
//! | `{"do": "status"}` | `{"ok": …}`: see [`status`] |
//! | `{"do": "retransfer", "zone": NAME}` | `{"ok": {}}`, before the transfer begins |
//! | anything else, or what is not possible | `{"error": TEXT}` |

use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use dime_dns::secondary::Secondary;
use dime_zone::{Name, Zones};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;

use super::name_server::Taken;
use super::status::status;
use crate::config::Role;
use crate::outcome::Failure;

/// The longest request.
const LONGEST: u64 = 4096;
/// How long somebody may take to ask, and to read the answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Request {
    /// How the zones stand.
    Status,
    /// A zone, or a catalogue and its members, is to be fetched whole.
    Retransfer {
        /// Its name.
        zone: String,
    },
}

/// What can be asked about.
#[derive(Clone)]
pub(super) struct Shown {
    pub(super) role: Role,
    pub(super) zones: Arc<Zones>,
    pub(super) secondary: Option<Arc<Secondary>>,
    pub(super) taken: Taken,
}

/// The socket; dropped, it is gone.
pub(super) struct Control {
    path: PathBuf,
    task: JoinHandle<()>,
}

impl Control {
    /// Answers on a socket. The caller holds the lock of the directory: a socket that is there is of a server that is no more.
    pub(super) fn start(path: &Path, shown: Shown) -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::file(path, error);
        match path.symlink_metadata() {
            Ok(metadata) if metadata.file_type().is_socket() => std::fs::remove_file(path).map_err(failed)?,
            Ok(_) => return Err(Failure::file(path, "is not a socket, and is not replaced")),
            Err(_) => {}
        }
        // Bound under another name, so that nobody can open it before its mode is set.
        let unfinished = path.with_extension("sock.new");
        let _ = std::fs::remove_file(&unfinished);
        let listener = UnixListener::bind(&unfinished).map_err(failed)?;
        std::fs::set_permissions(&unfinished, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
        std::fs::rename(&unfinished, path).map_err(failed)?;
        let task = tokio::spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => {
                        let shown = shown.clone();
                        tokio::spawn(
                            async move { tokio::time::timeout(PATIENCE, answer(stream, shown)).await },
                        );
                    }
                    Err(error) => {
                        tracing::error!(%error, "the control socket");
                        tokio::time::sleep(Duration::from_secs(1)).await;
                    }
                }
            }
        });
        Ok(Control { path: path.to_owned(), task })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.task.abort();
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn answer(stream: UnixStream, shown: Shown) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(LONGEST)).read_line(&mut line).await?;
    let answered = tokio::task::spawn_blocking(move || respond(&line, &shown)).await;
    let answer = match answered {
        Ok(Ok(value)) => json!({ "ok": value }),
        Ok(Err(error)) => json!({ "error": error }),
        Err(error) => json!({ "error": error.to_string() }),
    };
    write.write_all(format!("{answer}\n").as_bytes()).await
}

fn respond(line: &str, shown: &Shown) -> Result<Value, String> {
    match serde_json::from_str(line).map_err(|error| format!("this is no request: {error}"))? {
        Request::Status => Ok(status(shown)),
        Request::Retransfer { zone } => {
            let name: Name = zone.parse().map_err(|error| format!("{zone} is no name: {error}"))?;
            let none = || format!("{name} is not copied from elsewhere: this server is no secondary");
            let secondary = shown.secondary.as_ref().ok_or_else(none)?;
            secondary.retransfer(&name).map_err(|error| error.to_string())?;
            Ok(json!({}))
        }
    }
}

/// Asks a running node; `None` where none is running.
pub(crate) fn ask(path: &Path, request: &Request) -> Result<Option<Value>, Failure> {
    use std::io::{BufRead, Read, Write};
    let failed = |error: io::Error| Failure::file(path, error);
    let mut stream = match std::os::unix::net::UnixStream::connect(path) {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => return Err(failed(error)),
    };
    stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
    stream.set_write_timeout(Some(PATIENCE)).map_err(failed)?;
    let request = serde_json::to_string(request).map_err(Failure::unable)?;
    stream.write_all(format!("{request}\n").as_bytes()).map_err(failed)?;
    let mut line = String::new();
    io::BufReader::new(stream.take(1 << 30)).read_line(&mut line).map_err(failed)?;
    let mut answer: Value = serde_json::from_str(&line).map_err(|error| Failure::file(path, error))?;
    let fault = answer.get("error").and_then(Value::as_str).map(str::to_owned);
    match (fault.as_deref(), answer.get_mut("ok")) {
        (Some(error), _) => Err(Failure::No(error.to_owned())),
        (None, Some(ok)) => Ok(Some(ok.take())),
        (None, None) => Err(Failure::file(path, "the server's answer cannot be read")),
    }
}
