//! What a C509 certificate or a registration token says, as JSON.

use drip_cert::c509::{AnyNative, NativeCertificate};
use drip_cert::csr::Csr;
use drip_cert::x509::Tbs;
use drip_wire::registration::RegistrationToken;
use serde_json::{Value, json};

use crate::object::C509;

/// `{kind: "c509-certificate", type: 2 or 3, profile, octets, …, problems}`. `x509` describes the certificate that one of type 3 is.
pub(super) fn describe(certificate: &C509, x509: impl Fn(&drip_cert::Certificate) -> Value) -> Value {
    let mut described = match certificate {
        C509::Reencoded(_, certificate) => {
            let inner = x509(certificate);
            let problems = inner.get("problems").cloned().unwrap_or_default();
            json!({ "profile": certificate.profile().name(), "certificate": inner, "problems": problems })
        }
        C509::Native(AnyNative::Lite(certificate)) => of_native(certificate),
        C509::Native(AnyNative::Full(certificate)) => of_native(certificate),
        C509::Native(AnyNative::Mtls(certificate)) => of_native(certificate),
        C509::Foreign(_, reason) => json!({ "problems": [format!("of no DRIP profile: {reason}")] }),
    };
    if let Some(members) = described.as_object_mut() {
        members.insert("kind".to_owned(), json!("c509-certificate"));
        members.insert("type".to_owned(), json!(certificate.kind().code()));
        members.insert("octets".to_owned(), json!(certificate.octets().len()));
    }
    described
}

fn of_native<T: Tbs>(certificate: &NativeCertificate<T>) -> Value {
    let tbs = certificate.tbs();
    let self_signed = tbs.issuer() == tbs.det();
    let mut problems = Vec::new();
    if self_signed && certificate.verify(tbs.hi()).is_err() {
        problems.push("its own key did not sign this self-signed certificate");
    }
    if tbs.not_before() > tbs.not_after() {
        problems.push("it ends before it begins");
    }
    json!({
        "profile": T::PROFILE.name(),
        "serial": hex::encode(tbs.serial().as_bytes()),
        "issuer": tbs.issuer().to_string(),
        "det": tbs.det().to_string(),
        "hi": tbs.hi().to_string(),
        "subject": tbs.common_name(),
        "ca": tbs.is_authority(),
        "self_signed": self_signed,
        "not_before": tbs.not_before().to_string(),
        "not_after": tbs.not_after().to_string(),
        "uri": tbs.uri(),
        "hardware_module": tbs.hardware_module().map(super::describe::hardware_module),
        "problems": problems,
    })
}

/// `{kind: "registration-token", det, hi, …, problems}`; `csr` describes the request in it.
pub(super) fn of_token(token: &RegistrationToken, csr: impl Fn(&Csr) -> Value) -> Value {
    let claims = &token.claims;
    let mut problems = Vec::new();
    if let Err(error) = token.verify() {
        problems.push(error.to_string());
    }
    let request = claims.csr.as_ref().map(|octets| match Csr::parse(octets) {
        Ok(request) => {
            if *request.hi() != claims.hi {
                problems.push("the request in it is of another key".to_owned());
            }
            csr(&request)
        }
        Err(error) => {
            problems.push(error.to_string());
            Value::Null
        }
    });
    json!({
        "kind": "registration-token",
        "det": token.det.to_string(),
        "hi": claims.hi.to_string(),
        "asks_for": claims.kind,
        "issued_at": claims.issued_at.to_string(),
        "not_before": claims.not_before.map(|time| time.to_string()),
        "not_after": claims.not_after.map(|time| time.to_string()),
        "operator": claims.operator.map(|det| det.to_string()),
        "serial_number": claims.serial_number,
        "flight": claims.flight,
        "contact": claims.contact,
        "csr": request,
        "octets": token.encode().len(),
        "problems": problems,
    })
}
