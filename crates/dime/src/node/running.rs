//! A running node: sockets, signals, an orderly end.

use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use dime_http::{HttpConfig, HttpServer, ListenConfig, PlainHttp, TlsFiles};
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::control::{Control, Shown};
use super::copies::Copies;
use super::descriptors::raise_limit;
use super::journal_check::JournalCheck;
use super::keeper::Keeper;
use super::layout;
use super::name_server::NameServer;
use super::open::Opened;
use super::readiness::dns_answers;
use super::reload::reload;
use super::resigner::{self, Resigner};
use super::sweeper::Sweeper;
use super::worker::Worker;
use crate::config::{Config, Http};
use crate::outcome::{Answer, Failure, Outcome};

/// Where a node answers.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    /// DNS, over UDP and TCP.
    pub(crate) dns: Vec<SocketAddr>,
    /// The HTTP server's URL.
    pub(crate) http: String,
}

/// Serve until SIGTERM or SIGINT; upon SIGHUP, read `file` again. `ready` is called once both servers answer.
pub(crate) fn run(
    opened: Opened,
    config: &Config,
    file: Option<&Path>,
    ready: impl FnOnce(&Addresses) -> Result<(), Failure>,
) -> Outcome {
    resigner::check(&opened)?;
    block_on(serve(opened, config, file, ready))
}

/// Runs a node's task to its end.
pub(super) fn block_on(node: impl Future<Output = Outcome>) -> Outcome {
    raise_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("dime")
        .build()
        .map_err(Failure::unable)?;
    let outcome = runtime.block_on(node);
    // Registry calls may still run on blocking threads; what they have committed stays, what they have
    // not was not answered.
    runtime.shutdown_timeout(Duration::from_secs(5));
    outcome
}

async fn serve(
    opened: Opened,
    config: &Config,
    file: Option<&Path>,
    ready: impl FnOnce(&Addresses) -> Result<(), Failure>,
) -> Outcome {
    // Signals first: one that comes while the sockets open must not kill us half-way.
    let mut stopped = std::pin::pin!(stop_signal()?);
    let mut hangup = file.map(|_| signal(SignalKind::hangup())).transpose().map_err(Failure::unable)?;
    // Before the first socket: the name server's counters bind to the recorder that is there when they are first used.
    let counters = PrometheusBuilder::new().install_recorder().map_err(Failure::unable)?;
    let mut name_server = NameServer::start(Arc::clone(&opened.zones), &config.dns)?;
    let copies = Copies::start(Arc::clone(&opened.zones), config)?;
    let secondary = copies.as_ref().map(|copies| Arc::clone(copies.secondary()));
    if let Some(secondary) = &secondary {
        name_server.tell_of_notify(Arc::clone(secondary));
    }
    let zones = Arc::clone(&opened.zones);
    let shown = Shown { role: config.role, zones, secondary, taken: name_server.taken() };
    let control = Control::start(&layout::control(&config.data.dir), shown)?;
    let answering = name_server.answering();
    let (mut http_config, listen) = http(&config.http, &opened);
    http_config.ready_checks = [dns_answers(answering.clone(), Arc::clone(&opened.zones))].into();
    http_config.other_metrics = Some(Arc::new(move || counters.render()));
    let registry = Arc::clone(&opened.registry);
    let http = HttpServer::start(registry, Arc::clone(&opened.clock), http_config, listen)
        .await
        .map_err(Failure::unable)?;
    let sweeper = Sweeper::start(Arc::clone(&opened.registry), Arc::clone(&opened.clock))?;
    let worker = Worker::start(Arc::clone(&opened.registry))?;
    let resigner = Resigner::start(&opened, config)?;
    let keeper = Keeper::start(Arc::clone(&opened.registry), &config.data)?;
    let check = JournalCheck::start(Arc::clone(&opened.store))?;
    let addresses = Addresses { dns: answering.borrow().clone(), http: http.url() };
    tracing::info!(dns = ?addresses.dns, http = %addresses.http, "serving");
    ready(&addresses)?;

    let mut running = config.clone();
    let outcome = loop {
        tokio::select! {
            name = &mut stopped => {
                tracing::info!(signal = name, "stopping");
                break Ok(Answer::Yes);
            }
            error = name_server.failure() => break Err(Failure::unable(error)),
            () = received(hangup.as_mut()) => {
                if let Some(file) = file {
                    reload(file, &mut running, &mut name_server).await;
                }
            }
        }
    };
    // The door first, so that nothing new comes in; DNS answers to the end.
    let http_stopped = http.shutdown().await;
    tokio::task::spawn_blocking(move || {
        drop((check, sweeper, worker, resigner));
        // When nothing more changes, so that the next start has nothing to catch up with.
        drop(keeper);
    })
    .await
    .map_err(Failure::unable)?;
    drop(control);
    name_server.stop().await?;
    if let Some(copies) = copies {
        copies.stop().await?;
    }
    http_stopped.map_err(Failure::unable)?;
    drop(opened);
    tracing::info!("stopped");
    outcome
}

/// Resolves when the signal has come; never, where it is not waited for.
pub(super) async fn received(signal: Option<&mut Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Resolves to the name of the signal that asks us to stop.
pub(super) fn stop_signal() -> Result<impl Future<Output = &'static str>, Failure> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::unable)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::unable)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        }
    })
}

fn http(http: &Http, opened: &Opened) -> (HttpConfig, ListenConfig) {
    let config = HttpConfig {
        max_body: http.max_body,
        max_header: http.max_header,
        request_time: http.request_time.into(),
        max_requests: http.max_requests,
        anonymous_writes_per_minute: http.anonymous_writes_per_minute,
        public_origin: Some(http.public_origin.clone()).filter(|origin| !origin.is_empty()),
        zones: Some(Arc::clone(&opened.zones)),
        ..HttpConfig::default()
    };
    (config, listen(http))
}

/// Where HTTP is served, and how.
pub(super) fn listen(http: &Http) -> ListenConfig {
    let tls = http.tls.is_configured().then(|| TlsFiles {
        certificate: PathBuf::from(&http.tls.certificate),
        key: PathBuf::from(&http.tls.key),
    });
    ListenConfig {
        addr: http.listen,
        tls,
        plain: if http.allow_plain { PlainHttp::Anywhere } else { PlainHttp::LoopbackOnly },
        grace: http.grace.into(),
    }
}
