//! The form of an mtls certificate.

use super::{MtlsRole, MtlsTbs, PkiUrls};
use crate::{
    oid,
    write::{SEQUENCE, TRUE, critical_extension, extension, identifier, tlv},
    x509::{
        self, AlternativeNames, CertError, ContentError, Criticality, Extensions, Fields, Form, Profile,
        ReadKey, Role, Rule, Subject, Tbs, Wanted, authority_key_identifier, common_name, fields_of_tbs,
        key_usage, subject_key_identifier,
    },
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use x509_cert::TbsCertificate;

const RULES: [Rule; 9] = [
    Rule { id: oid::BASIC_CONSTRAINTS, name: "basicConstraints", criticality: Criticality::Critical },
    Rule { id: oid::KEY_USAGE, name: "keyUsage", criticality: Criticality::Critical },
    Rule { id: oid::EXTENDED_KEY_USAGE, name: "extKeyUsage", criticality: Criticality::NotCritical },
    Rule { id: oid::SUBJECT_ALT_NAME, name: "subjectAltName", criticality: Criticality::NotCritical },
    Rule {
        id: oid::SUBJECT_KEY_IDENTIFIER,
        name: "subjectKeyIdentifier",
        criticality: Criticality::NotCritical,
    },
    Rule {
        id: oid::AUTHORITY_KEY_IDENTIFIER,
        name: "authorityKeyIdentifier",
        criticality: Criticality::NotCritical,
    },
    Rule {
        id: oid::CRL_DISTRIBUTION_POINTS,
        name: "cRLDistributionPoints",
        criticality: Criticality::NotCritical,
    },
    Rule {
        id: oid::AUTHORITY_INFO_ACCESS,
        name: "authorityInfoAccess",
        criticality: Criticality::NotCritical,
    },
    Rule { id: oid::OCSP_NOCHECK, name: "id-pkix-ocsp-nocheck", criticality: Criticality::NotCritical },
];

/// NULL, the value of id-pkix-ocsp-nocheck.
const NULL: [u8; 2] = [0x05, 0x00];

impl Tbs for MtlsTbs {
    const PROFILE: Profile = Profile::Mtls;

    fields_of_tbs!();

    fn role(&self) -> Role {
        match self.role {
            MtlsRole::Authority => Role::AnyAuthority,
            MtlsRole::EndEntity | MtlsRole::OcspResponder => Role::EndEntity,
        }
    }

    fn common_name(&self) -> Option<String> {
        Some(self.det.to_hex())
    }
}

impl Form for MtlsTbs {
    fn check(&self) -> Result<(), ContentError> {
        if self.role == MtlsRole::OcspResponder && self.pki != PkiUrls::NONE {
            return Err(ContentError::PkiOfResponder);
        }
        self.pki.check()?;
        x509::check(self, Subject::Empty)
    }

    fn to_der(&self) -> Vec<u8> {
        let maybe = |id, value: Option<Vec<u8>>| value.map(|value| extension(id, &value)).unwrap_or_default();
        let basic_constraints = match self.role {
            MtlsRole::Authority => critical_extension(oid::BASIC_CONSTRAINTS, &tlv(SEQUENCE, &[&TRUE])),
            MtlsRole::EndEntity | MtlsRole::OcspResponder => Vec::new(),
        };
        let no_check = match self.role {
            MtlsRole::OcspResponder => extension(oid::OCSP_NOCHECK, &NULL),
            MtlsRole::Authority | MtlsRole::EndEntity => Vec::new(),
        };
        x509::frame(
            self,
            Some(&self.det.to_hex()),
            &[
                &basic_constraints,
                &critical_extension(oid::KEY_USAGE, self.role.key_usage()),
                &maybe(oid::EXTENDED_KEY_USAGE, self.role.extended_key_usage()),
                &extension(oid::SUBJECT_ALT_NAME, &AlternativeNames::to_der(self)),
                &extension(oid::SUBJECT_KEY_IDENTIFIER, &subject_key_identifier(self.det)),
                &extension(oid::AUTHORITY_KEY_IDENTIFIER, &authority_key_identifier(self.issuer)),
                &maybe(oid::CRL_DISTRIBUTION_POINTS, self.pki.distribution_points()),
                &maybe(oid::AUTHORITY_INFO_ACCESS, self.pki.info_access()),
                &no_check,
            ],
        )
    }

    fn read(tbs: &TbsCertificate, key: ReadKey<'_>) -> Result<Self, CertError> {
        let fields = Fields::read(tbs, key)?;
        let extensions = Extensions::read(&RULES, fields.extensions)?;
        let role = read_role(&extensions)?;
        extensions.basic_constraints(Wanted::of_authority(role == MtlsRole::Authority))?;
        let key_usage = extensions.required(oid::KEY_USAGE)?;
        extensions.value(
            oid::KEY_USAGE,
            Some(key_usage),
            role.key_usage(),
            "it must be digitalSignature, and for an authority keyCertSign and cRLSign, too",
        )?;
        let names = AlternativeNames::read(extensions.required(oid::SUBJECT_ALT_NAME)?)?;
        if common_name(fields.subject).as_deref() != Some(&names.det.to_hex()) {
            return Err(CertError::SubjectIsNotDet { subject: fields.subject.to_string(), det: names.det });
        }
        let subject_key = extensions.required(oid::SUBJECT_KEY_IDENTIFIER)?;
        extensions.value(
            oid::SUBJECT_KEY_IDENTIFIER,
            Some(subject_key),
            &subject_key_identifier(names.det),
            "it must be the DET",
        )?;
        let authority_key = extensions.required(oid::AUTHORITY_KEY_IDENTIFIER)?;
        extensions.value(
            oid::AUTHORITY_KEY_IDENTIFIER,
            Some(authority_key),
            &authority_key_identifier(fields.issuer),
            "it must be the issuer's DET as keyIdentifier, and nothing else",
        )?;
        let pki = PkiUrls::read(
            extensions.optional(oid::CRL_DISTRIBUTION_POINTS),
            extensions.optional(oid::AUTHORITY_INFO_ACCESS),
        )?;
        Ok(MtlsTbs {
            serial: fields.serial,
            issuer: fields.issuer,
            not_before: fields.not_before,
            not_after: fields.not_after,
            role,
            hi: fields.hi,
            det: names.det,
            uri: names.uri,
            hardware_module: names.hardware_module,
            pki,
        })
    }
}

impl MtlsRole {
    fn key_usage(self) -> &'static [u8] {
        match self {
            MtlsRole::Authority => &key_usage::CA_AND_SIGNATURE,
            MtlsRole::EndEntity | MtlsRole::OcspResponder => &key_usage::SIGNATURE,
        }
    }

    /// The value of extKeyUsage, if there is one.
    fn extended_key_usage(self) -> Option<Vec<u8>> {
        match self {
            MtlsRole::Authority => None,
            MtlsRole::EndEntity => {
                Some(tlv(SEQUENCE, &[&identifier(oid::CLIENT_AUTH), &identifier(oid::SERVER_AUTH)]))
            }
            MtlsRole::OcspResponder => Some(tlv(SEQUENCE, &[&identifier(oid::OCSP_SIGNING)])),
        }
    }
}

/// The role is what extKeyUsage says; what must go with it is checked by who asks.
fn read_role(extensions: &Extensions<'_>) -> Result<MtlsRole, CertError> {
    let usage = extensions.optional(oid::EXTENDED_KEY_USAGE);
    let role = [MtlsRole::Authority, MtlsRole::EndEntity, MtlsRole::OcspResponder]
        .into_iter()
        .find(|role| role.extended_key_usage().as_deref() == usage)
        .ok_or(CertError::Extension {
            field: "extKeyUsage",
            reason: "it must be clientAuth and serverAuth, or OCSPSigning alone",
        })?;
    let no_check =
        extensions.exactly_if(Wanted::of_authority(role == MtlsRole::OcspResponder), oid::OCSP_NOCHECK)?;
    extensions.value(oid::OCSP_NOCHECK, no_check, &NULL, "it must be NULL")?;
    Ok(role)
}
