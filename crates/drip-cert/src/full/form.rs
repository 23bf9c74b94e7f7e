//! The form of a Full certificate: Lite's extensions, keyUsage, certificatePolicies and the key identifiers.

use super::{FullTbs, KeyUsage};
use crate::{
    oid,
    write::{SEQUENCE, TRUE, critical_extension, extension, identifier, tlv},
    x509::{
        self, AlternativeNames, CertError, ContentError, Criticality, Extensions, Fields, Form, Profile,
        ReadKey, Role, Rule, Subject, Tbs, Wanted, authority_key_identifier, fields_of_tbs, key_usage,
        subject_key_identifier,
    },
};
use alloc::{string::String, vec::Vec};
use der::{Decode, asn1::ObjectIdentifier};
use x509_cert::{TbsCertificate, ext::pkix::CertificatePolicies};

const RULES: [Rule; 6] = [
    Rule { id: oid::BASIC_CONSTRAINTS, name: "basicConstraints", criticality: Criticality::Critical },
    Rule { id: oid::KEY_USAGE, name: "keyUsage", criticality: Criticality::Critical },
    Rule {
        id: oid::CERTIFICATE_POLICIES,
        name: "certificatePolicies",
        criticality: Criticality::NotCritical,
    },
    Rule { id: oid::SUBJECT_ALT_NAME, name: "subjectAltName", criticality: Criticality::Critical },
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
];

impl Tbs for FullTbs {
    const PROFILE: Profile = Profile::Full;

    fields_of_tbs!();

    fn role(&self) -> Role {
        self.subject.role().map_or(Role::EndEntity, |(_, class)| Role::Authority(class))
    }

    fn common_name(&self) -> Option<String> {
        self.subject.common_name()
    }
}

impl Form for FullTbs {
    fn check(&self) -> Result<(), ContentError> {
        if let (Some(policy), Subject::Empty) = (self.policy, self.subject) {
            return Err(ContentError::PolicyOfEndEntity(policy));
        }
        x509::check(self, self.subject)
    }

    fn to_der(&self) -> Vec<u8> {
        let authority = self.is_authority();
        let of_authority = |extension: Vec<u8>| if authority { extension } else { Vec::new() };
        let basic_constraints =
            of_authority(critical_extension(oid::BASIC_CONSTRAINTS, &tlv(SEQUENCE, &[&TRUE])));
        let key_usage = match self.key_usage {
            KeyUsage::Absent => Vec::new(),
            KeyUsage::Present => critical_extension(oid::KEY_USAGE, usage(authority)),
        };
        let policies = self.policy.map(|policy| extension(oid::CERTIFICATE_POLICIES, &policies(policy)));
        let names = critical_extension(oid::SUBJECT_ALT_NAME, &AlternativeNames::to_der(self));
        let subject_key =
            of_authority(extension(oid::SUBJECT_KEY_IDENTIFIER, &subject_key_identifier(self.det)));
        let authority_key = extension(oid::AUTHORITY_KEY_IDENTIFIER, &authority_key_identifier(self.issuer));
        x509::frame(
            self,
            self.subject.common_name().as_deref(),
            &[
                &basic_constraints,
                &key_usage,
                &policies.unwrap_or_default(),
                &names,
                &subject_key,
                &authority_key,
            ],
        )
    }

    fn read(tbs: &TbsCertificate, key: ReadKey<'_>) -> Result<Self, CertError> {
        let fields = Fields::read(tbs, key)?;
        let authority = !fields.subject.is_empty();
        let wanted = Wanted::of_authority(authority);
        let extensions = Extensions::read(&RULES, fields.extensions)?;
        extensions.basic_constraints(wanted)?;
        let key_usage = extensions.optional(oid::KEY_USAGE);
        extensions.value(
            oid::KEY_USAGE,
            key_usage,
            usage(authority),
            "it must be keyCertSign and cRLSign, or for an end entity digitalSignature",
        )?;
        let policy = match (wanted, extensions.optional(oid::CERTIFICATE_POLICIES)) {
            (_, None) => None,
            (Wanted::No, Some(_)) => return Err(CertError::UnexpectedExtension(oid::CERTIFICATE_POLICIES)),
            (Wanted::Yes, Some(value)) => Some(read_policy(value)?),
        };
        let names = AlternativeNames::read(extensions.required(oid::SUBJECT_ALT_NAME)?)?;
        let subject_key = extensions.exactly_if(wanted, oid::SUBJECT_KEY_IDENTIFIER)?;
        extensions.value(
            oid::SUBJECT_KEY_IDENTIFIER,
            subject_key,
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
        Ok(FullTbs {
            subject: Subject::read(fields.subject, names.det)?,
            serial: fields.serial,
            issuer: fields.issuer,
            not_before: fields.not_before,
            not_after: fields.not_after,
            hi: fields.hi,
            det: names.det,
            uri: names.uri,
            hardware_module: names.hardware_module,
            key_usage: key_usage.map_or(KeyUsage::Absent, |_| KeyUsage::Present),
            policy,
        })
    }
}

fn usage(authority: bool) -> &'static [u8] {
    if authority { &key_usage::CA } else { &key_usage::SIGNATURE }
}

/// One policy without qualifiers.
fn policies(policy: ObjectIdentifier) -> Vec<u8> {
    tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&identifier(policy)])])
}

fn read_policy(value: &[u8]) -> Result<ObjectIdentifier, CertError> {
    let fault = |reason| CertError::Extension { field: "certificatePolicies", reason };
    let list = CertificatePolicies::from_der(value).map_err(|_| fault("its value is no list of policies"))?;
    match list.0.as_slice() {
        [policy] if policy.policy_qualifiers.is_none() => Ok(policy.policy_identifier),
        _ => Err(fault("it must be one policy without qualifiers")),
    }
}
