//! Certificate signing requests (RFC 2986) with an Ed25519 key (RFC 8410), written octet by octet.
//!
//! ```text
//! SEQUENCE
//!   SEQUENCE                      what is signed
//!     INTEGER 0                   02 01 00
//!     SEQUENCE                    subject: empty, or one serialNumber
//!     SEQUENCE                    SubjectPublicKeyInfo: 30 05 06 03 2b 65 70, 03 21 00, 32 octets
//!     [0]                         attributes: none, a0 00
//!   SEQUENCE                      Ed25519: 30 05 06 03 2b 65 70
//!   BIT STRING                    03 41 00, 64 octets
//! ```

use ed25519_dalek::{Signer, SigningKey};

const ED25519: [u8; 7] = [0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70];

/// A new key from the operating system's randomness.
pub fn new_key() -> SigningKey {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).expect("randomness");
    SigningKey::from_bytes(&seed)
}

/// The DER of a request by this key, with an empty subject.
pub fn der(key: &SigningKey) -> Vec<u8> {
    der_with_subject(key, &[])
}

/// The DER of a request by this key whose subject holds these octets.
pub fn der_with_subject(key: &SigningKey, subject: &[u8]) -> Vec<u8> {
    let mut spki = ED25519.to_vec();
    spki.extend([0x03, 0x21, 0x00]);
    spki.extend(key.verifying_key().as_bytes());
    let mut inner = vec![0x02, 0x01, 0x00];
    inner.extend(tlv(0x30, subject));
    inner.extend(tlv(0x30, &spki));
    inner.extend([0xA0, 0x00]);
    let signed = tlv(0x30, &inner);
    let mut outer = signed.clone();
    outer.extend(ED25519);
    outer.extend([0x03, 0x41, 0x00]);
    outer.extend(key.sign(&signed).to_bytes());
    tlv(0x30, &outer)
}

/// The subject with one serialNumber (2.5.4.5) as PrintableString.
pub fn serial_number(serial: &str) -> Vec<u8> {
    let mut attribute = vec![0x06, 0x03, 0x55, 0x04, 0x05];
    attribute.extend(tlv(0x13, serial.as_bytes()));
    tlv(0x31, &tlv(0x30, &attribute))
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut octets = vec![tag];
    match content.len() {
        length @ 0..=127 => octets.push(length as u8),
        length @ 128..=255 => octets.extend([0x81, length as u8]),
        length => octets.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    octets.extend(content);
    octets
}
