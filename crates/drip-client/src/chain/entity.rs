//! One DET's records against each other: the key against the DET, HIP, CERT and TLSA against the HHIT
//! (RFC 9886 §5.1, RFC 8005 §5, RFC 4398 §2, RFC 6698 §2.1).

use drip_cert::lite::LiteCertificate;
use drip_det::{Det, DetClass, EntityType, HostIdentity};
use drip_wire::rdata::{CertRecord, Hhit, Hip, Tlsa};

use super::fault::Fault;
use super::published::Published;
use super::report::{Link, LinkKind};
use super::{Conditions, UnsignedFields};

/// A DET whose HHIT record could be read, with the key that is proved to be its own.
pub(super) struct Entity {
    pub(super) det: Det,
    pub(super) hi: HostIdentity,
    pub(super) certificate: LiteCertificate,
}

impl Entity {
    /// Whose signature the certificate claims.
    pub(super) fn issuer(&self) -> Det {
        self.certificate.tbs().issuer
    }
}

/// Check the records of `det`. The links found are added to `links`; without a readable HHIT record
/// there is no entity.
pub(super) fn examine(
    det: Det,
    published: &Published,
    conditions: &Conditions,
    links: &mut Vec<Link>,
) -> Option<Entity> {
    let (entity, fault) = match read_hhit(det, published) {
        Ok((entity, hhit)) => {
            let fault = check_fields(&hhit, &entity, published, conditions).err();
            (Some(entity), fault)
        }
        Err(fault) => (None, Some(fault)),
    };
    let parent = entity.as_ref().map(Entity::issuer);
    let mut push = |kind, fault| links.push(Link { parent, child: det, kind, fault });
    push(LinkKind::Hhit, fault);
    if let Some(entity) = &entity {
        if let Some(fault) = agreement("HIP", &published.hip, &[Hip::for_det(det, &entity.hi).encode()]) {
            push(LinkKind::Hip, fault);
        }
        if let Some(fault) = agreement(
            "CERT",
            &published.cert,
            &[CertRecord::pkix(entity.certificate.der().to_vec()).encode()],
        ) {
            push(LinkKind::Cert, fault);
        }
        if let Some(fault) = agreement("TLSA", &published.tlsa, &[Tlsa::dane_ee_spki(&entity.hi).encode()]) {
            push(LinkKind::Tlsa, fault);
        }
    }
    entity
}

/// The HHIT record, its certificate and the key in it.
fn read_hhit(det: Det, published: &Published) -> Result<(Entity, Hhit), Fault> {
    let rdata = match published.hhit.as_slice() {
        [one] => one,
        [] => return Err(Fault::Missing("HHIT")),
        more => return Err(Fault::Several { record: "HHIT", count: more.len() }),
    };
    let unreadable = |object, why: String| Fault::Undecodable { object, why };
    let hhit = Hhit::decode(rdata).map_err(|error| unreadable("the HHIT record", error.to_string()))?;
    let certificate = LiteCertificate::parse(&hhit.certificate)
        .map_err(|error| unreadable("the certificate in the HHIT record", error.to_string()))?;
    let hi = certificate.tbs().hi;
    det.check(&hi).map_err(|mismatch| Fault::KeyMismatch(mismatch.to_string()))?;
    Ok((Entity { det, hi, certificate }, hhit))
}

/// What the HHIT record says beside the certificate, and what the certificate says of its DET.
fn check_fields(
    hhit: &Hhit,
    entity: &Entity,
    published: &Published,
    conditions: &Conditions,
) -> Result<(), Fault> {
    let det = entity.det;
    if entity.certificate.tbs().det != det {
        return Err(Fault::OtherDet {
            object: "the certificate in the HHIT record",
            found: entity.certificate.tbs().det,
            expected: det,
        });
    }
    check_beside(hhit, &entity.certificate, conditions)?;
    if conditions.unsigned_fields == UnsignedFields::AnyStandard || is_authority(hhit.entity_type) {
        // In an authority's BRID record stands what the level above says of it, where that is published.
        return Ok(());
    }
    let carries_remote_id = matches!(hhit.entity_type, EntityType::UA | EntityType::UAS);
    if carries_remote_id == published.brid.is_empty() {
        let has = if carries_remote_id { "no" } else { "a" };
        return Err(Fault::Role(format!(
            "the HHIT record says entity type {}, and there is {has} BRID record",
            hhit.entity_type
        )));
    }
    Ok(())
}

/// The certificate in an HHIT record in hand, where what stands beside it, signed by nobody, is what the certificate makes it.
pub fn certificate_of(hhit: &Hhit, conditions: &Conditions) -> Result<LiteCertificate, Fault> {
    let certificate = LiteCertificate::parse(&hhit.certificate).map_err(|error| Fault::Undecodable {
        object: "the certificate in the HHIT record",
        why: error.to_string(),
    })?;
    check_beside(hhit, &certificate, conditions)?;
    Ok(certificate)
}

/// The entity type against the role that the certificate gives, the HID abbreviation against its DET.
fn check_beside(hhit: &Hhit, certificate: &LiteCertificate, conditions: &Conditions) -> Result<(), Fault> {
    let role = certificate.tbs().subject.role();
    let expected_type = role.map(|(level, class)| EntityType::of_authority(level, class));
    match expected_type {
        Some(expected) if hhit.entity_type != expected => {
            return Err(Fault::Role(format!(
                "the HHIT record says entity type {}, its certificate that of {expected}",
                hhit.entity_type
            )));
        }
        None if is_authority(hhit.entity_type) => {
            return Err(Fault::Role(format!(
                "the HHIT record says entity type {}, its certificate is not that of an authority",
                hhit.entity_type
            )));
        }
        _ => {}
    }
    if conditions.unsigned_fields == UnsignedFields::AnyStandard {
        return Ok(());
    }
    let abbreviation = certificate.tbs().det.hid().abbreviation();
    if hhit.abbreviation != abbreviation {
        return Err(Fault::Unsigned {
            field: "the HID abbreviation in the HHIT record",
            found: format!("'{}'", hhit.abbreviation),
            expected: format!("'{abbreviation}'"),
        });
    }
    // What a DIME of this make gives to what is no authority.
    match hhit.entity_type {
        EntityType::UA | EntityType::UAS | EntityType::OPERATOR | EntityType::USS => Ok(()),
        other if is_authority(other) => Ok(()),
        other => Err(Fault::Unsigned {
            field: "the entity type in the HHIT record",
            found: other.to_string(),
            expected: "that of an aircraft, session, operator or service".to_owned(),
        }),
    }
}

/// The entity types of DIMEs and the authorities they are made of: 1 to 15.
fn is_authority(entity_type: EntityType) -> bool {
    entity_type.0 < 16
}

/// `None` when there are no such records, else the verdict: each must be one of those expected.
fn agreement(record: &'static str, found: &[Vec<u8>], expected: &[Vec<u8>]) -> Option<Option<Fault>> {
    match found {
        [] => None,
        [one] if expected.contains(one) => Some(None),
        [_] => {
            Some(Some(Fault::Disagree { left: record, right: "HHIT", what: "the DET, key or certificate" }))
        }
        more => Some(Some(Fault::Several { record, count: more.len() })),
    }
}

/// What a certificate lets its subject sign.
pub(super) fn class_of(certificate: &LiteCertificate) -> DetClass {
    certificate.tbs().subject.role().map_or(DetClass::Operational, |(_, class)| class)
}
