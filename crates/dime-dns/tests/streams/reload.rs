//! Other settings while it serves.

use crate::{
    clients::{SOON, ask, assert_is_answer, question, tls},
    served::{Served, certificate, serve},
};
use dime_dns::{DnsConfig, DnsServer, StartError, TlsConfig};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::{TcpStream, UdpSocket},
    task::JoinSet,
    time::{Instant, timeout},
};

const ANY: &str = "127.0.0.1:0";

fn any() -> SocketAddr {
    ANY.parse().unwrap()
}

/// Asks without a pause until told to stop; a query without an answer is a failure.
struct Load {
    askers: JoinSet<()>,
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
}

impl Load {
    fn start(served: &Served) -> Self {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let mut askers = JoinSet::new();
        for number in 0..2 {
            let owner = served.owners[number].clone();
            let (plain, secret, certificate) = (served.plain, served.tls, served.certificate.clone());
            let (stopped, count) = (Arc::clone(&stop), Arc::clone(&answered));
            askers.spawn(async move {
                let socket = UdpSocket::bind(ANY).await.unwrap();
                socket.connect(plain).await.unwrap();
                let mut buffer = [0; 4096];
                let mut id = 0_u16;
                while !stopped.load(Ordering::Relaxed) {
                    socket.send(&question(id, &owner)).await.unwrap();
                    let length =
                        timeout(SOON, socket.recv(&mut buffer)).await.expect("an answer over UDP").unwrap();
                    assert_is_answer(&buffer[..length], id);
                    id = id.wrapping_add(1);
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
            let owner = served.owners[number].clone();
            let (stopped, count) = (Arc::clone(&stop), Arc::clone(&answered));
            askers.spawn(async move {
                let mut stream = TcpStream::connect(plain).await.unwrap();
                let mut secret = tls(secret, &certificate).await.unwrap();
                let mut id = 0_u16;
                while !stopped.load(Ordering::Relaxed) {
                    ask(&mut stream, id, &owner).await.expect("the same TCP connection");
                    ask(&mut secret, id, &owner).await.expect("the same TLS connection");
                    id = id.wrapping_add(1);
                    count.fetch_add(2, Ordering::Relaxed);
                }
            });
        }
        Load { askers, stop, answered }
    }

    /// Waits until so many more queries are answered.
    async fn more(&mut self, queries: u64) {
        let goal = self.answered.load(Ordering::Relaxed) + queries;
        let began = Instant::now();
        while self.answered.load(Ordering::Relaxed) < goal {
            if let Some(ended) = self.askers.try_join_next() {
                ended.expect("every query is answered");
            }
            assert!(began.elapsed() < SOON, "the load stands still");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    async fn end(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.askers.join_next().await {
            ended.expect("every query is answered");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_query_is_lost_while_everything_around_it_changes() {
    let mut served = serve(|_| ());
    let mut load = Load::start(&served);
    load.more(100).await;
    let second = certificate(served.folder.path(), "second");
    for round in 0..20_usize {
        let mut config = served.config.clone();
        // Addresses come and go; the first of each kind stays.
        config.listen.extend(
            (0..round % 3)
                .map(|number| SocketAddr::new(format!("127.0.3.{}", number + 1).parse().unwrap(), 0)),
        );
        config.tcp_connections = 100 + round;
        config.nsid = format!("round {round}").into_bytes();
        if let Some(tls) = &mut config.tls {
            tls.listen.extend((0..round % 2).map(|_| SocketAddr::new("127.0.3.9".parse().unwrap(), 0)));
            if round % 2 == 1 {
                (tls.certificate, tls.key) = second.clone();
            }
        }
        served.server.reload(config).unwrap();
        assert_eq!(served.server.local_addrs().len(), 1 + round % 3);
        assert_eq!(
            (served.server.local_addrs()[0], served.server.tls_addrs()[0]),
            (served.plain, served.tls)
        );
        for address in served.server.local_addrs() {
            let mut stream = TcpStream::connect(address).await.unwrap();
            ask(&mut stream, 1, &served.owners[4]).await.unwrap();
        }
        load.more(20).await;
    }
    load.end().await;
    served.server.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_goes_answers_what_has_come_and_closes() {
    let mut served = serve(|config| config.listen.push("127.0.3.1:0".parse().unwrap()));
    let goes = served.server.local_addrs()[1];
    let mut stream = TcpStream::connect(goes).await.unwrap();
    ask(&mut stream, 1, &served.owners[0]).await.unwrap();
    let config = DnsConfig { listen: vec![any()], ..served.config.clone() };
    served.server.reload(config).unwrap();
    assert_eq!(served.server.local_addrs(), [served.plain]);
    let began = Instant::now();
    while TcpStream::connect(goes).await.is_ok() {
        assert!(began.elapsed() < SOON, "it still listens");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    while ask(&mut stream, 2, &served.owners[0]).await.is_ok() {
        assert!(began.elapsed() < SOON, "it still answers");
    }
    // The port is free for both.
    let again = DnsServer::bind([goes], Arc::clone(&served.zones), DnsConfig::default());
    let began = Instant::now();
    let mut again = again;
    while again.is_err() {
        assert!(began.elapsed() < SOON, "the port is not freed");
        tokio::time::sleep(Duration::from_millis(20)).await;
        again = DnsServer::bind([goes], Arc::clone(&served.zones), DnsConfig::default());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_certificate_is_shown_from_the_next_connection_on() {
    let mut served = serve(|_| ());
    let mut before = tls(served.tls, &served.certificate).await.unwrap();
    let (second, key) = certificate(served.folder.path(), "second");
    // In the same files, as certbot does.
    let files = served.config.tls.clone().unwrap();
    let first = served.folder.path().join("kept.pem");
    std::fs::copy(&files.certificate, &first).unwrap();
    std::fs::copy(&second, &files.certificate).unwrap();
    std::fs::copy(&key, &files.key).unwrap();
    tls(served.tls, &first).await.expect("not read again by itself");
    served.server.reload(served.config.clone()).unwrap();
    tls(served.tls, &first).await.expect_err("the first is no longer shown");
    let mut after = tls(served.tls, &second).await.unwrap();
    ask(&mut after, 1, &served.owners[0]).await.unwrap();
    ask(&mut before, 2, &served.owners[0]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_be_served_with_change_nothing() {
    let mut served = serve(|_| ());
    let taken = std::net::TcpListener::bind(ANY).unwrap().local_addr().unwrap();
    let _holder = std::net::TcpListener::bind(taken).unwrap();
    let with = |listen: Vec<SocketAddr>, tls: TlsConfig| DnsConfig {
        listen,
        tls: Some(tls),
        ..served.config.clone()
    };
    let tls_config = served.config.tls.clone().unwrap();
    let nothing = served.folder.path().join("nothing.pem");
    std::fs::write(&nothing, "").unwrap();
    let faulty = [
        with(vec![taken], tls_config.clone()),
        with(vec![any(), "192.0.2.1:0".parse().unwrap()], tls_config.clone()),
        with(vec![any()], TlsConfig { certificate: nothing.clone(), ..tls_config.clone() }),
        with(vec![any()], TlsConfig { key: nothing, ..tls_config.clone() }),
        with(vec![any()], TlsConfig { key: certificate(served.folder.path(), "other").1, ..tls_config }),
    ];
    for (number, config) in faulty.into_iter().enumerate() {
        match (served.server.reload(config), number) {
            (Err(StartError::Bind(_)), 0 | 1) | (Err(StartError::Tls(_)), 2..) => {}
            (other, _) => panic!("{number}: {other:?}"),
        }
        assert_eq!(
            (served.server.local_addrs(), served.server.tls_addrs()),
            (&[served.plain][..], &[served.tls][..])
        );
        let mut stream = TcpStream::connect(served.plain).await.unwrap();
        ask(&mut stream, 1, &served.owners[0]).await.unwrap();
        let mut secret = tls(served.tls, &served.certificate).await.unwrap();
        ask(&mut secret, 1, &served.owners[0]).await.unwrap();
    }
}
