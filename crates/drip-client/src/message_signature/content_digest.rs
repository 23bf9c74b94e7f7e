//! The Content-Digest field (RFC 9530): what ties a body to the signature over its headers.

use sfv::{BareItem, DictSerializer, Dictionary, ListEntry, Parser, key_ref};
use sha2::{Digest, Sha256, Sha512};

/// A Content-Digest that does not vouch for the body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// The field is no structured dictionary of octet strings.
    #[error("Content-Digest is not a dictionary of octet strings")]
    Malformed,
    /// Neither sha-256 nor sha-512 is among its members.
    #[error("Content-Digest has neither sha-256 nor sha-512")]
    NoKnownAlgorithm,
    /// The body has another digest.
    #[error("the {0} in Content-Digest is not that of the body")]
    Differs(&'static str),
}

/// The field's value for a body, with SHA-256.
pub fn content_digest(body: &[u8]) -> String {
    let mut field = DictSerializer::new();
    field.bare_item(key_ref("sha-256"), Sha256::digest(body).as_slice());
    field.finish().unwrap_or_default()
}

/// Checks a field's value against a body: every digest known here must be right, and one must be known.
pub fn check_content_digest(field: &str, body: &[u8]) -> Result<(), DigestError> {
    let members: Dictionary = Parser::new(field).parse().map_err(|_| DigestError::Malformed)?;
    let mut known = false;
    for (algorithm, member) in &members {
        let ListEntry::Item(item) = member else { return Err(DigestError::Malformed) };
        let BareItem::ByteSequence(digest) = &item.bare_item else { return Err(DigestError::Malformed) };
        match algorithm.as_str() {
            "sha-256" if *digest != Sha256::digest(body).as_slice() => {
                return Err(DigestError::Differs("sha-256"));
            }
            "sha-512" if *digest != Sha512::digest(body).as_slice() => {
                return Err(DigestError::Differs("sha-512"));
            }
            "sha-256" | "sha-512" => known = true,
            _ => {}
        }
    }
    if known { Ok(()) } else { Err(DigestError::NoKnownAlgorithm) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"hello": "world"}"#;

    /// RFC 9530, appendix D (and RFC 9421, appendix B.2): digests of `{"hello": "world"}`.
    #[test]
    fn the_published_digests() {
        assert_eq!(content_digest(BODY), "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:");
        let sha512 = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
        assert_eq!(check_content_digest(sha512, BODY), Ok(()));
        assert_eq!(check_content_digest(&content_digest(BODY), BODY), Ok(()));
        assert_eq!(check_content_digest(&content_digest(BODY), b"{}"), Err(DigestError::Differs("sha-256")));
    }

    #[test]
    fn one_wrong_digest_among_right_ones_is_wrong() {
        let both = format!("{}, sha-512=:AAAA:", content_digest(BODY));
        assert_eq!(check_content_digest(&both, BODY), Err(DigestError::Differs("sha-512")));
    }

    #[test]
    fn unknown_and_malformed() {
        assert_eq!(check_content_digest("md5=:AAAA:", BODY), Err(DigestError::NoKnownAlgorithm));
        assert_eq!(check_content_digest("", BODY), Err(DigestError::NoKnownAlgorithm));
        assert_eq!(check_content_digest("sha-256=abc", BODY), Err(DigestError::Malformed));
        assert_eq!(check_content_digest("sha-256=:*:", BODY), Err(DigestError::Malformed));
    }
}
