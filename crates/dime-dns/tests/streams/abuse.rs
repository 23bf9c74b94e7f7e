//! Who means ill is kept in bounds, and who does not is served beside it.

use crate::{
    clients::{SOON, ask, question, read, tls},
    served::serve,
};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::{Instant, timeout},
};

/// A connection from one of the many addresses of loopback.
async fn connect_from(source: &str, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(source.parse().unwrap(), 0)).unwrap();
    socket.connect(to).await.unwrap()
}

/// Whether the other side has closed it; what it says before that is not looked at.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    timeout(SOON, stream.read_to_end(&mut rest)).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_connections_of_one_source() {
    let served = serve(|config| config.tcp_connections_per_source = 20);
    let mut strangers = Vec::new();
    for _ in 0..1000 {
        strangers.push(connect_from("127.0.0.2", served.plain).await);
    }
    // Those over the limit are closed at once, the others are served.
    for stranger in &mut strangers[20..] {
        assert!(is_closed(stranger).await);
    }
    for (id, stranger) in strangers[..20].iter_mut().enumerate() {
        ask(stranger, id as u16, &served.owners[0]).await.unwrap();
    }
    let mut neighbour = connect_from("127.0.0.3", served.plain).await;
    ask(&mut neighbour, 1, &served.owners[0]).await.unwrap();
    // Who leaves makes room.
    drop(strangers);
    let began = Instant::now();
    loop {
        let mut again = connect_from("127.0.0.2", served.plain).await;
        if ask(&mut again, 1, &served.owners[0]).await.is_ok() {
            break;
        }
        assert!(began.elapsed() < SOON, "no room was made");
    }
    served.server.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_house_lets_go_of_who_was_idle_longest() {
    let served = serve(|config| config.tcp_connections = 10);
    let mut guests = Vec::new();
    for number in 0..10 {
        let mut guest = connect_from(&format!("127.0.1.{}", number + 1), served.plain).await;
        ask(&mut guest, number, &served.owners[0]).await.unwrap();
        guests.push(guest);
        // The next one is idle since a later millisecond.
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    let mut newcomer = connect_from("127.0.2.1", served.plain).await;
    ask(&mut newcomer, 1, &served.owners[0]).await.unwrap();
    assert!(is_closed(&mut guests[0]).await, "the first has been idle longest");
    for (id, guest) in guests[1..].iter_mut().enumerate() {
        ask(guest, id as u16, &served.owners[1]).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn half_requests_and_silence_end_while_others_are_served() {
    let served = serve(|config| {
        config.tcp_idle = Duration::from_secs(1);
        config.tls_handshake = Duration::from_secs(1);
    });
    let mut halves = Vec::new();
    for number in 0..30 {
        let mut half =
            TcpStream::connect(if number % 2 == 0 { served.plain } else { served.tls }).await.unwrap();
        // A length and no message; a TLS record that never ends; nothing at all.
        let octets: &[u8] = match number % 3 {
            0 => &[0, 50, 1, 2, 3],
            1 => &[22, 3, 1, 1, 0, 1],
            _ => &[],
        };
        half.write_all(octets).await.unwrap();
        halves.push(half);
    }
    // One that sends an octet again and again is no better.
    let mut slow = TcpStream::connect(served.plain).await.unwrap();
    let drip = tokio::spawn(async move {
        let began = Instant::now();
        while slow.write_all(&[1]).await.is_ok() && began.elapsed() < SOON {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        began.elapsed()
    });
    let mut good = TcpStream::connect(served.plain).await.unwrap();
    let mut secret = tls(served.tls, &served.certificate).await.unwrap();
    let began = Instant::now();
    let mut id = 0;
    while began.elapsed() < Duration::from_secs(3) {
        ask(&mut good, id, &served.owners[2]).await.unwrap();
        ask(&mut secret, id, &served.owners[3]).await.unwrap();
        id += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for half in &mut halves {
        assert!(is_closed(half).await);
    }
    assert!(drip.await.unwrap() < SOON);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_and_never_reads_is_cut_off_and_others_are_served() {
    let served = serve(|config| config.tcp_idle = Duration::from_secs(1));
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut deaf = socket.connect(served.plain).await.unwrap();
    let message = question(7, &served.owners[0]);
    let block = [&(message.len() as u16).to_be_bytes()[..], &message].concat().repeat(1000);
    let flood = tokio::spawn(async move {
        let mut blocks = 0;
        while deaf.write_all(&block).await.is_ok() {
            blocks += 1;
        }
        blocks
    });
    let mut good = TcpStream::connect(served.plain).await.unwrap();
    let mut id = 0_u16;
    let began = Instant::now();
    while !flood.is_finished() {
        ask(&mut good, id, &served.owners[1]).await.unwrap();
        id = id.wrapping_add(1);
        assert!(began.elapsed() < SOON, "the deaf one is never cut off");
    }
    let blocks = flood.await.unwrap();
    assert!(blocks < 1000, "{blocks} blocks were taken of who does not read");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_message_ends_the_connection() {
    let served = serve(|_| ());
    for octets in [&[0, 0][..], &[0, 3, 1, 2, 3], &[0, 0, 0, 0, 0, 0]] {
        let mut stream = TcpStream::connect(served.plain).await.unwrap();
        ask(&mut stream, 1, &served.owners[0]).await.unwrap();
        stream.write_all(octets).await.unwrap();
        assert!(is_closed(&mut stream).await, "{octets:?}");
    }
    // A response is no request; what comes after it is.
    let mut stream = TcpStream::connect(served.plain).await.unwrap();
    let mut response = question(1, &served.owners[0]);
    response[2] |= 0x80;
    stream.write_all(&crate::clients::framed(&response)).await.unwrap();
    ask(&mut stream, 2, &served.owners[0]).await.unwrap();
    // Who has said all is answered still.
    stream.write_all(&crate::clients::framed(&question(3, &served.owners[0]))).await.unwrap();
    stream.shutdown().await.unwrap();
    let answer = timeout(SOON, read(&mut stream)).await.unwrap().unwrap();
    crate::clients::assert_is_answer(&answer, 3);
    assert!(is_closed(&mut stream).await);
}
