//! `dime ceremony request`: the online side asks for signatures.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, ValueEnum};
use dime_registry::{
    Caller, CeremonyRequestError, CrossWanted, Lifetimes, ListWanted, Overlong, OwnKeys, RegistrationId,
    RegistrationsWanted, Wanted,
};
use dime_sign::ceremony::{self, Form, Include, Profiles};
use drip_det::{Det, Hid};
use serde_json::{Value, json};

use super::output::{Caption, Output};
use super::{known, say};
use crate::config::Period;
use crate::input;
use crate::node::offline;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::Format;
use crate::remote::Server;

/// What to ask for. Without more: every own Issuing key that lacks an endorsement, every approved registry below, and the revocation list if
/// one is due.
#[derive(Args, Debug)]
pub(crate) struct Request {
    /// Whose Authorization key is to sign: its place; needed where there are several
    #[arg(long, value_name = "RAA/HDA")]
    hid: Option<Hid>,
    /// Certification requests of Authorization keys at that place: a self-endorsement, or a new key to take over
    #[arg(long, visible_alias = "authorization", value_name = "FILE", num_args = 1..)]
    csr: Vec<PathBuf>,
    /// A URI for the certificates of those
    #[arg(long, value_name = "URI", requires = "csr")]
    uri: Option<String>,
    /// Own Issuing keys
    #[arg(long, value_name = "WHICH", default_value = "lacking", conflicts_with = "key")]
    keys: KeysWord,
    /// An own Issuing key by its DET, instead of --keys
    #[arg(long, value_name = "DET", num_args = 1..)]
    key: Vec<Det>,
    /// Registries below
    #[arg(long, value_name = "WHICH", default_value = "approved", conflicts_with = "registration")]
    registries: RegistriesWord,
    /// A registry below by the identifier of its registration, instead of --registries
    #[arg(long, value_name = "ID", num_args = 1..)]
    registration: Vec<String>,
    /// Other RAAs to cross-endorse: a file with the self-endorsed certificate, endorsement or bundle; or DET=KEY in hexadecimal
    #[arg(long, value_name = "FILE|DET=KEY", num_args = 1..)]
    cross: Vec<String>,
    /// A trust list to be signed, as 'dime trust list' writes it
    #[arg(long, value_name = "FILE")]
    trust_list: Option<PathBuf>,
    /// The revocation list of the key that signs: if one is due because something is revoked or the last one ends, now, or none
    #[arg(long, value_name = "WHEN", default_value = "due", conflicts_with = "list_of")]
    list: ListWord,
    /// The revocation list of this Authorization DET, instead of --list: of a retired one, say
    #[arg(long, value_name = "DET")]
    list_of: Option<Det>,
    /// How long the revocation list is believed, as in 90d, which is the default
    #[arg(long, value_name = "PERIOD")]
    list_lifetime: Option<Period>,
    /// Certificates beside the Lite one
    #[arg(long, value_name = "PROFILES", value_delimiter = ',', num_args = 0.., default_value = "full,mtls")]
    profiles: Vec<ProfileWord>,
    /// For how long Authorization DETs and other RAAs are endorsed, as in 1826d: five years if not said
    #[arg(long, value_name = "PERIOD")]
    authorization_lifetime: Option<Period>,
    /// For how long Issuing DETs are endorsed: three years if not said
    #[arg(long, value_name = "PERIOD")]
    issuing_lifetime: Option<Period>,
    /// Ask for more than ten years all the same
    #[arg(long)]
    longer_than_ten_years: bool,
    /// The data directory of a stopped server, instead of --server
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    format: Format,
}

/// Which of our own keys.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum KeysWord {
    /// Those without an endorsement, or soon without
    Lacking,
    /// All of them
    All,
    /// None
    None,
}

/// Which registries below.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum RegistriesWord {
    /// All that were approved
    Approved,
    /// Those, and all that are in force: under a new Authorization key, or for longer
    All,
    /// None
    None,
}

/// Whether a revocation list is to be signed.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ListWord {
    /// If a new one is due
    Due,
    /// In any case
    Now,
    /// Not
    None,
}

/// A certificate beside the Lite one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ProfileWord {
    /// PKIX-like
    Full,
    /// For TLS
    Mtls,
    /// No other: Lite alone
    Lite,
}

pub(crate) fn run(command: &Request) -> Outcome {
    let places = command.output.places("request")?;
    let wanted = command.wanted()?;
    let request = match &command.dir {
        Some(dir) => {
            let registry = offline::registry(dir)?;
            registry.ceremony_request(&wanted, &Caller::Local).map_err(|error| match error {
                CeremonyRequestError::Ours(fault) => Failure::unable(fault),
                refused => Failure::No(refused.to_string()),
            })?
        }
        None => {
            let octets =
                command.server.client()?.send_for_octets("/v1/dki/ceremony/requests", &body(&wanted))?;
            ceremony::Request::decode(&octets).map_err(Failure::unable)?
        }
    };
    let octets = request.encode().map_err(Failure::unable)?;
    let caption = Caption {
        title: format!("Ceremony request for the Authorization key of {}", request.by),
        lines: vec![
            format!("{} items, made at {}", request.items.len(), request.made_at),
            format!("sha-256 {}", hex::encode(request.digest())),
            format!("words: {}", request.words()),
        ],
    };
    let written = places.write(&octets, caption)?;
    let files: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
    let document = json!({
        "id": hex::encode(request.id),
        "by": request.by.to_string(),
        "items": request.items.len(),
        "sha256": hex::encode(request.digest()),
        "words": request.words().to_string(),
        "files": files,
    });
    command.format.print(&document, || {
        let listed: String = files.iter().map(|file| format!("written to {file}\n")).collect();
        format!("{}\n{listed}", say::form(&Form::Request(request)))
    })?;
    Ok(Answer::Yes)
}

impl Request {
    fn wanted(&self) -> Result<Wanted, Failure> {
        let keys = match self.keys {
            _ if !self.key.is_empty() => OwnKeys::These(self.key.clone()),
            KeysWord::Lacking => OwnKeys::Lacking,
            KeysWord::All => OwnKeys::All,
            KeysWord::None => OwnKeys::None,
        };
        let registrations = match self.registries {
            _ if !self.registration.is_empty() => {
                RegistrationsWanted::These(self.registration.iter().cloned().map(RegistrationId).collect())
            }
            RegistriesWord::Approved => RegistrationsWanted::Approved,
            RegistriesWord::All => RegistrationsWanted::All,
            RegistriesWord::None => RegistrationsWanted::None,
        };
        let revocation_list = match (self.list_of, self.list) {
            (Some(det), _) => ListWanted::Now(Some(det)),
            (None, ListWord::Due) => ListWanted::Due,
            (None, ListWord::Now) => ListWanted::Now(None),
            (None, ListWord::None) => ListWanted::None,
        };
        let include = |profile| if self.profiles.contains(&profile) { Include::Yes } else { Include::No };
        let seconds = |period: Option<Period>, default| period.map_or(default, |period| period.seconds);
        let default = Lifetimes::DEFAULT;
        Ok(Wanted {
            by: self.hid,
            keys,
            authorizations: self.csr.iter().map(|path| input::octets(path)).collect::<Result<_, _>>()?,
            authorization_uri: self.uri.clone(),
            registrations,
            cross: self.cross.iter().map(|text| cross(text)).collect::<Result<_, _>>()?,
            trust_list: self.trust_list.as_deref().map(input::octets).transpose()?,
            revocation_list,
            profiles: Profiles { full: include(ProfileWord::Full), mtls: include(ProfileWord::Mtls) },
            lifetimes: Lifetimes {
                authorization: seconds(self.authorization_lifetime, default.authorization),
                issuing: seconds(self.issuing_lifetime, default.issuing),
                list: seconds(self.list_lifetime, default.list),
                overlong: if self.longer_than_ten_years { Overlong::Forced } else { Overlong::Refused },
            },
        })
    }
}

/// Another RAA, as a file or as DET and key.
fn cross(text: &str) -> Result<CrossWanted, Failure> {
    if let Some((det, hi)) = text.split_once('=') {
        let det = det.parse().map_err(|error| Failure::usage(format!("'{det}': {error}")))?;
        let hi = hi.parse().map_err(|error| Failure::usage(format!("'{hi}': {error}")))?;
        return Ok(CrossWanted { det, hi, not_after: None });
    }
    let path = Path::new(text);
    let found = known::read(path)?
        .into_iter()
        .find(|known| known.det.hda().is_reserved_to_raa() && known.det.raa().value() != 0);
    let known = found.ok_or_else(|| Failure::file(path, "there is no RAA in it"))?;
    Ok(CrossWanted { det: known.det, hi: known.hi, not_after: None })
}

/// The same as the HTTP interface takes it.
fn body(wanted: &Wanted) -> Value {
    let mut body = json!({
        "authorization_lifetime": wanted.lifetimes.authorization,
        "issuing_lifetime": wanted.lifetimes.issuing,
        "list_lifetime": wanted.lifetimes.list,
        "overlong": wanted.lifetimes.overlong == Overlong::Forced,
        "authorizations": wanted.authorizations.iter().map(|csr| of_csr(csr)).collect::<Vec<_>>(),
        "cross": wanted.cross.iter().map(|cross| json!({ "det": cross.det.to_string(), "hi": cross.hi.to_string() })).collect::<Vec<_>>(),
    });
    let Profiles { full, mtls } = wanted.profiles;
    let profiles = [("full", full), ("mtls", mtls)];
    let profiles = profiles.into_iter().filter(|(_, include)| *include == Include::Yes).map(|(name, _)| name);
    let mut set = |name: &str, value: Value| {
        if let Some(members) = body.as_object_mut() {
            members.insert(name.to_owned(), value);
        }
    };
    set("profiles", json!(profiles.collect::<Vec<_>>()));
    if let Some(by) = wanted.by {
        set("by", json!(by.to_string()));
    }
    match &wanted.keys {
        OwnKeys::These(dets) => {
            set("key_dets", json!(dets.iter().map(ToString::to_string).collect::<Vec<_>>()))
        }
        OwnKeys::Lacking => set("keys", json!("lacking")),
        OwnKeys::All => set("keys", json!("all")),
        OwnKeys::None => set("keys", json!("none")),
    }
    match &wanted.registrations {
        RegistrationsWanted::These(ids) => {
            set("registration_ids", json!(ids.iter().map(ToString::to_string).collect::<Vec<_>>()));
        }
        RegistrationsWanted::Approved => set("registrations", json!("approved")),
        RegistrationsWanted::All => set("registrations", json!("all")),
        RegistrationsWanted::None => set("registrations", json!("none")),
    }
    match wanted.revocation_list {
        ListWanted::Now(Some(det)) => set("list_of", json!(det.to_string())),
        ListWanted::Now(None) => set("list", json!("now")),
        ListWanted::Due => set("list", json!("due")),
        ListWanted::None => set("list", json!("none")),
    }
    if let Some(uri) = &wanted.authorization_uri {
        set("authorization_uri", json!(uri));
    }
    if let Some(list) = &wanted.trust_list {
        set("trust_list", json!(STANDARD.encode(list)));
    }
    body
}

/// PEM as it is, DER in base64.
fn of_csr(csr: &[u8]) -> String {
    match std::str::from_utf8(csr) {
        Ok(text) if text.contains("-----BEGIN") => text.to_owned(),
        _ => STANDARD.encode(csr),
    }
}
