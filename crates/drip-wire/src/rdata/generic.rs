//! RDATA of any type as text: `\# length hexadecimal` (RFC 3597, section 5).

use super::presentation::{PresentationError, fields};
use alloc::{format, string::String, vec::Vec};

/// The text for these octets, in lower case; `\# 0` for none.
pub fn generic(rdata: &[u8]) -> String {
    if rdata.is_empty() {
        return String::from("\\# 0");
    }
    format!("\\# {} {}", rdata.len(), hex::encode(rdata))
}

/// The octets of such a text. The hexadecimal digits may be split by white space and parentheses.
pub fn parse_generic(text: &str) -> Result<Vec<u8>, PresentationError> {
    let mut fields = fields(text);
    if fields.next("\\#")? != "\\#" {
        return Err(PresentationError::Field { what: "\\#", expected: "\\#" });
    }
    let what = "length";
    let length: usize = fields.number(what, "a decimal number")?;
    let octets = fields.hex("data")?;
    if octets.len() == length {
        Ok(octets)
    } else {
        Err(PresentationError::Field { what, expected: "the number of octets that follow" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_must_agree() {
        assert_eq!(parse_generic("\\# 4 ( 0a00\n 0001 )"), Ok([10, 0, 0, 1].to_vec()));
        assert!(parse_generic("\\# 5 0a000001").is_err());
        assert!(parse_generic("\\# 4 0a00000").is_err());
        assert!(parse_generic("\\# +4 0a000001").is_err());
        assert!(parse_generic("# 0").is_err());
        assert!(parse_generic("").is_err());
        assert_eq!(generic(&[10, 0, 0, 1]), "\\# 4 0a000001");
    }
}
