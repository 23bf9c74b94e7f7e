//! Trust lists, cross-endorsements and the offline cache over HTTP.

use crate::world::*;
use axum::body::Body;
use dime_registry::Role;
use dime_sign::{Authorization, LocalSigner, Signer, SigningPolicy, offline};
use drip_det::{DripTime, Hda, Hid, Raa, UnixTime};
use drip_wire::cache::SignedCache;
use drip_wire::trust::{Role as Entry, SignedTrustList, TrustList, Trusted};
use drip_wire::validity::Validity;
use drip_wire::{Endorsement, EndorsementBody};
use http::Request;
use serde_json::json;

const COSE: &str = "application/cose";
const OCTETS: &str = "application/octet-stream";
const LIST: &str = "/v1/dki/trust-list";
const CROSS: &str = "/v1/dki/cross-endorsements";

fn raa(name: &str, number: u16) -> LocalSigner<Authorization> {
    let policy = SigningPolicy {
        cross_endorsement: dime_sign::CrossEndorsement::Allowed,
        ..SigningPolicy::AUTHORIZATION
    };
    offline::test_tree(key(name), Hid::new(Raa::new(number).unwrap(), Hda::OF_RAA), policy).unwrap()
}

fn ours() -> LocalSigner<Authorization> {
    raa("raa-a", 16376)
}

fn endorse(parent: &dyn Signer, child: &dyn Signer) -> Endorsement {
    let time = |seconds| DripTime::from_unix(UnixTime(seconds)).unwrap();
    let body = EndorsementBody {
        vnb: time(START),
        vna: time(START + 30 * DAY),
        child: child.det(),
        child_hi: *child.hi(),
        parent: parent.det(),
    };
    dime_sign::endorse(parent, body, UnixTime(START)).unwrap()
}

fn list(issuer: &dyn Signer, sequence: u64, of: &dyn Signer) -> SignedTrustList {
    let entry = Trusted { det: of.det(), hi: *of.hi(), validity: None, role: Entry::Registry };
    let validity = Validity::new(UnixTime(START - DAY), UnixTime(START + 90 * DAY)).unwrap();
    let list = TrustList::new(issuer.det(), sequence, validity, vec![entry]).unwrap();
    dime_sign::sign_trust_list(issuer, list, UnixTime(START)).unwrap()
}

impl World {
    /// A POST of this media type.
    async fn send_as(&self, token: Option<&str>, path: &str, media: &str, body: &[u8]) -> Reply {
        let mut request =
            Request::post(path).header("content-type", media).header("content-length", body.len());
        if let Some(token) = token {
            request = request.header("authorization", bearer(token));
        }
        self.send(request.body(Body::from(body.to_vec())).unwrap()).await
    }
}

#[tokio::test]
async fn a_trust_list_is_taken_in_and_given_out() {
    let world = World::new();
    let (ours, other) = (ours(), raa("other", 16377));
    world.get(LIST).await.problem(404, "not-found");
    let second = list(&ours, 2, &other).encode();
    world.send_as(None, LIST, COSE, &second).await.problem(401, "token-missing");
    let auditor = token(&world.registry, Role::Auditor, None, None);
    world.send_as(Some(&auditor), LIST, COSE, &second).await.problem(403, "forbidden");
    let elsewhere = token(&world.registry, Role::Manager, Some(hid()), None);
    world.send_as(Some(&elsewhere), LIST, COSE, &second).await.problem(403, "forbidden");
    let manager = Some(world.manager.as_str());
    world.send_as(manager, LIST, "application/cbor", &second).await.problem(415, "unsupported-media-type");
    world.get(LIST).await.problem(404, "not-found");

    let taken = world.send_as(manager, LIST, COSE, &second).await;
    assert_eq!(taken.status, 200, "{taken:?}");
    assert_eq!(taken.json()["sequence"], json!(2));
    let given = world.accept(LIST, COSE).await;
    assert_eq!((given.body.as_slice(), given.status.as_u16()), (second.as_slice(), 200));
    assert!(given.headers["content-type"].to_str().unwrap().starts_with(COSE));
    let document = world.accept(LIST, "application/json").await.json();
    assert_eq!(document["trusted"][0]["det"], json!(other.det().to_string()));
    world.accept(LIST, "text/html").await.problem(406, "not-acceptable");

    world.send_as(manager, LIST, COSE, &list(&ours, 1, &other).encode()).await.problem(409, "superseded");
    world.send_as(manager, LIST, COSE, &list(&other, 3, &ours).encode()).await.problem(422, "foreign-hid");
    let mut damaged = list(&ours, 3, &other).encode();
    *damaged.last_mut().unwrap() ^= 1;
    world.send_as(manager, LIST, COSE, &damaged).await.problem(422, "object-not-valid");
    world.send_as(manager, LIST, COSE, b"").await.problem(422, "object-not-valid");
    assert_eq!(world.accept(LIST, COSE).await.body, second);
}

#[tokio::test]
async fn cross_endorsements_come_are_listed_and_are_withdrawn() {
    let world = World::new();
    let (ours, other) = (ours(), raa("other", 16377));
    let (issued, received, own) = (endorse(&ours, &other), endorse(&other, &ours), endorse(&other, &other));
    let both = [issued.encode(), received.encode(), own.encode()].concat();
    world.send_as(None, CROSS, OCTETS, &both).await.problem(401, "token-missing");
    let manager = Some(world.manager.as_str());
    let stranger = received.encode();
    world.send_as(manager, CROSS, OCTETS, &stranger).await.problem(422, "unknown-parent");
    world.send_as(manager, CROSS, OCTETS, &both[..200]).await.problem(422, "object-not-valid");
    assert_eq!(world.get(CROSS).await.json()["cross_endorsements"], json!([]));

    let taken = world.send_as(manager, CROSS, OCTETS, &both).await;
    assert_eq!(taken.status, 200, "{taken:?}");
    let listed = world.get(CROSS).await.json();
    let directions: Vec<_> = listed["cross_endorsements"].as_array().unwrap().iter().collect();
    assert_eq!(directions.len(), 2);
    assert!(directions.iter().any(|each| each["direction"] == "issued"));
    assert!(directions.iter().any(|each| each["direction"] == "received"));
    assert_eq!(world.accept(CROSS, OCTETS).await.body.len(), 2 * Endorsement::LEN);

    let delete = |path: String, token: Option<&str>| {
        let mut request = Request::delete(path);
        if let Some(token) = token {
            request = request.header("authorization", bearer(token));
        }
        world.send(request.body(Body::empty()).unwrap())
    };
    let path = format!("{CROSS}/{}/{}", issued.parent, issued.child);
    delete(path.clone(), None).await.problem(401, "token-missing");
    assert_eq!(delete(path.clone(), manager).await.status, 204);
    delete(path, manager).await.problem(404, "not-found");
    assert_eq!(world.accept(CROSS, OCTETS).await.body, received.encode());
}

#[tokio::test]
async fn the_offline_cache_is_given_whole_by_place_and_only_when_it_is_new() {
    let world = World::new();
    let path = "/v1/dki/cache";
    let given = world.accept(path, COSE).await;
    assert_eq!(given.status, 200, "{given:?}");
    let signed = SignedCache::decode(&given.body).unwrap();
    assert_eq!(signed.cache().issuer, det_of("hda-i"));
    signed.verify(key("hda-i").hi(), UnixTime(START)).unwrap();
    let tag = given.headers["etag"].to_str().unwrap().to_owned();
    let request = Request::get(path).header("accept", COSE).header("if-none-match", &tag);
    assert_eq!(world.send(request.body(Body::empty()).unwrap()).await.status, 304);
    let document = world.accept(path, "application/json").await.json();
    assert_eq!(document["issuer"], json!(det_of("hda-i").to_string()));
    world.accept(path, "text/html").await.problem(406, "not-acceptable");
    assert_eq!(world.accept(&format!("{path}?hid=16376/10"), COSE).await.status, 200);
    for wrong in ["hid=16376/99", "hid=x", "near=here", "nothing=1"] {
        let reply = world.accept(&format!("{path}?{wrong}"), COSE).await;
        assert!(reply.status.is_client_error(), "{wrong}: {reply:?}");
        assert_eq!(reply.headers["content-type"], dime_http::PROBLEM_JSON, "{wrong}");
    }
}
