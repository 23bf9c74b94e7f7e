//! hickory-server's request handler over the zones.

use crate::{
    Transport,
    counters::Counters,
    reply::{Asked, reply},
};
use dime_zone::Zones;
use hickory_proto::op::{Header, HeaderCounts};
use hickory_server::{
    net::{runtime::Time, xfer::Protocol},
    server::{Request, RequestHandler, ResponseHandler, ResponseInfo},
    zone_handler::MessageResponseBuilder,
};
use std::sync::Arc;

/// Answers requests; copies share zones and counters.
#[derive(Clone)]
pub(crate) struct Handler {
    zones: Arc<Zones>,
    counters: Arc<Counters>,
}

impl Handler {
    pub(crate) fn new(zones: Arc<Zones>) -> Self {
        Handler { zones, counters: Arc::new(Counters::new()) }
    }
}

#[async_trait::async_trait]
impl RequestHandler for Handler {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut response: R,
    ) -> ResponseInfo {
        let transport = match request.protocol() {
            Protocol::Udp => Transport::Udp,
            _ => Transport::Tcp,
        };
        let asked = Asked {
            metadata: &request.metadata,
            queries: request.queries.queries(),
            edns: request.edns.as_ref(),
            transport,
        };
        let reply = reply(&asked, &self.zones);
        self.counters.answered(transport, reply.outcome);
        if reply.metadata.truncation {
            self.counters.truncated();
        }
        let message = MessageResponseBuilder::new(&request.queries, reply.edns.as_ref()).build(
            reply.metadata,
            &reply.answers,
            &reply.authority,
            [],
            &reply.additional,
        );
        match response.send_response(message).await {
            Ok(info) => info,
            Err(error) => {
                // The asker went away or asks faster than it reads; nobody is left to tell.
                self.counters.unsent();
                tracing::debug!(%error, source = %request.src(), "response not sent");
                ResponseInfo::from(Header { metadata: reply.metadata, counts: HeaderCounts::default() })
            }
        }
    }
}
