//! What others say of it.

use crate::{
    clients::{SOON, assert_is_answer, framed, question, read},
    served::{Served, serve},
};
use dime_tests::tools;
use std::{collections::HashSet, process::Command};
use tokio::{io::AsyncWriteExt, net::TcpStream, task::spawn_blocking, time::timeout};

/// Runs a program that must succeed, beside the server.
async fn run(program: &'static str, arguments: Vec<String>) -> String {
    spawn_blocking(move || {
        tools::run(Command::new(program).args(arguments).stdin(std::process::Stdio::null()))
    })
    .await
    .unwrap()
}

fn kdig(served: &Served, port: u16, more: &[&str]) -> Vec<String> {
    let mut arguments: Vec<String> = vec!["@127.0.0.1".to_owned(), "-p".to_owned(), port.to_string()];
    arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
    arguments.extend([served.owners[0].clone(), "TYPE67".to_owned()]);
    arguments
}

#[tokio::test(flavor = "multi_thread")]
async fn kdig_asks_over_tls_and_tcp() {
    let served = serve(|_| ());
    let ca = format!("+tls-ca={}", served.certificate.display());
    let said =
        run("kdig", kdig(&served, served.tls.port(), &[&ca, "+tls-hostname=localhost", "+nsid", "+edns"]))
            .await;
    assert!(said.contains("status: NOERROR") && said.contains("ANSWER: 1"), "{said}");
    assert!(said.contains("TLS session (TLS1.3)") && said.contains("one of many"), "{said}");
    // RFC 8467: the length does not say what was asked.
    let said =
        run("kdig", kdig(&served, served.tls.port(), &[&ca, "+tls-hostname=localhost", "+padding", "+edns"]))
            .await;
    assert!(said.contains("PADDING") && said.contains("Received 468 B"), "{said}");
    let said = run(
        "kdig",
        kdig(
            &served,
            served.plain.port(),
            &["+tcp", "+keepopen", "+edns", "-q", &served.owners[1], "-t", "TYPE67"],
        ),
    )
    .await;
    assert!(said.matches("status: NOERROR").count() == 2 && said.contains("(TCP)"), "{said}");
    // RFC 7828: an idle time of ten seconds, in tenths.
    let said = run("kdig", kdig(&served, served.plain.port(), &["+tcp", "+ednsopt=11"])).await;
    assert!(said.contains("EDNS") && said.to_lowercase().contains("0064"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_agrees_on_dot_and_nothing_else() {
    let served = serve(|_| ());
    let client = |alpn: &str| -> Vec<String> {
        let mut arguments: Vec<String> =
            ["s_client", "-connect", &served.tls.to_string(), "-CAfile"].map(str::to_owned).into();
        arguments.extend([served.certificate.display().to_string()]);
        arguments.extend(["-verify_return_error", "-alpn", alpn].map(str::to_owned));
        arguments
    };
    let said = run("openssl", client("dot")).await;
    assert!(said.contains("ALPN protocol: dot") && said.contains("Verify return code: 0 (ok)"), "{said}");
    let other = client("h2");
    let output = spawn_blocking(move || {
        tools::output(Command::new("openssl").args(other).stdin(std::process::Stdio::null()))
    });
    let output = output.await.unwrap();
    let said = format!("{}{}", tools::text(&output.stdout), tools::text(&output.stderr));
    assert!(said.contains("no application protocol"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn dnspython_pipelines_over_both() {
    let served = serve(|_| ());
    let script = tools::root().join("scripts/interop/dns_streams.py");
    let mut arguments = vec![
        script.display().to_string(),
        served.plain.port().to_string(),
        served.tls.port().to_string(),
        served.certificate.display().to_string(),
    ];
    arguments.extend(served.owners.iter().cloned());
    let python = tools::python();
    let said = spawn_blocking(move || tools::run(Command::new(python).args(arguments))).await.unwrap();
    assert_eq!(said.trim(), "400 answers over tcp, 400 answers over tls");
}

/// Unusual requests and everyday ones in one write: each is answered, whatever the order.
#[tokio::test(flavor = "multi_thread")]
async fn unusual_requests_among_many() {
    let served = serve(|_| ());
    let mut octets = Vec::new();
    let count = 300_u16;
    for id in 0..count {
        let mut message = question(id, &served.owners[usize::from(id) % served.owners.len()]);
        if id % 5 == 0 {
            // STATUS: not implemented.
            message[2] = 2 << 3;
        }
        octets.extend(framed(&message));
    }
    let mut stream = TcpStream::connect(served.plain).await.unwrap();
    stream.write_all(&octets).await.unwrap();
    let mut seen = HashSet::new();
    for _ in 0..count {
        let answer = timeout(SOON, read(&mut stream)).await.unwrap().unwrap();
        let id = u16::from_be_bytes([answer[0], answer[1]]);
        assert!(seen.insert(id), "answered twice");
        if id % 5 == 0 {
            assert_eq!(answer[3] & 0xf, 4, "NOTIMP");
        } else {
            assert_is_answer(&answer, id);
        }
    }
    served.server.shutdown().await.unwrap();
}
