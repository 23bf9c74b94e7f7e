//! The server behind a socket: where it listens, TLS, and how it stops.

use crate::world::*;
use dime_http::{HttpConfig, HttpServer, ListenConfig, PlainHttp, ServeError, TlsFiles};
use std::{net::SocketAddr, process::Command, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const ANY_PORT: &str = "127.0.0.1:0";

async fn start(world: &World, listen: ListenConfig) -> Result<HttpServer, ServeError> {
    HttpServer::start(world.registry.clone(), world.clock.clone(), HttpConfig::default(), listen).await
}

fn loopback(addr: &str) -> ListenConfig {
    ListenConfig::loopback(addr.parse().unwrap())
}

async fn exchange(addr: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    reply
}

#[tokio::test]
async fn port_0_is_a_free_port_and_a_taken_one_is_told() {
    let world = World::new();
    let server = start(&world, loopback(ANY_PORT)).await.unwrap();
    let addr = server.local_addr();
    assert_ne!(addr.port(), 0);
    assert_eq!(server.url(), format!("http://{addr}"));
    let reply = exchange(addr, "GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(reply.starts_with("HTTP/1.1 200 OK") && reply.ends_with("ok\n"), "{reply}");
    let taken = start(&world, loopback(&addr.to_string())).await.err().unwrap();
    assert!(matches!(taken, ServeError::InUse(at) if at == addr), "{taken}");
    server.shutdown().await.unwrap();
    assert!(TcpStream::connect(addr).await.is_err(), "still listening");
}

#[tokio::test]
async fn plain_http_is_for_loopback_unless_allowed() {
    let world = World::new();
    let refused = start(&world, loopback("0.0.0.0:0")).await.err().unwrap();
    assert!(matches!(refused, ServeError::PlainNotAllowed(_)), "{refused}");
    assert!(refused.to_string().contains("allow_plain"));
    let listen = ListenConfig { plain: PlainHttp::Anywhere, ..loopback("0.0.0.0:0") };
    start(&world, listen).await.unwrap().shutdown().await.unwrap();
    start(&world, loopback("[::1]:0")).await.unwrap().shutdown().await.unwrap();
}

#[tokio::test]
async fn a_request_under_way_ends_before_the_server_does() {
    let world = World::new();
    let server = start(&world, loopback(ANY_PORT)).await.unwrap();
    let mut stream = TcpStream::connect(server.local_addr()).await.unwrap();
    stream.write_all(b"POST /v1/registrations HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n").await.unwrap();
    // The interim answer says that the request is under way.
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).await.unwrap();
    assert!(interim.starts_with(b"HTTP/1.1 100"));
    let stopping = tokio::spawn(server.shutdown());
    stream.write_all(b"{}").await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 422"), "{reply}");
    stopping.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_not_kept() {
    let world = World::new();
    let config = HttpConfig { request_time: Duration::from_secs(1), ..HttpConfig::default() };
    let clock = world.clock.clone();
    let server = HttpServer::start(world.registry.clone(), clock, config, loopback(ANY_PORT)).await.unwrap();
    // Nothing at all, the beginning of HTTP/2's preface, the whole of it, half a head, and a request with nothing after it.
    for sent in
        ["", "P", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HT", "GET /livez HTTP/1.1\r\nhost: x\r\n\r\n"]
    {
        let ended = tokio::time::timeout(Duration::from_secs(20), exchange(server.local_addr(), sent)).await;
        assert!(ended.is_ok(), "{sent:?} keeps a connection");
    }
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn tls_with_openssl_as_the_client() {
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = (folder.path().join("key.pem"), folder.path().join("cert.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=localhost", "-days", "2"])
        .args(["-addext", "subjectAltName=DNS:localhost", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let world = World::new();
    let tls = Some(TlsFiles { certificate: certificate.clone(), key: key.clone() });
    let server = start(&world, ListenConfig { tls, ..loopback(ANY_PORT) }).await.unwrap();
    assert!(server.url().starts_with("https://"));
    let addr = server.local_addr().to_string();
    let trusted = certificate.clone();
    let reply = tokio::task::spawn_blocking(move || {
        use std::io::Write;
        let mut client = Command::new("openssl")
            .args([
                "s_client",
                "-quiet",
                "-verify_return_error",
                "-servername",
                "localhost",
                "-connect",
                &addr,
                "-CAfile",
            ])
            .arg(trusted)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = client.stdin.take().unwrap();
        stdin.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let output = client.wait_with_output().unwrap();
        drop(stdin);
        String::from_utf8_lossy(&output.stdout).into_owned()
    });
    let reply = tokio::time::timeout(Duration::from_secs(20), reply).await.unwrap().unwrap();
    assert!(reply.starts_with("HTTP/1.1 200 OK"), "{reply}");
    server.shutdown().await.unwrap();

    let swapped = Some(TlsFiles { certificate: key.clone(), key: certificate });
    let refused = start(&world, ListenConfig { tls: swapped, ..loopback(ANY_PORT) }).await.err().unwrap();
    assert!(refused.to_string().contains("key.pem"), "{refused}");
    let missing = Some(TlsFiles { certificate: folder.path().join("none.pem"), key });
    let refused = start(&world, ListenConfig { tls: missing, ..loopback(ANY_PORT) }).await.err().unwrap();
    assert!(refused.to_string().contains("none.pem"), "{refused}");
}

#[tokio::test]
async fn a_signed_request_of_the_client_library_is_understood() {
    use drip_client::registrar::{Client, Credentials, OperatorKey, RegistrarError};
    use drip_det::Det;
    struct Key(&'static str);
    impl OperatorKey for Key {
        fn det(&self) -> Det {
            det_of(self.0)
        }
        fn sign(&self, octets: &[u8]) -> [u8; 64] {
            key(self.0).sign(octets)
        }
    }
    let world = World::new();
    world.registered("operator", "operator").await;
    // The client signs with the machine's clock; the server goes by the same.
    let clock = std::sync::Arc::new(dime_registry::SystemClock);
    let server = HttpServer::start(world.registry.clone(), clock, HttpConfig::default(), loopback(ANY_PORT))
        .await
        .unwrap();
    let url = server.url();
    let replies = tokio::task::spawn_blocking(move || {
        let credentials = |name| Credentials { token: None, operator: Some(Box::new(Key(name))) };
        let path = "/v1/registrations";
        let known = Client::new(&url, credentials("operator")).send(path, &application("aircraft", "one"));
        let unknown = Client::new(&url, credentials("nobody")).send(path, &application("aircraft", "two"));
        (known, unknown)
    })
    .await
    .unwrap();
    assert_eq!(replies.0.unwrap().status, 201);
    let Err(RegistrarError::Refused(problem)) = replies.1 else { panic!("not refused") };
    assert_eq!((problem.status, problem.kind()), (401, Some("signer-unknown")));
    server.shutdown().await.unwrap();
}
