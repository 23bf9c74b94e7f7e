//! UDP: one thread and one socket per core on each address; the system shares the askers out among them.
//!
//! A thread takes what has come (64 datagrams at most), answers all of it from one view of the zones, and sends it off: two calls of the
//! system for a batch, however large. The busier it is, the larger the batches and the less a query costs.

use crate::{
    ServeError, Transport,
    query_log::Sampler,
    respond::{Disposition, Peer, Responder},
    shared::Shared,
    unusual::{Unusual, unusual},
};
use dime_udp::{Endpoint, Incoming, Outgoing};
use std::{
    io,
    net::{SocketAddr, UdpSocket},
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use tokio::{
    runtime::Handle,
    sync::{Semaphore, mpsc, watch},
};

/// Datagrams of a batch.
const BATCH: usize = 64;
/// Octets of the largest request that is read whole. Requests are small; those with signatures and cookies are below this.
const LARGEST: usize = 4096;
/// Where the name of a DET stands in a question for it.
const DET_NAME: Range<usize> = 12..86;
/// Unusual requests of one socket that are answered at the same time; what comes beyond is dropped.
const UNUSUAL: usize = 256;
/// How often a thread that has nothing to do looks whether it should stop.
pub(crate) const PATIENCE: Duration = Duration::from_millis(100);

/// Answers on the sockets of one address until told to stop, or until one fails.
pub(crate) async fn run(
    address: SocketAddr,
    sockets: Vec<UdpSocket>,
    shared: Arc<Shared>,
    mut told: watch::Receiver<()>,
) -> Result<(), ServeError> {
    let failed = |fault: String| ServeError { address, transport: Transport::Udp, fault };
    let Stop(stop) = &Stop(Arc::default());
    let (ended, mut ends) = mpsc::unbounded_channel();
    let mut running = 0;
    let mut outcome = Ok(());
    for socket in sockets {
        let (shared, stop, ended, runtime) =
            (Arc::clone(&shared), Arc::clone(stop), ended.clone(), Handle::current());
        let body = move || {
            // Nobody waits for the end of a server that was dropped.
            let _ = ended.send(Worker::new(socket, shared, runtime).run(&stop));
        };
        match thread::Builder::new().name("dns-udp".to_owned()).spawn(body) {
            Ok(_) => running += 1,
            Err(error) => outcome = Err(failed(error.to_string())),
        }
    }
    drop(ended);
    if outcome.is_ok() {
        tokio::select! {
            _ = told.changed() => {}
            end = ends.recv() => {
                running -= 1;
                outcome = Err(failed(match end {
                    Some(Err(error)) => error.to_string(),
                    Some(Ok(())) | None => "a thread ended by itself".to_owned(),
                }));
            }
        }
    }
    stop.store(true, Ordering::Relaxed);
    while running > 0 && ends.recv().await.is_some() {
        running -= 1;
    }
    outcome
}

/// Stops the threads when nobody waits for them any more.
struct Stop(Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// One thread.
struct Worker {
    socket: Arc<UdpSocket>,
    shared: Arc<Shared>,
    runtime: Handle,
    responder: Responder,
    sampler: Sampler,
    incoming: Incoming,
    outgoing: Outgoing,
    /// Room for unusual requests that are being answered.
    unusual: Arc<Semaphore>,
}

impl Worker {
    fn new(socket: UdpSocket, shared: Arc<Shared>, runtime: Handle) -> Self {
        let responder = shared.responder();
        Worker {
            socket: Arc::new(socket),
            shared,
            runtime,
            responder,
            sampler: Sampler::default(),
            incoming: Incoming::new(BATCH, LARGEST),
            outgoing: Outgoing::new(BATCH, LARGEST),
            unusual: Arc::new(Semaphore::new(UNUSUAL)),
        }
    }

    fn run(mut self, stop: &AtomicBool) -> io::Result<()> {
        let mut faults = 0_u32;
        while !stop.load(Ordering::Relaxed) {
            match self.incoming.receive(&self.socket) {
                Ok(_) => {
                    faults = 0;
                    self.answer_batch()?;
                }
                Err(error) if is_nothing(&error) => {}
                // A fault of one datagram that was sent is told at the next call; a socket that has nothing but faults is broken.
                Err(error) if faults > 1000 => return Err(error),
                Err(_) => faults += 1,
            }
        }
        // What has come before is answered still.
        self.socket.set_nonblocking(true)?;
        while self.incoming.receive(&self.socket).is_ok() {
            self.answer_batch()?;
        }
        // All room is free again when the last is answered.
        let _ = self.runtime.block_on(self.unusual.acquire_many(UNUSUAL as u32));
        Ok(())
    }

    fn answer_batch(&mut self) -> io::Result<()> {
        let began = Instant::now();
        let mut answered = 0;
        let moment = self.shared.moment();
        let answering = self.shared.answering();
        self.responder.change(Arc::clone(&answering));
        let view = self.shared.zones.view();
        // What it takes to answer is fetched for all of them together.
        view.warm(self.incoming.datagrams().filter_map(|datagram| datagram.octets.get(DET_NAME)));
        for datagram in self.incoming.datagrams() {
            let Some(out) = self.outgoing.buffer() else { break };
            let peer = Peer { address: datagram.endpoint.remote, transport: Transport::Udp };
            match self.responder.respond(&view, datagram.octets, peer, moment, out) {
                Disposition::Send => {
                    if self.sampler.is_due(answering.query_log) {
                        self.shared.query_log.write(
                            answering.query_log,
                            moment.now.0,
                            peer,
                            datagram.octets,
                            out,
                        );
                    }
                    self.outgoing.queue(&datagram.endpoint);
                    answered += 1;
                }
                Disposition::Drop => {}
                Disposition::Unusual if datagram.is_cut => {}
                Disposition::Unusual => match Arc::clone(&self.unusual).try_acquire_owned() {
                    Ok(room) => {
                        let (shared, socket) = (Arc::clone(&self.shared), Arc::clone(&self.socket));
                        let (request, endpoint) = (datagram.octets.to_vec(), datagram.endpoint);
                        self.runtime.spawn(async move {
                            answer_unusual(&shared, &socket, &request, &endpoint).await;
                            drop(room);
                        });
                    }
                    Err(_) => self.responder.tally().limited(),
                },
            }
        }
        drop(view);
        self.send()?;
        self.responder.tally().took(Transport::Udp, answered, began.elapsed());
        self.responder.flush();
        Ok(())
    }

    fn send(&mut self) -> io::Result<()> {
        if !self.outgoing.is_empty() {
            let sent = self.outgoing.send(&self.socket)?;
            self.responder.tally().unsent(sent.unsent as u64);
        }
        Ok(())
    }
}

/// Answers a request that may take longer, from the address that it was sent to.
async fn answer_unusual(shared: &Shared, socket: &UdpSocket, request: &[u8], endpoint: &Endpoint) {
    let peer = Peer { address: endpoint.remote, transport: Transport::Udp };
    let response = match unusual(shared, request, peer).await {
        Unusual::Nothing => None,
        Unusual::One(response) => Some(response),
        Unusual::Many(mut responses) => responses.next(),
    };
    let Some(response) = response else { return };
    let mut outgoing = Outgoing::new(1, response.len());
    if let Some(out) = outgoing.buffer() {
        out.extend_from_slice(&response);
    }
    outgoing.queue(endpoint);
    if outgoing.send(socket).is_ok_and(|sent| sent.unsent == 0) {
        return;
    }
    shared.counters.unsent();
}

/// Whether nothing came, and nothing is wrong.
fn is_nothing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}
