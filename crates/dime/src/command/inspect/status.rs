//! What revocation lists, OCSP requests and OCSP responses say.

use drip_cert::crl::{Crl, Entry, Reason, Scope};
use drip_cert::mtls::MtlsCertificate;
use drip_cert::ocsp::{
    BasicResponse, CertId, CertStatus, HashAlgorithm, OcspRequest, OcspResponse, ResponderId,
};
use serde_json::{Value, json};

use crate::object::Status;

/// `{kind, …fields, problems}`.
pub(super) fn describe(status: &Status) -> Value {
    match status {
        Status::Crl(crl) => of_crl(crl),
        Status::Request(request) => of_request(request),
        Status::Response(OcspResponse::Failed(status)) => {
            json!({ "kind": "ocsp-response", "status": status.word(), "problems": [] })
        }
        Status::Response(OcspResponse::Basic(basic)) => of_basic(basic),
    }
}

fn of_crl(crl: &Crl) -> Value {
    let tbs = crl.tbs();
    let (scope, point) = match &tbs.scope {
        Scope::Whole => ("whole", None),
        Scope::Point(uri) => ("part", Some(uri)),
        Scope::Indirect(uri) => ("indirect", uri.as_ref()),
    };
    let entry = |entry: &Entry| {
        json!({
            "serial": entry.serial.to_string(),
            "issuer": (entry.issuer != tbs.issuer).then(|| entry.issuer.to_string()),
            "revoked_at": entry.revoked_at.to_string(),
            "reason": entry.reason.map(Reason::word),
            "invalid_since": entry.invalid_since.map(|time| time.to_string()),
        })
    };
    json!({
        "kind": "crl",
        "issuer": tbs.issuer.to_string(),
        "this_update": tbs.this_update.to_string(),
        "next_update": tbs.next_update.to_string(),
        "number": tbs.number.to_string(),
        "base": tbs.base.map(|base| base.to_string()),
        "scope": scope,
        "point": point,
        "freshest": tbs.freshest,
        "revoked": tbs.entries.iter().map(entry).collect::<Vec<_>>(),
        "signature": hex::encode(crl.signature()),
        "octets": crl.der().len(),
        "problems": [],
    })
}

fn of_request(request: &OcspRequest) -> Value {
    json!({
        "kind": "ocsp-request",
        "certificates": request.cert_ids().iter().map(of_cert_id).collect::<Vec<_>>(),
        "nonce": request.nonce().map(|nonce| hex::encode(nonce.as_bytes())),
        "octets": request.encode().len(),
        "problems": [],
    })
}

fn of_cert_id(id: &CertId) -> Value {
    let algorithm = match id.algorithm {
        HashAlgorithm::Sha1 => "sha1".to_owned(),
        HashAlgorithm::Sha256 => "sha256".to_owned(),
        HashAlgorithm::Other(identifier) => identifier.to_string(),
    };
    json!({
        "serial": id.serial.to_string(),
        "hash": algorithm,
        "issuer_name_hash": hex::encode(&id.name_hash),
        "issuer_key_hash": hex::encode(&id.key_hash),
    })
}

fn of_basic(basic: &BasicResponse) -> Value {
    let tbs = basic.tbs();
    let mut problems = Vec::new();
    let responder = match tbs.responder {
        ResponderId::Name(det) => det.to_string(),
        ResponderId::Key(hash) => hex::encode(hash),
    };
    let delegate = basic.certificates().first().and_then(|der| match MtlsCertificate::parse(der) {
        Ok(certificate) => Some(certificate),
        Err(error) => {
            problems.push(format!("its responder's certificate cannot be read: {error}"));
            None
        }
    });
    if let Some(delegate) = &delegate {
        let tbs = delegate.tbs();
        if basic.tbs().responder.names(tbs.det, &tbs.hi) && basic.verify_by(&tbs.hi).is_err() {
            problems.push("it is not signed by the responder whose certificate it carries".to_owned());
        }
    }
    let single = |single: &drip_cert::ocsp::SingleResponse| {
        let (word, at, reason) = match single.status {
            CertStatus::Good => ("good", None, None),
            CertStatus::Unknown => ("unknown", None, None),
            CertStatus::Revoked { at, reason } => ("revoked", Some(at.to_string()), reason),
        };
        json!({
            "serial": single.cert_id.serial.to_string(),
            "status": word,
            "revoked_at": at,
            "reason": reason.map(Reason::word),
            "this_update": single.this_update.to_string(),
            "next_update": single.next_update.map(|time| time.to_string()),
        })
    };
    json!({
        "kind": "ocsp-response",
        "status": "successful",
        "responder": responder,
        "certified_by": delegate.as_ref().map(|delegate| delegate.tbs().issuer.to_string()),
        "produced_at": tbs.produced_at.to_string(),
        "nonce": tbs.nonce.as_ref().map(|nonce| hex::encode(nonce.as_bytes())),
        "responses": tbs.responses.iter().map(single).collect::<Vec<_>>(),
        "problems": problems,
    })
}
