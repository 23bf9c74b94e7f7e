//! The two texts of a key in BIND's form (format v1.3): `K<zone>+<algorithm>+<tag>.key` with the DNSKEY record, `….private` with the private
//! half and the timing metadata.
//!
//! ```text
//! Private-key-format: v1.3
//! Algorithm: 15 (ED25519)                  or 13 (ECDSAP256SHA256)
//! PrivateKey: <32 octets in base64>
//! Created: 20261122172321
//! Publish: …  Activate: …  Inactive: …  Delete: …  SyncPublish: …  SyncDelete: …
//! ```
//!
//! Lines with other names are kept when the file is written again.

use super::{
    Algorithm, Dnskey, KeyRole, KeyTimes, PublicKey, ZoneKey, compact_time, parse_compact_time, times::FIELDS,
};
use crate::Name;
use base64::{Engine, prelude::BASE64_STANDARD};
use core::fmt::Write;
use zeroize::Zeroizing;

/// What is wrong with the text of a key file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyTextError {
    /// A line is not `Name: value`.
    #[error("line {line}: expected 'Name: value'")]
    Line {
        /// The line, from 1.
        line: usize,
    },
    /// The format is another than v1.
    #[error("line {line}: the format is not v1.2 or v1.3")]
    Format {
        /// The line, from 1.
        line: usize,
    },
    /// The algorithm is none of those that zones are signed with here.
    #[error("the algorithm is {0:?}; zones here are signed with 15 (ED25519) or 13 (ECDSAP256SHA256)")]
    Algorithm(String),
    /// The private key is not 32 octets in base64.
    #[error("line {line}: PrivateKey is not 32 octets in base64")]
    PrivateKey {
        /// The line, from 1.
        line: usize,
    },
    /// A time is not `YYYYMMDDHHmmSS`.
    #[error("line {line}: {field} is not a time such as 20261122000000")]
    Time {
        /// The line, from 1.
        line: usize,
        /// Which time.
        field: &'static str,
    },
    /// Something is said twice.
    #[error("line {line}: {field} is there twice")]
    Twice {
        /// The line, from 1.
        line: usize,
        /// What.
        field: &'static str,
    },
    /// A line that must be there is not.
    #[error("there is no {0} line")]
    Missing(&'static str),
    /// The DNSKEY record cannot be read.
    #[error("the DNSKEY record is not 'ZONE [TTL] IN DNSKEY 256|257 3 13|15 KEY'")]
    Record,
    /// The record is another zone's.
    #[error("the DNSKEY record is of zone {0}")]
    OtherZone(String),
    /// Public and private key do not belong together, or the private one is none.
    #[error("the private key is not that of the DNSKEY record")]
    OtherKey,
}

/// The octets of the private key and the times.
pub(crate) struct Private {
    pub(crate) algorithm: Algorithm,
    pub(crate) seed: Zeroizing<[u8; 32]>,
    pub(crate) times: KeyTimes,
    /// Lines whose names are not known here.
    pub(crate) others: Zeroizing<String>,
}

/// Reads the `.private` text.
pub(crate) fn parse_private(text: &str) -> Result<Private, KeyTextError> {
    let mut times = KeyTimes::default();
    let mut others = Zeroizing::new(String::new());
    let (mut format, mut algorithm, mut seed) = (None, None, None);
    for (index, whole) in text.lines().enumerate() {
        let line = index + 1;
        if whole.trim().is_empty() || whole.starts_with(';') {
            continue;
        }
        let (name, value) = whole.split_once(':').ok_or(KeyTextError::Line { line })?;
        let value = value.trim();
        match name {
            "Private-key-format" => {
                if !["v1.2", "v1.3"].contains(&value) {
                    return Err(KeyTextError::Format { line });
                }
                once(&mut format, (), line, "Private-key-format")?;
            }
            "Algorithm" => {
                let number = value.split(' ').next().and_then(|number| number.parse().ok());
                let known = number.and_then(Algorithm::of_number);
                let known = known.ok_or_else(|| KeyTextError::Algorithm(value.to_owned()))?;
                once(&mut algorithm, known, line, "Algorithm")?;
            }
            "PrivateKey" => {
                let octets = BASE64_STANDARD.decode(value).map(Zeroizing::new);
                let octets = octets.map_err(|_| KeyTextError::PrivateKey { line })?;
                let octets = <&[u8; 32]>::try_from(octets.as_slice());
                let octets = octets.map_err(|_| KeyTextError::PrivateKey { line })?;
                once(&mut seed, Zeroizing::new(*octets), line, "PrivateKey")?;
            }
            _ => match FIELDS.into_iter().find(|field| *field == name) {
                Some(field) => {
                    let time = parse_compact_time(value).ok_or(KeyTextError::Time { line, field })?;
                    if let Some(slot) = times.field(field) {
                        once(slot, time, line, field)?;
                    }
                }
                None => {
                    others.push_str(whole);
                    others.push('\n');
                }
            },
        }
    }
    format.ok_or(KeyTextError::Missing("Private-key-format"))?;
    let algorithm = algorithm.ok_or(KeyTextError::Missing("Algorithm"))?;
    let seed = seed.ok_or(KeyTextError::Missing("PrivateKey"))?;
    Ok(Private { algorithm, seed, times, others })
}

fn once<T>(slot: &mut Option<T>, value: T, line: usize, field: &'static str) -> Result<(), KeyTextError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(KeyTextError::Twice { line, field }),
    }
}

/// Reads the `.key` text: the flags and public key of the zone's DNSKEY record.
pub(crate) fn parse_public(text: &str, zone: &Name) -> Result<Dnskey, KeyTextError> {
    let record = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with(';'));
    let mut words = record.ok_or(KeyTextError::Missing("DNSKEY"))?.split_ascii_whitespace();
    let owner = words.next().ok_or(KeyTextError::Record)?;
    if !owner.parse::<Name>().is_ok_and(|name| name.is_same(zone)) {
        return Err(KeyTextError::OtherZone(owner.to_owned()));
    }
    let words: Vec<&str> = words.skip_while(|word| *word != "DNSKEY").collect();
    let [_, flags, "3", algorithm, key @ ..] = words.as_slice() else { return Err(KeyTextError::Record) };
    let known = algorithm.parse().ok().and_then(Algorithm::of_number);
    let known = known.ok_or_else(|| KeyTextError::Algorithm((*algorithm).to_owned()))?;
    let flags = flags.parse().ok().filter(|flags| [Dnskey::KSK, Dnskey::ZSK].contains(flags));
    let octets = BASE64_STANDARD.decode(key.concat()).ok();
    match (flags, octets.and_then(|octets| PublicKey::of_octets(known, &octets))) {
        (Some(flags), Some(public_key)) => Ok(Dnskey { flags, public_key }),
        _ => Err(KeyTextError::Record),
    }
}

/// The key of both texts, and the lines of the private one that are not known here.
pub(crate) fn parse(
    public: &str,
    private: &str,
    zone: &Name,
) -> Result<(ZoneKey, Zeroizing<String>), KeyTextError> {
    let dnskey = parse_public(public, zone)?;
    let Private { algorithm, seed, times, others } = parse_private(private)?;
    let role = if dnskey.flags == Dnskey::KSK { KeyRole::KeySigning } else { KeyRole::ZoneSigning };
    match ZoneKey::of_algorithm(algorithm, &seed, role, times) {
        Some(key) if *key.dnskey() == dnskey => Ok((key, others)),
        _ => Err(KeyTextError::OtherKey),
    }
}

/// The `.key` text.
pub(crate) fn public_text(key: &ZoneKey, zone: &Name) -> String {
    let role = match key.role() {
        KeyRole::KeySigning => "key-signing",
        KeyRole::ZoneSigning => "zone-signing",
    };
    let mut text = format!("; This is a {role} key, keyid {}, for {zone}\n", key.tag());
    for (field, time) in FIELDS.into_iter().zip(key.times.all()) {
        if let Some(time) = time {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "; {field}: {} ({time})", compact_time(time));
        }
    }
    let dnskey = key.dnskey();
    let octets = BASE64_STANDARD.encode(dnskey.public_key.octets());
    let _ = writeln!(text, "{zone} IN DNSKEY {} 3 {} {octets}", dnskey.flags, key.algorithm().number());
    text
}

/// The `.private` text.
pub(crate) fn private_text(key: &ZoneKey, others: &str) -> Zeroizing<String> {
    // Large enough that it never moves: what a growing string leaves behind is not wiped.
    let mut text = Zeroizing::new(String::with_capacity(1024 + others.len()));
    let algorithm = key.algorithm();
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "Private-key-format: v1.3\nAlgorithm: {} ({})\n",
        algorithm.number(),
        algorithm.mnemonic()
    );
    text.push_str("PrivateKey: ");
    let octets = Zeroizing::new(BASE64_STANDARD.encode(*key.seed()));
    text.push_str(&octets);
    text.push('\n');
    for (field, time) in FIELDS.into_iter().zip(key.times.all()) {
        if let Some(time) = time {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{field}: {}", compact_time(time));
        }
    }
    text.push_str(others);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use drip_det::UnixTime;

    /// The key of RFC 8080, section 6.1, as dnssec-keygen writes it.
    const PRIVATE: &str = "Private-key-format: v1.3\nAlgorithm: 15 (ED25519)\n\
        PrivateKey: ODIyNjAzODQ2MjgwODAxMjI2NDUxOTAyMDQxNDIyNjI=\nCreated: 20261122172321\nPublish: 20261122172321\n\
        Activate: 20261122172321\nSomething: else\n";
    const PUBLIC: &str = "; This is a key-signing key, keyid 3613, for example.com.\n\
        example.com. IN DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=\n";

    fn zone() -> Name {
        "example.com.".parse().unwrap()
    }

    fn fault(public: &str, private: &str) -> KeyTextError {
        parse(public, private, &zone()).err().expect("a fault")
    }

    #[test]
    fn texts_both_ways() {
        let (key, others) = parse(PUBLIC, PRIVATE, &zone()).ok().unwrap();
        assert_eq!((key.tag(), key.role()), (3613, KeyRole::KeySigning));
        assert_eq!(key.times.activate, Some(UnixTime(1_795_368_201)));
        assert_eq!(*private_text(&key, &others), PRIVATE);
        let (again, _) = parse(&public_text(&key, &zone()), &private_text(&key, ""), &zone()).ok().unwrap();
        assert_eq!((again.dnskey(), again.times), (key.dnskey(), key.times));
        let with_ttl = PUBLIC.replace(" IN ", " 3600 IN ");
        assert!(parse(&with_ttl, PRIVATE, &zone()).is_ok());
    }

    #[test]
    fn each_fault_has_its_words() {
        let private = |from: &str, to: &str| fault(PUBLIC, &PRIVATE.replace(from, to));
        assert_eq!(private("v1.3", "v2"), KeyTextError::Format { line: 1 });
        assert_eq!(private("15 (ED", "16 (ED4"), KeyTextError::Algorithm("16 (ED425519)".into()));
        assert_eq!(
            private("15 (ED25519", "13 (ECDSAP256SHA256"),
            KeyTextError::OtherKey,
            "not that of the record"
        );
        assert_eq!(private("PrivateKey: O", "PrivateKey: "), KeyTextError::PrivateKey { line: 3 });
        assert_eq!(private("PrivateKey", "Key"), KeyTextError::Missing("PrivateKey"));
        assert_eq!(private("Algorithm: 15 (ED25519)\n", ""), KeyTextError::Missing("Algorithm"));
        assert_eq!(private("Private-key-format: v1.3\n", ""), KeyTextError::Missing("Private-key-format"));
        assert_eq!(private("Publish: 2026", "Publish: x"), KeyTextError::Time { line: 5, field: "Publish" });
        assert_eq!(private("Publish", "Created"), KeyTextError::Twice { line: 5, field: "Created" });
        assert_eq!(private("Something: ", "Something "), KeyTextError::Line { line: 7 });
        assert_eq!(private(": ODIy", ": PDIy"), KeyTextError::OtherKey);
        let public = |from: &str, to: &str| fault(&PUBLIC.replace(from, to), PRIVATE);
        assert_eq!(
            public("example.com. IN", "example.org. IN"),
            KeyTextError::OtherZone("example.org.".into())
        );
        assert_eq!(public("257 3 15", "257 3 8"), KeyTextError::Algorithm("8".into()));
        for (from, to) in [("257", "258"), ("257 3", "257 2"), ("JA4=", ""), ("DNSKEY", "KEY")] {
            assert_eq!(public(from, to), KeyTextError::Record, "{from}");
        }
        assert_eq!(fault("; nothing\n", PRIVATE), KeyTextError::Missing("DNSKEY"));
    }

    /// The key of RFC 6605, section 6.1.
    #[test]
    fn an_ecdsa_key() {
        let private = "Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\n\
            PrivateKey: GU6SnQ/Ou+xC5RumuIUIuJZteXT2z0O/ok1s38Et6mQ=\n";
        let public = "example.net. IN DNSKEY 257 3 13 \
            GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==\n";
        let zone = "example.net.".parse().unwrap();
        let (key, others) = parse(public, private, &zone).ok().unwrap();
        assert_eq!((key.tag(), key.algorithm()), (55648, Algorithm::EcdsaP256Sha256));
        assert_eq!(*private_text(&key, &others), private);
        assert!(public_text(&key, &zone).ends_with(public));
        // No number that is a private key.
        let zero =
            private.replace("GU6SnQ/Ou+xC5RumuIUIuJZteXT2z0O/ok1s38Et6mQ=", &BASE64_STANDARD.encode([0; 32]));
        assert_eq!(parse(public, &zero, &zone).err(), Some(KeyTextError::OtherKey));
    }

    /// One character is another one, or what follows is gone: a fault, or a key that is written and read again.
    #[test]
    fn no_text_is_too_strange() {
        let settles = |public: &str, private: &str| {
            if let Ok((key, others)) = parse(public, private, &zone()) {
                let (public, private) = (public_text(&key, &zone()), private_text(&key, &others));
                let (again, same) = parse(&public, &private, &zone()).ok().unwrap();
                assert_eq!((again.dnskey(), again.times), (key.dnskey(), key.times));
                assert_eq!(*same, *others);
            }
        };
        for (at, _) in PRIVATE.char_indices().chain(PUBLIC.char_indices()) {
            for other in ["", "\0", " ", "\n", ":", ";", "9", "-", "\u{e9}"] {
                let changed = |text: &str| match text.get(at + 1..) {
                    Some(rest) => format!("{}{other}{rest}", &text[..at]),
                    None => text.to_owned(),
                };
                settles(PUBLIC, &changed(PRIVATE));
                settles(&changed(PUBLIC), PRIVATE);
            }
            settles(PUBLIC, PRIVATE.get(..at).unwrap_or_default());
            settles(PUBLIC.get(..at).unwrap_or_default(), PRIVATE);
        }
    }
}
