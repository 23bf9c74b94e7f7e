//! Programs that the tests use. A program that is missing fails the test: `scripts/tools` installs them all.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace above this package").to_owned()
}

/// The `dime` binary: `DIME_BIN`, or the one beside this test's own program.
pub fn dime() -> PathBuf {
    let path = match std::env::var_os("DIME_BIN") {
        Some(path) => root().join(path),
        None => {
            let own = std::env::current_exe().expect("this program's path");
            let folder = own.ancestors().find(|path| path.join("dime").is_file());
            folder
                .unwrap_or_else(|| panic!("no dime near {}: run `cargo build -p dime` first", own.display()))
                .join("dime")
        }
    };
    assert!(path.is_file(), "{} is missing: run `cargo build -p dime` first", path.display());
    path
}

/// The Python with the libraries of `scripts/interop/requirements.txt`: `DIME_PYTHON`, or the one of `target/venv`.
pub fn python() -> PathBuf {
    let path =
        std::env::var_os("DIME_PYTHON").map_or_else(|| root().join("target/venv/bin/python"), PathBuf::from);
    assert!(path.is_file(), "{} is missing: run scripts/tools first", path.display());
    path
}

/// Runs a program and gives its output, whatever its exit code.
pub fn output(command: &mut Command) -> Output {
    command
        .output()
        .unwrap_or_else(|fault| panic!("{command:?}: {fault}: is it installed? scripts/tools installs it"))
}

/// Runs a program that must succeed and gives its standard output.
pub fn run(command: &mut Command) -> String {
    let output = output(command);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}\n{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// Octets as text.
pub fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

/// Runs a script of `scripts/interop` with these arguments.
pub fn interop(script: &str) -> Command {
    let mut command = Command::new(python());
    command.arg(root().join("scripts/interop").join(script));
    command
}
