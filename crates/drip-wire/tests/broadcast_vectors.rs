//! Broadcast messages that we did not make: the raw example of RFC 9575, and the aircraft of the research vectors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use drip_det::{Det, DripTime, HostIdentity};
use drip_wire::broadcast::{
    AdditionalData, Authentication, BasicId, CurrentRule, IdType, LinkHashRule, LinkMark, Location, Manifest,
    ManifestBody, Message, MessageHash, Sam, System, UaType, Wrapper, WrapperBody,
};
use drip_wire::{Epoch, Fault};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::Value;

fn read(file: &str) -> Value {
    let path = format!("{}/../../testdata/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn octets(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn list(value: &Value) -> Vec<Vec<u8>> {
    value.as_array().unwrap().iter().map(octets).collect()
}

fn messages(value: &Value) -> Vec<Message> {
    list(value).iter().map(|octets| Message::decode(octets).unwrap()).collect()
}

fn hash(value: &Value) -> MessageHash {
    MessageHash(octets(value).try_into().unwrap())
}

fn det(value: &Value) -> Det {
    Det::from_bytes(octets(value).try_into().unwrap()).unwrap()
}

fn hi(value: &Value) -> HostIdentity {
    value.as_str().unwrap().parse().unwrap()
}

/// Pages are read, and written again from their content alone.
fn check_pages(pages: &Value, data: &Value, additional: AdditionalData) -> Authentication {
    let pages = list(pages).concat();
    let read = Authentication::decode(&pages).unwrap();
    assert_eq!(read.data(), octets(data));
    assert_eq!(*read.additional(), additional);
    let written = Authentication::new(
        read.version(),
        read.authentication_type(),
        read.timestamp(),
        octets(data),
        additional,
    );
    assert_eq!(hex::encode(written.unwrap().encode()), hex::encode(&pages));
    assert_eq!(read.sam().unwrap().encode(), octets(data), "the format is written as it was read");
    read
}

#[test]
fn rfc9575_pages_and_formats() {
    let example = read("rfc9575/raw-example.json");
    let ua = det(&example["det"]);
    let hi = hi(&example["hi"]);
    ua.check(&hi).unwrap();

    let link = check_pages(&example["link"]["pages"], &example["link"]["data"], AdditionalData::Parity);
    assert_eq!(link.timestamp(), DripTime(156_363_280));
    let Sam::Link(link) = link.sam().unwrap() else { panic!("the example's Link is marked as a Frame") };
    assert_eq!(link.mark, LinkMark::Frame);
    assert_eq!((link.endorsement.child, link.endorsement.child_hi), (ua, hi));
    assert_eq!(link.endorsement.parent, det(&example["link"]["endorsement"]["parent_det"]));
    assert_eq!(link.endorsement.epoch(), Epoch::UnixSuspected);

    let wrapper =
        check_pages(&example["wrapper"]["pages"], &example["wrapper"]["data"], AdditionalData::Parity);
    let Sam::Wrapper(wrapper) = wrapper.sam().unwrap() else { panic!() };
    assert_eq!(wrapper.verify(&hi), Ok(()));
    let wrapped = messages(&example["messages"]);
    assert_eq!(wrapper.messages(), [wrapped[1], wrapped[2 + 1]], "Location and System");
    assert_eq!(wrapper.evidence().body().epoch(), Epoch::UnixSuspected);

    let manifest = &example["manifest"];
    let read = check_pages(&manifest["pages"], &manifest["data"], AdditionalData::Parity);
    let Sam::Manifest(read) = read.sam().unwrap() else { panic!() };
    assert_eq!(read.verify(&hi), Ok(()));
    assert_eq!(read.previous(), MessageHash::ZERO);
    assert_eq!(read.current_rule(), Some(CurrentRule::WithLink));
    assert_eq!(read.link_rule(&link.endorsement, None), Some(LinkHashRule::Endorsement));
    let hashes: Vec<MessageHash> = manifest["hashes"].as_array().unwrap().iter().map(hash).collect();
    assert_eq!((read.current(), read.messages()), (hashes[1], &hashes[3..]));
    let body = ManifestBody::new(
        (read.evidence().body().vnb(), read.evidence().body().vna()),
        MessageHash::ZERO,
        ManifestBody::link_hash(&link.endorsement),
        &hashes[3..],
        CurrentRule::WithLink,
        ua,
    );
    assert_eq!(body.unwrap().evidence(), read.evidence().body());
}

#[test]
fn rfc9575_messages() {
    let example = read("rfc9575/raw-example.json");
    let messages = messages(&example["messages"]);
    for (message, expected) in messages.iter().zip(example["message_hashes"].as_array().unwrap()) {
        assert_eq!(MessageHash::of(message.as_bytes()), hash(expected));
    }
    let ua = det(&example["det"]);
    let basic_id = BasicId::of_det(2, UaType::NONE, ua);
    assert_eq!(basic_id.message(), messages[0]);
    assert_eq!((basic_id.det(), basic_id.id_type()), (Some(Ok(ua)), IdType::SPECIFIC_SESSION));
    assert_eq!(Location::read(&messages[1]).unwrap().tenths_of_hour(), 8800);
    assert_eq!(System::read(&messages[3]).unwrap().timestamp(), Some(DripTime(156_363_280)));
    assert!(BasicId::read(&messages[1]).is_none() && Location::read(&messages[3]).is_none());
}

#[test]
fn the_links_of_the_research_vectors() {
    let manifest = read("chain/manifest.json");
    let links = manifest["broadcast_ua1"]["links"].as_object().unwrap();
    assert_eq!(links.len(), 4);
    for link in links.values() {
        let read = check_pages(&link["pages"], &link["data"], AdditionalData::Parity);
        assert_eq!(read.timestamp(), DripTime(235_224_000));
        check_pages(&link["pages_no_fec"], &link["data"], AdditionalData::None);
        let Sam::Link(link) = read.sam().unwrap() else { panic!() };
        assert_eq!(link.mark, LinkMark::Link);
        let mut parents = manifest["entities"].as_object().unwrap().values();
        let parent = parents.find(|entity| entity["det"] == link.endorsement.parent.to_hex());
        link.endorsement.verify(&hi(&parent.unwrap()["hi"])).unwrap();
    }
}

#[test]
fn wrapper_and_manifests_of_the_research_vectors_made_from_their_key() {
    let manifest = read("chain/manifest.json");
    let (ua1, broadcast) = (&manifest["entities"]["ua1"], &manifest["broadcast_ua1"]);
    let seed: [u8; 32] = octets(&ua1["private_seed"]).try_into().unwrap();
    let key = SigningKey::from_bytes(&seed);
    let (ua, hi) = (det(&ua1["det"]), HostIdentity::from(&key.verifying_key()));
    let messages = messages(&broadcast["messages"]);
    let times = (DripTime(235_224_000), DripTime(235_224_120));
    assert_eq!(BasicId::of_det(2, UaType::ROTORCRAFT, ua).message(), messages[0]);
    let location = Location::read(&messages[1]).unwrap();
    assert_eq!((location.latitude(), location.longitude()), (407_128_000, -740_060_000));
    assert_eq!((location.pressure_altitude(), location.altitude(), location.height()), (500, 550, 100));
    assert_eq!((location.track(), location.speed(), location.status()), (90, 250, 2));
    assert_eq!(location.seconds_from(times.0.to_unix()), Some(0));

    let swapped = [messages[1], messages[0]];
    let body = WrapperBody::new(times.0, times.1, &swapped, ua).unwrap();
    let signature = key.sign(&body.evidence().signed_octets()).to_bytes();
    let wrapper = body.sign_with(signature);
    assert_eq!(wrapper.encode(), octets(&broadcast["wrapper"]["data"]));
    assert_eq!(Wrapper::decode(&wrapper.encode()).unwrap(), wrapper);
    check_pages(&broadcast["wrapper"]["pages"], &broadcast["wrapper"]["data"], AdditionalData::Parity);

    let hashes: Vec<MessageHash> =
        messages.iter().map(|message| MessageHash::of(message.as_bytes())).collect();
    assert_eq!(hashes, broadcast["hashes"].as_array().unwrap().iter().map(hash).collect::<Vec<_>>());
    let Sam::Link(link) = Sam::decode(&octets(&broadcast["links"]["ua1"]["data"])).unwrap() else { panic!() };
    for (name, rule) in [
        ("manifest_rfc_example_rule", CurrentRule::WithLink),
        ("manifest_rfc_text_rule", CurrentRule::WithoutLink),
    ] {
        let link_hash = ManifestBody::link_hash(&link.endorsement);
        assert_eq!(link_hash, hash(&broadcast["link_hash_136"]));
        let body = ManifestBody::new(times, MessageHash::ZERO, link_hash, &hashes, rule, ua).unwrap();
        let signature = key.sign(&body.evidence().signed_octets()).to_bytes();
        let written = body.sign_with(signature);
        assert_eq!(hex::encode(written.encode()), broadcast[name]["data"].as_str().unwrap(), "{name}");
        let read = check_pages(&broadcast[name]["pages"], &broadcast[name]["data"], AdditionalData::Parity);
        assert_eq!(read.sam().unwrap(), Sam::Manifest(written.clone()));
        assert_eq!(written.verify(&hi), Ok(()));
        assert_eq!(written.current_rule(), Some(rule), "{name}");
    }
}

#[test]
fn each_reading_of_the_links_hash_is_known() {
    let manifest = read("chain/manifest.json");
    let broadcast = &manifest["broadcast_ua1"];
    let heard = Authentication::decode(&list(&broadcast["links"]["ua1"]["pages"]).concat()).unwrap();
    let Sam::Link(link) = heard.sam().unwrap() else { panic!() };
    let times = (DripTime(1), DripTime(2));
    for (name, rule) in [
        ("link_hash_136", LinkHashRule::Endorsement),
        ("link_hash_137_with_sam", LinkHashRule::SamData),
        ("link_hash_pages", LinkHashRule::Pages),
    ] {
        let link_hash = hash(&broadcast[name]);
        let body = ManifestBody::new(
            times,
            MessageHash::ZERO,
            link_hash,
            &[],
            CurrentRule::WithLink,
            link.endorsement.child,
        );
        let manifest = body.unwrap().sign_with([0; 64]);
        assert_eq!(manifest.link_rule(&link.endorsement, Some(&heard)), Some(rule));
        let mut other = link.endorsement;
        other.signature[0] ^= 1;
        assert_eq!(manifest.link_rule(&other, None), None);
    }
}

/// One octet changed anywhere: the signature, or the form, does not hold.
#[test]
fn no_changed_octet_is_verified() {
    let manifest = read("chain/manifest.json");
    let broadcast = &manifest["broadcast_ua1"];
    let hi = hi(&manifest["entities"]["ua1"]["hi"]);
    for data in
        [octets(&broadcast["wrapper"]["data"]), octets(&broadcast["manifest_rfc_example_rule"]["data"])]
    {
        for place in 0..data.len() {
            for bit in 0..8 {
                let mut changed = data.clone();
                changed[place] ^= 1 << bit;
                let holds = match Sam::decode(&changed) {
                    Ok(Sam::Wrapper(wrapper)) => wrapper.verify(&hi).is_ok(),
                    Ok(Sam::Manifest(manifest)) => manifest.verify(&hi).is_ok(),
                    // The SAM type is covered by no signature; as a Frame the same evidence is signed, and says nothing.
                    Ok(Sam::Frame(frame)) => place != 0 && frame.verify(&hi).is_ok(),
                    Ok(Sam::Link(_)) => panic!("no Link"),
                    Err(_) => false,
                };
                assert!(!holds, "octet {place}, bit {bit}");
            }
        }
    }
    assert_eq!(Sam::decode(&[]).unwrap_err().fault, Fault::Truncated);
    assert!(matches!(
        Manifest::decode(&octets(&broadcast["wrapper"]["data"])).unwrap_err().fault,
        Fault::Expected(_)
    ));
}
