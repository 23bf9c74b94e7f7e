//! `dime cache show`: what a cache says, and whether it is believed.

use std::path::PathBuf;

use clap::Args;
use drip_wire::Endorsement;
use drip_wire::cache::SignedCache;
use serde_json::{Value, json};

use crate::input;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;
use crate::trust::Judgement;

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The cache
    file: PathBuf,
    #[command(flatten)]
    judgement: Judgement,
    #[command(flatten)]
    format: Format,
}

pub(super) fn run(command: &Show) -> Outcome {
    let octets = input::octets(&command.file)?;
    let signed = SignedCache::decode(&octets).map_err(|error| Failure::file(&command.file, error))?;
    let mut document = describe(&signed);
    if !command.judgement.has_anchor() {
        command.format.print(&document, || text(&document))?;
        return Ok(Answer::Yes);
    }
    // Deltas need the cache they change: it comes with --cache.
    let judged = command.judgement.trust_with_last(&command.file);
    let (believed, why) = match &judged {
        Ok(trust) => (true, trust.refused().iter().map(ToString::to_string).collect::<Vec<_>>()),
        Err(failure) => (false, vec![failure.to_string()]),
    };
    if let Some(members) = document.as_object_mut() {
        members.insert("believed".to_owned(), json!(believed));
        members.insert("refused".to_owned(), json!(why));
    }
    command.format.print(&document, || {
        let verdict = if believed { "believed" } else { "NOT believed" };
        format!("{verdict}\n{}\n{}", why.join("\n"), text(&document))
    })?;
    Ok(if believed { Answer::Yes } else { Answer::No })
}

/// A cache, as `dime inspect` says it.
pub(crate) fn describe(signed: &SignedCache) -> Value {
    let cache = signed.cache();
    let content = &cache.content;
    let pairs = |list: &[Endorsement]| -> Vec<Value> {
        let one = |each: &Endorsement| {
            json!({
                "parent": each.parent.to_string(),
                "child": each.child.to_string(),
                "not_after": each.vna.to_string(),
            })
        };
        list.iter().map(one).collect()
    };
    let coverage: Vec<Value> = content
        .coverage()
        .iter()
        .map(|(hid, coverage)| json!({ "hid": hid.to_string(), "coverage": coverage.to_string() }))
        .collect();
    let mut document = json!({
        "kind": "offline-cache",
        "issuer": cache.issuer.to_string(),
        "sequence": cache.sequence,
        "not_before": cache.validity.not_before().to_string(),
        "not_after": cache.validity.not_after().to_string(),
        "scope": cache.scope.as_str(),
        "issuing": pairs(content.issuing()),
        "chains": pairs(content.chains()),
        "entities": pairs(content.entities()),
        "cross": pairs(content.cross()),
        "coverage": coverage,
        "bridges": content.bridges().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "trust_list": content.trust_list().is_some(),
        "problems": [],
    });
    if let (Some(delta), Some(members)) = (&cache.delta, document.as_object_mut()) {
        let removed = |(child, parent): &(drip_det::Det, drip_det::Det)| json!({ "parent": parent.to_string(), "child": child.to_string() });
        members.insert("base".to_owned(), json!(delta.base()));
        members.insert("removed".to_owned(), json!(delta.removed().iter().map(removed).collect::<Vec<_>>()));
    }
    document
}

pub(super) fn text(document: &Value) -> String {
    let word = |name: &str| document.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| document.get(name).and_then(Value::as_u64);
    let mut first = format!("offline cache {} of {}", number("sequence").unwrap_or_default(), word("issuer"));
    if let Some(base) = number("base") {
        first = format!("{first}, a delta to {base}");
    }
    let mut lines = vec![first, format!("  {} to {}", word("not_before"), word("not_after"))];
    if !word("scope").is_empty() {
        lines.push(format!("  chosen by {}", word("scope")));
    }
    for section in ["removed", "issuing", "chains", "entities", "cross"] {
        for entry in document.get(section).and_then(Value::as_array).into_iter().flatten() {
            let word = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
            lines.push(format!("  {section}  {} -> {}", word("parent"), word("child")));
        }
    }
    for entry in document.get("coverage").and_then(Value::as_array).into_iter().flatten() {
        let word = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        lines.push(format!("  coverage  {}  {}", word("hid"), word("coverage")));
    }
    for bridge in document.get("bridges").and_then(Value::as_array).into_iter().flatten() {
        lines.push(format!("  bridge  {}", bridge.as_str().unwrap_or_default()));
    }
    if document.get("trust_list").and_then(Value::as_bool) == Some(true) {
        lines.push("  with a trust list".to_owned());
    }
    lines.join("\n")
}
