//! What is kept per DET: the octets in which it differs from its neighbours.

use drip_det::{Det, DripTime};

/// Octets of the template number at the start of a block.
pub(crate) const NUMBER: usize = 4;

/// A block, its template number not yet known, and where in it the values lie.
pub(crate) struct Block {
    octets: Vec<u8>,
    values: Vec<Value>,
}

/// One value of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) kind: ValueKind,
    pub(crate) at: u16,
    pub(crate) length: u16,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueKind {
    /// Octets that are looked for as they are.
    Octets,
    /// VNB or VNA: looked for as octets and as text.
    Time,
    /// The certificate's serial number, looked for only where it stands: it may be one octet.
    CertificateSerial,
}

impl Block {
    /// Gathers the values of a DET from its finished records.
    ///
    /// `vnb` and `vna` are those of its endorsement if `brid` has one, else what the caller says.
    pub(crate) fn gather(
        det: Det,
        hi: &[u8; 32],
        (vnb, vna): (DripTime, DripTime),
        certificate: &[u8],
        brid: Option<&[u8]>,
    ) -> Self {
        let endorsement = brid.and_then(|brid| own_endorsement(det, hi, brid));
        let (vnb, vna) = endorsement.as_ref().map_or((vnb, vna), |found| (found.vnb, found.vna));
        let mut block = Block { octets: vec![0; NUMBER], values: Vec::new() };
        block.put(ValueKind::Octets, hi);
        block.put(ValueKind::Time, &vnb.0.to_le_bytes());
        block.put(ValueKind::Time, &vna.0.to_le_bytes());
        if let Some(serial) = certificate_serial(certificate) {
            block.put(ValueKind::CertificateSerial, serial);
        }
        if let Some(signature) = certificate.last_chunk::<64>() {
            block.put(ValueKind::Octets, signature);
        }
        if let Some(found) = &endorsement {
            block.put(ValueKind::Octets, found.signature);
        }
        let known =
            [vnb, vna].map(|time| (super::validity::utc_time(time), super::validity::generalized_time(time)));
        for text in validity(certificate).into_iter().flatten() {
            if !known.iter().any(|(utc, generalized)| text == utc || text == generalized) {
                block.put(ValueKind::Octets, text);
            }
        }
        block
    }

    fn put(&mut self, kind: ValueKind, octets: &[u8]) {
        let at = self.octets.len();
        if let (Ok(at), Ok(length)) = (u16::try_from(at), u16::try_from(octets.len())) {
            self.octets.extend_from_slice(octets);
            self.values.push(Value { kind, at, length });
        }
    }

    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }

    pub(crate) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The octets to keep, now that the template's number is known.
    pub(crate) fn numbered(mut self, number: u32) -> Vec<u8> {
        if let Some(slot) = self.octets.first_chunk_mut::<NUMBER>() {
            *slot = number.to_le_bytes();
        }
        self.octets
    }

    /// The template number of kept octets.
    pub(crate) fn number_of(octets: &[u8]) -> Option<u32> {
        octets.first_chunk::<NUMBER>().map(|number| u32::from_le_bytes(*number))
    }
}

struct OwnEndorsement<'a> {
    vnb: DripTime,
    vna: DripTime,
    signature: &'a [u8],
}

/// The endorsement of this DET among those in a BRID: `VNB VNA child-DET child-HI parent-DET signature` (RFC 9575, section 4.2).
fn own_endorsement<'a>(det: Det, hi: &[u8; 32], brid: &'a [u8]) -> Option<OwnEndorsement<'a>> {
    let mut child = [0; 48];
    let (child_det, child_hi) = child.split_at_mut(16);
    child_det.copy_from_slice(&det.to_bytes());
    child_hi.copy_from_slice(hi);
    let time = |octets: &[u8]| octets.first_chunk().map(|le| DripTime(u32::from_le_bytes(*le)));
    let at = brid.windows(child.len()).position(|window| window == child)?;
    let start = at.checked_sub(8)?;
    Some(OwnEndorsement {
        vnb: time(brid.get(start..)?)?,
        vna: time(brid.get(start + 4..)?)?,
        signature: brid.get(start + 72..start + 136)?,
    })
}

/// The serial number of a certificate: the INTEGER after `[0] { INTEGER 2 }` near its start (RFC 5280, section 4.1).
pub(crate) const VERSION_3: [u8; 5] = [0xa0, 0x03, 0x02, 0x01, 0x02];

fn certificate_serial(certificate: &[u8]) -> Option<&[u8]> {
    let head = certificate.get(..16)?;
    let at = head.windows(VERSION_3.len()).position(|window| window == VERSION_3)? + VERSION_3.len();
    match certificate.get(at..)? {
        [0x02, length @ 1..=20, rest @ ..] => rest.get(..usize::from(*length)),
        _ => None,
    }
}

/// The two times of a certificate: the first two of UTCTime (23) or GeneralizedTime (24) that stand side by side in a SEQUENCE.
fn validity(certificate: &[u8]) -> Option<[&[u8]; 2]> {
    (0..certificate.len()).find_map(|at| {
        let [0x30, length @ 0x1e..=0x22, times @ ..] = certificate.get(at..)? else { return None };
        let (not_before, rest) = asn1_time(times.get(..usize::from(*length))?)?;
        let (not_after, rest) = asn1_time(rest)?;
        rest.is_empty().then_some([not_before, not_after])
    })
}

fn asn1_time(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    match octets {
        [0x17, 13, rest @ ..] => rest.split_at_checked(13),
        [0x18, 15, rest @ ..] => rest.split_at_checked(15),
        _ => None,
    }
}
