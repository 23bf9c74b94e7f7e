//! What answers the requests of one connection.

use super::{Service, Streams, tell_keepalive};
use crate::{
    query_log::Sampler,
    respond::{Disposition, Peer, Responder},
    shared::Shared,
    unusual::{Unusual, unusual},
};
use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

/// The zones, for one asker.
pub(crate) struct Answers {
    shared: Arc<Shared>,
    streams: Streams,
    peer: Peer,
    responder: Responder,
    sampler: Sampler,
}

impl Answers {
    pub(crate) fn new(shared: Arc<Shared>, streams: Streams, peer: Peer) -> Self {
        let responder = shared.responder();
        Answers { shared, streams, peer, responder, sampler: Sampler::default() }
    }
}

impl Service for Answers {
    fn answer(&mut self, request: &[u8], out: &mut Vec<u8>) -> Disposition {
        let answering = self.shared.answering();
        let query_log = answering.query_log;
        self.responder.change(answering);
        let moment = self.shared.moment();
        let disposition = self.responder.respond(&self.shared.zones.view(), request, self.peer, moment, out);
        if disposition == Disposition::Send {
            tell_keepalive(request, out, self.streams.limits().idle);
            if self.sampler.is_due(query_log) {
                self.shared.query_log.write(query_log, moment.now.0, self.peer, request, out);
            }
        }
        disposition
    }

    fn settle(&mut self, answered: u64, took: Duration) {
        self.responder.tally().took(self.peer.transport, answered, took);
        self.responder.flush();
    }

    fn unusual(&self, request: Vec<u8>) -> Pin<Box<dyn Future<Output = Unusual> + Send>> {
        let (shared, peer, idle) = (Arc::clone(&self.shared), self.peer, self.streams.limits().idle);
        Box::pin(async move {
            let mut answered = unusual(&shared, &request, peer).await;
            if let Unusual::One(response) = &mut answered {
                tell_keepalive(&request, response, idle);
            }
            answered
        })
    }
}
