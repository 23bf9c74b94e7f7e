//! The description kept beside the code is the one the code generates; every problem it can answer with is described.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use dime_http::{ProblemKind, openapi_json};
use serde_json::Value;

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

/// With `DIME_WRITE_OPENAPI` set, writes the file anew instead of comparing.
#[test]
fn the_kept_description_is_the_generated_one() {
    if std::env::var_os("DIME_WRITE_OPENAPI").is_some() {
        std::fs::write(KEPT, openapi_json()).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(KEPT).unwrap();
    assert!(
        kept == openapi_json(),
        "openapi.json is old: run this test once with DIME_WRITE_OPENAPI=1 and commit it"
    );
}

fn operations(document: &Value) -> Vec<(String, Value)> {
    document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .iter()
                .map(move |(method, operation)| (format!("{method} {path}"), operation.clone()))
        })
        .collect()
}

#[test]
fn every_operation_has_a_stable_name_and_its_problems() {
    let document: Value = serde_json::from_str(&openapi_json()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut names: Vec<String> = Vec::new();
    for (place, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap_or_else(|| panic!("{place} has no operationId"));
        names.push(name.to_owned());
        for status in ["400", "405", "408", "413", "431", "500", "503"] {
            assert!(operation["responses"][status].is_object(), "{place} lacks {status}");
        }
        if operation["requestBody"].is_object() {
            for status in ["415", "422"] {
                assert!(operation["responses"][status].is_object(), "{place} lacks {status}");
            }
        }
    }
    names.sort();
    let expected = [
        "answerCeremony",
        "approve",
        "askStatus",
        "askStatusByPath",
        "changeDelegation",
        "createToken",
        "deny",
        "healthz",
        "home",
        "importBundle",
        "importList",
        "listAuthorities",
        "listCrossEndorsements",
        "listJobs",
        "listRegistrations",
        "listTokens",
        "livez",
        "metrics",
        "openapi",
        "readyz",
        "receiveCrossEndorsements",
        "register",
        "reissue",
        "rekeyAuthority",
        "renew",
        "requestCeremony",
        "resumeAuthority",
        "retireAuthority",
        "revoke",
        "revokeAuthority",
        "revokeToken",
        "showAuthority",
        "showBundle",
        "showCertificate",
        "showDet",
        "showDki",
        "showEndorsements",
        "showIssuerCertificate",
        "showJob",
        "showLinks",
        "showListToSign",
        "showOfflineCache",
        "showPartOfRevocationList",
        "showRegistration",
        "showRevocationList",
        "showStatus",
        "showTrustList",
        "storeTrustList",
        "suspendAuthority",
        "withdrawCrossEndorsement",
    ];
    assert_eq!(names, expected);
}

#[test]
fn every_problem_type_is_listed_under_its_status() {
    let document: Value = serde_json::from_str(&openapi_json()).unwrap();
    let responses = document["components"]["responses"].as_object().unwrap();
    for kind in ProblemKind::ALL {
        let listed = responses.values().any(|response| {
            response["description"].as_str().unwrap().contains(&format!("`{}`", kind.type_uri()))
        });
        assert!(listed, "{} is not described", kind.slug());
    }
}
