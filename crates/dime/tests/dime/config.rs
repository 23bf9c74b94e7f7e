//! `config`, `completions`, `man`, and what clap itself refuses.

use crate::harness::{run, run_in};

#[test]
fn the_example_is_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let example = run(&["config", "example"]).expect(0).stdout;
    std::fs::write(folder.path().join("dime.toml"), example).unwrap();
    run_in(folder.path(), &["config", "check"]).expect(0);
}

#[test]
fn what_is_wrong_is_named_with_file_line_and_key() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("my.toml"), "version = 1\n[http]\nlissten = \"127.0.0.1:1\"\n")
        .unwrap();
    let done = run_in(folder.path(), &["config", "check", "my.toml"]).expect(1);
    assert!(done.stderr.contains("my.toml:3") && done.stderr.contains("lissten"), "{}", done.stderr);
    let done = run_in(folder.path(), &["serve", "--config", "my.toml"]).expect(2);
    assert!(done.stderr.contains("my.toml:3") && done.stderr.contains("lissten"), "{}", done.stderr);
    run_in(folder.path(), &["config", "check", "missing.toml"]).expect(3);
}

#[test]
fn completions_and_pages() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let text = run(&["completions", shell]).expect(0).stdout;
        assert!(text.contains("quickstart"), "{shell}");
    }
    assert!(run(&["man"]).expect(0).stdout.starts_with(".ie"));
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &["man", "--out", "pages"]).expect(0);
    assert!(folder.path().join("pages/dime-zone-export.1").exists());
}

#[test]
fn wrong_use_ends_with_2() {
    for wrong in [&["fly"][..], &[], &["resolve"], &["register", "balloon", "--csr", "x", "--out", "y"]] {
        run(wrong).expect(2);
    }
    run(&["--help"]).expect(0);
    run(&["--version"]).expect(0);
}
