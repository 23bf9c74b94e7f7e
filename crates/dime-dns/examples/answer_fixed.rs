//! Answers the same questions in each run, some hundred of every kind, for callgrind to count instructions: `answer_fixed [COUNT]`.
//!
//! Each kind is asked in a function of its own, `measured_KIND`, so that what its queries cost stands beside its name. Every answer is looked
//! at beforehand: a kind whose answers are not what they should be measures nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a measuring tool may stop"
)]

use dime_dns::{
    Answering, Cookies, Disposition, Moment, Peer, QueryLogConfig, RateLimit, RateLimitConfig, Responder,
    Transport,
};
use dime_zone::{Name, View};
use drip_det::{Det, UnixTime};
use std::{hint::black_box, net::Ipv4Addr, sync::Arc};
use synthetic::Synthetic;

mod synthetic;

/// DETs in the zone: enough for every step of a search to be there.
const DETS: u64 = 4096;
const NOW: Moment = Moment { now: UnixTime(1_795_350_896), milliseconds: 1_000_000 };

struct Asker<'a> {
    responder: Responder,
    view: View<'a>,
    out: Vec<u8>,
}

impl Asker<'_> {
    fn ask(&mut self, question: &Question) -> Disposition {
        self.responder.respond(&self.view, &question.octets, question.peer, NOW, &mut self.out)
    }
}

struct Question {
    octets: Vec<u8>,
    peer: Peer,
}

/// The function of one kind.
type Measured = fn(&mut Asker<'_>, &[Question]);

macro_rules! measured {
    ($($function:ident)*) => {
        $(
            #[inline(never)]
            fn $function(asker: &mut Asker<'_>, questions: &[Question]) {
                // The name makes each function another one: the same code under two names would be one.
                black_box(stringify!($function));
                for question in questions {
                    black_box(asker.ask(question));
                }
            }
        )*
    };
}

measured! {
    measured_hip measured_hhit measured_brid measured_cert measured_tlsa measured_hhit_plain measured_hhit_cookie measured_hhit_tcp
    measured_brid_truncated measured_missing measured_no_data measured_empty measured_soa measured_referral measured_foreign
}

/// How a kind's questions are made, and what their answers are: response code, answers, records of authority, truncated or not.
struct Kind {
    measured: Measured,
    name: fn(&Synthetic, u64) -> Name,
    record_type: u16,
    /// What follows the question: an OPT record, with or without options.
    edns: &'static [u8],
    transport: Transport,
    expected: Expected,
}

#[derive(Debug, PartialEq, Eq)]
enum Expected {
    Response { rcode: u8, answers: u8, authority: u8, truncated: u8 },
    Unusual,
}

const EDNS: &[u8] = &[0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0];
const COOKIE: &[u8] = &[0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 12, 0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8];
const DATA: Expected = Expected::Response { rcode: 0, answers: 1, authority: 0, truncated: 0 };
const CUT: Expected = Expected::Response { rcode: 0, answers: 0, authority: 0, truncated: 1 };
const NOTHING: Expected = Expected::Response { rcode: 0, answers: 0, authority: 1, truncated: 0 };
const REFUSED: Expected = Expected::Response { rcode: 5, answers: 0, authority: 0, truncated: 0 };
const NO_NAME: Expected = Expected::Response { rcode: 3, answers: 0, authority: 1, truncated: 0 };

fn kinds() -> Vec<Kind> {
    let det = |synthetic: &Synthetic, index: u64| Name::of_det(synthetic.det(index % DETS));
    let missing = |synthetic: &Synthetic, index: u64| Name::of_det(synthetic.missing(index));
    let above =
        |synthetic: &Synthetic, index: u64| Name::of_nibbles(synthetic.det(index % DETS).as_u128(), 17);
    let apex = |synthetic: &Synthetic, _: u64| Name::of_nibbles(synthetic.det(0).as_u128(), 14);
    let elsewhere = |synthetic: &Synthetic, index: u64| {
        // The HDA after this one, which is delegated.
        Name::of_det(Det::from_u128(synthetic.det(index).as_u128() + (1 << 72)).expect("a DET"))
    };
    let foreign = |_: &Synthetic, index: u64| format!("{index}.example.").parse().expect("a name");
    let udp = Transport::Udp;
    let kind = |measured, name, record_type, expected| Kind {
        measured,
        name,
        record_type,
        edns: EDNS,
        transport: udp,
        expected,
    };
    vec![
        kind(measured_hip, det, 55, DATA),
        kind(measured_hhit, det, 67, DATA),
        kind(measured_brid, det, 68, DATA),
        kind(measured_cert, det, 37, DATA),
        kind(measured_tlsa, det, 52, DATA),
        Kind { edns: &[], ..kind(measured_hhit_plain, det, 67, DATA) },
        Kind { edns: COOKIE, ..kind(measured_hhit_cookie, det, 67, DATA) },
        Kind { transport: Transport::Tcp, ..kind(measured_hhit_tcp, det, 67, DATA) },
        Kind { edns: &[], ..kind(measured_brid_truncated, det, 68, CUT) },
        kind(measured_missing, missing, 67, NO_NAME),
        kind(measured_no_data, det, 1, NOTHING),
        kind(measured_empty, above, 67, NOTHING),
        kind(measured_soa, apex, 6, DATA),
        kind(measured_referral, elsewhere, 67, NOTHING),
        kind(measured_foreign, foreign, 67, REFUSED),
    ]
}

fn main() {
    let count: u64 = std::env::args().nth(1).map_or(500, |text| text.parse().expect("COUNT"));
    let synthetic = Synthetic::new();
    let zones = synthetic.zones();
    synthetic.fill(&zones, DETS);
    let answering = Arc::new(Answering {
        nsid: Vec::new(),
        cookies: Some(Cookies::new([7; 16], Vec::new())),
        rate_limit: RateLimit::new(RateLimitConfig::default(), [7; 16]),
        query_log: QueryLogConfig::default(),
        elsewhere: Vec::new(),
    });
    let mut asker =
        Asker { responder: Responder::new(answering), view: zones.view(), out: Vec::with_capacity(4096) };
    for kind in kinds() {
        // Every asker has a network of its own, so nothing is limited.
        let question = |index: u64| {
            let name = (kind.name)(&synthetic, index);
            let address = Ipv4Addr::from(0x0a00_0000 + (index as u32) * 256);
            let peer = Peer { address: (address, 5353).into(), transport: kind.transport };
            Question { octets: octets(&name, kind.record_type, kind.edns), peer }
        };
        let questions: Vec<Question> = (0..count).map(question).collect();
        for question in &questions {
            let disposition = asker.ask(question);
            let found = read(disposition, &asker.out);
            assert_eq!(found, kind.expected, "TYPE{}", kind.record_type);
        }
        (kind.measured)(&mut asker, &questions);
    }
}

fn octets(name: &Name, record_type: u16, edns: &[u8]) -> Vec<u8> {
    let mut octets = vec![0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, u8::from(!edns.is_empty())];
    octets.extend(name.wire());
    octets.extend(record_type.to_be_bytes());
    octets.extend([0, 1]);
    octets.extend(edns);
    octets
}

fn read(disposition: Disposition, out: &[u8]) -> Expected {
    match disposition {
        Disposition::Send => Expected::Response {
            rcode: out[3] & 15,
            answers: out[7],
            authority: out[9],
            truncated: out[2] >> 1 & 1,
        },
        Disposition::Unusual => Expected::Unusual,
        Disposition::Drop => panic!("no response"),
    }
}
