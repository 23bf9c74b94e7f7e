//! HTTP Message Signatures against RFC 9421, appendix B.2.6 (Ed25519), and every way a request can fail the rules of a DIME.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use base64::{Engine, engine::general_purpose::STANDARD};
use drip_client::message_signature::{
    Component, DigestError, Presented, Request, SignatureError, SignatureParams, SignedFields, sign,
    sign_request, signature_base,
};
use drip_det::{Det, Hid, HostIdentity, UnixTime};
use ed25519_dalek::{Signer, SigningKey};

const NOW: UnixTime = UnixTime(1_618_884_500);

/// RFC 9421, appendix B.1.4: `test-key-ed25519`.
fn test_key() -> SigningKey {
    let octets = STANDARD.decode("n4Ni+HpISpVObnQMW0wOhCKROaIKqKtW/2ZYb2p9KcU=").unwrap();
    SigningKey::from_bytes(&octets.try_into().unwrap())
}

/// RFC 9421, appendix B.2: `test-request`.
const TEST_REQUEST: Request<'static> = Request {
    method: "POST",
    scheme: "https",
    authority: "example.com",
    path: "/foo",
    query: Some("param=Value&Pet=dog"),
    fields: &[
        ("host", "example.com"),
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("content-type", "application/json"),
        (
            "content-digest",
            "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
        ),
        ("content-length", "18"),
    ],
};

const B26_INPUT: &str = r#"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#;
const B26_SIGNATURE: &str =
    "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:";
const B26_BASE: &str = r#""date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#;

#[test]
fn rfc9421_b_2_6_base_and_signature() {
    let components: Vec<Component> =
        ["date", "@method", "@path", "@authority", "content-type", "content-length"]
            .map(|name| Component::from_name(name).unwrap())
            .to_vec();
    let params = SignatureParams {
        created: UnixTime(1_618_884_473),
        keyid: "test-key-ed25519".to_owned(),
        nonce: None,
        alg: None,
    };
    let mut signed_octets = Vec::new();
    let made = sign(&TEST_REQUEST, &components, &params, "sig-b26", |octets| {
        signed_octets = octets.to_vec();
        test_key().sign(octets).to_bytes()
    })
    .unwrap();
    assert_eq!(String::from_utf8(signed_octets).unwrap(), B26_BASE);
    assert_eq!(made.signature_input, B26_INPUT);
    assert_eq!(made.signature, B26_SIGNATURE);
    assert_eq!(
        signature_base(&TEST_REQUEST, &components, B26_INPUT.strip_prefix("sig-b26=").unwrap()).unwrap(),
        B26_BASE
    );
}

#[test]
fn a_keyid_that_is_no_det_is_nobody_here() {
    let fields = [("signature-input", B26_INPUT), ("signature", B26_SIGNATURE)];
    let request = Request { fields: &fields, ..TEST_REQUEST };
    assert_eq!(Presented::find(&request).unwrap_err(), SignatureError::NotOne(0));
}

const BODY: &[u8] = br#"{"kind":"aircraft"}"#;

const REGISTER: Request<'static> = Request {
    method: "POST",
    scheme: "http",
    authority: "127.0.0.1:8080",
    path: "/v1/registrations",
    query: None,
    fields: &[("content-type", "application/json")],
};

fn hi() -> HostIdentity {
    HostIdentity::from(&test_key().verifying_key())
}

fn det() -> Det {
    Det::derive(Hid::from_numbers(16376, 16376).unwrap(), &hi())
}

fn signed(request: &Request<'_>, body: Option<&[u8]>) -> SignedFields {
    sign_request(request, body, det(), NOW, &[7; 16], |octets| test_key().sign(octets).to_bytes()).unwrap()
}

/// Signs with chosen components and parameters, then reads it as a server would.
fn judge(
    request: &Request<'_>,
    body: &[u8],
    made: &SignedFields,
    now: UnixTime,
) -> Result<(Det, UnixTime), SignatureError> {
    let mut fields = request.fields.to_vec();
    fields.extend(made.iter());
    let request = Request { fields: &fields, ..*request };
    let proved =
        Presented::find(&request)?.expect("it is signed").check(&request, body, now)?.verify(&hi())?;
    Ok((proved.det(), proved.created()))
}

fn covering(names: &[&str], alg: Option<&'static str>) -> SignedFields {
    let components: Vec<Component> = names.iter().map(|name| Component::from_name(name).unwrap()).collect();
    let params = SignatureParams { created: NOW, keyid: det().to_string(), nonce: None, alg };
    sign(&REGISTER, &components, &params, "x", |octets| test_key().sign(octets).to_bytes()).unwrap()
}

#[test]
fn what_is_signed_here_is_verified_here() {
    let made = signed(&REGISTER, Some(BODY));
    assert_eq!(judge(&REGISTER, BODY, &made, NOW), Ok((det(), NOW)));
    let with_query = Request { query: Some("profile=lite"), ..REGISTER };
    assert_eq!(judge(&with_query, b"", &signed(&with_query, None), NOW), Ok((det(), NOW)));
}

#[test]
fn an_unsigned_request_has_no_signature() {
    assert!(Presented::find(&REGISTER).unwrap().is_none());
}

#[test]
fn any_change_of_what_is_covered_breaks_it() {
    let made = signed(&REGISTER, Some(BODY));
    let wrong = Err(SignatureError::Wrong(det()));
    assert_eq!(judge(&Request { method: "PUT", ..REGISTER }, BODY, &made, NOW), wrong);
    assert_eq!(judge(&Request { path: "/v1/other", ..REGISTER }, BODY, &made, NOW), wrong);
    assert_eq!(judge(&Request { authority: "other.example", ..REGISTER }, BODY, &made, NOW), wrong);
    let retyped = [("content-type", "application/pkcs10")];
    assert_eq!(judge(&Request { fields: &retyped, ..REGISTER }, BODY, &made, NOW), wrong);
    assert_eq!(
        judge(&REGISTER, b"{}", &made, NOW),
        Err(SignatureError::Digest(DigestError::Differs("sha-256")))
    );
    let queried = Request { query: Some("kind=hda"), ..REGISTER };
    assert_eq!(judge(&queried, BODY, &made, NOW), Err(SignatureError::NotCovered("@query")));
    for at in [0, 31, 63] {
        let octets = made.signature.strip_prefix("dime=:").unwrap().strip_suffix(':').unwrap();
        let mut octets = STANDARD.decode(octets).unwrap();
        octets[at] ^= 1;
        let bent = SignedFields { signature: format!("dime=:{}:", STANDARD.encode(octets)), ..made.clone() };
        assert_eq!(judge(&REGISTER, BODY, &bent, NOW), wrong, "octet {at}");
    }
}

#[test]
fn the_window_is_closed_on_both_sides() {
    let made = signed(&REGISTER, Some(BODY));
    for now in [NOW.0 - 300, NOW.0 + 300] {
        assert_eq!(judge(&REGISTER, BODY, &made, UnixTime(now)), Ok((det(), NOW)));
    }
    for now in [NOW.0 - 301, NOW.0 + 301] {
        let created = NOW.0 as i64;
        let refused = Err(SignatureError::OutsideWindow { created, now });
        assert_eq!(judge(&REGISTER, BODY, &made, UnixTime(now)), refused);
    }
}

#[test]
fn too_little_covered() {
    let not_covered = |names: &[&str], body: &[u8]| judge(&REGISTER, body, &covering(names, None), NOW);
    assert_eq!(not_covered(&["@path"], b""), Err(SignatureError::NotCovered("@method")));
    assert_eq!(not_covered(&["@method"], b""), Err(SignatureError::NotCovered("@path")));
    assert_eq!(not_covered(&["@method", "@path"], BODY), Err(SignatureError::NotCovered("content-digest")));
    assert_eq!(not_covered(&["@method", "@path"], b""), Ok((det(), NOW)));
    assert_eq!(not_covered(&["@method", "@target-uri"], b""), Ok((det(), NOW)));
    assert_eq!(not_covered(&["@method", "@request-target"], b""), Ok((det(), NOW)));
}

#[test]
fn another_algorithm_is_refused() {
    let made = covering(&["@method", "@path"], Some("hmac-sha256"));
    assert_eq!(judge(&REGISTER, b"", &made, NOW), Err(SignatureError::Algorithm("hmac-sha256".into())));
}

#[test]
fn missing_created_and_past_expires() {
    let made = covering(&["@method", "@path"], None);
    let created = format!(";created={}", NOW.0);
    let input = made.signature_input.replace(&created, "");
    let without = SignedFields { signature_input: input, ..made.clone() };
    assert_eq!(judge(&REGISTER, b"", &without, NOW), Err(SignatureError::NoCreated));
    let expired = SignedFields {
        signature_input: format!("{};expires={}", made.signature_input, NOW.0 - 1),
        ..made.clone()
    };
    let past = NOW.0 as i64 - 1;
    assert_eq!(judge(&REGISTER, b"", &expired, NOW), Err(SignatureError::Expired(past)));
}

#[test]
fn malformed_fields_have_their_own_errors() {
    let made = signed(&REGISTER, None);
    let judged = |input: &str, signature: &str| {
        let bent = SignedFields {
            content_digest: None,
            signature_input: input.to_owned(),
            signature: signature.to_owned(),
        };
        judge(&REGISTER, b"", &bent, NOW).unwrap_err()
    };
    assert_eq!(judged("((", &made.signature), SignatureError::Malformed("Signature-Input"));
    assert_eq!(judged(&made.signature_input, "dime=:AAAA:"), SignatureError::Malformed("Signature"));
    assert_eq!(judged(&made.signature_input, "other=:AAAA:"), SignatureError::Malformed("Signature"));
    let two = format!("{}, {}", made.signature_input, made.signature_input.replacen("dime", "two", 1));
    assert_eq!(judged(&two, &made.signature), SignatureError::NotOne(2));
    let only = [("signature", made.signature.as_str())];
    let request = Request { fields: &only, ..REGISTER };
    assert_eq!(Presented::find(&request).unwrap_err(), SignatureError::Malformed("Signature-Input"));
}

#[test]
fn another_key_is_not_the_dets() {
    let made = signed(&REGISTER, None);
    let other = HostIdentity::from(&SigningKey::from_bytes(&[9; 32]).verifying_key());
    let mut fields = REGISTER.fields.to_vec();
    fields.extend(made.iter());
    let request = Request { fields: &fields, ..REGISTER };
    let checked = Presented::find(&request).unwrap().unwrap().check(&request, b"", NOW).unwrap();
    assert_eq!(checked.verify(&other), Err(SignatureError::Wrong(det())));
}
