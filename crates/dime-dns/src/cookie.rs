//! DNS cookies (RFC 7873) in the form that all servers of an anycast group can share (RFC 9018).
//!
//! | octets | content of the option |
//! |---|---|
//! | 8 | client cookie |
//! | 1 | version, 1 |
//! | 3 | reserved, 0 |
//! | 4 | when the server cookie was made: seconds since 1970, big-endian, in serial number arithmetic |
//! | 8 | SipHash-2-4 of all before it and of the client's address, little-endian |
//!
//! Who shows a cookie that is ours is where it says it is: it cannot be the victim of somebody else's questions.

use siphasher::sip::SipHasher24;
use std::{hash::Hasher, net::IpAddr};

/// How old a server cookie may be, in seconds (RFC 9018, section 4.3).
const OLDEST: u32 = 3600;
/// How far in the future: servers of one group may disagree about the time.
const FUTURE: u32 = 300;
/// From which age on a new one is given.
const RENEW: u32 = 1800;

const VERSION: u8 = 1;

/// What is known to the servers of a group, and to nobody else.
pub type CookieSecret = [u8; 16];

/// Makes and checks server cookies.
#[derive(Clone)]
pub struct Cookies {
    current: CookieSecret,
    /// Cookies of these secrets are still taken: the one that was in force before, or the one that comes next (RFC 9018, section 5).
    others: Vec<CookieSecret>,
}

/// What a cookie option says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieCheck {
    /// It has a length that no cookie has (RFC 7873, section 5.2.2): FORMERR.
    Malformed,
    /// A client that has no server cookie yet.
    ClientOnly {
        /// Its cookie.
        client: [u8; 8],
    },
    /// A server cookie that was not made here, not for this client, or not lately.
    Bad {
        /// The client's cookie.
        client: [u8; 8],
    },
    /// A server cookie of ours: the client is where it says it is.
    Valid {
        /// The option to answer with: the same cookie, or a new one in the place of one that grows old.
        answer: [u8; 24],
    },
}

impl Cookies {
    /// Cookies are made with `current`, and taken if made with that or one of `others`.
    pub fn new(current: CookieSecret, others: Vec<CookieSecret>) -> Self {
        Cookies { current, others }
    }

    /// Judges a cookie option. `now` is in seconds since 1970, modulo 2^32.
    pub fn check(&self, option: &[u8], address: IpAddr, now: u32) -> CookieCheck {
        let Some((&client, server)) = option.split_first_chunk::<8>() else { return CookieCheck::Malformed };
        match server.len() {
            0 => return CookieCheck::ClientOnly { client },
            8..=32 => {}
            _ => return CookieCheck::Malformed,
        }
        let (Ok(option), Ok(server)) = (<[u8; 24]>::try_from(option), <[u8; 16]>::try_from(server)) else {
            return CookieCheck::Bad { client };
        };
        let [version, _, _, _, t0, t1, t2, t3, hash @ ..] = server;
        let made = u32::from_be_bytes([t0, t1, t2, t3]);
        let age = now.wrapping_sub(made);
        let is_lately = age <= OLDEST || made.wrapping_sub(now) <= FUTURE;
        let (head, _) = option.split_at(16);
        let is_ours = |secret: &CookieSecret| is_equal(&hash_of(secret, head, address), &hash);
        if version != VERSION || !is_lately {
            return CookieCheck::Bad { client };
        }
        if is_ours(&self.current) {
            let is_fresh = !(RENEW..=OLDEST).contains(&age);
            let answer = if is_fresh { option } else { self.answer(client, address, now) };
            CookieCheck::Valid { answer }
        } else if self.others.iter().any(is_ours) {
            CookieCheck::Valid { answer: self.answer(client, address, now) }
        } else {
            CookieCheck::Bad { client }
        }
    }

    /// The option with a new server cookie for a client.
    pub fn answer(&self, client: [u8; 8], address: IpAddr, now: u32) -> [u8; 24] {
        let mut option = [0; 24];
        let (head, hash) = option.split_at_mut(16);
        let (for_client, made) = head.split_at_mut(8);
        for_client.copy_from_slice(&client);
        made.copy_from_slice(&(u64::from(VERSION) << 56 | u64::from(now)).to_be_bytes());
        hash.copy_from_slice(&hash_of(&self.current, head, address));
        option
    }
}

/// `head` is all of the option before the hash.
fn hash_of(secret: &CookieSecret, head: &[u8], address: IpAddr) -> [u8; 8] {
    let mut hasher = SipHasher24::new_with_key(secret);
    hasher.write(head);
    match address {
        IpAddr::V4(address) => hasher.write(&address.octets()),
        IpAddr::V6(address) => hasher.write(&address.octets()),
    }
    hasher.finish().to_le_bytes()
}

/// Compares without telling by the time it takes where the difference is.
fn is_equal(one: &[u8; 8], other: &[u8; 8]) -> bool {
    u64::from_ne_bytes(*one) ^ u64::from_ne_bytes(*other) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> CookieSecret {
        hex(text).try_into().unwrap()
    }

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    fn option(text: &str) -> [u8; 24] {
        hex(text).try_into().unwrap()
    }

    /// RFC 9018, appendix A.1.
    #[test]
    fn a_first_cookie() {
        let cookies = Cookies::new(secret("e5e973e5a6b2a43f48e7dc849e37bfcf"), Vec::new());
        let address = "198.51.100.100".parse().unwrap();
        let client = hex("2464c4abcf10c957");
        let CookieCheck::ClientOnly { client } = cookies.check(&client, address, 1_559_731_985) else {
            panic!()
        };
        let answer = option("2464c4abcf10c957010000005cf79f111f8130c3eee29480");
        assert_eq!(cookies.answer(client, address, 1_559_731_985), answer);
        // Appendix A.2, the same cookie 40 minutes later, is renewed; within half an hour it is not.
        assert_eq!(cookies.check(&answer, address, 1_559_731_985 + 60), CookieCheck::Valid { answer });
        let renewed = option("2464c4abcf10c957010000005cf7a871d4a564a1442aca77");
        assert_eq!(cookies.check(&answer, address, 0x5cf7_a871), CookieCheck::Valid { answer: renewed });
    }

    /// RFC 9018, appendix A.3: octets that are reserved may be anything, and are part of what is hashed.
    #[test]
    fn reserved_octets() {
        let cookies = Cookies::new(secret("e5e973e5a6b2a43f48e7dc849e37bfcf"), Vec::new());
        let address = "203.0.113.203".parse().unwrap();
        let shown = option("fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5");
        let client = *shown.first_chunk().unwrap();
        let made = 0x5cf7_8f71;
        assert_eq!(cookies.check(&shown, address, made + 60), CookieCheck::Valid { answer: shown });
        assert_eq!(cookies.check(&shown, address, made + 6400), CookieCheck::Bad { client }, "too old");
    }

    /// RFC 9018, appendix A.4: IPv6, and a secret that is being replaced.
    #[test]
    fn another_secret() {
        let old = secret("dd3bdf9344b678b185a6f5cb60fca715");
        let new = secret("445536bcd2513298075a5d379663c962");
        let address = "2001:db8:220:1:59de:d0f4:8769:82b8".parse().unwrap();
        let shown = option("22681ab97d52c298010000005cf7c57926556bd0934c72f8");
        let answer = option("22681ab97d52c298010000005cf7c609a6bb79d16625507a");
        let now = 0x5cf7_c609;
        assert_eq!(Cookies::new(new, vec![old]).check(&shown, address, now), CookieCheck::Valid { answer });
        let client = *shown.first_chunk().unwrap();
        assert_eq!(Cookies::new(new, Vec::new()).check(&shown, address, now), CookieCheck::Bad { client });
    }

    #[test]
    fn lengths_and_times() {
        let cookies = Cookies::new([7; 16], Vec::new());
        let address = "192.0.2.1".parse().unwrap();
        let now = u32::MAX - 100;
        let good = cookies.answer([1; 8], address, now);
        for length in 0..=64 {
            let mut option = good.to_vec();
            option.resize(length, 0);
            let expected = match length {
                8 => CookieCheck::ClientOnly { client: [1; 8] },
                24 => CookieCheck::Valid { answer: good },
                16..=40 => CookieCheck::Bad { client: [1; 8] },
                _ => CookieCheck::Malformed,
            };
            assert_eq!(cookies.check(&option, address, now), expected, "{length} octets");
        }
        let is_valid = |at: u32| matches!(cookies.check(&good, address, at), CookieCheck::Valid { .. });
        // Over the end of 32 bits, too.
        assert!(is_valid(now.wrapping_add(3600)) && !is_valid(now.wrapping_add(3601)));
        assert!(is_valid(now - 300) && !is_valid(now - 301));
        assert!(!matches!(
            cookies.check(&good, "192.0.2.2".parse().unwrap(), now),
            CookieCheck::Valid { .. }
        ));
        for bit in 0..192 {
            let mut damaged = good;
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(cookies.check(&damaged, address, now), CookieCheck::Bad { .. }), "bit {bit}");
        }
    }
}
