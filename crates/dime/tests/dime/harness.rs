//! Running `dime`: one command, or a quickstart that lives as long as the test.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

/// A command of the binary under test, without what the environment might say.
pub(crate) fn dime(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dime"));
    command.args(arguments);
    for name in ["DIME_SERVER", "DIME_TOKEN_FILE", "DIME_DNS", "RUST_LOG"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// What a command left behind.
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().expect("an exit code"),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.stdout, self.stderr))
    }

    /// Panic unless it ended with this code.
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }
}

/// Run a command to its end.
pub(crate) fn run(arguments: &[&str]) -> Done {
    Done::of(dime(arguments).output().expect("the binary runs"))
}

/// The same in a folder.
pub(crate) fn run_in(folder: &Path, arguments: &[&str]) -> Done {
    Done::of(dime(arguments).current_dir(folder).output().expect("the binary runs"))
}

/// The same with octets on stdin.
pub(crate) fn run_with_input(input: &[u8], arguments: &[&str]) -> Done {
    let mut child = dime(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    child.stdin.take().unwrap().write_all(input).unwrap();
    Done::of(child.wait_with_output().unwrap())
}

/// A file of the vectors.
pub(crate) fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(name)
}

/// A JSON document of the vectors.
pub(crate) fn vector_json(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(vector(name)).unwrap()).unwrap()
}

/// A quickstart in a folder of its own, on free ports; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) folder: PathBuf,
    pub(crate) dns: String,
    pub(crate) http: String,
    log: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    pub(crate) fn start_with(folder: &Path, more: &[&str]) -> Self {
        let data = folder.join("data");
        let mut command = dime(&["quickstart", "--dns", "127.0.0.1:0", "--http", "127.0.0.1:0", "--dir"]);
        command.arg(&data).args(more).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::ready(command, data)
    }

    /// Wait for the ready line of a server that is being started.
    pub(crate) fn ready(mut command: Command, data: PathBuf) -> Self {
        let mut child = command.spawn().expect("the binary runs");
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        // Both pipes are read to their end, so that the server never waits for a reader.
        std::thread::spawn(move || for _ in stdout.lines() {});
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let log = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&log);
        let reading = std::thread::spawn(move || {
            stderr.lines().map_while(Result::ok).for_each(|line| kept.lock().unwrap().push(line));
        });
        if !line.starts_with("ready ") {
            let status = child.wait();
            reading.join().unwrap();
            panic!("not ready ({status:?}): {line}\n{}", log.lock().unwrap().join("\n"));
        }
        let field = |name: &str| {
            let found = line.split_whitespace().find_map(|word| word.strip_prefix(name));
            found.unwrap_or_else(|| panic!("no {name} in {line}")).to_owned()
        };
        let (dns, http) = (field("dns="), field("http="));
        Self { child, folder: data, dns, http, log }
    }

    pub(crate) fn token(&self) -> String {
        self.path("manager.token")
    }

    pub(crate) fn anchor(&self) -> String {
        self.path("anchor.pem")
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    /// The lines on stderr so far.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// SIGTERM; the exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        self.signal(rustix::process::Signal::TERM);
        self.child.wait().unwrap().code()
    }

    /// SIGHUP.
    pub(crate) fn hang_up(&self) {
        self.signal(rustix::process::Signal::HUP);
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// A key and a registration of `kind`, by the manager; the JSON.
    pub(crate) fn register(&self, folder: &Path, kind: &str, name: &str) -> Value {
        let key = folder.join(format!("{name}.pem"));
        let csr = folder.join(format!("{name}.csr"));
        let (key, csr) = (key.to_str().unwrap(), csr.to_str().unwrap());
        run(&["key", "new", "--out", key]).expect(0);
        run(&["csr", "new", "--key", key, "--out", csr]).expect(0);
        let out = folder.join(name);
        run(&[
            "register",
            kind,
            "--csr",
            csr,
            "--server",
            &self.http,
            "--token",
            &self.token(),
            "--json",
            "--out",
            out.to_str().unwrap(),
        ])
        .expect(0)
        .json()
    }

    /// `dime resolve --json` with the server's anchor.
    pub(crate) fn resolve(&self, det: &str) -> Done {
        run(&["resolve", det, "--dns", &self.dns, "--anchor", &self.anchor(), "--json"])
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
