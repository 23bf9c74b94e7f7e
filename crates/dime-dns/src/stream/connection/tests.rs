//! One connection against a service that is as quick or slow as a test needs, on a clock that only tests move.

use super::*;
use crate::stream::{census::Census, room};
use dime_tests::dice::Dice;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tokio::{io::DuplexStream, sync::Semaphore, task::JoinHandle};

const IDLE: Duration = Duration::from_secs(10);
const UNDER_WAY: usize = 4;

/// Echoes requests; the octet behind the ID says otherwise.
#[derive(Clone)]
struct Echo {
    /// Lets slow requests come to their end.
    gate: Arc<Semaphore>,
    /// Messages of series that were made.
    made: Arc<AtomicU64>,
}

const QUICK: u8 = 0;
const SLOW: u8 = 1;
const NONE: u8 = 2;
/// Messages of 1000 octets without end.
const SERIES: u8 = 3;
/// Three messages.
const SHORT_SERIES: u8 = 4;

fn request(id: u16, kind: u8, length: usize) -> Vec<u8> {
    let mut octets = vec![0; length.max(12)];
    octets[..2].copy_from_slice(&id.to_be_bytes());
    octets[2] = kind;
    octets
}

impl Service for Echo {
    fn answer(&mut self, request: &[u8], out: &mut Vec<u8>) -> Disposition {
        match request[2] {
            QUICK => {
                out.clear();
                out.extend_from_slice(request);
                Disposition::Send
            }
            NONE => Disposition::Drop,
            _ => Disposition::Unusual,
        }
    }

    fn settle(&mut self, _answered: u64, _took: Duration) {}

    fn unusual(&self, request: Vec<u8>) -> Pin<Box<dyn Future<Output = Unusual> + Send>> {
        let Echo { gate, made } = self.clone();
        Box::pin(async move {
            let mut message = request.clone();
            message.resize(1000, 0);
            let count = move || made.fetch_add(1, Ordering::Relaxed);
            match request[2] {
                SLOW => {
                    gate.acquire().await.unwrap().forget();
                    Unusual::One(request)
                }
                SERIES => Unusual::Many(Box::new(std::iter::repeat_with(move || {
                    count();
                    message.clone()
                }))),
                SHORT_SERIES => Unusual::Many(Box::new(std::iter::repeat_n(request, 3).inspect(move |_| {
                    count();
                }))),
                kind => panic!("kind {kind}"),
            }
        })
    }
}

struct Client {
    stream: DuplexStream,
    end: JoinHandle<End>,
    gate: Arc<Semaphore>,
    made: Arc<AtomicU64>,
    stop: watch::Sender<()>,
    census: Arc<Census>,
    _limits: watch::Sender<Limits>,
}

/// A connection whose transport holds so many octets.
fn connect(holds: usize) -> Client {
    let (stream, server) = tokio::io::duplex(holds);
    let echo = Echo { gate: Arc::new(Semaphore::new(0)), made: Arc::default() };
    let limits = Limits { room: room(1, 1), idle: IDLE, handshake: IDLE, under_way: UNDER_WAY };
    let (limits, of_connection) = watch::channel(limits);
    let (stop, told) = watch::channel(());
    let census = Census::new();
    let seat = census.admit("192.0.2.1".parse().unwrap(), room(1, 1)).ok().unwrap();
    let (gate, made) = (Arc::clone(&echo.gate), Arc::clone(&echo.made));
    let end = tokio::spawn(async move {
        let (reader, writer) = tokio::io::split(server);
        serve(reader, writer, echo, &seat, of_connection, told).await
    });
    Client { stream, end, gate, made, stop, census, _limits: limits }
}

impl Client {
    async fn send(&mut self, messages: &[Vec<u8>]) {
        let mut octets = Vec::new();
        for message in messages {
            octets.extend_from_slice(&(message.len() as u16).to_be_bytes());
            octets.extend_from_slice(message);
        }
        self.stream.write_all(&octets).await.unwrap();
    }

    async fn read(&mut self) -> Vec<u8> {
        let mut message = vec![0; usize::from(self.stream.read_u16().await.unwrap())];
        self.stream.read_exact(&mut message).await.unwrap();
        message
    }

    async fn id(&mut self) -> u16 {
        let message = self.read().await;
        u16::from_be_bytes([message[0], message[1]])
    }

    /// Reads until the other side has closed.
    async fn end(mut self) -> End {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).await.unwrap();
        assert!(rest.is_empty(), "{} octets more", rest.len());
        self.end.await.unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn pipelined_requests_in_pieces_of_any_size_are_answered_in_order() {
    let mut dice = Dice::for_this_run();
    let mut client = connect(1 + dice.below(5000) as usize);
    let messages: Vec<Vec<u8>> = (0..500)
        .map(|id| request(id, if id % 7 == 6 { NONE } else { QUICK }, 12 + dice.below(300) as usize))
        .collect();
    let mut octets = Vec::new();
    for message in &messages {
        octets.extend_from_slice(&(message.len() as u16).to_be_bytes());
        octets.extend_from_slice(message);
    }
    let (mut reader, mut writer) = tokio::io::split(client.stream);
    let written = tokio::spawn(async move {
        let mut rest = octets.as_slice();
        while !rest.is_empty() {
            let (piece, later) = rest.split_at((1 + dice.below(700) as usize).min(rest.len()));
            writer.write_all(piece).await.unwrap();
            tokio::task::yield_now().await;
            rest = later;
        }
        writer
    });
    for message in messages.iter().filter(|message| message[2] == QUICK) {
        let mut answer = vec![0; usize::from(reader.read_u16().await.unwrap())];
        reader.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, *message);
    }
    client.stream = reader.unsplit(written.await.unwrap());
    client.stream.shutdown().await.unwrap();
    assert_eq!(client.end().await, End::Closed);
}

#[tokio::test(start_paused = true)]
async fn quick_answers_overtake_slow_ones_and_series() {
    let mut client = connect(1 << 16);
    client.send(&[request(1, SLOW, 12), request(2, SHORT_SERIES, 12), request(3, QUICK, 12)]).await;
    assert_eq!(client.id().await, 3);
    for _ in 0..3 {
        assert_eq!(client.id().await, 2);
    }
    client.gate.add_permits(1);
    assert_eq!(client.id().await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_quick_question_beside_an_endless_series_is_answered_soon() {
    let mut client = connect(4096);
    client.send(&[request(1, SERIES, 12)]).await;
    assert_eq!(client.id().await, 1);
    client.send(&[request(2, QUICK, 12)]).await;
    let mut before = 0;
    while client.id().await != 2 {
        before += 1;
        assert!(before < 100, "messages before the answer");
    }
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_is_not_read_from_and_in_the_end_cut_off() {
    let mut client = connect(4096);
    client.send(&[request(1, SERIES, 12)]).await;
    assert_eq!(client.id().await, 1);
    tokio::time::sleep(IDLE / 2).await;
    let made = client.made.load(Ordering::Relaxed);
    assert!(made < 100, "{made} messages were made that nobody reads");
    // Questions pile up on the way, not in the server.
    let flood = [&100_u16.to_be_bytes()[..], &request(2, QUICK, 100)].concat().repeat(10_000);
    let taken = timeout(IDLE / 4, client.stream.write_all(&flood)).await;
    assert!(taken.is_err(), "all questions were taken of who does not read");
    assert_eq!(client.end.await.unwrap(), End::Slow);
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_that_goes_on_is_served() {
    let mut client = connect(4096);
    client.send(&[request(1, SERIES, 12)]).await;
    // 40 KiB in ten seconds, for ten minutes.
    for _ in 0..600 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        for _ in 0..4 {
            assert_eq!(client.id().await, 1);
        }
    }
    assert!(!client.end.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_only_pretends_to_read_is_cut_off() {
    let mut client = connect(4096);
    client.send(&[request(1, SERIES, 12)]).await;
    // An octet every second: never silent, and never done.
    let began = Instant::now();
    while client.stream.read_u8().await.is_ok() && began.elapsed() < Duration::from_secs(600) {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if client.end.is_finished() {
            break;
        }
    }
    assert!(client.end.is_finished(), "after {:?}", began.elapsed());
    assert_eq!(client.end.await.unwrap(), End::Slow);
}

#[tokio::test(start_paused = true)]
async fn silence_ends_after_the_idle_time_and_not_before() {
    let mut client = connect(4096);
    for id in 0..5 {
        tokio::time::sleep(IDLE - Duration::from_millis(10)).await;
        client.send(&[request(id, QUICK, 12)]).await;
        assert_eq!(client.id().await, id);
    }
    let silent = Instant::now();
    assert_eq!(client.end().await, End::Idle);
    let waited = silent.elapsed();
    assert!(
        waited >= IDLE - Duration::from_millis(10) && waited < IDLE + Duration::from_secs(1),
        "{waited:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_request_that_comes_octet_by_octet_is_not_waited_for() {
    let mut client = connect(4096);
    let began = Instant::now();
    while !client.end.is_finished() {
        let _ = client.stream.write_all(&[1]).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert!(began.elapsed() < IDLE + Duration::from_secs(2));
    assert_eq!(client.end.await.unwrap(), End::Idle);
}

#[tokio::test(start_paused = true)]
async fn who_has_said_all_they_had_to_say_is_still_answered() {
    let mut client = connect(4096);
    client.send(&[request(1, SLOW, 12), request(2, SHORT_SERIES, 12), request(3, QUICK, 2000)]).await;
    client.stream.shutdown().await.unwrap();
    assert_eq!(client.id().await, 3);
    for _ in 0..3 {
        assert_eq!(client.id().await, 2);
    }
    client.gate.add_permits(1);
    assert_eq!(client.id().await, 1);
    assert_eq!(client.end().await, End::Closed);
}

#[tokio::test(start_paused = true)]
async fn no_more_is_under_way_than_allowed() {
    let mut client = connect(1 << 16);
    let slow: Vec<_> = (0..UNDER_WAY as u16 + 2).map(|id| request(id, SLOW, 12)).collect();
    client.send(&slow).await;
    client.send(&[request(100, QUICK, 12)]).await;
    client.gate.add_permits(2);
    let mut first = [client.id().await, client.id().await];
    first.sort_unstable();
    assert!(first.iter().all(|id| *id < UNDER_WAY as u16), "{first:?}");
    // The last request is read only now, and overtakes what is under way.
    client.gate.add_permits(1);
    let next = [client.id().await, client.id().await];
    assert!(next.contains(&100), "{next:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_message_ends_the_connection() {
    for length in [0_u16, 1, 11] {
        let mut client = connect(4096);
        client.send(&[request(1, QUICK, 12)]).await;
        client.stream.write_all(&length.to_be_bytes()).await.unwrap();
        client.stream.write_all(&[0; 11]).await.unwrap();
        assert_eq!(client.end.await.unwrap(), End::Malformed);
    }
}

#[tokio::test(start_paused = true)]
async fn told_to_stop_it_answers_what_has_come() {
    let mut client = connect(4096);
    client.send(&[request(1, SLOW, 12), request(2, QUICK, 12)]).await;
    assert_eq!(client.id().await, 2);
    client.stop.send_replace(());
    tokio::time::sleep(Duration::from_millis(100)).await;
    client.gate.add_permits(1);
    assert_eq!(client.id().await, 1);
    assert_eq!(client.end().await, End::Told);
    // What never ends is not waited for.
    let mut client = connect(4096);
    client.send(&[request(1, SLOW, 12)]).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(client.stop);
    let began = Instant::now();
    assert_eq!(client.end.await.unwrap(), End::Told);
    assert!(began.elapsed() <= FAREWELL + Duration::from_secs(1));
    drop(client.stream);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_makes_room_and_a_busy_one_does_not() {
    let mut client = connect(4096);
    client.send(&[request(1, SLOW, 12)]).await;
    tokio::time::sleep(Duration::from_millis(1)).await;
    let other = "192.0.2.2".parse().unwrap();
    assert!(client.census.admit(other, room(1, 1)).is_err(), "its asker waits for an answer");
    client.gate.add_permits(1);
    assert_eq!(client.id().await, 1);
    tokio::time::sleep(Duration::from_millis(1)).await;
    let _seat = client.census.admit(other, room(1, 1)).expect("it is idle");
    assert_eq!(client.end().await, End::Told);
}
