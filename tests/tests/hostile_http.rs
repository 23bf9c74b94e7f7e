//! A running server and those who wish it ill: what they send is refused in the right words or answered, nothing panics, nothing is a fault
//! of ours (5xx), and memory does not grow with what is sent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use dime_tests::dice::Dice;
use dime_tests::http::{Client, Reply};
use dime_tests::server::Server;
use dime_tests::tools;

const OCSP: (&str, &str) = ("content-type", "application/ocsp-request");

/// A DER value.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = match content.len() {
        short @ 0..=0x7f => vec![short as u8],
        long => [&[0x83], &(long as u32).to_be_bytes()[1..]].concat(),
    };
    let length = match (length.as_slice(), content.len()) {
        ([0x83, ..], long @ 0..=0xff) => vec![0x81, long as u8],
        ([0x83, ..], long @ 0..=0xffff) => [&[0x82], &(long as u16).to_be_bytes()[..]].concat(),
        _ => length,
    };
    [&[tag], length.as_slice(), &content].concat()
}

/// An OCSP request for so many certificates of an unknown issuer, with a nonce of so many octets.
fn ocsp(certificates: usize, nonce: Option<usize>) -> Vec<u8> {
    let sha1 = der(0x30, &[&der(6, &[&[0x2b, 0x0e, 3, 2, 0x1a]]), &[5, 0]]);
    let id = der(0x30, &[&sha1, &der(4, &[&[1; 20]]), &der(4, &[&[2; 20]]), &[2, 1, 1]]);
    let request = der(0x30, &[&id]);
    let list = der(0x30, &vec![request.as_slice(); certificates]);
    let extensions = nonce.map_or_else(Vec::new, |length| {
        let oid = [6, 9, 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 2];
        let value = der(4, &[&der(4, &[&vec![7; length]])]);
        der(0xa2, &[&der(0x30, &[&der(0x30, &[&oid, &value])])])
    });
    der(0x30, &[&der(0x30, &[&list, &extensions])])
}

/// The OCSPResponseStatus.
fn status(reply: &Reply) -> u8 {
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/ocsp-response")));
    assert_eq!(reply.body[..4], [0x30, 3, 0x0a, 1], "no more than a status: {}", hex::encode(&reply.body));
    reply.body[4]
}

const MALFORMED: u8 = 1;
const UNAUTHORIZED: u8 = 6;

#[test]
fn ocsp_requests() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(&scratch.path().join("data"));
    let mut client = server.anonymous();
    let mut post = |request: &[u8]| status(&client.send("POST", "/pki/ocsp", &[OCSP], request).unwrap());
    // RFC 9654: a nonce has 1 to 128 octets; RFC 5019 and 6960 let many certificates be asked for at once.
    for (nonce, expected) in
        [(0, MALFORMED), (1, UNAUTHORIZED), (32, UNAUTHORIZED), (33, UNAUTHORIZED), (128, UNAUTHORIZED)]
    {
        assert_eq!(post(&ocsp(1, Some(nonce))), expected, "nonce of {nonce}");
    }
    assert_eq!(post(&ocsp(1, Some(129))), MALFORMED);
    assert_eq!(post(&ocsp(1, Some(1000))), MALFORMED);
    assert_eq!(post(&ocsp(0, None)), MALFORMED);
    assert_eq!(post(&ocsp(100, None)), UNAUTHORIZED);
    assert_eq!(post(b""), MALFORMED);
    assert_eq!(post(&[0x30, 0x80].repeat(5_000)), MALFORMED);
    let too_many = client.send("POST", "/pki/ocsp", &[OCSP], &ocsp(1_000, None)).unwrap();
    assert_eq!(too_many.status, 413);
    let other = client.send("POST", "/pki/ocsp", &[("content-type", "text/html")], &ocsp(1, None)).unwrap();
    assert_eq!(other.status, 415);
    let mut get = |path: &str| client.get(&format!("/pki/ocsp/{path}")).unwrap();
    assert_eq!(status(&get(&BASE64_STANDARD.encode(ocsp(1, None)))), UNAUTHORIZED);
    let escaped =
        BASE64_STANDARD.encode(ocsp(1, None)).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    assert_eq!(status(&get(&escaped)), UNAUTHORIZED);
    // base64url is not what RFC 6960, appendix A.1, says; its octets 62 and 63 are.
    let wordy = BASE64_URL_SAFE.encode([0xff; 30]);
    for garbage in ["%%%", "////", "=", "A", &wordy, &"A".repeat(7_000)] {
        assert_eq!(status(&get(garbage)), MALFORMED, "{garbage}");
    }
    assert_eq!(get("%00%ff%c0").status, 400);
    assert_eq!(get(&"A".repeat(40_000)).status, 431);
    assert!(!server.log().contains("panic"), "{}", server.log());
}

/// What may be sent and asked for, in the strangest forms: each has a problem document of the asker's fault.
#[test]
fn names_media_types_and_bodies() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(&scratch.path().join("data"));
    let mut client = server.anonymous();
    let problem = |what: &str, reply: &Reply, expected: u16| {
        let said = tools::text(&reply.body);
        assert_eq!(reply.status, expected, "{what}: {said}");
        assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{what}: {said}");
    };
    let long = "a".repeat(5_000);
    let names = [
        (".crl", 400),
        ("..crl", 400),
        ("%2e%2e%2fjournal.crl", 400),
        ("../../etc/passwd", 404),
        ("2001:30::.crl", 404),
        ("2001:30::/0-0.crl", 400),
        ("2001:30::/255-256.crl", 404),
        ("2001:30::/256-256.crl", 400),
        ("2001:30::/+1-2.crl", 400),
        ("%00.crl", 400),
        ("%e2%98%83.cer", 400),
        ("x/y.crl", 400),
        ("x", 404),
        (&format!("{long}.crl"), 400),
    ];
    for (name, expected) in names {
        problem(name, &client.get(&format!("/pki/{name}")).unwrap(), expected);
    }
    let det = dime_tests::registration::text(&client.get("/v1/dki").unwrap().json(), "/authorities/0/det");
    let many = "a/b,".repeat(3_000);
    for (accept, expected) in [
        ("", 200),
        (";;;,,,", 200),
        ("q=1", 200),
        ("application/pkix-cert;q=-1, */*;q=0.001", 200),
        ("application/x-pem-file;q=1e999", 200),
        ("application/*;q=NaN", 406),
        (",/,", 406),
        (&many, 406),
        ("text/html", 406),
    ] {
        let path = format!("/v1/dets/{det}/certificate");
        let reply = client.send("GET", &path, &[("accept", accept)], b"").unwrap();
        assert_eq!(reply.status, expected, "{accept:.40}: {}", tools::text(&reply.body));
    }
    for deep in [10, 10_000] {
        for head in [&[0x81][..], &[0xa1, 0x00], &[0xd8, 0x3d], &[0x9f], &[0xc6]] {
            let body = [head.repeat(deep), vec![0]].concat();
            let reply =
                client.send("POST", "/v1/registrations", &[("content-type", "application/cwt")], &body);
            problem("nested CBOR", &reply.unwrap(), 422);
        }
    }
    for head in [&[0x5b][..], &[0x9b], &[0xbb], &[0xd2, 0x84, 0x43, 0xa1, 1, 0x27, 0xa0, 0x5b]] {
        let body = [head, &[0xff; 8]].concat();
        let reply = client.send("POST", "/v1/registrations", &[("content-type", "application/cwt")], &body);
        problem("lengths beyond everything", &reply.unwrap(), 422);
    }
    for (body, expected) in [
        ("[".repeat(60_000), 400),
        ("{\"a\":".repeat(10_000), 422),
        ("{\"kind\":\"session\",\"kind\":\"operator\",\"csr\":\"\"}".to_owned(), 422),
        ("{\"kind\":\"session\",\"csr\":1e400}".to_owned(), 400),
        (format!("{{\"kind\":\"session\",\"csr\":\"hwI{}\"}}", "A".repeat(30_001)), 413),
    ] {
        let json = [("content-type", "application/json")];
        let reply = client.send("POST", "/v1/registrations", &json, body.as_bytes()).unwrap();
        problem(&body[..20], &reply, expected);
    }
    assert!(!server.log().contains("panic"), "{}", server.log());
}

/// Resident memory in KiB.
fn memory(server: &Server) -> u64 {
    let text = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
}

/// Two hundred at once, thrice, with bodies that are all too large or all wrong; and some that never end what they began.
#[test]
fn many_at_once() {
    let scratch = tempfile::tempdir().unwrap();
    let server = Server::start(&scratch.path().join("data"));
    let token = server.token();
    let mut dice = Dice::for_this_run();
    let noise: Vec<u8> = (0..60_000).map(|_| dice.roll() as u8).collect();
    let round = |count: usize| {
        thread::scope(|scope| {
            for at in 0..count {
                let (noise, token, http) = (&noise, token.trim(), server.http);
                scope.spawn(move || {
                    let (path, media) = match at % 4 {
                        0 => ("/v1/registrations", "application/cwt"),
                        1 => ("/v1/registrations?kind=session", "application/pkcs10"),
                        2 => ("/v1/dki/ceremony/answers", "application/cbor"),
                        _ => ("/pki/ocsp", "application/ocsp-request"),
                    };
                    let reply =
                        Client::new(http, Some(token)).send("POST", path, &[("content-type", media)], noise);
                    // Who is told that it is too much while still sending may not get to read it.
                    if let Ok(reply) = reply {
                        assert!((400..500).contains(&reply.status), "{path}: {}", tools::text(&reply.body));
                    }
                });
            }
        });
    };
    round(200);
    let before = memory(&server);
    (0..3).for_each(|_| round(200));
    let after = memory(&server);
    assert!(after < before + 32 * 1024, "{before} KiB, then {after} KiB");

    // A hundred mebioctets are announced: they are refused before they come, and nobody waits for them.
    let mut announced: Vec<TcpStream> = Vec::new();
    for _ in 0..50 {
        let mut stream = TcpStream::connect(server.http).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let head = format!(
            "POST /v1/dki/ceremony/answers HTTP/1.1\r\nhost: dime\r\nauthorization: Bearer {}\r\n\
             content-type: application/cbor\r\ncontent-length: {}\r\n\r\nx",
            token.trim(),
            100 << 20
        );
        stream.write_all(head.as_bytes()).unwrap();
        announced.push(stream);
    }
    for mut stream in announced {
        let mut octets = [0; 12];
        stream.read_exact(&mut octets).unwrap();
        assert_eq!(&octets, b"HTTP/1.1 413");
    }
    assert_eq!(server.anonymous().get("/readyz").unwrap().status, 200);
    assert!(!server.log().contains("panic"), "{}", server.log());
}
