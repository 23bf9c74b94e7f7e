//! `dime ceremony show`: what a form says, on either side.

use std::path::PathBuf;

use clap::Args;
use dime_sign::ceremony::{Form, Signed};
use serde_json::{Map, Value, json};

use super::{medium, say};
use crate::outcome::{Answer, Outcome};
use crate::output::Format;

/// What to show.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// Requests, answers, bundles: files, pictures of QR codes, their text, or folders of these. An answer beside its request is verified
    #[arg(required = true, value_name = "FILE|IMAGE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    format: Format,
}

pub(crate) fn run(command: &Show) -> Outcome {
    let forms = medium::read(&command.files)?;
    let mut problems = Vec::new();
    let mut documents = Vec::new();
    let mut text = String::new();
    for form in &forms {
        let verdict = verdict(form, &forms);
        documents.push(document(form, &verdict));
        text.push_str(&say::form(form));
        match verdict {
            Some(Ok(words)) => text.push_str(&format!("\n{words}\n\n")),
            Some(Err(fault)) => {
                text.push_str(&format!("\nWRONG: {fault}\n\n"));
                problems.push(fault);
            }
            None => text.push('\n'),
        }
    }
    let document = json!({ "forms": documents, "problems": problems });
    command.format.print(&document, || text)?;
    Ok(if problems.is_empty() { Answer::Yes } else { Answer::No })
}

/// Whether a form's objects hold, as far as the forms beside it can tell.
fn verdict(form: &Form, forms: &[Form]) -> Option<Result<&'static str, String>> {
    match form {
        Form::Request(_) => None,
        Form::Bundle(bundle) => {
            Some(bundle.verify().map(|()| "all its objects hold").map_err(|fault| fault.to_string()))
        }
        Form::Answer(answer) => {
            let mut requests = forms.iter().filter_map(|form| match form {
                Form::Request(request) => Some(request),
                Form::Answer(_) | Form::Bundle(_) => None,
            });
            let request = requests.next()?;
            let verified = match requests.find(|request| request.digest() == answer.request) {
                Some(other) => answer.verify(other),
                None => answer.verify(request),
            };
            Some(
                verified
                    .map(|()| "it answers its request, and all its objects hold")
                    .map_err(|fault| fault.to_string()),
            )
        }
    }
}

fn document(form: &Form, verdict: &Option<Result<&'static str, String>>) -> Value {
    let mut document = match form {
        Form::Request(request) => json!({
            "kind": "ceremony-request",
            "id": hex::encode(request.id),
            "by": request.by.to_string(),
            "made_at": request.made_at.to_string(),
            "sha256": hex::encode(request.digest()),
            "items": request.items.iter().map(|item| json!({ "kind": item.kind(), "fields": fields(item.describe()) })).collect::<Vec<_>>(),
        }),
        Form::Answer(answer) => json!({
            "kind": "ceremony-answer",
            "signer": answer.signer.to_string(),
            "signer_hi": answer.signer_hi.to_string(),
            "signed_at": answer.signed_at.to_string(),
            "request": hex::encode(answer.request),
            "sha256": hex::encode(answer.digest()),
            "items": answer.items.iter().map(|signed: &Signed| json!({ "kind": signed.kind(), "fields": fields(signed.describe()) })).collect::<Vec<_>>(),
        }),
        Form::Bundle(bundle) => json!({
            "kind": "authority-bundle",
            "items": bundle.authorities.iter().map(|authority| json!({ "det": authority.det().to_string(), "fields": fields(authority.describe()) })).collect::<Vec<_>>(),
        }),
    };
    if let Some(members) = document.as_object_mut() {
        members.insert("words".to_owned(), json!(form.words().to_string()));
        if let Some(verdict) = verdict {
            members.insert("holds".to_owned(), json!(verdict.is_ok()));
        }
    }
    document
}

/// Lines as members of an object; a name that is there more than once has a list.
fn fields(lines: Vec<(&'static str, String)>) -> Value {
    let mut members = Map::new();
    for (name, value) in lines {
        match members.get_mut(name) {
            None => {
                members.insert(name.to_owned(), json!(value));
            }
            Some(Value::Array(list)) => list.push(json!(value)),
            Some(one) => *one = json!([one.take(), value]),
        }
    }
    Value::Object(members)
}

/// A form as `inspect` shows it.
pub(crate) fn described(form: &Form) -> Value {
    let verdict = verdict(form, std::slice::from_ref(form));
    let mut document = document(form, &verdict);
    let problems: Vec<String> = verdict.into_iter().filter_map(Result::err).collect();
    if let Some(members) = document.as_object_mut() {
        members.insert("problems".to_owned(), json!(problems));
    }
    document
}
