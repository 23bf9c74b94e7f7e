//! What `dime register hda|raa` says of a registry: number, name servers, DS records, coverage.

use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use drip_det::Hid;
use drip_wire::coverage::Coverage;
use serde_json::{Map, Value, json};

use crate::input;
use crate::outcome::Failure;

/// The particulars of an HDA or RAA.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Of an HDA or RAA")]
pub(crate) struct Particulars {
    /// The number it wants, if the request names no DET; without one it is assigned
    #[arg(long = "number", value_name = "RAA/HDA")]
    number: Option<Hid>,
    /// A name server of its zone, with addresses if the name lies in the zone (a single label does); repeatable
    #[arg(long = "name-server", value_name = "NAME[=ADDR,…]")]
    name_servers: Vec<NameServer>,
    /// A DS record of its zone: TAG ALGORITHM TYPE DIGEST, for an RAA with the zone's name before them; repeatable
    #[arg(long = "ds", value_name = "DS")]
    ds: Vec<Ds>,
    /// Where it is responsible: a file with the text or octets of a coverage, or its text
    #[arg(long, value_name = "FILE|TEXT")]
    coverage: Option<String>,
    /// A URI for its certificates
    #[arg(long, value_name = "URI")]
    uri: Option<String>,
}

/// `NAME` or `NAME=ADDR,ADDR`.
#[derive(Clone, Debug)]
pub(crate) struct NameServer {
    pub(crate) name: String,
    pub(crate) addresses: Vec<IpAddr>,
}

impl FromStr for NameServer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, addresses) = text.split_once('=').unwrap_or((text, ""));
        let address = |text: &str| text.parse::<IpAddr>().map_err(|_| format!("'{text}' is no IP address"));
        let addresses = addresses.split(',').filter(|text| !text.is_empty()).map(address);
        Ok(Self { name: name.to_owned(), addresses: addresses.collect::<Result<_, _>>()? })
    }
}

/// `[ZONE [TTL] [IN] DS] TAG ALGORITHM TYPE DIGEST`.
#[derive(Clone, Debug)]
pub(crate) struct Ds(pub(crate) Value);

impl FromStr for Ds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().filter(|word| !matches!(*word, "IN" | "DS")).collect();
        // The digest may be written in several pieces.
        let tag = words.iter().position(|word| word.parse::<u16>().is_ok());
        let tag = tag.ok_or("a DS record begins with its key tag")?;
        // A TTL before the four fields looks like a key tag.
        let tag = match words.get(tag..) {
            Some([_, _, algorithm, kind, ..])
                if tag == 1
                    && algorithm.parse::<u8>().is_ok()
                    && kind.parse::<u8>().is_ok()
                    && words.len() >= tag + 5 =>
            {
                tag + 1
            }
            _ => tag,
        };
        let [key_tag, algorithm, digest_type, digest @ ..] = words.get(tag..).unwrap_or_default() else {
            return Err("a DS record is TAG ALGORITHM TYPE DIGEST".to_owned());
        };
        let number = |word: &str| word.parse::<u16>().map_err(|_| format!("'{word}' is no number"));
        let mut fields = json!({
            "key_tag": number(key_tag)?,
            "algorithm": number(algorithm)?,
            "digest_type": number(digest_type)?,
            "digest": digest.concat(),
        });
        if let (Some(zone), Some(fields)) = (words.first().filter(|_| tag > 0), fields.as_object_mut()) {
            fields.insert("zone".to_owned(), json!(zone));
        }
        Ok(Self(fields))
    }
}

impl Particulars {
    /// Adds them to the body of an application.
    pub(super) fn add_to(&self, body: &mut Map<String, Value>) -> Result<(), Failure> {
        if let Some(number) = self.number {
            body.insert("hid".to_owned(), json!(number.to_string()));
        }
        if !self.name_servers.is_empty() {
            let server = |server: &NameServer| json!({ "name": server.name, "addresses": server.addresses });
            let servers: Vec<Value> = self.name_servers.iter().map(server).collect();
            body.insert("name_servers".to_owned(), json!(servers));
        }
        if !self.ds.is_empty() {
            let ds: Vec<&Value> = self.ds.iter().map(|ds| &ds.0).collect();
            body.insert("ds".to_owned(), json!(ds));
        }
        if let Some(coverage) = &self.coverage {
            body.insert("coverage".to_owned(), json!(STANDARD.encode(octets_of(coverage)?)));
        }
        if let Some(uri) = &self.uri {
            body.insert("uri".to_owned(), json!(uri));
        }
        Ok(())
    }
}

/// A coverage from a file with its octets or its text, or from its text.
pub(crate) fn octets_of(coverage: &str) -> Result<Vec<u8>, Failure> {
    let path = Path::new(coverage);
    let octets = if path.is_file() { input::octets(path)? } else { coverage.as_bytes().to_vec() };
    if Coverage::decode(&octets).is_ok() {
        return Ok(octets);
    }
    let text = String::from_utf8(octets).map_err(|_| Failure::usage("the coverage cannot be read"))?;
    let parsed: Coverage =
        text.trim().parse().map_err(|error| Failure::usage(format!("the coverage: {error}")))?;
    Ok(parsed.encode())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ds_record_as_it_stands_in_a_master_file() {
        let zone = "0.e.f.f.3.0.0.1.0.0.2.ip6.arpa.";
        for (text, with_zone) in [
            ("12345 15 2 AB CD".to_owned(), false),
            (format!("{zone} 12345 15 2 ABCD"), true),
            (format!("{zone} 3600 IN DS 12345 15 2 ABCD"), true),
        ] {
            let Ds(fields) = text.parse().unwrap();
            assert_eq!(fields["key_tag"], 12345, "{text}");
            assert_eq!(fields["digest"], "ABCD");
            assert_eq!(fields.get("zone").is_some(), with_zone);
        }
        assert!("".parse::<Ds>().is_err());
        assert!("one two".parse::<Ds>().is_err());
        assert!("12345 15".parse::<Ds>().is_err());
    }

    #[test]
    fn a_name_server_with_and_without_addresses() {
        let server: NameServer = "ns=127.0.0.2,::1".parse().unwrap();
        assert_eq!((server.name.as_str(), server.addresses.len()), ("ns", 2));
        let server: NameServer = "ns.example.net".parse().unwrap();
        assert!(server.addresses.is_empty());
        assert!("ns=nowhere".parse::<NameServer>().is_err());
    }
}
