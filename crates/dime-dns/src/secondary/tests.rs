//! Transfers from hostile primaries: whatever came, there is no panic, and what is taken is whole.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::{
    incoming::{Got, Incoming, IncomingFault, Of, Whole},
    message::{Asked, ResponseFault, answers},
};
use crate::{
    transfer::Stream,
    tsig::{Algorithm, Chain, TsigKey, sign_request},
    walk::{AA, Head, QR},
};
use dime_tests::{dice::Dice, mutation::mutate};
use dime_zone::{Class, Name, Record, RecordType, Serial};
use drip_det::{Hid, UnixTime, ZoneCut};
use std::sync::Arc;

const ID: u16 = 7;
const NOW: UnixTime = UnixTime(1_800_000_000);

fn cut() -> ZoneCut {
    ZoneCut::Hda(Hid::from_numbers(16376, 10).unwrap())
}

fn zone() -> Name {
    cut().name().parse().unwrap()
}

fn soa(serial: u32) -> Record {
    let mut rdata = b"\x02ns\0\x04host\0".to_vec();
    for number in [serial, 3600, 600, 604_800, 60] {
        rdata.extend_from_slice(&number.to_be_bytes());
    }
    Record { owner: zone(), record_type: RecordType::SOA, ttl: 3600, rdata }
}

fn det(index: u128, content: &[u8]) -> Record {
    let owner = Name::of_nibbles(cut().prefix() | (5 << 64) | index, 32);
    Record { owner, record_type: RecordType::HHIT, ttl: 60, rdata: content.to_vec() }
}

fn ns() -> Record {
    Record { owner: zone(), record_type: RecordType::NS, ttl: 3600, rdata: b"\x02ns\0".to_vec() }
}

/// A whole zone of so many DETs.
fn whole(count: u128) -> Vec<Record> {
    let dets = (0..count).map(|index| det(index, &[index as u8; 300]));
    [soa(9), ns()].into_iter().chain(dets).chain([soa(9)]).collect()
}

/// Two differences.
fn differences() -> Vec<Record> {
    vec![
        soa(9),
        soa(5),
        det(1, b"one"),
        soa(7),
        det(2, b"two"),
        soa(7),
        det(2, b"two"),
        det(3, b"three"),
        soa(9),
        det(4, b"four"),
        soa(9),
    ]
}

fn messages(records: Vec<Record>, record_type: RecordType, chain: Option<Chain>) -> Vec<Vec<u8>> {
    let head = Head { id: ID, flags: QR | AA, counts: [1, 0, 0, 0] };
    let mut question = zone().wire().to_vec();
    question.extend_from_slice(&record_type.0.to_be_bytes());
    question.extend_from_slice(&Class::IN.0.to_be_bytes());
    Stream::new(head, question, None, Box::new(records.into_iter()), || NOW).signed(chain).collect()
}

/// What comes of messages; `None` where they end before the transfer does.
fn take(messages: &[Vec<u8>], ours: Option<u32>) -> Result<Option<Got>, String> {
    let record_type = if ours.is_some() { RecordType::IXFR } else { RecordType::AXFR };
    let name = zone();
    let asked = Asked { id: ID, name: &name, record_type };
    let mut incoming = Incoming::new(Of::Zone(cut()), zone(), ours.map(Serial));
    for message in messages {
        if incoming.is_done() {
            break;
        }
        for record in answers(message, &asked).map_err(|fault| fault.to_string())? {
            incoming.push(record).map_err(|fault| fault.to_string())?;
        }
    }
    Ok(incoming.got())
}

fn push_all(records: Vec<Record>, ours: Option<u32>) -> Result<Option<Got>, IncomingFault> {
    let mut incoming = Incoming::new(Of::Zone(cut()), zone(), ours.map(Serial));
    records.into_iter().try_for_each(|record| incoming.push(record))?;
    Ok(incoming.got())
}

#[test]
fn whole_zones_differences_and_nothing_new() {
    let Ok(Some(Got::Whole(Whole::Zone(loading)))) =
        take(&messages(whole(200), RecordType::AXFR, None), None)
    else {
        panic!("a whole zone")
    };
    let copy = loading.finish().unwrap();
    assert_eq!((copy.dets(), copy.serial()), (200, Serial(9)));
    // The same in the response to IXFR.
    let got = take(&messages(whole(200), RecordType::IXFR, None), Some(5));
    assert!(matches!(got, Ok(Some(Got::Whole(_)))));
    let got = take(&messages(differences(), RecordType::IXFR, None), Some(5));
    let Ok(Some(Got::Deltas(deltas))) = got else { panic!("differences") };
    assert_eq!(deltas.len(), 2);
    assert_eq!((deltas[0].removed.len(), deltas[0].added.len()), (1, 1));
    assert_eq!((deltas[1].removed.len(), deltas[1].added.len()), (2, 1));
    assert_eq!((&deltas[1].from, &deltas[1].to), (&soa(7), &soa(9)));
    for ours in [9, 10] {
        let got = take(&messages(vec![soa(9)], RecordType::IXFR, None), Some(ours));
        assert!(matches!(got, Ok(Some(Got::Nothing(Serial(9))))));
    }
    // One record a message, as some send them.
    let singly: Vec<Vec<u8>> =
        differences().into_iter().flat_map(|record| messages(vec![record], RecordType::IXFR, None)).collect();
    assert!(matches!(take(&singly, Some(5)), Ok(Some(Got::Deltas(_)))));
}

#[test]
fn what_ends_early_is_not_taken() {
    for (records, ours) in [(whole(50), None), (whole(50), Some(5)), (differences(), Some(5))] {
        for length in 0..records.len() {
            let some = records[..length].to_vec();
            assert!(matches!(push_all(some, ours), Ok(None)), "{length} of {}", records.len());
        }
    }
}

#[test]
fn what_is_no_transfer_is_refused() {
    let fault = |records: Vec<Record>, ours| push_all(records, ours).err().map(|fault| fault.to_string());
    let mut other_end = whole(3);
    other_end.pop();
    other_end.push(soa(10));
    let mut trailing = whole(3);
    trailing.push(ns());
    let mut gap = differences();
    gap[5] = soa(8);
    let foreign = Record { owner: "example.".parse().unwrap(), ..soa(9) };
    let stranger = Record { owner: "example.".parse().unwrap(), ..ns() };
    for (records, ours, expected) in [
        (vec![ns()], None, "does not begin with a SOA"),
        (other_end, None, "begins with serial 9 and ends with 10"),
        (trailing, None, "after the end"),
        (vec![soa(9), soa(9), soa(9)], Some(9), "after the end"),
        (gap, Some(5), "after serial 7 comes 8"),
        (vec![foreign], None, "outside zone"),
        (vec![soa(9), stranger], None, "outside zone"),
    ] {
        let fault = fault(records, ours).expect(expected);
        assert!(fault.contains(expected), "{fault}");
    }
}

#[test]
fn responses_to_something_else_are_refused() {
    let good = messages(whole(1), RecordType::AXFR, None).remove(0);
    let name = zone();
    let asked = Asked { id: ID, name: &name, record_type: RecordType::AXFR };
    assert!(answers(&good, &asked).is_ok());
    let other = Asked { record_type: RecordType::IXFR, ..asked };
    assert_eq!(answers(&good, &other), Err(ResponseFault::Other));
    let other = Asked { id: ID + 1, name: &name, record_type: RecordType::AXFR };
    assert_eq!(answers(&good, &other), Err(ResponseFault::Other));
    let root = Name::root();
    assert_eq!(answers(&good, &Asked { name: &root, ..other }), Err(ResponseFault::Other));
    let asked = Asked { id: ID, name: &name, record_type: RecordType::AXFR };
    let mut refused = good.clone();
    refused[3] |= 5;
    assert_eq!(answers(&refused, &asked), Err(ResponseFault::Rcode(5)));
    for length in 0..good.len() {
        assert!(answers(&good[..length], &asked).is_err(), "{length}");
    }
    let mut request = good;
    request[2] &= 0x7f;
    assert_eq!(answers(&request, &asked), Err(ResponseFault::Other));
}

/// Messages damaged, dropped, doubled and swapped.
fn damage(messages: &[Vec<u8>], dice: &mut Dice) -> Vec<Vec<u8>> {
    let mut damaged = messages.to_vec();
    for _ in 0..=dice.below(3) {
        let (at, other) =
            (dice.below(damaged.len() as u64) as usize, dice.below(damaged.len() as u64) as usize);
        match dice.below(5) {
            0 if damaged.len() > 1 => drop(damaged.remove(at)),
            1 => damaged.insert(at, damaged[other].clone()),
            2 => damaged.swap(at, other),
            _ => damaged[at] = mutate(&damaged[at], dice),
        }
    }
    damaged
}

#[test]
fn damaged_streams_never_panic() {
    let mut dice = Dice::for_this_run();
    let streams = [
        (messages(whole(150), RecordType::AXFR, None), None),
        (messages(whole(3), RecordType::IXFR, None), Some(5)),
        (messages(differences(), RecordType::IXFR, None), Some(5)),
    ];
    let mut outcomes = [0; 3];
    for round in 0..3000 {
        let (messages, ours) = &streams[round % streams.len()];
        match take(&damage(messages, &mut dice), *ours) {
            Err(_) => outcomes[0] += 1,
            Ok(None) => outcomes[1] += 1,
            Ok(Some(got)) => {
                outcomes[2] += 1;
                if let Got::Whole(Whole::Zone(loading)) = got {
                    // What is wrong with the zone as a whole is found here; that is all that can be.
                    let _ = loading.finish();
                }
            }
        }
    }
    assert!(outcomes[0] > 0 && outcomes[1] > 0, "{outcomes:?}");
}

/// Signed, nothing that was changed on the way is taken.
#[test]
fn damaged_signed_streams_are_not_taken() {
    let mut dice = Dice::for_this_run();
    let key = || Arc::new(TsigKey::new("k.".parse().unwrap(), Algorithm::HmacSha256, &[7; 32]).unwrap());
    let signed = |records: Vec<Record>, record_type| {
        let mut request = Head { id: ID, flags: 0, counts: [0; 4] }.encode().to_vec();
        let client = sign_request(key(), &mut request, NOW);
        let crate::tsig::Checked::Signed(taken) = crate::tsig::check(
            &crate::KeyRing::new([
                TsigKey::new("k.".parse().unwrap(), Algorithm::HmacSha256, &[7; 32]).unwrap()
            ])
            .unwrap(),
            &request,
            NOW,
        ) else {
            panic!("a signed request")
        };
        (messages(records, record_type, Some(taken.chain)), client)
    };
    let mut refused = 0;
    for round in 0..300 {
        let (records, record_type, ours) = match round % 3 {
            0 => (whole(120), RecordType::AXFR, None),
            1 => (whole(2), RecordType::IXFR, Some(5)),
            _ => (differences(), RecordType::IXFR, Some(5)),
        };
        let (messages, mut client) = signed(records, record_type);
        let damaged = if round < 3 { messages.clone() } else { damage(&messages, &mut dice) };
        let mut unsigned = Vec::new();
        let mut fault = false;
        for message in &damaged {
            match client.check(message, NOW) {
                Ok(message) => unsigned.push(message),
                Err(_) => {
                    fault = true;
                    break;
                }
            }
        }
        let taken = !fault && client.is_settled() && matches!(take(&unsigned, ours), Ok(Some(_)));
        // What comes after the end is not read.
        let same = damaged.starts_with(&messages);
        assert!(!taken || same, "round {round}: something was changed and taken");
        assert!(taken || round >= 3, "round {round}: the stream as it was is taken");
        refused += usize::from(!taken);
    }
    assert!(refused > 200, "{refused}");
}
