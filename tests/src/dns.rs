//! One DNS question (RFC 1035) over UDP and the few fields of the reply that tests look at.

use std::net::{SocketAddr, UdpSocket};
use std::ops::Range;
use std::time::Duration;

/// The record types of a published DET.
pub const DET_TYPES: [(&str, u16); 5] = [("HHIT", 67), ("BRID", 68), ("HIP", 55), ("CERT", 37), ("TLSA", 52)];

/// NOERROR.
pub const NOERROR: u8 = 0;
/// NXDOMAIN.
pub const NXDOMAIN: u8 = 3;

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The RCODE of the header.
    pub rcode: u8,
    /// Whether AA is set.
    pub authoritative: bool,
    /// The RDATA of every answer of the type asked for.
    pub answers: Vec<Vec<u8>>,
}

/// Asks one question; `owner` has a trailing dot. Tries again where no reply comes.
pub fn ask(server: SocketAddr, owner: &str, kind: u16) -> Reply {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a UDP socket");
    socket.connect(server).expect("the server's address");
    socket.set_read_timeout(Some(Duration::from_secs(2))).expect("a timeout");
    let mut question = vec![0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1];
    for label in owner.trim_end_matches('.').split('.') {
        question.push(label.len() as u8);
        question.extend(label.as_bytes());
    }
    question.push(0);
    question.extend(kind.to_be_bytes());
    question.extend([0, 1]);
    let end_of_question = question.len();
    question.extend([0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0]);
    let mut buffer = [0; 4096];
    for _ in 0..4 {
        if socket.send(&question).is_err() {
            std::thread::sleep(Duration::from_millis(100));
            continue;
        }
        if let Ok(length) = socket.recv(&mut buffer) {
            return read(&buffer[..length], end_of_question, kind);
        }
    }
    panic!("{server} does not answer {owner} {kind}");
}

fn read(message: &[u8], end_of_question: usize, kind: u16) -> Reply {
    assert_eq!(message[2] & 0x02, 0, "a truncated reply");
    let answers = rdata(message, end_of_question, kind).map(|range| message[range].to_vec()).collect();
    Reply { rcode: message[3] & 15, authoritative: message[2] & 0x04 != 0, answers }
}

/// Where in a message the RDATA of the answers of one type lies.
pub fn rdata(message: &[u8], end_of_question: usize, kind: u16) -> impl Iterator<Item = Range<usize>> {
    let count = u16::from_be_bytes([message[6], message[7]]);
    let mut at = end_of_question;
    (0..count).filter_map(move |_| {
        at = after_name(message, at);
        let number = |offset: usize| u16::from_be_bytes([message[at + offset], message[at + offset + 1]]);
        let (found, start) = (number(0), at + 10);
        at = start + usize::from(number(8));
        (found == kind).then_some(start..at)
    })
}

/// Where the question of a message ends.
pub fn end_of_question(message: &[u8]) -> usize {
    after_name(message, 12) + 4
}

fn after_name(message: &[u8], mut at: usize) -> usize {
    loop {
        match message[at] {
            0 => return at + 1,
            length if length & 0xC0 == 0xC0 => return at + 2,
            length => at += usize::from(length) + 1,
        }
    }
}
