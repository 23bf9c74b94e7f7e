//! A node that is nothing but a secondary: name server, copies, control socket, and over HTTP whether it lives.

use std::path::Path;
use std::sync::Arc;

use dime_http::{HttpServer, ReadyCheck};
use dime_zone::Zones;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::signal::unix::{SignalKind, signal};

use super::control::{Control, Shown};
use super::copies::Copies;
use super::layout;
use super::name_server::NameServer;
use super::readiness::dns_answers;
use super::reload::reload;
use super::running::{Addresses, block_on, listen, received, stop_signal};
use crate::config::{Config, Role};
use crate::files;
use crate::outcome::{Answer, Failure, Outcome};

/// Serve until SIGTERM or SIGINT; upon SIGHUP, read `file` again. `ready` is called once it answers.
pub(crate) fn run(
    config: &Config,
    file: &Path,
    ready: impl FnOnce(&Addresses) -> Result<(), Failure>,
) -> Outcome {
    if config.dns.secondary.is_empty() {
        return Err(Failure::usage("a secondary copies zones: say which in [[dns.secondary]]"));
    }
    files::make_dir(&config.data.dir)?;
    // A registry's directory has a lock of its own; this keeps two secondaries apart.
    let _lock = files::lock(&layout::lock(&config.data.dir))?;
    block_on(serve(config, file, ready))
}

async fn serve(
    config: &Config,
    file: &Path,
    ready: impl FnOnce(&Addresses) -> Result<(), Failure>,
) -> Outcome {
    // Signals first: one that comes while the sockets open must not kill us half-way.
    let mut stopped = std::pin::pin!(stop_signal()?);
    let mut hangup = signal(SignalKind::hangup()).map_err(Failure::unable)?;
    let counters = PrometheusBuilder::new().install_recorder().map_err(Failure::unable)?;
    let zones = Arc::new(Zones::new());
    let copies = Copies::start(Arc::clone(&zones), config)?
        .ok_or_else(|| Failure::usage("a secondary copies zones: say which in [[dns.secondary]]"))?;
    let mut name_server = NameServer::start(Arc::clone(&zones), &config.dns)?;
    name_server.tell_of_notify(Arc::clone(copies.secondary()));
    let answering = name_server.answering();
    let checks: Vec<ReadyCheck> = vec![dns_answers(answering.clone(), Arc::clone(&zones))];
    let metrics = Arc::new(move || counters.render());
    let http =
        HttpServer::start_bare(checks, metrics, listen(&config.http)).await.map_err(Failure::unable)?;
    let shown = Shown {
        role: Role::Secondary,
        zones: Arc::clone(&zones),
        secondary: Some(Arc::clone(copies.secondary())),
        taken: name_server.taken(),
    };
    let control = Control::start(&layout::control(&config.data.dir), shown)?;
    let addresses = Addresses { dns: answering.borrow().clone(), http: http.url() };
    tracing::info!(dns = ?addresses.dns, http = %addresses.http, "serving copies");
    ready(&addresses)?;
    let mut running = config.clone();
    let outcome = loop {
        tokio::select! {
            name = &mut stopped => {
                tracing::info!(signal = name, "stopping");
                break Ok(Answer::Yes);
            }
            error = name_server.failure() => break Err(Failure::unable(error)),
            () = received(Some(&mut hangup)) => reload(file, &mut running, &mut name_server).await,
        }
    };
    let http_stopped = http.shutdown().await;
    drop(control);
    name_server.stop().await?;
    copies.stop().await?;
    http_stopped.map_err(Failure::unable)?;
    tracing::info!("stopped");
    outcome
}
