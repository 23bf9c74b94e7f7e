//! Version 1 of a stored registration.

use super::number;
use super::terms::{StoredHardwareModule, StoredTerms};
use crate::{Evidence, Form, Intent, NumberedCertificate, Registration, RegistrationId, SerialCertificate};
use drip_det::{EntityType, UnixTime};
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

/// | key | CBOR | value |
/// |---|---|---|
/// | `id` | text | identifier |
/// | `v` | unsigned | version |
/// | `k`, `s` | unsigned | kind, state |
/// | `d`, `h`, `i` | 16, 32, 16 octets | DET, key, issuer's DET |
/// | `csr` | octets | PKCS#10 request, DER; native C509 request or registration token, CBOR |
/// | `o` | 16 octets | operator's DET |
/// | `sn`, `c`, `f` | text | serial number, contact, flight |
/// | `et` | unsigned | HHIT entity type |
/// | `nb`, `na` | unsigned | validity, Unix seconds |
/// | `cs` | octets | certificate serial number |
/// | `e` | 136 octets | endorsement |
/// | `x` | octets | X.509 Lite certificate, DER |
/// | `xf`, `xm` | array of one or two octet strings | X.509 Full, mtls certificate: serial number, and DER once signed |
/// | `xc` | octets | native C509 certificate, CBOR |
/// | `t` | map | what the first certificates will say: `u` URI, `k` 1 for keyUsage, `o` origin, `n` number of lists |
/// | `hw` | map | the device that never ends: `t` type, an object identifier in text, `s` serial number, octets |
/// | `rn` | map | renewal decided: `nb`, `na`, `cs`; `fs`, `ms`: serial numbers of Full, mtls certificate; `t` as above |
/// | `ra`, `da`, `ea` | unsigned | requested, decided, ended at, Unix seconds |
/// | `db`, `r` | text | decided by, reason |
/// | `ev` | `{sig: {o, d}}`, `{att: octets}` or `{by: text}` | operator's agreement |
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredRegistration {
    id: String,
    #[serde(rename = "v")]
    pub(super) version: u64,
    #[serde(rename = "k")]
    kind: u8,
    #[serde(rename = "s")]
    state: u8,
    #[serde(rename = "d")]
    det: ByteArray<16>,
    #[serde(rename = "h")]
    hi: ByteArray<32>,
    #[serde(rename = "i")]
    issuer: ByteArray<16>,
    csr: ByteBuf,
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    operator: Option<ByteArray<16>>,
    #[serde(rename = "sn", default, skip_serializing_if = "Option::is_none")]
    serial_number: Option<String>,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    contact: Option<String>,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    flight: Option<String>,
    #[serde(rename = "et")]
    entity_type: u16,
    #[serde(rename = "nb")]
    not_before: u64,
    #[serde(rename = "na")]
    not_after: u64,
    #[serde(rename = "cs")]
    certificate_serial: ByteBuf,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    endorsement: Option<ByteArray<136>>,
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    certificate: Option<ByteBuf>,
    #[serde(rename = "xf", default, skip_serializing_if = "Option::is_none")]
    full: Option<Vec<ByteBuf>>,
    #[serde(rename = "xm", default, skip_serializing_if = "Option::is_none")]
    mtls: Option<Vec<ByteBuf>>,
    #[serde(rename = "xc", default, skip_serializing_if = "Option::is_none")]
    c509: Option<ByteBuf>,
    #[serde(rename = "rn", default, skip_serializing_if = "Option::is_none")]
    renewal: Option<StoredIntent>,
    #[serde(rename = "ra")]
    requested_at: u64,
    #[serde(rename = "da", default, skip_serializing_if = "Option::is_none")]
    decided_at: Option<u64>,
    #[serde(rename = "db", default, skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(rename = "ea", default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<u64>,
    #[serde(rename = "ev", default, skip_serializing_if = "Option::is_none")]
    evidence: Option<StoredEvidence>,
    #[serde(rename = "nc", default, skip_serializing_if = "Vec::is_empty")]
    numbered: Vec<StoredNumbered>,
    #[serde(rename = "rc", default, skip_serializing_if = "Option::is_none")]
    reason_code: Option<u8>,
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    terms: Option<StoredTerms>,
    #[serde(rename = "hw", default, skip_serializing_if = "Option::is_none")]
    hardware_module: Option<StoredHardwareModule>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredNumbered {
    #[serde(rename = "i")]
    issuer: ByteArray<16>,
    #[serde(rename = "s")]
    serial: ByteBuf,
    #[serde(rename = "na")]
    not_after: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredIntent {
    #[serde(rename = "nb")]
    not_before: u64,
    #[serde(rename = "na")]
    not_after: u64,
    #[serde(rename = "cs")]
    certificate_serial: ByteBuf,
    #[serde(rename = "fs", default, skip_serializing_if = "Option::is_none")]
    full_serial: Option<ByteBuf>,
    #[serde(rename = "ms", default, skip_serializing_if = "Option::is_none")]
    mtls_serial: Option<ByteBuf>,
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    terms: Option<StoredTerms>,
}

#[derive(Serialize, Deserialize)]
enum StoredEvidence {
    #[serde(rename = "sig")]
    MessageSignature {
        #[serde(rename = "o")]
        operator: ByteArray<16>,
        #[serde(rename = "d")]
        signed: ByteBuf,
    },
    #[serde(rename = "att")]
    Attestation(ByteBuf),
    #[serde(rename = "by")]
    Vouched(String),
}

impl StoredRegistration {
    pub(super) fn new(record: &Registration, version: u64) -> Self {
        StoredRegistration {
            id: record.id.0.clone(),
            version,
            kind: number::kind_number(record.kind),
            state: number::state_number(record.state),
            det: number::det_octets(record.det),
            hi: number::hi_octets(&record.hi),
            issuer: number::det_octets(record.issuer),
            csr: number::octets(&record.csr),
            operator: record.operator.map(number::det_octets),
            serial_number: record.serial_number.clone(),
            contact: record.contact.clone(),
            flight: record.flight.clone(),
            entity_type: record.entity_type.0,
            not_before: record.not_before.0,
            not_after: record.not_after.0,
            certificate_serial: number::octets(&record.certificate_serial),
            endorsement: record.endorsement.map(ByteArray::new),
            certificate: record.certificate.as_deref().map(number::octets),
            full: record.full.as_ref().map(stored_certificate),
            mtls: record.mtls.as_ref().map(stored_certificate),
            c509: record.c509.as_deref().map(number::octets),
            renewal: record.renewal.as_ref().map(|intent| StoredIntent {
                not_before: intent.not_before.0,
                not_after: intent.not_after.0,
                certificate_serial: number::octets(&intent.certificate_serial),
                full_serial: intent.full_serial.as_deref().map(number::octets),
                mtls_serial: intent.mtls_serial.as_deref().map(number::octets),
                terms: intent.terms.as_ref().map(StoredTerms::from),
            }),
            requested_at: record.requested_at.0,
            decided_at: record.decided_at.map(|time| time.0),
            decided_by: record.decided_by.clone(),
            reason: record.reason.clone(),
            ended_at: record.ended_at.map(|time| time.0),
            evidence: record.evidence.as_ref().map(StoredEvidence::from),
            numbered: record.numbered.iter().map(StoredNumbered::from).collect(),
            reason_code: record.reason_code,
            terms: record.terms.as_ref().map(StoredTerms::from),
            hardware_module: record.hardware_module.as_ref().map(StoredHardwareModule::from),
        }
    }

    pub(super) fn into_record(self) -> Result<Registration, Form> {
        Ok(Registration {
            id: RegistrationId(self.id),
            version: self.version,
            kind: number::kind(self.kind)?,
            state: number::state(self.state)?,
            det: number::det(self.det)?,
            hi: number::hi(self.hi)?,
            issuer: number::det(self.issuer)?,
            csr: self.csr.into_vec(),
            operator: self.operator.map(number::det).transpose()?,
            serial_number: self.serial_number,
            contact: self.contact,
            flight: self.flight,
            entity_type: EntityType(self.entity_type),
            not_before: UnixTime(self.not_before),
            not_after: UnixTime(self.not_after),
            certificate_serial: self.certificate_serial.into_vec(),
            endorsement: self.endorsement.map(ByteArray::into_array),
            certificate: self.certificate.map(ByteBuf::into_vec),
            full: self.full.map(certificate).transpose()?,
            mtls: self.mtls.map(certificate).transpose()?,
            c509: self.c509.map(ByteBuf::into_vec),
            renewal: self.renewal.map(|intent| Intent {
                not_before: UnixTime(intent.not_before),
                not_after: UnixTime(intent.not_after),
                certificate_serial: intent.certificate_serial.into_vec(),
                full_serial: intent.full_serial.map(ByteBuf::into_vec),
                mtls_serial: intent.mtls_serial.map(ByteBuf::into_vec),
                terms: intent.terms.map(Into::into),
            }),
            requested_at: UnixTime(self.requested_at),
            decided_at: self.decided_at.map(UnixTime),
            decided_by: self.decided_by,
            reason: self.reason,
            ended_at: self.ended_at.map(UnixTime),
            evidence: self.evidence.map(Evidence::try_from).transpose()?,
            numbered: self
                .numbered
                .into_iter()
                .map(NumberedCertificate::try_from)
                .collect::<Result<_, _>>()?,
            reason_code: self.reason_code,
            terms: self.terms.map(Into::into),
            hardware_module: self.hardware_module.map(Into::into),
        })
    }
}

fn stored_certificate(certificate: &SerialCertificate) -> Vec<ByteBuf> {
    [Some(&certificate.serial), certificate.der.as_ref()]
        .into_iter()
        .flatten()
        .map(|part| number::octets(part))
        .collect()
}

fn certificate(stored: Vec<ByteBuf>) -> Result<SerialCertificate, Form> {
    let mut parts = stored.into_iter().map(ByteBuf::into_vec);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(serial), der, None) => Ok(SerialCertificate { serial, der }),
        _ => Err(Form::Value("certificate")),
    }
}

impl From<&NumberedCertificate> for StoredNumbered {
    fn from(certificate: &NumberedCertificate) -> Self {
        StoredNumbered {
            issuer: number::det_octets(certificate.issuer),
            serial: number::octets(&certificate.serial),
            not_after: certificate.not_after.0,
        }
    }
}

impl TryFrom<StoredNumbered> for NumberedCertificate {
    type Error = Form;

    fn try_from(stored: StoredNumbered) -> Result<Self, Form> {
        Ok(NumberedCertificate {
            issuer: number::det(stored.issuer)?,
            serial: stored.serial.into_vec(),
            not_after: UnixTime(stored.not_after),
        })
    }
}

impl From<&Evidence> for StoredEvidence {
    fn from(evidence: &Evidence) -> Self {
        match evidence {
            Evidence::MessageSignature { operator, signed } => StoredEvidence::MessageSignature {
                operator: number::det_octets(*operator),
                signed: number::octets(signed),
            },
            Evidence::Attestation(octets) => StoredEvidence::Attestation(number::octets(octets)),
            Evidence::Vouched { by } => StoredEvidence::Vouched(by.clone()),
        }
    }
}

impl TryFrom<StoredEvidence> for Evidence {
    type Error = Form;

    fn try_from(stored: StoredEvidence) -> Result<Self, Form> {
        Ok(match stored {
            StoredEvidence::MessageSignature { operator, signed } => {
                Evidence::MessageSignature { operator: number::det(operator)?, signed: signed.into_vec() }
            }
            StoredEvidence::Attestation(octets) => Evidence::Attestation(octets.into_vec()),
            StoredEvidence::Vouched(by) => Evidence::Vouched { by },
        })
    }
}
