//! `dime ceremony import`: the online side takes in what was signed.

use std::path::PathBuf;

use clap::Args;
use dime_registry::{Caller, ImportError, Imported, Novelty, Registry};
use dime_sign::ceremony::Form;
use serde_json::{Value, json};

use super::{medium, say};
use crate::node::offline;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;
use crate::remote::Server;

const CBOR: &str = "application/cbor";

/// What to take in, and where.
#[derive(Args, Debug)]
pub(crate) struct Import {
    /// Answers and bundles: files, pictures of QR codes, their text, or folders of these
    #[arg(required = true, value_name = "FILE|IMAGE")]
    files: Vec<PathBuf>,
    /// The data directory of a stopped server, instead of --server
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    format: Format,
}

pub(crate) fn run(command: &Import) -> Outcome {
    let forms: Vec<Form> =
        medium::read(&command.files)?.into_iter().filter(|form| !matches!(form, Form::Request(_))).collect();
    if forms.is_empty() {
        return Err(Failure::usage("this is a request: it has to be signed first, by 'dime ceremony sign'"));
    }
    let mut documents = Vec::new();
    match &command.dir {
        Some(dir) => {
            let registry = offline::registry(dir)?;
            for form in &forms {
                documents.push(import(&registry, form)?);
            }
        }
        None => {
            let client = command.server.client()?;
            for form in &forms {
                let (path, octets) = match form {
                    Form::Bundle(bundle) => ("/v1/dki/bundles", bundle.encode()),
                    Form::Answer(answer) => ("/v1/dki/ceremony/answers", answer.encode()),
                    Form::Request(request) => ("/v1/dki/ceremony/answers", request.encode()),
                };
                let octets = octets.map_err(Failure::unable)?;
                documents.push(client.send_octets(path, CBOR, &octets)?.body);
            }
        }
    }
    let document = json!({ "imported": documents });
    command.format.print(&document, || {
        forms.iter().zip(&documents).map(|(form, imported)| text(form, imported)).collect()
    })?;
    Ok(Answer::Yes)
}

fn import(registry: &Registry, form: &Form) -> Result<Value, Failure> {
    let imported = match form {
        Form::Answer(answer) => registry.ceremony_import(answer, &Caller::Local),
        Form::Bundle(bundle) => registry.bundle_import(bundle, &Caller::Local),
        Form::Request(_) => return Err(Failure::usage("this is a request, not an answer")),
    };
    imported.map(|imported| document(&imported)).map_err(|error| match error {
        ImportError::Ours(fault) => Failure::unable(fault),
        refused => Failure::No(refused.to_string()),
    })
}

/// As the HTTP interface has it.
fn document(imported: &Imported) -> Value {
    let refused: Vec<Value> = imported
        .refused
        .iter()
        .map(|item| json!({ "reference": item.reference, "reason": item.reason }))
        .collect();
    json!({
        "new": imported.novelty == Novelty::New,
        "authorities": imported.authorities.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "registrations": imported.registrations.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "documents": imported.documents,
        "refused": refused,
    })
}

fn text(form: &Form, imported: &Value) -> String {
    let mut text = format!("{}\n  words       {}\n", form.name(), form.words());
    if let Form::Answer(answer) = form {
        text.push_str(&format!("  items       {}\n", say::outcome(answer)));
    }
    let list = |name: &str| imported.get(name).and_then(Value::as_array).into_iter().flatten();
    if imported.get("new").and_then(Value::as_bool) == Some(false) {
        text.push_str("  taken in before: nothing changed\n");
    }
    for (name, words) in
        [("authorities", "authority"), ("registrations", "registration"), ("documents", "document")]
    {
        for entry in list(name).filter_map(Value::as_str) {
            text.push_str(&format!("  {words:<11} {entry}\n"));
        }
    }
    for item in list("refused") {
        let field = |name: &str| {
            item.get(name).and_then(Value::as_str).unwrap_or_default().escape_debug().to_string()
        };
        text.push_str(&format!("  refused     {}: {}\n", field("reference"), field("reason")));
    }
    text
}
