//! An RAA and an HDA, each a server of its own, with Authorization keys that no server ever sees: from `dime init` to an aircraft that a
//! stranger trusts through the delegation, and `kill -9` while a ceremony is taken in and while a job runs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use dime_sign::ceremony::{Answer, Request};
use dime_sign::{SigningPolicy, key_file, offline};
use dime_tests::dice::Dice;
use dime_tests::http::{Client, Reply};
use dime_tests::server::Server;
use dime_tests::{csr, registration, tools};
use drip_det::{Det, Hid, UnixTime};
use serde_json::{Value, json};
use tempfile::TempDir;

const CBOR: [(&str, &str); 1] = [("content-type", "application/cbor")];

/// A port that is free on both addresses, for UDP and TCP: name servers that refer to each other share it, as they share 53.
fn shared_port() -> u16 {
    loop {
        let probe = UdpSocket::bind("127.0.0.2:0").unwrap();
        let port = probe.local_addr().unwrap().port();
        if UdpSocket::bind(("127.0.0.3", port)).is_ok()
            && TcpListener::bind(("127.0.0.2", port)).is_ok()
            && TcpListener::bind(("127.0.0.3", port)).is_ok()
        {
            return port;
        }
    }
}

fn dime(arguments: &[&str]) -> String {
    tools::run(Command::new(tools::dime()).args(arguments))
}

fn place(raa: u16, hda: u16) -> Hid {
    Hid::from_numbers(raa, hda).unwrap()
}

/// An Authorization key in a folder of its own, which stands for the machine without a network.
struct Offline {
    folder: TempDir,
    hid: Hid,
}

impl Offline {
    fn new(hid: Hid) -> Self {
        let folder = TempDir::new().unwrap();
        let this = Self { folder, hid };
        let (key, csr) = (this.key(), this.csr());
        dime(&["key", "new", "--out", key.to_str().unwrap()]);
        let [raa, hda] = [hid.raa.to_string(), hid.hda.to_string()];
        dime(&[
            "csr",
            "new",
            "--key",
            key.to_str().unwrap(),
            "--raa",
            &raa,
            "--hda",
            &hda,
            "--out",
            csr.to_str().unwrap(),
        ]);
        this
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("authorization.pem")
    }

    fn csr(&self) -> PathBuf {
        self.folder.path().join("authorization.csr")
    }

    fn det(&self) -> Det {
        key_file::load(&self.key(), None).unwrap().det(self.hid)
    }

    fn sign(&self, request: &[u8]) -> Vec<u8> {
        let request = Request::decode(request).unwrap();
        let key = key_file::load(&self.key(), None).unwrap();
        let signer = offline::ceremony(key, self.hid, SigningPolicy::AUTHORIZATION).unwrap();
        let mut entropy = |octets: &mut [u8]| {
            getrandom::fill(octets).unwrap();
            Ok(())
        };
        let answer: Answer =
            dime_sign::ceremony::sign(&request, &signer, &mut entropy, UnixTime(now())).unwrap();
        answer.encode().unwrap()
    }
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

fn expect(status: u16, reply: Reply) -> Reply {
    assert_eq!(reply.status, status, "{}", String::from_utf8_lossy(&reply.body));
    reply
}

/// Asks for a ceremony, has it held, and gives the answer's octets.
fn ceremony(client: &mut Client, wanted: &Value, offline: &Offline) -> Vec<u8> {
    let request = expect(201, client.post("/v1/dki/ceremony/requests", wanted).unwrap());
    assert_eq!(request.header("content-type"), Some("application/cbor"));
    offline.sign(&request.body)
}

fn import(client: &mut Client, answer: &[u8]) -> Value {
    expect(200, client.send("POST", "/v1/dki/ceremony/answers", &CBOR, answer).unwrap()).json()
}

/// An RAA that serves, its own ceremony held.
fn raa(scratch: &Path, port: u16) -> (Server, Offline) {
    let folder = scratch.join("raa");
    let dir = folder.to_str().unwrap();
    let dns = format!("127.0.0.2:{port}");
    let said = dime(&[
        "init",
        "--role",
        "raa",
        "--raa",
        "16376",
        "--dir",
        dir,
        "--dns",
        &dns,
        "--http",
        "127.0.0.1:0",
        "--name-server",
        "ns=127.0.0.2",
    ]);
    assert!(said.contains("No Authorization key is here"), "{said}");
    let offline = Offline::new(place(16376, 0));
    let server = Server::serve(&folder);
    let mut manager = server.manager();
    let ready = expect(503, manager.get("/readyz").unwrap());
    assert!(String::from_utf8_lossy(&ready.body).contains("ceremony"), "it says what is awaited");
    let own =
        STANDARD.encode(drip_cert::csr::Csr::parse(&std::fs::read(offline.csr()).unwrap()).unwrap().octets());
    let answer = ceremony(&mut manager, &json!({ "authorizations": [own] }), &offline);
    let imported = import(&mut manager, &answer);
    assert_eq!(imported["authorities"].as_array().unwrap().len(), 2, "{imported}");
    expect(200, manager.get("/readyz").unwrap());
    (server, offline)
}

fn dig(address: &str, port: u16, arguments: &[&str]) -> String {
    tools::run(
        Command::new("dig")
            .arg(format!("@{address}"))
            .args(["-p", &port.to_string(), "+norec"])
            .args(arguments),
    )
}

#[test]
fn from_init_to_an_aircraft_that_a_stranger_trusts() {
    let scratch = TempDir::new().unwrap();
    let port = shared_port();
    let (raa, raa_offline) = raa(scratch.path(), port);
    let url = format!("http://{}", raa.http);
    let token = raa.token_file();

    // The HDA registers over HTTP with its own name server, waits for a person, and then for the ceremony.
    let folder = scratch.path().join("hda");
    let dir = folder.to_str().unwrap();
    let dns = format!("127.0.0.3:{port}");
    dime(&[
        "init",
        "--role",
        "hda",
        "--raa",
        "16376",
        "--hda",
        "10",
        "--dir",
        dir,
        "--dns",
        &dns,
        "--http",
        "127.0.0.1:0",
        "--name-server",
        "ns=127.0.0.3",
        "--parent",
        &url,
    ]);
    let hda_offline = Offline::new(place(16376, 10));
    let out = scratch.path().join("registration");
    let digest = "ab".repeat(32);
    let said = dime(&[
        "register",
        "hda",
        "--csr",
        hda_offline.csr().to_str().unwrap(),
        "--server",
        &url,
        "--name-server",
        "ns=127.0.0.3",
        "--ds",
        &format!("4711 15 2 {digest}"),
        "--contact",
        "hda@example.net",
        "--out",
        out.to_str().unwrap(),
        "--json",
    ]);
    let registration: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&registration["state"], &registration["waiting_for"]), (&json!("pending"), &json!("person")));
    let id = registration["id"].as_str().unwrap();
    let approved =
        dime(&["pending", "approve", id, "--server", &url, "--token", token.to_str().unwrap(), "--json"]);
    let approved: Value = serde_json::from_str(&approved).unwrap();
    assert_eq!((&approved["state"], &approved["waiting_for"]), (&json!("pending"), &json!("ceremony")));

    let mut manager = raa.manager();
    expect(409, manager.get(&format!("/v1/registrations/{id}/bundle")).unwrap());
    let answer = ceremony(&mut manager, &json!({}), &raa_offline);
    let imported = import(&mut manager, &answer);
    assert_eq!(imported["registrations"], json!([id]));
    assert_eq!(import(&mut manager, &answer)["new"], json!(false), "the same answer again changes nothing");

    // Its delegation is in the RAA's zone.
    let zone = "a.0.0.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";
    let referral = dig("127.0.0.2", port, &["-t", "TYPE67", "-x", &hda_offline.det().to_string()]);
    assert!(referral.contains(&format!("ns.{zone}")) && referral.contains("127.0.0.3"), "{referral}");
    assert!(!referral.contains(" aa "), "a referral is not authoritative: {referral}");
    let ds = dig("127.0.0.2", port, &["-t", "DS", zone, "+short"]);
    assert!(ds.replace(' ', "").to_lowercase().contains(&format!("4711152{digest}")), "{ds}");

    // The HDA takes its chain in, and has its Issuing key endorsed.
    let bundle = expect(200, manager.get(&format!("/v1/registrations/{id}/bundle")).unwrap()).body;
    // Whom it hangs from says the person at the machine, not a manager; the same again may come from one.
    take_in(&folder, &bundle);
    let hda = Server::serve(&folder);
    let mut below = hda.manager();
    expect(200, below.send("POST", "/v1/dki/bundles", &CBOR, &bundle).unwrap());
    let answer = ceremony(&mut below, &json!({}), &hda_offline);
    import(&mut below, &answer);
    expect(200, below.get("/readyz").unwrap());
    let aircraft = expect(
        201,
        below.post("/v1/registrations", &registration::body("aircraft", &csr::new_key())).unwrap(),
    );
    let det = aircraft.json()["det"].as_str().unwrap().to_owned();

    // A stranger who knows the RAA's anchor and asks the RAA's name server.
    let anchor = scratch.path().join("anchor.json");
    let dki = manager.get("/v1/dki").unwrap().json();
    let top = &dki["authorities"][0];
    std::fs::write(&anchor, json!({ "det": top["det"], "hi": top["hi"] }).to_string()).unwrap();
    let resolved = dime(&[
        "resolve",
        &det,
        "--dns",
        &format!("127.0.0.2:{port}"),
        "--anchor",
        anchor.to_str().unwrap(),
        "--json",
    ]);
    let resolved: Value = serde_json::from_str(&resolved).unwrap();
    assert_eq!(resolved["trusted"], json!(true), "{resolved}");

    // Suspended, the registry is out of the tree; resumed, it is back.
    let authority = hda_offline.det().to_string();
    let server = ["--server", &url, "--token", token.to_str().unwrap()];
    dime(&[&["authority", "suspend", &authority, "--reason", "unpaid"][..], &server].concat());
    let gone = dig("127.0.0.2", port, &["-t", "TYPE67", "-x", &det]);
    assert!(gone.contains("NXDOMAIN"), "{gone}");
    dime(&[&["authority", "resume", &authority][..], &server].concat());
    let preview = dime(&[&["authority", "revoke", &authority, "--preview"][..], &server].concat());
    assert!(preview.contains("1 registries below"), "{preview}");
    let listed = dime(&[&["authority", "list"][..], &server].concat());
    assert!(listed.contains("below") && listed.contains("active"), "{listed}");

    // An Authorization key has no place in a configuration: the store knows what it is.
    let hda_folder = hda.folder().to_owned();
    assert!(hda.stop().success());
    let config = hda_folder.join("dime.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let wrong =
        text.replacen("issuing_keys = [", &format!("issuing_keys = [\n    {:?},", hda_offline.key()), 1);
    std::fs::write(&config, wrong).unwrap();
    let output =
        tools::output(Command::new(tools::dime()).args(["serve", "--config", config.to_str().unwrap()]));
    assert_eq!(output.status.code(), Some(3));
    assert!(tools::text(&output.stderr).contains("Authorization key"), "{}", tools::text(&output.stderr));
}

/// However far an import had come when the power went, afterwards it is whole or not begun; sent again, it is whole.
#[test]
fn killed_while_an_answer_is_taken_in() {
    let scratch = TempDir::new().unwrap();
    let mut dice = Dice::for_this_run();
    let (mut server, offline) = raa(scratch.path(), shared_port());
    let folder = server.folder().to_owned();
    for hda in 20..32_u16 {
        let mut manager = server.manager();
        let key = csr::new_key();
        let mut body = registration::body("hda", &key);
        body["hid"] = json!(format!("16376/{hda}"));
        body["name_servers"] = json!([{ "name": "ns", "addresses": ["127.0.0.9"] }]);
        let waiting = expect(202, manager.post("/v1/registrations", &body).unwrap()).json();
        let (id, det) =
            (waiting["id"].as_str().unwrap().to_owned(), waiting["det"].as_str().unwrap().to_owned());
        let answer = ceremony(&mut manager, &json!({}), &offline);
        let pid = rustix::process::Pid::from_raw(server.pid() as i32).unwrap();
        let moment = Duration::from_micros(dice.below(20_000));
        let acknowledged = std::thread::scope(|scope| {
            let sender = scope.spawn(|| manager.send("POST", "/v1/dki/ceremony/answers", &CBOR, &answer));
            std::thread::sleep(moment); // the random moment itself, not a wait for something
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
            sender.join().unwrap().is_ok_and(|reply| reply.status == 200)
        });
        server.kill();
        server = Server::serve(&folder);
        let mut manager = server.manager();
        let state = |manager: &mut Client| {
            let registered = manager.get(&format!("/v1/registrations/{id}")).unwrap().json()["state"]
                == json!("registered");
            let known = manager.get(&format!("/v1/authorities/{det}")).unwrap().status == 200;
            let nibbles: Vec<String> =
                format!("{hda:04x}").chars().rev().take(3).map(|nibble| nibble.to_string()).collect();
            let zone = format!("{}.0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.", nibbles.join("."));
            let delegated = dig("127.0.0.2", server.dns.port(), &["-t", "NS", &zone]).contains("127.0.0.9");
            (registered, known, delegated)
        };
        let found = state(&mut manager);
        assert!([(true, true, true), (false, false, false)].contains(&found), "{found:?}");
        assert!(!acknowledged || found.0, "acknowledged and lost");
        assert_eq!(import(&mut manager, &answer)["new"], json!(!found.0));
        assert_eq!(state(&mut manager), (true, true, true));
    }
}

/// The chain of a level above, taken in at the machine itself.
fn take_in(folder: &Path, bundle: &[u8]) {
    let file = folder.join("chain.cbor");
    std::fs::write(&file, bundle).unwrap();
    dime(&["ceremony", "import", "--dir", folder.to_str().unwrap(), file.to_str().unwrap()]);
}

/// A job goes on where it was when the server was killed, and leaves nothing out.
#[test]
fn killed_while_a_job_runs() {
    let scratch = TempDir::new().unwrap();
    let mut dice = Dice::for_this_run();
    let (raa, raa_offline) = raa(scratch.path(), shared_port());
    let offline = Offline::new(place(16376, 10));
    let folder = scratch.path().join("hda");
    let dir = folder.to_str().unwrap();
    let init = [
        "init",
        "--role",
        "hda",
        "--raa",
        "16376",
        "--hda",
        "10",
        "--dir",
        dir,
        "--dns",
        "127.0.0.1:0",
        "--http",
        "127.0.0.1:0",
    ];
    dime(&init);
    let mut manager = raa.manager();
    let request =
        STANDARD.encode(drip_cert::csr::Csr::parse(&std::fs::read(offline.csr()).unwrap()).unwrap().octets());
    let body = json!({ "kind": "hda", "csr": request });
    let id = expect(202, manager.post("/v1/registrations", &body).unwrap()).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer = ceremony(&mut manager, &json!({}), &raa_offline);
    import(&mut manager, &answer);
    let bundle = expect(200, manager.get(&format!("/v1/registrations/{id}/bundle")).unwrap()).body;

    take_in(&folder, &bundle);
    let server = Server::serve(&folder);
    let mut client = server.manager();
    let answer = ceremony(&mut client, &json!({}), &offline);
    import(&mut client, &answer);
    let mut dets = Vec::new();
    for _ in 0..200 {
        let reply =
            client.post("/v1/registrations", &registration::body("aircraft", &csr::new_key())).unwrap();
        dets.push(expect(201, reply).json()["det"].as_str().unwrap().to_owned());
    }
    let from = client.get("/v1/dki").unwrap().json()["issuers"][0].as_str().unwrap().to_owned();
    let reply = client.post(&format!("/v1/authorities/{from}/reissue"), &json!({})).unwrap();
    expect(409, reply);

    // A second Issuing key.
    assert!(server.stop().success());
    dime(&[&init[..], &["--issuing", "devices"]].concat());
    let mut server = Server::serve(&folder);
    let mut client = server.manager();
    let answer = ceremony(&mut client, &json!({}), &offline);
    let to = import(&mut client, &answer)["authorities"][0].as_str().unwrap().to_owned();
    let job =
        expect(202, client.post(&format!("/v1/authorities/{from}/reissue"), &json!({})).unwrap()).json();
    let path = format!("/v1/jobs/{}", job["id"].as_str().unwrap());
    for _ in 0..4 {
        std::thread::sleep(Duration::from_micros(dice.below(400_000))); // the random moment itself, not a wait for something
        server.kill();
        server = Server::serve(&folder);
    }
    let mut client = server.manager();
    let deadline = std::time::Instant::now() + Duration::from_secs(120);
    let job = loop {
        let job = expect(200, client.get(&path).unwrap()).json();
        if job["state"] == json!("done") {
            break job;
        }
        assert!(std::time::Instant::now() < deadline, "{job}");
        std::thread::yield_now();
    };
    assert_eq!((&job["done"], &job["failed"], &job["total"]), (&json!(200), &json!(0), &json!(200)));
    let issuer = |octets: &str| {
        let octets = STANDARD.decode(octets).unwrap();
        drip_wire::Endorsement::decode(&octets).unwrap().parent.to_string()
    };
    for det in &dets {
        let view = client.get(&format!("/v1/dets/{det}")).unwrap().json();
        let endorsements = view["endorsements"].as_array().unwrap();
        assert_eq!(issuer(endorsements[3].as_str().unwrap()), to, "{det}");
        registration::assert_published(&server, det);
    }
}
