//! The sockets of NOTIFY, and the loop that wakes.

use super::{Heard, TOGETHER, Told};
use crate::primary::Primary;
use std::{
    future::Future,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::UdpSocket,
    time::{Instant, sleep, sleep_until},
};

/// Tells peers of changes until `stop` is ready.
pub(crate) async fn run(primary: Arc<Primary>, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let start = Instant::now();
    let mut told = Told::default();
    let v4 = bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))).await;
    let v6 = bind(SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0))).await;
    let sent = metrics::counter!("dime_dns_notify_sent_total");
    let answered = metrics::counter!("dime_dns_notify_answered_total");
    let mut look = true;
    loop {
        let peers = primary.peers();
        if std::mem::take(&mut look) {
            told.look(&peers, &primary.serials(), start.elapsed());
        }
        for (to, message) in told.due(&peers, start.elapsed(), primary.now(), random) {
            let socket = if to.is_ipv4() { &v4 } else { &v6 };
            let Some(socket) = socket else { continue };
            sent.increment(1);
            // What is not sent is as good as lost, and sent again.
            if let Err(fault) = socket.send_to(&message, to).await {
                tracing::debug!(%to, %fault, "a NOTIFY could not be sent");
            }
        }
        let next = told.next().map(|due| start + due);
        tokio::select! {
            () = &mut stop => return,
            () = primary.changed() => {
                // What changes meanwhile goes with it.
                sleep(TOGETHER).await;
                look = true;
            }
            () = until(next) => {}
            (from, answer) = receive(v4.as_ref()) => heard(&mut told, &primary, from, &answer, &answered),
            (from, answer) = receive(v6.as_ref()) => heard(&mut told, &primary, from, &answer, &answered),
        }
    }
}

fn heard(told: &mut Told, primary: &Primary, from: SocketAddr, answer: &[u8], answered: &metrics::Counter) {
    match told.hear(from, answer, primary.now()) {
        Heard::Answered => answered.increment(1),
        Heard::Refused(rcode) => tracing::debug!(%from, rcode, "a NOTIFY was answered with an error"),
        Heard::Nothing => {}
    }
}

async fn bind(address: SocketAddr) -> Option<UdpSocket> {
    match UdpSocket::bind(address).await {
        Ok(socket) => Some(socket),
        Err(fault) => {
            tracing::warn!(%address, %fault, "no NOTIFY is sent to addresses of this kind");
            None
        }
    }
}

async fn until(next: Option<Instant>) {
    match next {
        Some(next) => sleep_until(next).await,
        None => std::future::pending().await,
    }
}

/// The next datagram; never, without a socket.
async fn receive(socket: Option<&UdpSocket>) -> (SocketAddr, Vec<u8>) {
    let Some(socket) = socket else { return std::future::pending().await };
    let mut octets = vec![0; 1232];
    loop {
        match socket.recv_from(&mut octets).await {
            Ok((length, from)) => {
                octets.truncate(length);
                return (from, octets);
            }
            // A host that says it has nobody there; the message is sent again anyway. Not in a tight loop.
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    }
}

fn random() -> u16 {
    let mut octets = [0; 2];
    // Without randomness an ID is what the clock says: answers are known by their signature and place, too.
    if getrandom::fill(&mut octets).is_err() {
        return std::process::id() as u16;
    }
    u16::from_be_bytes(octets)
}
