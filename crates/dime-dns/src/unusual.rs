//! What is not the everyday: answered through hickory-server's reader and writer of messages.

use crate::{Transport, respond::Peer, shared::Shared, walk::Head};
use hickory_proto::{op::ResponseCode, rr::Record, serialize::binary::BinEncoder};
use hickory_server::{
    net::{NetError, runtime::TokioTime, xfer::Protocol},
    server::{Request, RequestHandler, ResponseHandler, ResponseInfo},
    zone_handler::MessageResponse,
};
use parking_lot::Mutex;
use std::sync::Arc;

/// The responses to an unusual request.
pub(crate) enum Unusual {
    /// None.
    Nothing,
    /// One.
    One(Vec<u8>),
    /// Those of a transfer.
    Many(Box<dyn Iterator<Item = Vec<u8>> + Send>),
}

/// Keeps the octets of a response.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

#[async_trait::async_trait]
impl ResponseHandler for Kept {
    async fn send_response<'a>(
        &mut self,
        response: MessageResponse<
            '_,
            'a,
            impl Iterator<Item = &'a Record> + Send + 'a,
            impl Iterator<Item = &'a Record> + Send + 'a,
            impl Iterator<Item = &'a Record> + Send + 'a,
            impl Iterator<Item = &'a Record> + Send + 'a,
        >,
    ) -> Result<ResponseInfo, NetError> {
        let mut octets = Vec::with_capacity(512);
        let mut encoder = BinEncoder::new(&mut octets);
        // The handler has left out what would not fit.
        encoder.set_max_size(u16::MAX);
        let info = response.destructive_emit(&mut encoder)?;
        *self.0.lock() = octets;
        Ok(info)
    }
}

/// Answers a request that is none of the everyday ones.
pub(crate) async fn unusual(shared: &Shared, request: &[u8], peer: Peer) -> Unusual {
    let protocol = match peer.transport {
        Transport::Udp => Protocol::Udp,
        Transport::Tcp | Transport::Tls => Protocol::Tcp,
    };
    let Ok(read) = Request::from_bytes(request.to_vec(), peer.address, protocol) else {
        let Some(head) = Head::of(request) else { return Unusual::Nothing };
        return Unusual::One(head.response(ResponseCode::FormErr.low()).encode().to_vec());
    };
    let kept = Kept::default();
    shared.handler.handle_request::<_, TokioTime>(&read, kept.clone()).await;
    let octets = std::mem::take(&mut *kept.0.lock());
    if octets.is_empty() { Unusual::Nothing } else { Unusual::One(octets) }
}
