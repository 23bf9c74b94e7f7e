//! From one Issuing key to the next, as an administrator does it: a second key beside the first, a ceremony for it, both in force, what the
//! first one signed issued anew, and the first one retired. No aircraft, and nobody who verifies, notices.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::{Engine, engine::general_purpose::STANDARD};
use dime_tests::http::Client;
use dime_tests::server::Server;
use dime_tests::tools;
use drip_det::Det;
use drip_wire::Endorsement;
use serde_json::{Value, json};
use tempfile::TempDir;

fn dime(arguments: &[&str]) -> String {
    tools::run(Command::new(tools::dime()).args(arguments))
}

/// An RAA's data directory, and the folder of its Authorization key.
struct Raa {
    scratch: TempDir,
}

impl Raa {
    fn new() -> Self {
        let this = Raa { scratch: TempDir::new().unwrap() };
        let (key, csr) = (this.path("authorization.pem"), this.path("authorization.csr"));
        dime(&["key", "new", "--out", &key]);
        dime(&["csr", "new", "--key", &key, "--raa", "16376", "--hda", "0", "--out", &csr]);
        this
    }

    fn path(&self, name: &str) -> String {
        self.scratch.path().join(name).to_str().unwrap().to_owned()
    }

    fn dir(&self) -> PathBuf {
        self.scratch.path().join("raa")
    }

    /// `dime init`, and the DET of the Issuing key that it names.
    fn init(&self, more: &[&str]) -> Det {
        let dir = self.path("raa");
        let common = ["init", "--role", "raa", "--raa", "16376", "--dir", &dir, "--json"];
        let said: Value = serde_json::from_str(&dime(&[&common[..], more].concat())).unwrap();
        said["issuing"][0]["det"].as_str().unwrap().parse().unwrap()
    }

    /// A ceremony while the server is down: everything that waits.
    fn ceremony(&self, name: &str, more: &[&str]) {
        let (dir, key) = (self.path("raa"), self.path("authorization.pem"));
        let (request, answer) =
            (self.path(&format!("{name}-request.cbor")), self.path(&format!("{name}-answer.cbor")));
        dime(&[&["ceremony", "request", "--dir", &dir, "--out", &request][..], more].concat());
        dime(&["ceremony", "sign", "--key", &key, "--request", &request, "--out", &answer, "--yes"]);
        dime(&["ceremony", "import", "--dir", &dir, &answer]);
    }

    fn keys(&self) -> usize {
        std::fs::read_dir(self.dir().join("keys")).unwrap().count()
    }
}

/// Registers a service, and gives its DET.
fn register(server: &Server, scratch: &Path, name: &str) -> Det {
    let path = |suffix: &str| scratch.join(format!("{name}{suffix}")).to_str().unwrap().to_owned();
    let (key, csr, out) = (path(".pem"), path(".csr"), path(""));
    dime(&["key", "new", "--out", &key]);
    dime(&["csr", "new", "--key", &key, "--out", &csr]);
    let (url, token) = (format!("http://{}", server.http), server.token_file());
    let place = ["--server", &url, "--token", token.to_str().unwrap()];
    let said = dime(&[&["register", "service", "--csr", &csr, "--out", &out, "--json"][..], &place].concat());
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["state"], json!("registered"), "{said}");
    said["det"].as_str().unwrap().parse().unwrap()
}

/// Whose endorsement a DET has.
fn signer(client: &mut Client, det: Det) -> Det {
    let shown = client.get(&format!("/v1/dets/{det}")).unwrap().json();
    let last = shown["endorsements"].as_array().unwrap().last().unwrap().as_str().unwrap().to_owned();
    Endorsement::decode(&STANDARD.decode(last).unwrap()).unwrap().parent
}

#[test]
fn from_one_issuing_key_to_the_next() {
    let raa = Raa::new();
    let first = raa.init(&["--dns", "127.0.0.1:0", "--http", "127.0.0.1:0", "--name-server", "ns=127.0.0.1"]);
    raa.ceremony("founding", &["--csr", &raa.path("authorization.csr")]);
    let server = Server::serve(&raa.dir());
    let one = register(&server, raa.scratch.path(), "one");
    assert_eq!(signer(&mut server.anonymous(), one), first);
    assert!(server.stop().success());

    // The second key waits for its ceremony: that is said, and the first goes on signing.
    let second = raa.init(&["--another"]);
    assert_ne!(second, first);
    let server = Server::serve(&raa.dir());
    let asked = |server: &Server, arguments: &[&str]| {
        let (url, token) = (format!("http://{}", server.http), server.token_file());
        dime(&[arguments, &["--server", &url, "--token", token.to_str().unwrap()]].concat())
    };
    let alerts = asked(&server, &["authority", "alerts"]);
    assert!(alerts.contains(&format!("{second} waits for its ceremony")), "{alerts}");
    assert!(server.anonymous().get("/v1/dki").unwrap().json()["alerts"].as_array().unwrap().is_empty());
    let two = register(&server, raa.scratch.path(), "two");
    assert_eq!(signer(&mut server.anonymous(), two), first);
    assert!(server.stop().success());

    // Both in force: the newer signs, what the older signed stays trusted.
    raa.ceremony("second", &[]);
    let server = Server::serve(&raa.dir());
    let three = register(&server, raa.scratch.path(), "three");
    let mut anybody = server.anonymous();
    let signers = |anybody: &mut Client| [one, two, three].map(|det| signer(anybody, det));
    assert_eq!(signers(&mut anybody), [first, first, second]);
    let top = anybody.get("/v1/dki").unwrap().json()["authorities"][0].clone();
    let anchor = raa.path("anchor.json");
    std::fs::write(&anchor, json!({ "det": top["det"], "hi": top["hi"] }).to_string()).unwrap();
    let dns = server.dns.to_string();
    let trusted = |det: Det| {
        let det = det.to_string();
        let said = dime(&["resolve", &det, "--dns", &dns, "--anchor", &anchor, "--json"]);
        assert_eq!(serde_json::from_str::<Value>(&said).unwrap()["trusted"], json!(true), "{said}");
    };
    [one, two, three].into_iter().for_each(trusted);

    // What the first one signed is issued anew; then it goes.
    let job = asked(&server, &["authority", "reissue", &first.to_string(), "--wait"]);
    assert!(job.contains("2 of 2 done, 0 failed"), "{job}");
    assert_eq!(signers(&mut anybody), [second; 3]);
    let preview = asked(&server, &["authority", "revoke", &first.to_string(), "--preview"]);
    assert!(preview.contains("0 registrations would fall"), "{preview}");
    asked(&server, &["authority", "revoke", &first.to_string(), "--reason", "replaced"]);
    [one, two, three].into_iter().for_each(trusted);
    assert!(server.stop().success());

    // A key that an interrupted run left is the next one, and not one more.
    let left = raa.path("raa/keys/raa-16376-0-issuing-all-3.pem");
    dime(&["key", "new", "--out", &left]);
    let keys = raa.keys();
    let third = raa.init(&["--another"]);
    assert_eq!(raa.keys(), keys);
    assert!(![first, second].contains(&third));
}
