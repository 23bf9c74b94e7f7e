//! The claims of a registration token.

use super::{read_array, read_det, write_det};
use crate::{
    Fault, WireError,
    cbor::{Kind, Reader, Writer},
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use drip_cbor::KeyOrder;
use drip_det::{Det, HostIdentity, UnixTime};

const WHAT: &str = "claims";
const CNF: &str = "cnf";
const EXP: u64 = 4;
const NBF: u64 = 5;
const IAT: u64 = 6;
const CNF_KEY: u64 = 8;

/// What a token says about what is to be registered. The DET that is asked for is not in here: it is the envelope's kid.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Claims {
    /// Until when it should be valid, and the token's own end.
    pub not_after: Option<UnixTime>,
    /// The token's own beginning.
    pub not_before: Option<UnixTime>,
    /// When it was signed.
    pub issued_at: UnixTime,
    /// The key to be registered.
    pub hi: HostIdentity,
    /// A certification request of the same key.
    pub csr: Option<Vec<u8>>,
    /// What is to be registered, by its word.
    pub kind: String,
    /// The flight of a session.
    pub flight: Option<String>,
    /// How to reach the registrant.
    pub contact: Option<String>,
    /// The operator it belongs to.
    pub operator: Option<Det>,
    /// The device's serial number.
    pub serial_number: Option<String>,
    /// The operator's consent: an endorsement.
    pub operator_attestation: Option<[u8; 136]>,
}

impl Claims {
    /// The least a token says.
    pub const fn new(kind: String, hi: HostIdentity, issued_at: UnixTime) -> Self {
        Claims {
            not_after: None,
            not_before: None,
            issued_at,
            hi,
            csr: None,
            kind,
            flight: None,
            contact: None,
            operator: None,
            serial_number: None,
            operator_attestation: None,
        }
    }

    /// The map.
    pub fn encode(&self) -> Vec<u8> {
        let optional = [
            self.not_after.is_some(),
            self.not_before.is_some(),
            self.csr.is_some(),
            self.flight.is_some(),
            self.contact.is_some(),
            self.operator.is_some(),
            self.serial_number.is_some(),
            self.operator_attestation.is_some(),
        ];
        let mut writer = Writer::new();
        writer.map(3 + optional.into_iter().filter(|present| *present).count());
        if let Some(time) = self.not_after {
            writer.uint(EXP).uint(time.0);
        }
        if let Some(time) = self.not_before {
            writer.uint(NBF).uint(time.0);
        }
        writer.uint(IAT).uint(self.issued_at.0);
        writer.uint(CNF_KEY).map(1).uint(1);
        writer.map(3).uint(1).uint(1).int(-1).uint(6).int(-2).bytes(self.hi.as_bytes());
        if let Some(csr) = &self.csr {
            writer.text("csr").bytes(csr);
        }
        writer.text("kind").text(&self.kind);
        let mut text = |key: &str, value: &Option<String>| {
            if let Some(value) = value {
                writer.text(key).text(value);
            }
        };
        text("flight", &self.flight);
        text("contact", &self.contact);
        if let Some(det) = self.operator {
            writer.text("operator");
            write_det(det, &mut writer);
        }
        if let Some(value) = &self.serial_number {
            writer.text("serial_number").text(value);
        }
        if let Some(octets) = &self.operator_attestation {
            writer.text("operator_attestation").bytes(octets);
        }
        writer.finish()
    }

    /// Reads the map: what is returned encodes to the same octets.
    pub fn decode(octets: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(octets);
        let mut found = Found::default();
        let mut order = KeyOrder::new();
        for _ in 0..reader.map(WHAT)? {
            let at = reader.at();
            if reader.kind(WHAT)? == Kind::Text {
                let key = reader.text(WHAT)?;
                order.check(&reader, at, WHAT)?;
                found.text_key(key, at, &mut reader)?;
            } else {
                let key = reader.uint(WHAT)?;
                order.check(&reader, at, WHAT)?;
                found.number_key(key, at, &mut reader)?;
            }
        }
        reader.end(WHAT)?;
        found.claims()
    }
}

/// The claims read so far.
#[derive(Default)]
struct Found {
    not_after: Option<UnixTime>,
    not_before: Option<UnixTime>,
    issued_at: Option<UnixTime>,
    hi: Option<HostIdentity>,
    csr: Option<Vec<u8>>,
    kind: Option<String>,
    flight: Option<String>,
    contact: Option<String>,
    operator: Option<Det>,
    serial_number: Option<String>,
    operator_attestation: Option<[u8; 136]>,
}

impl Found {
    fn number_key(&mut self, key: u64, at: usize, reader: &mut Reader<'_>) -> Result<(), WireError> {
        match key {
            EXP => self.not_after = Some(UnixTime(reader.uint("exp")?)),
            NBF => self.not_before = Some(UnixTime(reader.uint("nbf")?)),
            IAT => self.issued_at = Some(UnixTime(reader.uint("iat")?)),
            CNF_KEY => self.hi = Some(confirmed_key(reader)?),
            other => return Err(WireError { fault: Fault::UnknownKey(other), what: WHAT, at }),
        }
        Ok(())
    }

    fn text_key(&mut self, key: &str, at: usize, reader: &mut Reader<'_>) -> Result<(), WireError> {
        let mut text = |what| Ok::<_, WireError>(Some(reader.text(what)?.to_owned()));
        match key {
            "kind" => self.kind = text("kind")?,
            "flight" => self.flight = text("flight")?,
            "contact" => self.contact = text("contact")?,
            "serial_number" => self.serial_number = text("serial_number")?,
            "csr" => self.csr = Some(reader.bytes("csr")?.to_vec()),
            "operator" => self.operator = Some(read_det(reader, "operator")?),
            "operator_attestation" => {
                self.operator_attestation = Some(read_array(reader, "operator_attestation", "136 octets")?);
            }
            _ => {
                let fault = Fault::Expected("one of the claims of a registration");
                return Err(WireError { fault, what: WHAT, at });
            }
        }
        Ok(())
    }

    fn claims(self) -> Result<Claims, WireError> {
        let missing = |words| WireError { fault: Fault::Expected(words), what: WHAT, at: 0 };
        Ok(Claims {
            not_after: self.not_after,
            not_before: self.not_before,
            issued_at: self.issued_at.ok_or_else(|| missing("iat, claim 6"))?,
            hi: self.hi.ok_or_else(|| missing("cnf, claim 8"))?,
            csr: self.csr,
            kind: self.kind.ok_or_else(|| missing("the claim \"kind\""))?,
            flight: self.flight,
            contact: self.contact,
            operator: self.operator,
            serial_number: self.serial_number,
            operator_attestation: self.operator_attestation,
        })
    }
}

/// The one key of `cnf`: a COSE_Key of Ed25519, nothing beside it.
fn confirmed_key(reader: &mut Reader<'_>) -> Result<HostIdentity, WireError> {
    const ONE: &str = "one COSE_Key of kty OKP (1: 1), crv Ed25519 (-1: 6) and x (-2)";
    let at = reader.at();
    let wrong = WireError { fault: Fault::Expected(ONE), what: CNF, at };
    if reader.map(CNF)? != 1 || reader.int(CNF)? != 1 || reader.map(CNF)? != 3 {
        return Err(wrong);
    }
    for (label, value) in [(1, 1), (-1, 6)] {
        if reader.int(CNF)? != label || reader.int(CNF)? != value {
            return Err(wrong);
        }
    }
    if reader.int(CNF)? != -2 {
        return Err(wrong);
    }
    let at = reader.at();
    let octets = read_array(reader, CNF, "32 octets")?;
    HostIdentity::from_bytes(&octets).map_err(|error| WireError {
        fault: Fault::HostIdentity(error),
        what: CNF,
        at,
    })
}
