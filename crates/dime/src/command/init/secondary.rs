//! `dime init --role secondary`: the configuration of a name server that copies others' zones.

use std::path::Path;

use dime_dns::secondary::Followed;
use dime_zone::Position;
use serde_json::json;

use super::Init;
use crate::config::{Config, Role, Secondary, Tsig};
use crate::files;
use crate::node::layout;
use crate::outcome::{Answer, Failure, Outcome};

/// Where the secret of transfers is to be.
const SECRET: &str = "keys/transfer.tsig";

pub(super) fn run(command: &Init) -> Outcome {
    let (Some(primary), false) = (command.primary, command.copies.is_empty()) else {
        return Err(Failure::usage("a secondary needs --copy NAME and --primary ADDR"));
    };
    let path = layout::config(&command.dir);
    files::absent(&path)?;
    let mut config = Config::default();
    config.role = Role::Secondary;
    for name in &command.copies {
        let is_zone = Position::of(name).is_some_and(|position| position.cut().is_some());
        let what = if is_zone { Followed::Zone(name.clone()) } else { Followed::Catalog(name.clone()) };
        config.dns.secondary.push(Secondary::of(what, primary, command.key.clone()));
    }
    if let Some(key) = &command.key {
        config.dns.tsig.push(Tsig::of(key.clone(), SECRET.into()));
    }
    if let Some(dns) = command.dns {
        config.dns.listen = vec![dns];
    }
    if let Some(http) = command.http {
        config.http.listen = http;
    }
    files::make_dir(&command.dir)?;
    files::make_private_dir(&command.dir.join("keys"))?;
    let text = format!(
        "# Made by 'dime init'; every key is explained by 'dime config example'.\n{}",
        config.to_toml().map_err(Failure::unable)?
    );
    files::write(&path, text.as_bytes())?;
    let document = json!({
        "role": "secondary",
        "dir": command.dir,
        "copies": command.copies.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "primary": primary.to_string(),
    });
    command.format.print(&document, || next(command, &path))?;
    Ok(Answer::Yes)
}

/// What to do next.
fn next(command: &Init, config: &Path) -> String {
    let mut text = format!("{} says what is copied, and from where.\n", config.display());
    if let Some(key) = &command.key {
        let file = command.dir.join(SECRET);
        text.push_str(&format!(
            "Put the secret of {key} in {}, in base64, mode 0600: the same as on the primary.\n",
            file.display()
        ));
    }
    text.push_str(&format!("Then: dime serve --config {}", config.display()));
    text
}
