//! A dime that copies the zones of another: every change, restarts of either side, silence, wrong keys, catalogues.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../../dime-zone/tests/chain/mod.rs"]
mod chain;

use chain::{HID, entity, hid, name, synthetic, testdata};
use dime_dns::{
    secondary::{CopyState, CopyStatus, Followed, Following, Primary, Secondary, SecondaryConfig},
    *,
};
use dime_tests::dice::Dice;
use dime_zone::{snapshot::shelf::Folder, *};
use drip_det::{UnixTime, ZoneCut};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, UdpSocket},
    sync::watch,
};

const KEY: &str = "transfer.example.";
const CATALOG: &str = "catalog.dime.example.";

fn hda() -> ZoneCut {
    ZoneCut::Hda(hid(HID))
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

fn keys(secret: u8) -> KeyRing {
    KeyRing::new([TsigKey::new(name(KEY), Algorithm::HmacSha256, &[secret; 32]).unwrap()]).unwrap()
}

/// Whether a primary tells of changes.
#[derive(Clone, Copy, PartialEq)]
enum Tell {
    Yes,
    No,
}

fn primary(zones: &Arc<Zones>, port: u16, tell: (Tell, SocketAddr), key: Option<u8>) -> DnsServer {
    let mut server = DnsServer::bind([loopback(port)], Arc::clone(zones), DnsConfig::default()).unwrap();
    let peer = PeerConfig {
        name: "copy".into(),
        networks: vec!["127.0.0.0/8".parse().unwrap()],
        key: key.map(|_| name(KEY)),
        transports: vec![Transport::Tcp],
        transfer: Transfers::Allowed,
        notify: (tell.0 == Tell::Yes).then_some(tell.1),
        zones: PeerZones::All,
    };
    let keys = key.map(keys).unwrap_or_default();
    let peers = Peers::new(keys, vec![peer]).unwrap();
    server.set_primary(PrimaryConfig::new(peers, Some(name(CATALOG))).unwrap());
    server
}

fn zones(aircraft: u64) -> (Arc<Zones>, Published) {
    let manifest = testdata("chain/manifest.json");
    let (zones, like) = (chain::zones(&manifest), entity(&manifest, "ua1"));
    for index in 0..aircraft {
        zones.load(&synthetic(&like, index)).unwrap();
    }
    (Arc::new(zones), like)
}

type Clock = Arc<AtomicU64>;

fn clock() -> Clock {
    Arc::new(AtomicU64::new(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()))
}

/// A secondary that runs.
struct Copy {
    zones: Arc<Zones>,
    server: DnsServer,
    secondary: Option<Arc<Secondary>>,
    stop: watch::Sender<()>,
    task: Option<tokio::task::JoinHandle<()>>,
}

impl Copy {
    /// Its name server, which has no zones yet.
    fn server() -> Self {
        let zones = Arc::new(Zones::new());
        let server = DnsServer::bind([loopback(0)], Arc::clone(&zones), DnsConfig::default()).unwrap();
        Copy { zones, server, secondary: None, stop: watch::Sender::new(()), task: None }
    }

    fn address(&self) -> SocketAddr {
        self.server.local_addrs()[0]
    }

    fn follow(
        &mut self,
        what: Followed,
        from: SocketAddr,
        key: Option<u8>,
        clock: Clock,
        folder: Option<Folder>,
    ) {
        let config = SecondaryConfig {
            following: vec![Following {
                what,
                primaries: vec![Primary { address: from, key: key.map(|_| name(KEY)) }],
            }],
            keys: key.map(keys).unwrap_or_default(),
            patience: Duration::from_secs(2),
            ..SecondaryConfig::default()
        };
        let time = Arc::new(move || UnixTime(clock.load(Ordering::Relaxed)));
        let shelf = folder.map(|folder| Arc::new(folder) as Arc<dyn snapshot::shelf::Shelf>);
        let secondary = Secondary::new(Arc::clone(&self.zones), config, time, shelf).unwrap();
        self.server.tell(Arc::clone(&secondary));
        self.task = Some(tokio::spawn(Arc::clone(&secondary).run(self.stop.subscribe())));
        self.secondary = Some(secondary);
    }

    fn status(&self) -> Vec<CopyStatus> {
        self.secondary.as_ref().unwrap().status()
    }

    fn state(&self) -> CopyState {
        self.status()[0].state
    }

    async fn stop(mut self) {
        self.stop.send_replace(());
        self.task.take().unwrap().await.unwrap();
        self.server.shutdown().await.unwrap();
    }
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "not within a minute: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn ask(zones: &Zones, name: &Name, record_type: RecordType) -> Answer {
    zones.lookup(Question { name, record_type, class: Class::IN })
}

const TYPES: [u16; 10] = [1, 2, 6, 16, 37, 43, 52, 55, 67, 68];

fn assert_same(one: &Zones, other: &Zones, cut: ZoneCut) {
    let mut names: Vec<Name> = one.transfer(cut).unwrap().records.map(|record| record.owner).collect();
    names.extend(other.transfer(cut).unwrap().records.map(|record| record.owner));
    names.push(name(&format!("nobody.{}", cut.name())));
    names.dedup();
    for name in &names {
        for record_type in TYPES.map(RecordType) {
            assert_eq!(ask(one, name, record_type), ask(other, name, record_type), "{name} {record_type}");
        }
    }
}

/// The octets that a server answers with.
async fn octets(server: SocketAddr, name: &Name, record_type: u16) -> Vec<u8> {
    let mut query = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1];
    query.extend_from_slice(name.wire());
    query.extend_from_slice(&record_type.to_be_bytes());
    query.extend_from_slice(&[0, 1, 0, 0, 41, 4, 208, 0, 0, 0x80, 0, 0, 0]);
    let socket = UdpSocket::bind(loopback(0)).await.unwrap();
    for _ in 0..20 {
        socket.send_to(&query, server).await.unwrap();
        let mut answer = vec![0; 4096];
        if let Ok(received) = tokio::time::timeout(Duration::from_secs(2), socket.recv(&mut answer)).await {
            answer.truncate(received.unwrap());
            return answer;
        }
    }
    panic!("{server} does not answer");
}

async fn same_serial(one: &Zones, other: &Zones, cut: ZoneCut) {
    until("the same serial", || other.serial(cut).ok() == one.serial(cut).ok()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_changes_a_restart_of_either_side_and_the_same_octets() {
    let mut dice = Dice::for_this_run();
    let (original, like) = zones(50);
    let folder = tempfile::tempdir().unwrap();
    let mut copy = Copy::server();
    let server = primary(&original, 0, (Tell::Yes, copy.address()), Some(1));
    let address = server.local_addrs()[0];
    let follow = |copy: &mut Copy| {
        copy.follow(
            Followed::Catalog(name(CATALOG)),
            address,
            Some(1),
            clock(),
            Some(Folder::at(folder.path())),
        );
    };
    follow(&mut copy);
    until("all zones", || copy.zones.summaries().len() == 5).await;
    let mut change = 100;
    let mut some = |count: u32, dice: &mut Dice| {
        for _ in 0..count {
            change += 1;
            let mut aircraft = synthetic(&like, dice.below(80));
            match dice.below(3) {
                0 => drop(original.remove(aircraft.det, Serial(change))),
                1 => {
                    aircraft.ttl = 60 + dice.below(5) as u32;
                    original.publish(&aircraft, Serial(change)).unwrap();
                }
                _ => drop(original.publish(&aircraft, Serial(change)).unwrap()),
            }
        }
    };
    for _ in 0..100 {
        some(10, &mut dice);
        tokio::time::sleep(Duration::from_millis(dice.below(8))).await;
    }
    same_serial(&original, &copy.zones, hda()).await;
    assert_same(&original, &copy.zones, hda());
    let status = copy.status();
    let of_hda = status.iter().find(|status| status.name == name(&hda().name())).unwrap();
    assert_eq!(of_hda.counts[0], 1, "whole once, differences from then on: {of_hda:?}");
    assert!(of_hda.counts[1] > 1, "{of_hda:?}");
    for index in 0..20 {
        let owner = Name::of_det(synthetic(&like, index).det);
        for record_type in [55, 67, 68, 16] {
            let answers = (
                octets(address, &owner, record_type).await,
                octets(copy.address(), &owner, record_type).await,
            );
            assert_eq!(answers.0, answers.1, "{owner} {record_type}");
        }
    }

    // The copy stops, the original changes and goes away: what was on disk is served, and nothing newer.
    let before = copy.zones.serial(hda()).unwrap();
    copy.stop().await;
    some(30, &mut dice);
    server.shutdown().await.unwrap();
    let mut copy = Copy::server();
    follow(&mut copy);
    assert_eq!(copy.zones.serial(hda()).unwrap(), before, "served from disk before anybody is asked");
    assert_eq!(copy.zones.summaries().len(), 5);
    until("a failure", || copy.status().iter().any(|status| status.fault.is_some())).await;
    assert_eq!(copy.zones.serial(hda()).unwrap(), before);
    // It comes back, elsewhere told.
    let server = primary(&original, address.port(), (Tell::Yes, copy.address()), Some(1));
    same_serial(&original, &copy.zones, hda()).await;
    some(20, &mut dice);
    same_serial(&original, &copy.zones, hda()).await;
    assert_same(&original, &copy.zones, hda());

    // A revocation is seen within a second.
    let victim = synthetic(&like, 7);
    original.publish(&victim, Serial(9_000)).unwrap();
    same_serial(&original, &copy.zones, hda()).await;
    let owner = Name::of_det(victim.det);
    assert_eq!(ask(&copy.zones, &owner, RecordType::HHIT).answers.len(), 1);
    let revoked = Instant::now();
    original.remove(victim.det, Serial(9_001)).unwrap();
    until("the revocation", || ask(&copy.zones, &owner, RecordType::HHIT).rcode == Rcode::NxDomain).await;
    let took = revoked.elapsed();
    assert!(took < Duration::from_secs(1), "{took:?}");
    copy.stop().await;
    server.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn refresh_where_no_notify_comes_and_expire_where_nobody_answers() {
    let (original, like) = zones(3);
    let mut copy = Copy::server();
    let server = primary(&original, 0, (Tell::No, copy.address()), None);
    let address = server.local_addrs()[0];
    let time = clock();
    copy.follow(Followed::Zone(name(&hda().name())), address, None, Arc::clone(&time), None);
    same_serial(&original, &copy.zones, hda()).await;
    until("counted", || copy.status()[0].counts[0] == 1).await;
    original.publish(&synthetic(&like, 40), Serial(50)).unwrap();
    // REFRESH is 3600 s: nothing is asked before.
    time.fetch_add(3_590, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_ne!(copy.zones.serial(hda()).unwrap(), original.serial(hda()).unwrap());
    time.fetch_add(11, Ordering::Relaxed);
    same_serial(&original, &copy.zones, hda()).await;
    until("counted", || copy.status()[0].counts[1] == 1).await;

    server.shutdown().await.unwrap();
    let owner = Name::of_det(synthetic(&like, 40).det);
    time.fetch_add(604_700, Ordering::Relaxed);
    until("asked in vain", || copy.status()[0].fault.is_some()).await;
    assert_eq!(copy.state(), CopyState::Served, "EXPIRE is 604800 s");
    assert_eq!(octets(copy.address(), &owner, 67).await[3] & 0xf, 0);
    time.fetch_add(200, Ordering::Relaxed);
    until("expired", || copy.state() == CopyState::Expired).await;
    until("SERVFAIL", || ask(&copy.zones, &owner, RecordType::HHIT).rcode == Rcode::ServFail).await;
    assert_eq!(octets(copy.address(), &owner, 67).await[3] & 0xf, 2, "SERVFAIL");
    // RETRY, and all is well again.
    let server = primary(&original, address.port(), (Tell::No, copy.address()), None);
    time.fetch_add(601, Ordering::Relaxed);
    until("served again", || copy.state() == CopyState::Served).await;
    assert_eq!(octets(copy.address(), &owner, 67).await[3] & 0xf, 0);
    copy.stop().await;
    server.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_keys_get_and_change_nothing() {
    let (original, like) = zones(3);
    let mut copy = Copy::server();
    let server = primary(&original, 0, (Tell::Yes, copy.address()), Some(1));
    copy.follow(Followed::Zone(name(&hda().name())), server.local_addrs()[0], Some(2), clock(), None);
    until("a failure", || copy.status()[0].fault.is_some()).await;
    let (_, fault) = copy.status()[0].fault.clone().unwrap();
    assert!(fault.contains("BADSIG"), "{fault}");
    assert_eq!(copy.state(), CopyState::Waiting);
    // NOTIFYs that are signed with another secret hurry nobody.
    let before = copy.status()[0].next;
    original.publish(&synthetic(&like, 40), Serial(50)).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(copy.status()[0].next >= before);
    assert_eq!(copy.zones.summaries().len(), 0);
    // One that is not signed at all is refused.
    let mut notify = vec![0, 9, 0x24, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    notify.extend_from_slice(name(&hda().name()).wire());
    notify.extend_from_slice(&[0, 6, 0, 1]);
    let socket = UdpSocket::bind(loopback(0)).await.unwrap();
    let mut answer = [0; 512];
    socket.send_to(&notify, copy.address()).await.unwrap();
    socket.recv(&mut answer).await.unwrap();
    assert_eq!((answer[2] >> 3 & 0xf, answer[3] & 0xf), (4, 5), "NOTIFY, REFUSED");
    notify[13] = b'7';
    socket.send_to(&notify, copy.address()).await.unwrap();
    socket.recv(&mut answer).await.unwrap();
    assert_eq!(answer[3] & 0xf, 9, "a zone that is not followed: NOTAUTH");
    copy.stop().await;
    server.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_that_breaks_off_or_lies_changes_nothing() {
    let (original, _) = zones(3);
    let mut copy = Copy::server();
    let server = primary(&original, 0, (Tell::No, copy.address()), None);
    let address = server.local_addrs()[0];
    let time = clock();
    copy.follow(Followed::Zone(name(&hda().name())), address, None, Arc::clone(&time), None);
    same_serial(&original, &copy.zones, hda()).await;
    until("counted", || copy.status()[0].counts[0] == 1).await;
    let served: Vec<Record> = copy.zones.transfer(hda()).unwrap().records.collect();
    server.shutdown().await.unwrap();

    let liar = TcpListener::bind(address).await.unwrap();
    let mut dice = Dice::for_this_run();
    for round in 0..12 {
        copy.secondary.as_ref().unwrap().retransfer(&name(&hda().name())).unwrap();
        let failures = copy.status()[0].counts[3];
        let (mut stream, _) = liar.accept().await.unwrap();
        let length = stream.read_u16().await.unwrap();
        let mut query = vec![0; usize::from(length)];
        stream.read_exact(&mut query).await.unwrap();
        let mut answer = query[..12 + name(&hda().name()).wire().len() + 4].to_vec();
        answer[2] = 0x84;
        answer[4..12].copy_from_slice(&[0, 1, 0, 1, 0, 0, 0, 0]);
        let soa = original.transfer(hda()).unwrap().soa;
        answer.extend_from_slice(soa.owner.wire());
        answer.extend_from_slice(&[0, 6, 0, 1, 0, 0, 14, 16]);
        answer.extend_from_slice(&(soa.rdata.len() as u16).to_be_bytes());
        answer.extend_from_slice(&soa.rdata);
        let framed = [&(answer.len() as u16).to_be_bytes()[..], &answer].concat();
        match round % 4 {
            // The start of a transfer, and no more.
            0 => stream.write_all(&framed).await.unwrap(),
            // Half a message.
            1 => stream.write_all(&framed[..dice.below(framed.len() as u64) as usize]).await.unwrap(),
            // A length, and octets by chance.
            2 => {
                let noise: Vec<u8> = (0..300).map(|_| dice.roll() as u8).collect();
                stream.write_all(&[&[1, 44][..], &noise].concat()).await.unwrap();
            }
            // A zone with nothing in it.
            _ => stream.write_all(&[framed.clone(), framed].concat()).await.unwrap(),
        }
        drop(stream);
        until("a failure", || copy.status()[0].counts[3] > failures).await;
        assert_eq!(copy.zones.transfer(hda()).unwrap().records.collect::<Vec<_>>(), served, "round {round}");
        assert_eq!(copy.state(), CopyState::Served);
    }
    copy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_a_catalogue_come_and_go() {
    let (original, like) = zones(3);
    let folder = tempfile::tempdir().unwrap();
    let mut copy = Copy::server();
    let server = primary(&original, 0, (Tell::Yes, copy.address()), Some(1));
    let shelf = Some(Folder::at(folder.path()));
    copy.follow(Followed::Catalog(name(CATALOG)), server.local_addrs()[0], Some(1), clock(), shelf);
    until("all zones", || copy.zones.summaries().len() == 5).await;
    let another = ZoneCut::Hda(hid((16376, 77)));
    original.add_zone(ZoneConfig { serial: Serial(500), ..chain::config(another) }).unwrap();
    until("the new zone", || copy.zones.serial(another).is_ok()).await;
    until("its delegation", || {
        let raa = ZoneCut::raa_of(hid((16376, 77)));
        copy.zones.serial(raa).ok() == original.serial(raa).ok()
    })
    .await;
    assert_same(&original, &copy.zones, ZoneCut::raa_of(hid((16376, 77))));
    assert!(copy.secondary.as_ref().unwrap().retransfer(&name("example.")).is_err());
    // The catalogue itself is no zone that is asked about.
    assert_eq!(ask(&copy.zones, &name(CATALOG), RecordType::SOA).rcode, Rcode::Refused);
    assert_eq!(copy.status().len(), 7);
    let _ = like;
    copy.stop().await;
    // Another primary whose catalogue has fewer zones.
    let fewer = Arc::new(Zones::new());
    fewer.add_zone(ZoneConfig { serial: Serial(u32::MAX / 3), ..chain::config(hda()) }).unwrap();
    let port = server.local_addrs()[0].port();
    server.shutdown().await.unwrap();
    let mut copy = Copy::server();
    let shelf = Some(Folder::at(folder.path()));
    copy.follow(Followed::Catalog(name(CATALOG)), loopback(port), Some(1), clock(), shelf);
    assert_eq!(copy.zones.summaries().len(), 6, "served from disk");
    let server = primary(&fewer, port, (Tell::Yes, copy.address()), Some(1));
    until("those that are gone", || copy.zones.summaries().len() == 1).await;
    copy.stop().await;
    let files: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files.len(), 2, "one copy, and the list: {files:?}");
    server.shutdown().await.unwrap();
}
