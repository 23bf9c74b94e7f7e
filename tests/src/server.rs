//! A `dime` process of a test's own: `quickstart` in a scratch folder on free ports, killed at the end.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::http::Client;
use crate::tools;

/// A running server; dropping it kills it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    folder: PathBuf,
    /// Where it answers DNS.
    pub dns: SocketAddr,
    /// Where it answers HTTP.
    pub http: SocketAddr,
    /// The lines of its standard output up to the one that says it is ready.
    pub said: Vec<String>,
}

impl Server {
    /// Starts `quickstart` with its data in this folder and waits until it says that it is ready.
    pub fn start(folder: &Path) -> Self {
        Self::start_as(Command::new(tools::dime()), folder)
    }

    /// The same through another program that starts it, such as one that sets limits: `command` already names the binary.
    pub fn start_as(command: Command, folder: &Path) -> Self {
        Self::try_start_as(command, folder)
            .unwrap_or_else(|(status, said)| panic!("dime ended with {status} before it was ready:\n{said}"))
    }

    /// Starts `serve` with what the configuration in this folder says.
    pub fn serve(folder: &Path) -> Self {
        let mut command = Command::new(tools::dime());
        command.arg("serve").arg("--config").arg(folder.join("dime.toml"));
        Self::ready(command, folder)
            .unwrap_or_else(|(status, said)| panic!("dime ended with {status} before it was ready:\n{said}"))
    }

    /// Starts it, or gives its exit status and what it said when it ends before it is ready.
    pub fn try_start_as(mut command: Command, folder: &Path) -> Result<Self, (ExitStatus, String)> {
        command.arg("quickstart").arg("--dir").arg(folder).args([
            "--dns",
            "127.0.0.1:0",
            "--http",
            "127.0.0.1:0",
        ]);
        Self::ready(command, folder)
    }

    /// Starts a server and waits until it says that it is ready.
    fn ready(mut command: Command, folder: &Path) -> Result<Self, (ExitStatus, String)> {
        let log = folder.with_extension("stderr");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(&log).expect("a log file"));
        let mut child = command.spawn().unwrap_or_else(|fault| panic!("{command:?}: {fault}"));
        let stdout = BufReader::new(child.stdout.take().expect("its standard output"));
        let (sender, lines) = mpsc::channel();
        // The reader goes on to the end, so that the server never waits for a full pipe.
        std::thread::spawn(move || {
            stdout.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line)))
        });
        let mut said = Vec::new();
        loop {
            match lines.recv_timeout(Duration::from_secs(120)) {
                Ok(line) => {
                    let is_ready = line.starts_with("ready ");
                    said.push(line);
                    if is_ready {
                        break;
                    }
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    let status = child.wait().expect("its exit status");
                    return Err((
                        status,
                        format!("{}\n{}", said.join("\n"), std::fs::read_to_string(&log).unwrap_or_default()),
                    ));
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    drop(child.kill());
                    drop(child.wait());
                    panic!(
                        "dime was not ready after two minutes:\n{}\n{}",
                        said.join("\n"),
                        std::fs::read_to_string(&log).unwrap_or_default()
                    );
                }
            }
        }
        let ready = said.last().expect("the ready line").clone();
        let field = |name: &str| {
            let found = ready.split(' ').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
            found.unwrap_or_else(|| panic!("no {name} in {ready:?}")).to_owned()
        };
        let dns = field("dns").parse().expect("an address");
        let http =
            field("http").trim_start_matches("http://").trim_end_matches('/').parse().expect("an address");
        Ok(Self { child, folder: folder.to_owned(), dns, http, said })
    }

    /// Its data.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The manager's token.
    pub fn token(&self) -> String {
        std::fs::read_to_string(self.token_file()).expect("manager.token").trim().to_owned()
    }

    /// The file with the manager's token.
    pub fn token_file(&self) -> PathBuf {
        self.folder.join("manager.token")
    }

    /// What it wrote to standard error so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.with_extension("stderr")).unwrap_or_default()
    }

    /// A client with the manager's token.
    pub fn manager(&self) -> Client {
        Client::new(self.http, Some(&self.token()))
    }

    /// A client without a token.
    pub fn anonymous(&self) -> Client {
        Client::new(self.http, None)
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().expect("kill");
        self.child.wait().expect("its end");
    }

    /// SIGTERM; gives the exit status.
    pub fn stop(mut self) -> ExitStatus {
        let pid = rustix::process::Pid::from_raw(self.child.id() as i32).expect("a process id");
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("SIGTERM");
        self.child.wait().expect("its end")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
