//! `dime token`: bearer tokens, at a running server with a manager's token, or in the data directory of
//! a stopped one.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use dime_registry::{Caller, NewToken, Role, TokenId, TokenView};
use drip_det::Hid;
use serde_json::{Value, json};

use crate::config::Period;
use crate::files;
use crate::node::offline;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;
use crate::remote::{Server, path_segment};

/// Bearer tokens, scoped by role and HID
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a token; it is shown this once
    New(New),
    /// All tokens, revoked ones too; never the secrets
    List(List),
    /// End a token
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// What its holder may do
    #[arg(long)]
    role: RoleWord,
    /// The only HDA it is good for; without it all
    #[arg(long, value_name = "RAA/HDA")]
    hid: Option<Hid>,
    /// When it ends, such as 24h or 90d; without it never
    #[arg(long, value_name = "TIME")]
    ttl: Option<Period>,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "")]
    label: String,
    /// Write the token to a new file with mode 0600 instead of showing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// Its identifier
    id: String,
    #[command(flatten)]
    at: Where,
}

/// Which registry.
#[derive(Debug, Args)]
struct Where {
    /// The data directory of a stopped server, instead of --server
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    format: Format,
}

/// A role.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleWord {
    /// What a manager may; for the people who run this DIME
    Admin,
    /// Registrations: register, decide, renew, revoke, read; and tokens no wider than its own
    Manager,
    /// Reads private data, changes nothing
    Auditor,
}

impl RoleWord {
    const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Auditor => "auditor",
        }
    }

    const fn role(self) -> Role {
        match self {
            Self::Admin => Role::Admin,
            Self::Manager => Role::Manager,
            Self::Auditor => Role::Auditor,
        }
    }
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::New(new) => make(&new)?,
        Command::List(list) => {
            let document = match &list.at.dir {
                Some(dir) => {
                    let registry = offline::registry(dir)?;
                    let tokens = registry.tokens(&Caller::Local).map_err(Failure::unable)?;
                    json!({ "tokens": tokens.iter().map(document).collect::<Vec<_>>() })
                }
                None => list.at.server.client()?.fetch("/v1/tokens")?.body,
            };
            list.at.format.print(&document, || {
                let tokens = document.get("tokens").and_then(Value::as_array);
                let rows: String = tokens.into_iter().flatten().map(row).collect();
                if rows.is_empty() { "no tokens".to_owned() } else { rows }
            })?;
        }
        Command::Revoke(revoke) => {
            let id = path_segment(&revoke.id)?;
            let token = match &revoke.at.dir {
                Some(dir) => {
                    let registry = offline::registry(dir)?;
                    let id = TokenId(id.to_owned());
                    document(
                        &registry
                            .revoke_token(&id, &Caller::Local)
                            .map_err(|error| Failure::No(error.to_string()))?,
                    )
                }
                None => revoke.at.server.client()?.delete(&format!("/v1/tokens/{id}"))?.body,
            };
            revoke.at.format.print(&token, || row(&token))?;
        }
    }
    Ok(Answer::Yes)
}

fn make(new: &New) -> Result<(), Failure> {
    if let Some(file) = new.out.as_ref().filter(|file| file.exists()) {
        // Before it is made: a token that could not be written down would be alive and lost.
        return Err(Failure::file(file, "exists already; a token is never written over a file"));
    }
    let mut made = match &new.at.dir {
        Some(dir) => {
            let registry = offline::registry(dir)?;
            let token = NewToken {
                role: new.role.role(),
                hid: new.hid,
                ttl: new.ttl.map(|ttl| ttl.seconds),
                label: new.label.clone(),
            };
            let (view, secret) = registry
                .create_token(token, &Caller::Local)
                .map_err(|error| Failure::No(error.to_string()))?;
            let mut made = document(&view);
            if let Some(members) = made.as_object_mut() {
                members.insert("secret".to_owned(), json!(secret.reveal()));
            }
            made
        }
        None => {
            let mut body = json!({ "role": new.role.name(), "label": new.label });
            if let Some(members) = body.as_object_mut() {
                members.extend(new.hid.map(|hid| ("hid".to_owned(), json!(hid.to_string()))));
                members.extend(new.ttl.map(|ttl| ("ttl".to_owned(), json!(ttl.seconds))));
            }
            new.at.server.client()?.send("/v1/tokens", &body)?.body
        }
    };
    if let Some(file) = &new.out {
        let secret = made.as_object_mut().and_then(|members| members.remove("secret"));
        let secret = secret.as_ref().and_then(Value::as_str).unwrap_or_default();
        files::write_secret(file, format!("{secret}\n").as_bytes())?;
    }
    new.at.format.print(&made, || {
        let secret = made.get("secret").and_then(Value::as_str);
        match secret {
            Some(secret) => format!("{}{secret}", row(&made)),
            None => row(&made),
        }
    })
}

/// The same members as the registrar's JSON has.
fn document(view: &TokenView) -> Value {
    let mut document = json!({
        "id": view.id.to_string(),
        "role": view.role.name(),
        "created_at": view.created_at.to_string(),
        "label": view.label,
    });
    if let Some(members) = document.as_object_mut() {
        members.extend(view.hid.map(|hid| ("hid".to_owned(), json!(hid.to_string()))));
        members.extend(view.not_after.map(|time| ("not_after".to_owned(), json!(time.to_string()))));
        members.extend(view.revoked_at.map(|time| ("revoked_at".to_owned(), json!(time.to_string()))));
    }
    document
}

fn row(token: &Value) -> String {
    let field = |name: &str| token.get(name).and_then(Value::as_str);
    let mut row = format!("{} {}", field("id").unwrap_or("-"), field("role").unwrap_or("-"));
    for (name, label) in
        [("hid", "hid"), ("not_after", "ends"), ("revoked_at", "revoked"), ("label", "label")]
    {
        if let Some(value) = field(name).filter(|value| !value.is_empty()) {
            row.push_str(&format!(" {label}={value}"));
        }
    }
    row.push('\n');
    row
}
