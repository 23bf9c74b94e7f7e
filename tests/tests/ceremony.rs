//! The offline ceremony as its people hold it: a request made online, carried as QR codes that zbarimg reads, signed where there is no
//! network, carried back the same way and taken in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use dime_sign::ceremony::{Answer, Form, Signed};
use dime_tests::tools;
use serde_json::Value;
use tempfile::TempDir;

/// A table with both machines on it: the folder `online` with a data directory, the folder `offline` with the Authorization key.
struct Table(TempDir);

impl Table {
    /// An RAA whose Issuing key waits, and whose Authorization key is offline.
    fn set() -> Self {
        let table = Table(TempDir::new().unwrap());
        fs::create_dir(table.path("offline")).unwrap();
        table.ok(&["key", "new", "--out", "offline/raa.pem"]);
        table.ok(&[
            "csr",
            "new",
            "--key",
            "offline/raa.pem",
            "--raa",
            "16376",
            "--hda",
            "0",
            "--out",
            "raa.csr",
        ]);
        let addresses = ["--dns", "127.0.0.1:0", "--http", "127.0.0.1:0"];
        let init = ["init", "--role", "raa", "--raa", "16376", "--dir", "online"];
        table.ok(&[init.as_slice(), addresses.as_slice()].concat());
        table
    }

    /// The same with the request of the first ceremony in `request.cbor`.
    fn with_request() -> Self {
        let table = Self::set();
        table.ok(&["ceremony", "request", "--dir", "online", "--csr", "raa.csr", "--out", "request.cbor"]);
        table
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn dime(&self, arguments: &[&str]) -> Output {
        tools::output(self.in_folder(Command::new(tools::dime())).args(arguments))
    }

    fn in_folder(&self, mut command: Command) -> Command {
        command.current_dir(self.0.path()).stdin(Stdio::null());
        command
    }

    /// What it prints when all is well.
    fn ok(&self, arguments: &[&str]) -> String {
        tools::run(self.in_folder(Command::new(tools::dime())).args(arguments))
    }

    /// Its exit code and what it says on stderr when it is not.
    fn refused(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.dime(arguments);
        assert!(!output.status.success(), "{arguments:?}: {}", tools::text(&output.stdout));
        (output.status.code(), tools::text(&output.stderr))
    }

    /// What zbarimg reads from the pictures of this folder, into a file.
    fn by_zbar(&self, folder: &str, text: &str) {
        let pictures = files(&self.path(folder), "png");
        assert!(!pictures.is_empty());
        let mut command = Command::new("zbarimg");
        command.args(["--quiet", "--set", "*.enable=0", "--set", "qrcode.enable=1"]).args(&pictures);
        fs::write(self.path(text), tools::run(&mut command)).unwrap();
    }
}

/// `dime` without a network: with a network namespace of its own, in which nothing is up.
fn without_network() -> Command {
    let mut command = Command::new("unshare");
    // Others than root get a network of their own only together with a user namespace.
    command.arg(if rustix::process::getuid().is_root() { "-n" } else { "-rn" }).arg("--").arg(tools::dime());
    command
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|found| found == extension));
    files.sort();
    files
}

/// The words after `words` in what a command printed.
fn words(text: &str) -> String {
    let line = text.lines().find_map(|line| line.trim().strip_prefix("words ")).expect("a line of words");
    assert_eq!(line.split_whitespace().count(), 8, "{line}");
    line.trim().to_owned()
}

/// `dime serve`, killed at the end.
struct Serving {
    child: Child,
    dns: String,
    http: String,
}

impl Serving {
    fn start(table: &Table) -> Self {
        let mut command = table.in_folder(Command::new(tools::dime()));
        let log = fs::File::create(table.path("log")).unwrap();
        command.args(["serve", "--config", "online/dime.toml"]).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines.by_ref().map(Result::unwrap).find(|line| line.starts_with("ready "));
        let ready = ready.expect("it says that it is ready");
        std::thread::spawn(move || lines.for_each(drop));
        let field = |name: &str| {
            let found = ready.split(' ').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
            found.unwrap().to_owned()
        };
        Serving { child, dns: field("dns"), http: field("http") }
    }

    /// What dig says of a DET's HHIT.
    fn hhit(&self, det: &str) -> String {
        let port = self.dns.rsplit(':').next().unwrap();
        let fixed = ["@127.0.0.1", "-p", port, "+short", "+norecurse", "-t", "TYPE67", "-x", det];
        tools::run(Command::new("dig").args(fixed))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn a_self_endorsed_raa_by_qr_codes_and_without_a_network() {
    let table = Table::set();
    let asked = table
        .ok(&["ceremony", "request", "--dir", "online", "--csr", "raa.csr", "--out", "out", "--qr", "png"]);
    table.by_zbar("out", "request.txt");

    // What arrived is what was sent: from zbarimg's text and from the pictures themselves, in any order.
    let sent = fs::read(table.path("out/request.cbor")).unwrap();
    assert_eq!(words(&table.ok(&["ceremony", "show", "request.txt"])), words(&asked));
    let mut pictures: Vec<String> =
        files(&table.path("out"), "png").iter().map(|path| path.display().to_string()).collect();
    pictures.reverse();
    let shown = ["ceremony", "show", "--json"].into_iter().chain(pictures.iter().map(String::as_str));
    let document: Value = serde_json::from_str(&table.ok(&shown.collect::<Vec<_>>())).unwrap();
    let Form::Request(request) = Form::decode(&sent).unwrap() else { panic!() };
    assert_eq!(document["forms"][0]["sha256"], hex::encode(request.digest()));
    assert_eq!(request.items.len(), 2, "the Authorization DET and the Issuing DET");

    let signed = tools::run(table.in_folder(without_network()).args([
        "ceremony",
        "sign",
        "--key",
        "offline/raa.pem",
        "--request",
        "request.txt",
        "--out",
        "offline",
        "--qr",
        "png",
        "--yes",
        "--operator",
        "A. Person",
    ]));
    assert_eq!(words(&signed), words(&asked), "both sides show the same words");
    let answer = Answer::decode(&fs::read(table.path("offline/answer.cbor")).unwrap()).unwrap();
    answer.verify(&request).unwrap();

    let transcript = fs::read_to_string(table.path("offline/answer-transcript.txt")).unwrap();
    for told in ["A. Person", "by --yes", "2 signed, 0 refused", &words(&asked), &answer.words().to_string()]
    {
        assert!(transcript.contains(told), "{told} in {transcript}");
    }
    assert!(transcript.contains(&answer.signer.to_string()));

    table.by_zbar("offline", "answer.txt");
    let imported = table.ok(&["ceremony", "import", "--dir", "online", "answer.txt"]);
    assert_eq!(words(&imported), answer.words().to_string());
    assert!(imported.contains(&format!("authority   {}", answer.signer)), "{imported}");
    let again = table.ok(&["ceremony", "import", "--dir", "online", "offline/answer.cbor"]);
    assert!(again.contains("nothing changed"), "{again}");

    let serving = Serving::start(&table);
    assert!(!serving.hhit(&answer.signer.to_string()).is_empty(), "the RAA's HHIT is in its zone");

    // The next ceremony over HTTP, while the server runs: the Issuing key once more.
    let server = ["--server", &serving.http, "--token", "online/manager.token"];
    let all = ["ceremony", "request", "--keys", "all", "--out", "second.cbor"];
    table.ok(&[all.as_slice(), server.as_slice()].concat());
    table.ok(&[
        "ceremony",
        "sign",
        "second.cbor",
        "--key",
        "offline/raa.pem",
        "--own",
        "offline/answer.cbor",
        "--out",
        "second-answer.cbor",
        "--yes",
    ]);
    let import = ["ceremony", "import", "second-answer.cbor"];
    let imported = table.ok(&[import.as_slice(), server.as_slice()].concat());
    assert!(imported.contains("1 signed, 0 refused"), "{imported}");
}

#[test]
fn printed_pages_come_back_as_photographs_of_them() {
    let table = Table::with_request();
    table.ok(&[
        "ceremony",
        "sign",
        "request.cbor",
        "--key",
        "offline/raa.pem",
        "--out",
        "a",
        "--yes",
        "--qr",
        "pdf",
    ]);
    let mut print = table.in_folder(Command::new("pdftoppm"));
    tools::run(print.args(["-r", "200", "-jpeg", "a/answer.pdf", "photograph"]));
    let photographs: Vec<String> =
        files(&table.path(""), "jpg").iter().map(|path| path.display().to_string()).collect();
    let shown =
        ["ceremony", "show", "request.cbor"].into_iter().chain(photographs.iter().map(String::as_str));
    let shown = table.ok(&shown.collect::<Vec<_>>());
    assert!(shown.contains("it answers its request, and all its objects hold"), "{shown}");
    let text = tools::run(table.in_folder(Command::new("pdftotext")).args(["a/answer.pdf", "-"]));
    let answer = Answer::decode(&fs::read(table.path("a/answer.cbor")).unwrap()).unwrap();
    assert!(text.contains(&answer.words().to_string()), "{text}");
}

/// Not even a socket that leads nowhere.
#[test]
fn signing_opens_no_socket_and_no_file_of_the_online_side() {
    let table = Table::with_request();
    let mut traced = table.in_folder(Command::new("strace"));
    traced.args(["-f", "-o", "trace", "-e", "trace=%network,openat"]).arg(tools::dime());
    tools::run(traced.args([
        "ceremony",
        "sign",
        "request.cbor",
        "--key",
        "offline/raa.pem",
        "--out",
        "a",
        "--yes",
    ]));
    let trace = fs::read_to_string(table.path("trace")).unwrap();
    assert!(trace.contains("offline/raa.pem"), "it was traced");
    for call in ["socket", "connect", "bind", "sendto", "online/", "dime.toml", "resolv.conf"] {
        assert!(!trace.contains(call), "{call} in {trace}");
    }
}

/// Killed at each of the writes and flushes of signing: there is a whole answer or none, and the next try succeeds.
#[test]
fn killed_while_signing() {
    let table = Table::with_request();
    for call in ["fsync", "renameat2", "write"] {
        for moment in 1.. {
            let folder = format!("{call}-{moment}");
            let mut killed = table.in_folder(Command::new("strace"));
            let inject = format!("inject={call}:signal=SIGKILL:when={moment}");
            killed.args(["-f", "-o", "/dev/null", "-e", &inject]).arg(tools::dime());
            let sign =
                ["ceremony", "sign", "request.cbor", "--key", "offline/raa.pem", "--yes", "--qr", "png"];
            let output = tools::output(killed.args(sign).args(["--out", &folder]));
            if output.status.success() {
                assert!(moment > 1, "{call} is never called");
                break;
            }
            let answer = table.path(&folder).join("answer.cbor");
            if answer.exists() {
                Answer::decode(&fs::read(answer).unwrap()).unwrap();
            }
            if table.path(&folder).is_dir() {
                for picture in files(&table.path(&folder), "png") {
                    table.dime(&["ceremony", "show", picture.to_str().unwrap()]);
                    let found = drip_qr::picture::read(&fs::read(picture).unwrap()).unwrap();
                    assert_eq!(found.texts.len(), 1);
                }
            }
            assert!(moment < 100, "{call} never ends");
        }
    }
    table.ok(&["ceremony", "sign", "request.cbor", "--key", "offline/raa.pem", "--out", "after", "--yes"]);
}

#[test]
fn asked_once_on_a_terminal() {
    let table = Table::with_request();
    // Without a terminal nobody can be asked, and nothing is signed.
    let sign = ["ceremony", "sign", "request.cbor", "--key", "offline/raa.pem", "--out", "a"];
    let (code, why) = table.refused(&sign);
    assert_eq!(code, Some(2));
    assert!(why.contains("without a terminal"), "{why}");
    assert!(!table.path("a/answer.cbor").exists());

    for (typed, code) in [("no\n", Some(1)), ("\n", Some(1)), ("yes\n", Some(0))] {
        let line = format!("{} {}", tools::dime().display(), sign.join(" "));
        let mut terminal = table.in_folder(Command::new("script"));
        terminal.args(["--quiet", "--return", "--command", &line, "/dev/null"]).stdin(Stdio::piped());
        let mut child = terminal.stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = tools::text(&output.stdout);
        assert_eq!(output.status.code(), code, "{typed:?}: {said}");
        assert_eq!(said.matches("Type yes").count(), 1, "{said}");
        assert_eq!(table.path("a/answer.cbor").exists(), code == Some(0));
    }
    let transcript = fs::read_to_string(table.path("a/answer-transcript.txt")).unwrap();
    assert!(transcript.contains("typed yes"), "{transcript}");
}

#[test]
fn nothing_is_written_over() {
    let table = Table::with_request();
    let sign = ["ceremony", "sign", "request.cbor", "--key", "offline/raa.pem", "--out", "a.cbor", "--yes"];
    table.ok(&sign);
    let (first, transcript) =
        (fs::read(table.path("a.cbor")).unwrap(), fs::read(table.path("a-transcript.txt")).unwrap());
    let (code, why) = table.refused(&sign);
    assert_eq!(code, Some(3));
    assert!(why.contains("a.cbor") && why.contains("not overwritten"), "{why}");
    fs::remove_file(table.path("a.cbor")).unwrap();
    let (_, why) = table.refused(&sign);
    assert!(why.contains("a-transcript.txt"), "{why}");
    assert!(!table.path("a.cbor").exists());
    assert_eq!(fs::read(table.path("a-transcript.txt")).unwrap(), transcript);

    // Signed twice, the endorsements are the same but for their times, and the certificates have other serial numbers.
    table.ok(&["ceremony", "sign", "request.cbor", "--key", "offline/raa.pem", "--out", "b.cbor", "--yes"]);
    let second = fs::read(table.path("b.cbor")).unwrap();
    let certificates = |octets: &[u8]| match &Answer::decode(octets).unwrap().items[0] {
        Signed::Authority { endorsement, full, .. } => (*endorsement, full.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!(certificates(&first).0, certificates(&second).0);
    assert_ne!(certificates(&first).1, certificates(&second).1);
}

#[test]
fn refused_items_have_their_reasons() {
    let table = Table::set();
    fs::write(table.path("junk"), b"junk").unwrap();
    let asked = ["ceremony", "request", "--dir", "online", "--csr", "raa.csr", "--out", "request.cbor"];
    table.ok(&[asked.as_slice(), &["--trust-list", "junk"]].concat());
    let sign = ["ceremony", "sign", "request.cbor", "--key", "offline/raa.pem", "--out", "a.cbor", "--yes"];
    let output = table.dime(&sign);
    assert_eq!(output.status.code(), Some(1));
    assert!(tools::text(&output.stdout).contains("REFUSED"), "{}", tools::text(&output.stdout));
    assert!(tools::text(&output.stderr).contains("--except-refused"));
    assert!(!table.path("a.cbor").exists());

    table.ok(&[sign.as_slice(), &["--except-refused"]].concat());
    let imported = table.ok(&["ceremony", "import", "--dir", "online", "a.cbor"]);
    assert!(
        imported.contains("2 signed, 1 refused") && imported.contains("refused     trust list"),
        "{imported}"
    );

    // A key of another place may sign none of it.
    let other = ["ceremony", "sign", "request.cbor", "--key", "offline/raa.pem", "--hid", "16377/0"];
    let (code, why) = table.refused(&[other.as_slice(), &["--out", "other.cbor", "--yes"]].concat());
    assert_eq!(code, Some(1));
    assert!(why.contains("every item is refused"), "{why}");
}

#[test]
fn an_encrypted_key_endorses_itself() {
    let table = Table(TempDir::new().unwrap());
    fs::write(table.path("password"), "correct horse\n").unwrap();
    table.ok(&["key", "new", "--out", "apex.pem", "--encrypt", "--password-file", "password"]);
    let sign =
        ["ceremony", "sign", "--self", "--key", "apex.pem", "--hid", "0/0", "--out", "apex.cbor", "--yes"];
    let (_, why) = table.refused(&sign);
    assert!(why.contains("--password-file"), "{why}");
    table.ok(&[sign.as_slice(), &["--password-file", "password"]].concat());
    let shown = table.ok(&["inspect", "apex.cbor", "--json"]);
    let document: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(document["kind"], "authority-bundle");
    assert_eq!(document["problems"], serde_json::json!([]));
    assert_eq!(document["holds"], true);

    let hda = [
        "ceremony", "sign", "--self", "--key", "apex.pem", "--hid", "16376/10", "--out", "hda.cbor", "--yes",
    ];
    let (code, why) = table.refused(&[hda.as_slice(), &["--password-file", "password"]].concat());
    assert_eq!(code, Some(1), "{why}");
}

/// Requests that are none, and parts that are foreign, missing, changed or contradictory: each is told apart, and nothing is signed.
#[test]
fn bad_requests_and_bad_qr_codes() {
    let table = Table::with_request();
    let whole = fs::read(table.path("request.cbor")).unwrap();
    let parts = |octets: &[u8]| -> Vec<String> {
        let parts = drip_qr::split(octets, drip_qr::Density::Low).unwrap();
        parts.iter().map(ToString::to_string).collect()
    };
    let ours = parts(&whole);
    let mut foreign_octets = whole.clone();
    foreign_octets[40] ^= 1;
    let foreign = parts(&foreign_octets);
    assert!(ours.len() > 3);

    let mut changed = ours.clone();
    let other = if &changed[1][60..61] == "A" { "B" } else { "A" };
    changed[1].replace_range(60..61, other);
    let mut cut = ours.clone();
    cut[2].truncate(70);
    let with_foreign: Vec<String> = ours.iter().take(2).chain(&foreign[2..3]).cloned().collect();
    let forged = [&ours[..], &[ours[0].replace("/1/", "/2/")]].concat();
    let another_version = vec![ours[0].replace("DQR1", "DQR2")];
    let cases: [(&str, Vec<String>, &str); 6] = [
        ("missing", [&ours[..1], &ours[2..]].concat(), "these are missing: 2"),
        ("changed", changed, "was read wrongly"),
        ("cut", cut, "cut short"),
        ("foreign", with_foreign, "of another transfer"),
        ("forged", forged, "was read wrongly"),
        ("version", another_version, "of form DQR2"),
    ];
    for (name, lines, expected) in cases {
        fs::write(table.path(&format!("{name}.txt")), lines.join("\n")).unwrap();
        let file = format!("{name}.txt");
        let sign = ["ceremony", "sign", &file, "--key", "offline/raa.pem", "--out", "never.cbor", "--yes"];
        let (code, why) = table.refused(&sign);
        assert_eq!(code, Some(3), "{name}: {why}");
        assert!(why.contains(expected), "{name}: {why}");
    }
    // Shuffled, and some of them twice, is fine.
    let mut shuffled = ours.clone();
    shuffled.reverse();
    shuffled.extend(ours.iter().take(2).cloned());
    fs::write(table.path("shuffled.txt"), shuffled.join("\n\n")).unwrap();
    table.ok(&["ceremony", "show", "shuffled.txt"]);

    let newer = [&whole[..23], &[2], &whole[24..]].concat();
    let octets: [(&str, Vec<u8>, &str); 6] = [
        ("truncated", whole[..whole.len() - 1].to_vec(), "more are needed"),
        ("trailing", [&whole[..], &[0]].concat(), "octets follow after the end"),
        ("newer", newer, "version 2 is not known"),
        ("huge", [&whole[..], &vec![0; 1 << 20]].concat(), "too many"),
        ("other", b"hello".to_vec(), "neither a ceremony's request"),
        ("document", b"%PDF-1.4".to_vec(), "PDF document"),
    ];
    for (name, octets, expected) in octets {
        fs::write(table.path(name), octets).unwrap();
        let sign = ["ceremony", "sign", name, "--key", "offline/raa.pem", "--out", "never.cbor", "--yes"];
        let (code, why) = table.refused(&sign);
        assert_eq!(code, Some(3), "{name}: {why}");
        assert!(why.contains(expected), "{name}: {why}");
    }
    table.ok(&["ceremony", "sign", "request.cbor", "--key", "offline/raa.pem", "--out", "a.cbor", "--yes"]);
    let (code, why) = table.refused(&[
        "ceremony",
        "sign",
        "a.cbor",
        "--key",
        "offline/raa.pem",
        "--out",
        "never.cbor",
        "--yes",
    ]);
    assert_eq!(code, Some(2));
    assert!(why.contains("not a request"), "{why}");
    let (code, _) = table.refused(&["ceremony", "import", "--dir", "online", "request.cbor"]);
    assert_eq!(code, Some(2));
    assert!(!table.path("never.cbor").exists() && !table.path("never-transcript.txt").exists());

    // An answer in which one octet is another is not taken in.
    let good = fs::read(table.path("a.cbor")).unwrap();
    for at in (30..good.len()).step_by(97) {
        let mut wrong = good.clone();
        wrong[at] ^= 4;
        // When it was signed nobody signs.
        let harmless = matches!((Answer::decode(&wrong), Answer::decode(&good)), (Ok(wrong), Ok(good)) if Answer { signed_at: good.signed_at, ..wrong.clone() } == good);
        if !harmless {
            fs::write(table.path("wrong.cbor"), &wrong).unwrap();
            table.refused(&["ceremony", "import", "--dir", "online", "wrong.cbor"]);
        }
    }
    table.ok(&["ceremony", "import", "--dir", "online", "a.cbor"]);
}

/// A revocation list by the ceremony: asked for, shown, signed, taken in, given out by the server, and read by openssl.
#[test]
fn a_revocation_list_by_ceremony() {
    let table = Table::set();
    let asked = table.ok(&[
        "ceremony",
        "request",
        "--dir",
        "online",
        "--csr",
        "raa.csr",
        "--list",
        "now",
        "--list-lifetime",
        "30d",
        "--out",
        "request.cbor",
    ]);
    assert!(asked.contains("3. revocation list") && asked.contains("(30 days)"), "{asked}");
    let sign = ["ceremony", "sign", "request.cbor", "--key", "offline/raa.pem", "--out", "a.cbor", "--yes"];
    let signed = table.ok(&sign);
    assert!(signed.contains("signatures  9 by this key"), "{signed}");
    let transcript = fs::read_to_string(table.path("a-transcript.txt")).unwrap();
    assert!(transcript.contains("signatures  9") && transcript.contains("everything that it issued"));
    let imported = table.ok(&["ceremony", "import", "--dir", "online", "a.cbor"]);
    let answer = Answer::decode(&fs::read(table.path("a.cbor")).unwrap()).unwrap();
    let issuer = answer.signer;
    assert!(imported.contains(&format!("document    crl/{issuer}")), "{imported}");

    let serving = Serving::start(&table);
    let url = format!("{}/pki/{issuer}.crl", serving.http);
    tools::run(table.in_folder(Command::new("curl")).args(["-sf", "-o", "list.crl", &url]));
    let Signed::RevocationList(der) = &answer.items[2] else { panic!("{answer:?}") };
    assert_eq!(&fs::read(table.path("list.crl")).unwrap(), der);
    let mut openssl = table.in_folder(Command::new("openssl"));
    let text =
        tools::run(openssl.args(["crl", "-inform", "der", "-in", "list.crl", "-noout", "-issuer", "-text"]));
    assert!(text.contains(&issuer.to_hex()) && text.contains("No Revoked Certificates"), "{text}");
    let shown = table.ok(&["inspect", "list.crl"]);
    assert!(shown.contains("crl"), "{shown}");
}

/// Where nothing can be written, nothing stays behind that stands in the way of the next try.
#[test]
fn a_ceremony_that_cannot_be_written_down() {
    let table = Table::with_request();
    let sign = ["ceremony", "sign", "request.cbor", "--key", "offline/raa.pem", "--out", "a.cbor", "--yes"];
    // The first write is the transcript's: nothing was signed, and nothing is left of it. Every later one says in the transcript that it
    // failed, and leaves no half of a file.
    for moment in 1..=3 {
        let mut full = table.in_folder(Command::new("strace"));
        let inject = format!("inject=fsync:error=ENOSPC:when={moment}");
        full.args(["-f", "-o", "/dev/null", "-e", &inject]).arg(tools::dime());
        let output = tools::output(full.args(sign));
        assert_eq!(output.status.code(), Some(3), "{}", tools::text(&output.stderr));
        assert!(tools::text(&output.stderr).contains("No space left"));
        let left: Vec<String> = fs::read_dir(table.path(""))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("a"))
            .collect();
        assert!(!left.iter().any(|name| name.contains("part") || name == "a.cbor"), "{left:?}");
        if let Some(transcript) = left.first() {
            let text = fs::read_to_string(table.path(transcript)).unwrap();
            assert!(text.contains("FAILED") && text.contains("is not to be used"), "{text}");
            let (_, why) = table.refused(&sign);
            assert!(why.contains("give another --out"), "{why}");
            fs::remove_file(table.path(transcript)).unwrap();
        }
    }
    table.ok(&sign);
}
