//! The command line: one file a command.

mod authority;
mod broadcast;
mod cache;
pub(crate) mod ceremony;
mod completions;
mod config;
mod csr;
pub(crate) mod det;
pub(crate) mod dnssec;
mod init;
mod inspect;
mod key;
mod man;
mod pending;
mod quickstart;
mod register;
mod renew;
mod resolve;
mod revoke;
mod serve;
mod token;
mod trust;
mod verify;
mod zone;

use clap::{Parser, Subcommand};

use crate::outcome::Outcome;

/// DRIP Identity Management Entity: registers DRIP Entity Tags, endorses and certifies them, and serves
/// them in DNS.
#[derive(Debug, Parser)]
#[command(
    name = "dime",
    version,
    about = "DRIP Identity Management Entity: registry, certificate authority and name server for DRIP Entity Tags",
    after_help = "Exit codes: 0 ok, 1 the answer is no, 2 wrong use, 3 could not (network, disk, server).",
    arg_required_else_help = true
)]
pub(crate) struct Dime {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a complete TEST hierarchy, serve DNS and HTTP, print what to try next
    Quickstart(quickstart::Quickstart),
    /// Serve what a configuration file says
    Serve(serve::Serve),
    Init(init::Init),
    #[command(subcommand)]
    Authority(authority::Command),
    #[command(subcommand)]
    Key(key::Command),
    #[command(subcommand)]
    Det(det::Command),
    #[command(subcommand)]
    Csr(csr::Command),
    Inspect(inspect::Inspect),
    Register(register::Register),
    Resolve(resolve::Resolve),
    Verify(verify::Verify),
    Broadcast(broadcast::Broadcast),
    #[command(subcommand)]
    Pending(pending::Command),
    Revoke(revoke::Revoke),
    Renew(renew::Renew),
    #[command(subcommand)]
    Zone(zone::Command),
    #[command(subcommand)]
    Dnssec(dnssec::Command),
    #[command(subcommand)]
    Token(token::Command),
    #[command(subcommand)]
    Trust(trust::Command),
    #[command(subcommand)]
    Cache(cache::Command),
    #[command(subcommand)]
    Ceremony(ceremony::Command),
    #[command(subcommand)]
    Config(config::Command),
    Completions(completions::Completions),
    Man(man::Manual),
}

/// Run the command of this line.
pub(crate) fn run(line: Dime) -> Outcome {
    match line.command {
        Command::Quickstart(command) => quickstart::run(&command),
        Command::Serve(command) => serve::run(&command),
        Command::Init(command) => init::run(&command),
        Command::Authority(command) => authority::run(command),
        Command::Key(command) => key::run(command),
        Command::Det(command) => det::run(command),
        Command::Csr(command) => csr::run(command),
        Command::Inspect(command) => inspect::run(&command),
        Command::Register(command) => register::run(&command),
        Command::Resolve(command) => resolve::run(&command),
        Command::Verify(command) => verify::run(&command),
        Command::Broadcast(command) => broadcast::run(&command),
        Command::Pending(command) => pending::run(command),
        Command::Revoke(command) => revoke::run(&command),
        Command::Renew(command) => renew::run(&command),
        Command::Zone(command) => zone::run(command),
        Command::Dnssec(command) => dnssec::run(command),
        Command::Token(command) => token::run(command),
        Command::Trust(command) => trust::run(command),
        Command::Cache(command) => cache::run(command),
        Command::Ceremony(command) => ceremony::run(&command),
        Command::Config(command) => config::run(command),
        Command::Completions(command) => completions::run(&command),
        Command::Man(command) => man::run(&command),
    }
}
