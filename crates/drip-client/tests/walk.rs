//! Walking a zone along its NSEC records: a good one to its end, and those that loop, leave the zone or are not signed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::str::FromStr;
use std::time::Duration;

use drip_client::chain::{Conditions, Trust};
use drip_client::dns::{DnsError, Resolver, WalkError};
use drip_client::natural::natural_list;
use drip_det::UnixTime;
use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::NULL;
use hickory_proto::rr::{Name, RData, Record, RecordType};
use hickory_proto::serialize::binary::BinEncodable;

const ZONE: &str = "3.0.0.1.0.0.2.ip6.arpa.";

fn name(text: &str) -> Name {
    Name::from_str(text).unwrap()
}

/// An NSEC record that leads from one name to another, with NS at it.
fn nsec(owner: &str, next: &str) -> Record {
    let mut rdata = name(next).to_bytes().unwrap();
    rdata.extend([0, 1, 0x20]);
    let data = RData::Unknown { code: RecordType::NSEC, rdata: NULL::with(rdata) };
    Record::from_rdata(name(owner), 60, data)
}

/// A server that says NXDOMAIN to everything, with whatever this gives for the name asked for.
fn serve(proof: impl Fn(&Name) -> Vec<Record> + Send + 'static) -> Resolver {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address: SocketAddr = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut buffer = [0; 512];
        while let Ok((length, asker)) = socket.recv_from(&mut buffer) {
            let query = Message::from_vec(&buffer[..length]).unwrap();
            assert!(query.edns.as_ref().unwrap().flags().dnssec_ok, "proofs are for who sets the DO bit");
            let mut reply = Message::new(query.metadata.id, MessageType::Response, OpCode::Query);
            reply.metadata.authoritative = true;
            reply.metadata.response_code = ResponseCode::NXDomain;
            reply.add_queries(query.queries.iter().cloned());
            for record in proof(query.queries[0].name()) {
                reply.add_authority(record);
            }
            socket.send_to(&reply.to_vec().unwrap(), asker).unwrap();
        }
    });
    Resolver::new(address).with_patience(Duration::from_millis(500), 1)
}

/// A zone with these names, in their order, as its server proves what is not there.
fn zone(names: &'static [&'static str]) -> Resolver {
    serve(move |asked| {
        let owners = || [ZONE].into_iter().chain(names.iter().copied());
        let owner = owners().filter(|owner| name(owner) < *asked).max_by_key(|owner| name(owner)).unwrap();
        let next = owners().filter(|next| name(next) > name(owner)).min_by_key(|next| name(next));
        vec![nsec(owner, next.unwrap_or(ZONE))]
    })
}

fn walked(resolver: &Resolver) -> Result<Vec<String>, WalkError> {
    resolver.walk(ZONE).unwrap().map(|name| name.map(|name| name.to_string())).collect()
}

#[test]
fn every_name_once_in_order_and_nothing_below_a_cut() {
    let names = &[
        "0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.",
        "1.e.f.f.3.0.0.1.0.0.2.ip6.arpa.",
        "f.f.f.f.3.0.0.1.0.0.2.ip6.arpa.",
        "ns.3.0.0.1.0.0.2.ip6.arpa.",
    ];
    assert_eq!(walked(&zone(names)).unwrap(), names);
    assert_eq!(walked(&zone(&[])).unwrap(), Vec::<String>::new(), "the zone's own name alone");
}

#[test]
fn a_chain_that_leads_back_is_refused() {
    let (low, high) = ("0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.", "1.e.f.f.3.0.0.1.0.0.2.ip6.arpa.");
    // The last leads back to a name in the middle, and would for ever.
    let back = serve(move |asked| {
        vec![nsec(ZONE, low), nsec(low, high), nsec(high, low)]
            .into_iter()
            .filter(|record| record.name < *asked)
            .max_by_key(|record| record.name.clone())
            .into_iter()
            .collect()
    });
    assert!(
        matches!(walked(&back), Err(WalkError::Loop { ref owner, .. }) if owner == high),
        "{:?}",
        walked(&back)
    );
    let itself = serve(move |_| vec![nsec(ZONE, low), nsec(low, low)]);
    let error = walked(&itself).unwrap_err();
    assert!(matches!(error, WalkError::Loop { .. } | WalkError::NotSigned { .. }), "{error}");
}

#[test]
fn what_is_no_chain_of_this_zone_is_refused() {
    let unsigned = serve(|_| Vec::new());
    let error = walked(&unsigned).unwrap_err();
    assert!(error.to_string().contains("not signed with NSEC"), "{error}");
    let elsewhere = serve(|_| vec![nsec(ZONE, "4.0.0.1.0.0.2.ip6.arpa.")]);
    assert!(matches!(walked(&elsewhere), Err(WalkError::Outside { .. })));
    let other_place = serve(|_| vec![nsec("ns.3.0.0.1.0.0.2.ip6.arpa.", "zz.3.0.0.1.0.0.2.ip6.arpa.")]);
    assert!(
        matches!(walked(&other_place), Err(WalkError::NotSigned { .. })),
        "it proves nothing of the name"
    );
    let broken = serve(|_| {
        let data = RData::Unknown { code: RecordType::NSEC, rdata: NULL::with(vec![0, 9, 0]) };
        vec![Record::from_rdata(name(ZONE), 60, data)]
    });
    assert!(matches!(walked(&broken), Err(WalkError::Dns(DnsError::Malformed { .. }))));
}

/// An RAA whose zone cannot be had is there, with the reason.
#[test]
fn an_raa_without_its_zone_is_named() {
    let at = UnixTime(1_795_305_600);
    let resolver = zone(&["1.e.f.f.3.0.0.1.0.0.2.ip6.arpa.", "ns.3.0.0.1.0.0.2.ip6.arpa."]);
    let found = natural_list(&resolver, &Trust::of_anchors(&[], at), &Conditions::at(at)).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].raa.value(), 16_376);
    assert!(found[0].members.is_empty());
    assert!(found[0].left_out[0].reason.contains("is not delegated"), "{:?}", found[0].left_out);
    // Delegated, and its zone leads out of itself.
    let resolver = zone(&["0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.", "ns.3.0.0.1.0.0.2.ip6.arpa."]);
    let found = natural_list(&resolver, &Trust::of_anchors(&[], at), &Conditions::at(at)).unwrap();
    assert!(found[0].members.is_empty());
    assert!(found[0].left_out[0].reason.contains("not in the zone"), "{:?}", found[0].left_out);
}
