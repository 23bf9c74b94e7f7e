//! What is published of a DET, and the records it makes (RFC 9886).

use crate::template::Block;
use drip_det::{Det, DripTime, EntityType, HostIdentity};
use drip_wire::rdata::{CertRecord, Hhit, Hip, RecordType, Tlsa};

/// What the DNS says about a DET.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The DET.
    pub det: Det,
    /// Its key, which becomes HIP and TLSA.
    pub hi: HostIdentity,
    /// TTL of all its records, in seconds.
    pub ttl: u32,
    /// What it is, for HHIT.
    pub entity_type: EntityType,
    /// The HID abbreviation, for HHIT.
    pub abbreviation: String,
    /// Its X.509 certificate as DER, for HHIT and CERT.
    pub certificate: Vec<u8>,
    /// The RDATA of its BRID, where it is a UAS Remote ID.
    pub brid: Option<Vec<u8>>,
    /// The RDATA of its URI, where it offers a service that the world may find: authorities do.
    pub uri: Option<Vec<u8>>,
    /// Valid from, as in its endorsement.
    pub vnb: DripTime,
    /// Valid until, as in its endorsement.
    pub vna: DripTime,
}

/// The records of a DET, encoded, ready to be kept.
pub struct Prepared {
    pub(crate) det: Det,
    pub(crate) ttl: u32,
    pub(crate) block: Block,
    pub(crate) records: Vec<(u16, Vec<u8>)>,
}

impl Published {
    /// Encodes the records and gathers what will be kept: everything that can be done before a zone is locked.
    pub fn prepare(&self) -> Prepared {
        let validity = (self.vnb, self.vna);
        let block =
            Block::gather(self.det, self.hi.as_bytes(), validity, &self.certificate, self.brid.as_deref());
        let records = self.records().into_iter().map(|(record_type, rdata)| (record_type.0, rdata)).collect();
        Prepared { det: self.det, ttl: self.ttl, block, records }
    }

    /// The records in order of their types: type and RDATA.
    pub fn records(&self) -> Vec<(RecordType, Vec<u8>)> {
        let hhit = Hhit {
            entity_type: self.entity_type,
            abbreviation: self.abbreviation.clone(),
            certificate: self.certificate.clone(),
        };
        let mut records = vec![
            (RecordType::CERT, CertRecord::pkix(self.certificate.clone()).encode()),
            (RecordType::TLSA, Tlsa::dane_ee_spki(&self.hi).encode()),
            (RecordType::HIP, Hip::for_det(self.det, &self.hi).encode()),
            (RecordType::HHIT, hhit.encode()),
        ];
        records.extend(self.brid.clone().map(|brid| (RecordType::BRID, brid)));
        records.extend(self.uri.clone().map(|uri| (RecordType::URI, uri)));
        records
    }
}
