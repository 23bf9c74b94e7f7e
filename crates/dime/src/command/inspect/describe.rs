//! What each object says, as JSON and as text.

use drip_cert::Certificate;
use drip_cert::c509::C509Kind;
use drip_cert::csr::{Csr, CsrForm};
use drip_cert::full::KeyUsage;
use drip_cert::mtls::MtlsRole;
use drip_cert::x509::HardwareModule;
use drip_det::DripTime;
use drip_wire::rdata::{Brid, CertRecord, Hhit, Hip, Tlsa};
use drip_wire::{Endorsement, Epoch, Variant};
use serde_json::{Value, json};

use crate::command::ceremony;
use crate::command::det::Document;
use crate::object::Object;

/// `{kind, …fields, problems}`.
pub(super) fn describe(object: &Object) -> Value {
    match object {
        Object::Det(det) => with("det", serde_json::to_value(Document::new(*det, None, None)), &[]),
        Object::HostIdentity(hi) => json!({ "kind": "host-identity", "hi": hi.to_string(), "problems": [] }),
        Object::Endorsement(endorsement) => of_endorsement(endorsement),
        Object::Certificate(certificate) => of_certificate(certificate),
        Object::Csr(csr) => of_csr(csr),
        Object::C509(certificate) => super::c509::describe(certificate, of_certificate),
        Object::Token(token) => super::c509::of_token(token, of_csr),
        Object::Hhit(hhit) => of_hhit(hhit),
        Object::Brid(brid) => of_brid(brid),
        Object::Hip(hip) => of_hip(hip),
        Object::CertRecord(record) => of_cert_record(record),
        Object::Tlsa(tlsa) => of_tlsa(tlsa),
        Object::Broadcast(broadcast) => super::broadcast::describe(broadcast),
        Object::Ceremony(form) => ceremony::described(form),
        Object::TrustList(list) => crate::command::trust::describe(list),
        Object::Cache(cache) => crate::command::cache::describe(cache),
        Object::Status(status) => super::status::describe(status),
    }
}

/// Add the kind and the problems to fields that are an object already.
fn with(kind: &str, fields: Result<Value, serde_json::Error>, problems: &[String]) -> Value {
    let mut document = fields.unwrap_or_else(|_| json!({}));
    if let Some(members) = document.as_object_mut() {
        members.insert("kind".to_owned(), json!(kind));
        members.insert("problems".to_owned(), json!(problems));
    }
    document
}

pub(super) fn of_endorsement(endorsement: &Endorsement) -> Value {
    let mut problems = Vec::new();
    if let Err(mismatch) = endorsement.child.check(&endorsement.child_hi) {
        problems.push(format!("the child's key does not belong to its DET: {mismatch}"));
    }
    if endorsement.epoch() == Epoch::UnixSuspected {
        problems.push("the times count from 1970 instead of 2019".to_owned());
    }
    if endorsement.is_self_endorsement() && endorsement.verify(&endorsement.child_hi).is_err() {
        problems.push("its own key did not sign this self-endorsement".to_owned());
    }
    if endorsement.vnb > endorsement.vna {
        problems.push("it ends before it begins".to_owned());
    }
    let time = |time: DripTime| {
        if time == DripTime::FOREVER { "forever".to_owned() } else { time.to_unix().to_string() }
    };
    json!({
        "kind": "endorsement",
        "parent": endorsement.parent.to_string(),
        "child": endorsement.child.to_string(),
        "child_hi": endorsement.child_hi.to_string(),
        "vnb": time(endorsement.vnb),
        "vna": time(endorsement.vna),
        "vnb_raw": endorsement.vnb.0,
        "vna_raw": endorsement.vna.0,
        "self_endorsement": endorsement.is_self_endorsement(),
        "signature": hex::encode(endorsement.signature),
        "problems": problems,
    })
}

fn of_certificate(certificate: &Certificate) -> Value {
    let self_signed = certificate.issuer() == certificate.det();
    let mut problems = Vec::new();
    if self_signed && certificate.verify(certificate.hi()).is_err() {
        problems.push("its own key did not sign this self-signed certificate".to_owned());
    }
    if certificate.not_before() > certificate.not_after() {
        problems.push("it ends before it begins".to_owned());
    }
    let mut described = json!({
        "kind": "certificate",
        "profile": certificate.profile().name(),
        "serial": hex::encode(certificate.serial().as_bytes()),
        "issuer": certificate.issuer().to_string(),
        "det": certificate.det().to_string(),
        "hi": certificate.hi().to_string(),
        "subject": certificate.common_name(),
        "ca": certificate.is_authority(),
        "self_signed": self_signed,
        "not_before": certificate.not_before().to_string(),
        "not_after": certificate.not_after().to_string(),
        "uri": certificate.uri(),
        "octets": certificate.der().len(),
        "problems": problems,
    });
    let mut add = |name: &str, value: Option<Value>| {
        if let (Some(map), Some(value)) = (described.as_object_mut(), value) {
            map.insert(name.to_owned(), value);
        }
    };
    add("hardware_module", certificate.hardware_module().map(hardware_module));
    match certificate {
        Certificate::Lite(_) => {}
        Certificate::Full(full) => {
            add("policy", full.tbs().policy.map(|policy| json!(policy.to_string())));
            add("key_usage", Some(json!(full.tbs().key_usage == KeyUsage::Present)));
        }
        Certificate::Mtls(mtls) => {
            let role = match mtls.tbs().role {
                MtlsRole::Authority => "authority",
                MtlsRole::EndEntity => "end-entity",
                MtlsRole::OcspResponder => "ocsp-responder",
            };
            let pki = &mtls.tbs().pki;
            add("role", Some(json!(role)));
            add("crl", pki.crl.as_ref().map(|uri| json!(uri)));
            add("ocsp", pki.ocsp.as_ref().map(|uri| json!(uri)));
            add("issuer_certificate", pki.issuer.as_ref().map(|uri| json!(uri)));
        }
    }
    described
}

/// A device as its manufacturer names it.
pub(super) fn hardware_module(module: &HardwareModule) -> Value {
    json!({ "type": module.hw_type.to_string(), "serial": hex::encode(&module.hw_serial) })
}

fn of_csr(csr: &Csr) -> Value {
    let mut problems: Vec<String> = csr.remarks().iter().map(ToString::to_string).collect();
    if let Err(error) = csr.clone().verify() {
        problems.push(error.to_string());
    }
    json!({
        "kind": "csr",
        "form": match csr.form() {
            CsrForm::Pkcs10 => "pkcs10",
            CsrForm::C509(C509Kind::Reencoded) => "c509 type 3",
            CsrForm::C509(C509Kind::Native) => "c509 type 2",
        },
        "hi": csr.hi().to_string(),
        "serial_number": csr.serial_number(),
        "det": csr.det().map(|det| det.to_string()),
        "octets": csr.octets().len(),
        "problems": problems,
    })
}

fn of_hhit(hhit: &Hhit) -> Value {
    let (certificate, mut problems) = match Certificate::parse(&hhit.certificate) {
        Ok(certificate) => (of_certificate(&certificate), Vec::new()),
        Err(error) => (Value::Null, vec![format!("the certificate cannot be read: {error}")]),
    };
    problems.extend(strings(certificate.get("problems")));
    json!({
        "kind": "hhit",
        "entity_type": hhit.entity_type.0,
        "entity_type_name": hhit.entity_type.name(),
        "hid_abbreviation": hhit.abbreviation,
        "certificate": certificate,
        "variants": variants(&hhit.variants()),
        "problems": problems,
    })
}

fn of_brid(brid: &Brid) -> Value {
    let mut problems = Vec::new();
    let endorsements = match brid.endorsements() {
        Ok(run) => run.iter().map(of_endorsement).collect(),
        Err(error) => {
            problems.push(format!("an endorsement cannot be read: {error}"));
            Vec::new()
        }
    };
    for endorsement in &endorsements {
        problems.extend(strings(endorsement.get("problems")));
    }
    json!({
        "kind": "brid",
        "det": brid.det().map(|det| det.to_string()),
        "uas_type": brid.uas_type().value(),
        "uas_ids": brid.uas_ids().len(),
        "shape": format!("{:?}", brid.shape()).to_lowercase(),
        "endorsements": endorsements,
        "variants": variants(&brid.variants()),
        "problems": problems,
    })
}

fn of_hip(hip: &Hip) -> Value {
    json!({
        "kind": "hip",
        "presentation": hip.presentation(),
        "variants": variants(&hip.variants()),
        "problems": [],
    })
}

fn of_cert_record(record: &CertRecord) -> Value {
    let (certificate, problems) = match record.certificate().map(Certificate::parse) {
        Some(Ok(certificate)) => {
            let described = of_certificate(&certificate);
            let problems = strings(described.get("problems"));
            (described, problems)
        }
        Some(Err(error)) => (Value::Null, vec![format!("the certificate cannot be read: {error}")]),
        None => (Value::Null, Vec::new()),
    };
    json!({
        "kind": "cert",
        "presentation": record.presentation(),
        "certificate": certificate,
        "variants": variants(&record.variants()),
        "problems": problems,
    })
}

fn of_tlsa(tlsa: &Tlsa) -> Value {
    json!({ "kind": "tlsa", "presentation": tlsa.presentation(), "problems": [] })
}

/// Where a record differs from what we write by default: no fault, but worth knowing.
fn variants(variants: &[Variant]) -> Vec<String> {
    variants.iter().map(ToString::to_string).collect()
}

pub(super) fn strings(list: Option<&Value>) -> Vec<String> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

/// The document as indented lines.
pub(super) fn text(document: &Value, depth: usize) -> String {
    let mut out = String::new();
    let indent = "  ".repeat(depth);
    let Some(members) = document.as_object() else { return document.to_string() };
    // What has no kind of its own is a group of fields under the name above it.
    if let Some(kind) = members.get("kind").and_then(Value::as_str) {
        out.push_str(&format!("{indent}{kind}\n"));
    }
    for (name, value) in members.iter().filter(|(name, _)| *name != "kind" && *name != "problems") {
        match value {
            Value::Null => {}
            Value::Object(inner) => {
                let depth = if inner.contains_key("kind") { depth + 2 } else { depth + 1 };
                out.push_str(&format!("{indent}  {name}:\n{}", text(value, depth)));
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                out.push_str(&format!("{indent}  {name}:\n"));
                out.extend(items.iter().map(|item| text(item, depth + 2)));
            }
            Value::String(words) => out.push_str(&format!("{indent}  {name}: {words}\n")),
            other => out.push_str(&format!("{indent}  {name}: {other}\n")),
        }
    }
    for problem in strings(members.get("problems")) {
        out.push_str(&format!("{indent}  PROBLEM: {problem}\n"));
    }
    out
}
