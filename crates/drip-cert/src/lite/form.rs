//! The form of a Lite certificate: basicConstraints and subjectAltName, both critical.

use super::LiteTbs;
use crate::{
    oid,
    write::{SEQUENCE, TRUE, critical_extension, tlv},
    x509::{
        self, AlternativeNames, CertError, ContentError, Criticality, Extensions, Fields, Form, Profile,
        ReadKey, Role, Rule, Subject, Tbs, Wanted, fields_of_tbs,
    },
};
use alloc::{string::String, vec::Vec};
use x509_cert::TbsCertificate;

const RULES: [Rule; 2] = [
    Rule { id: oid::BASIC_CONSTRAINTS, name: "basicConstraints", criticality: Criticality::Critical },
    Rule { id: oid::SUBJECT_ALT_NAME, name: "subjectAltName", criticality: Criticality::Critical },
];

impl Tbs for LiteTbs {
    const PROFILE: Profile = Profile::Lite;

    fields_of_tbs!();

    fn role(&self) -> Role {
        self.subject.role().map_or(Role::EndEntity, |(_, class)| Role::Authority(class))
    }

    fn common_name(&self) -> Option<String> {
        self.subject.common_name()
    }
}

impl Form for LiteTbs {
    fn check(&self) -> Result<(), ContentError> {
        x509::check(self, self.subject)
    }

    fn to_der(&self) -> Vec<u8> {
        let basic_constraints = match self.subject {
            Subject::Empty => Vec::new(),
            _ => critical_extension(oid::BASIC_CONSTRAINTS, &tlv(SEQUENCE, &[&TRUE])),
        };
        let names = critical_extension(oid::SUBJECT_ALT_NAME, &AlternativeNames::to_der(self));
        x509::frame(self, self.subject.common_name().as_deref(), &[&basic_constraints, &names])
    }

    fn read(tbs: &TbsCertificate, key: ReadKey<'_>) -> Result<Self, CertError> {
        let fields = Fields::read(tbs, key)?;
        let extensions = Extensions::read(&RULES, fields.extensions)?;
        extensions.basic_constraints(Wanted::of_authority(!fields.subject.is_empty()))?;
        let names = AlternativeNames::read(extensions.required(oid::SUBJECT_ALT_NAME)?)?;
        Ok(LiteTbs {
            subject: Subject::read(fields.subject, names.det)?,
            serial: fields.serial,
            issuer: fields.issuer,
            not_before: fields.not_before,
            not_after: fields.not_after,
            hi: fields.hi,
            det: names.det,
            uri: names.uri,
            hardware_module: names.hardware_module,
        })
    }
}
