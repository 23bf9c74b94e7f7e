//! What every handler shares.

use crate::{HttpConfig, Problem, ProblemKind, metrics::Metrics, replay::Replays, throttle::Throttle};
use dime_registry::{Clock, Registry};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The registry, the limits and the counters. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Door(Arc<Shared>);

pub(crate) struct Shared {
    registry: Arc<Registry>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) config: HttpConfig,
    pub(crate) requests: Arc<Semaphore>,
    registry_calls: Arc<Semaphore>,
    pub(crate) replays: Replays,
    pub(crate) throttle: Throttle,
    pub(crate) metrics: Metrics,
}

impl Door {
    pub(crate) fn new(registry: Arc<Registry>, clock: Arc<dyn Clock>, config: HttpConfig) -> Self {
        Door(Arc::new(Shared {
            registry,
            clock,
            requests: Arc::new(Semaphore::new(config.max_requests)),
            registry_calls: Arc::new(Semaphore::new(config.max_registry_calls)),
            replays: Replays::default(),
            throttle: Throttle::new(config.anonymous_writes_per_minute),
            metrics: Metrics::new(),
            config,
        }))
    }

    /// Calls the registry on a thread that may block. The permit goes with the call, so a call that outlives its request still counts.
    pub(crate) async fn registry<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Registry) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let permit = Arc::clone(&self.0.registry_calls)
            .acquire_owned()
            .await
            .map_err(|_| Problem::new(ProblemKind::Overloaded, "the server is stopping").retry_after(5))?;
        let registry = Arc::clone(&self.0.registry);
        tokio::task::spawn_blocking(move || {
            let answer = call(&registry);
            drop(permit);
            answer
        })
        .await
        .map_err(|failure| {
            tracing::error!(%failure, "a call of the registry ended without an answer");
            Problem::new(ProblemKind::Internal, "the registry gave no answer")
        })
    }
}

impl std::ops::Deref for Door {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
