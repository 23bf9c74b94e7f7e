//! What answers the requests of one connection.

use super::{Service, Streams, tell_keepalive};
use crate::{
    query_log::Sampler,
    respond::{Disposition, Peer, Responder},
    shared::Shared,
    unusual::{Unusual, unusual},
};
use std::{future::Future, pin::Pin, sync::Arc};

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
        self.responder.change(self.shared.answering());
        let moment = self.shared.moment();
        let disposition = self.responder.respond(&self.shared.zones.view(), request, self.peer, moment, out);
        self.responder.flush();
        if disposition == Disposition::Send {
            tell_keepalive(request, out, self.streams.limits().idle);
        }
        disposition
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
