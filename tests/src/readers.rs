//! Every reader of text and of forms that may be written in more than one way, by name, under a law of its own: what it reads and writes
//! is read again, and written the same. Beside them those that write nothing, which must only come to an end without a panic.
//!
//! Their fuzz targets and corpora are beside those of the [decoders](crate::decoders).

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use dime_store::record::v1;
use dime_zone::Name;
use drip_cert::crl::Shard;
use drip_cert::csr::Csr;
use drip_cert::pem::{self, Label};
use drip_client::Anchor;
use drip_client::message_signature::{Presented, Request, check_content_digest};
use drip_client::observe::{KnownKeys, Observer, Reception, Settings, Transmitter};
use drip_det::{Det, Hid, HostIdentity, SerialNumber, UnixTime};
use drip_qr::{Assembly, lines, picture};
use drip_wire::broadcast::{BasicId, Location, Message, Page, System};
use drip_wire::coverage::{Coverage, Position};
use drip_wire::rdata::{Brid, CertRecord, Hhit, Hip, RecordType, Tlsa, Uri, generic, parse_generic};

/// One reader.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// Its name: of its corpus folder and of its fuzz target.
    pub name: &'static str,
    /// What it does.
    pub law: Law,
}

/// What a reader must keep.
#[derive(Clone, Copy, Debug)]
pub enum Law {
    /// What it writes of what it read, it reads again and writes the same; `None` when octets are refused.
    Settles(fn(&[u8]) -> Option<Vec<u8>>),
    /// It says whether it accepts the octets, and that is all.
    Ends(fn(&[u8]) -> bool),
}

impl Reader {
    /// The reader of this name.
    pub fn named(name: &str) -> Option<&'static Reader> {
        READERS.iter().find(|reader| reader.name == name)
    }

    /// Runs it and holds it to its law; returns whether the octets were accepted.
    pub fn judge(&self, octets: &[u8]) -> bool {
        match self.law {
            Law::Ends(read) => read(octets),
            Law::Settles(read) => match read(octets) {
                None => false,
                Some(written) => {
                    assert_eq!(read(&written), Some(written), "{}: not read as it was written", self.name);
                    true
                }
            },
        }
    }
}

/// All of them.
pub const READERS: &[Reader] = &[
    Reader { name: "det", law: Law::Settles(text::<Det>) },
    Reader { name: "hid", law: Law::Settles(text::<Hid>) },
    Reader { name: "host-identity", law: Law::Settles(text::<HostIdentity>) },
    Reader { name: "serial-number", law: Law::Settles(text::<SerialNumber>) },
    Reader {
        name: "owner-name",
        law: Law::Settles(|o| by(o, |t| Some(Det::from_owner_name(t).ok()?.owner_name()))),
    },
    Reader { name: "zone-name", law: Law::Settles(text::<Name>) },
    Reader { name: "record-type", law: Law::Settles(text::<RecordType>) },
    Reader { name: "hhit-text", law: Law::Settles(|o| by(o, |t| Some(Hhit::parse(t).ok()?.presentation()))) },
    Reader { name: "brid-text", law: Law::Settles(|o| by(o, |t| Some(Brid::parse(t).ok()?.presentation()))) },
    Reader { name: "hip-text", law: Law::Settles(|o| by(o, |t| Some(Hip::parse(t).ok()?.presentation()))) },
    Reader {
        name: "cert-text",
        law: Law::Settles(|o| by(o, |t| Some(CertRecord::parse(t).ok()?.presentation()))),
    },
    Reader { name: "tlsa-text", law: Law::Settles(|o| by(o, |t| Some(Tlsa::parse(t).ok()?.presentation()))) },
    Reader { name: "uri-text", law: Law::Settles(|o| by(o, |t| Some(Uri::parse(t).ok()?.presentation()))) },
    Reader { name: "generic-text", law: Law::Settles(|o| by(o, |t| Some(generic(&parse_generic(t).ok()?)))) },
    Reader { name: "coverage-text", law: Law::Settles(text::<Coverage>) },
    Reader { name: "position", law: Law::Settles(text::<Position>) },
    Reader { name: "crl-shard", law: Law::Settles(text::<Shard>) },
    Reader { name: "pem", law: Law::Settles(from_pem) },
    Reader { name: "csr-text", law: Law::Ends(|o| Csr::parse(o).is_ok_and(|csr| csr.verify().is_ok())) },
    Reader { name: "anchor", law: Law::Ends(|o| Anchor::parse(o).is_ok()) },
    Reader { name: "journal-payload", law: Law::Settles(|o| v1::encode(&v1::decode(o).ok()?).ok()) },
    Reader { name: "message-signature", law: Law::Ends(is_signed_request) },
    Reader {
        name: "content-digest",
        law: Law::Ends(|o| with_str(o, |text| check_content_digest(text, b"hello").is_ok())),
    },
    Reader { name: "observer", law: Law::Ends(is_heard) },
    Reader { name: "qr-lines", law: Law::Ends(is_whole_transfer) },
    Reader {
        name: "picture",
        law: Law::Ends(|o| {
            picture::read_within(o, Duration::from_secs(4)).is_ok_and(|found| !found.texts.is_empty())
        }),
    },
];

fn with_str(octets: &[u8], read: impl Fn(&str) -> bool) -> bool {
    std::str::from_utf8(octets).is_ok_and(read)
}

fn by(octets: &[u8], again: impl Fn(&str) -> Option<String>) -> Option<Vec<u8>> {
    again(std::str::from_utf8(octets).ok()?).map(String::into_bytes)
}

fn text<T: FromStr + Display>(octets: &[u8]) -> Option<Vec<u8>> {
    by(octets, |text| Some(text.parse::<T>().ok()?.to_string()))
}

fn from_pem(octets: &[u8]) -> Option<Vec<u8>> {
    let labels = [Label::Certificate, Label::Crl, Label::PublicKey];
    let (label, der) =
        labels.into_iter().find_map(|label| Some((label, pem::decode(label, octets).ok()?)))?;
    Some(pem::encode(label, &der).into_bytes())
}

/// The header fields of a request, one a line; then whether they bear a signature that could be verified.
fn is_signed_request(octets: &[u8]) -> bool {
    with_str(octets, |text| {
        let fields: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once(':')).collect();
        let request = Request {
            method: "POST",
            scheme: "http",
            authority: "127.0.0.1:8080",
            path: "/v1/registrations",
            query: None,
            fields: &fields,
        };
        match Presented::find(&request) {
            Ok(Some(found)) => found.check(&request, b"hello", UnixTime(1_780_000_000)).is_ok(),
            Ok(None) | Err(_) => false,
        }
    })
}

/// Messages of 25 octets that somebody sent, one after the other, a second apart.
fn is_heard(octets: &[u8]) -> bool {
    let mut observer = Observer::new(KnownKeys::of_anchors(&[]), Settings::default());
    let transmitter = Transmitter(0);
    let mut now = UnixTime(1_780_000_000);
    let mut heard = 0;
    for chunk in octets.chunks(Message::LEN) {
        now = UnixTime(now.0 + 1);
        if let Ok(message) = Message::decode(chunk) {
            // What they say is read on its own, too.
            let _ = (
                Page::read(&message),
                BasicId::read(&message),
                Location::read(&message),
                System::read(&message),
            );
        }
        heard += usize::from(observer.hear(&Reception { at: now, transmitter }, chunk).is_ok());
    }
    observer.finish(now);
    let _ = observer.hear(&Reception { at: now, transmitter }, octets);
    heard > 0 && observer.verdict(transmitter, now).is_some()
}

/// Parts of a transfer as a QR reader prints them.
fn is_whole_transfer(octets: &[u8]) -> bool {
    with_str(octets, |text| {
        let mut assembly = Assembly::new();
        for part in lines::parts(text).flatten() {
            // A part that does not fit is told of, and the others go on.
            let _ = assembly.add(&part);
        }
        assembly.finish().is_ok()
    })
}
