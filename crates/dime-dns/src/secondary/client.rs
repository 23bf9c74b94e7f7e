//! Asks a primary over TCP (RFC 7766; RFC 5936, section 4.1; RFC 1995), each transfer on a connection of its own.

use super::{
    config::{Primary, SecondaryConfig},
    incoming::{Got, Incoming, IncomingFault, Of, serial_of},
    message::{Asked, ResponseFault, answers},
};
use crate::{
    tsig::{ResponseChain, TsigFault, sign_request},
    walk::Head,
};
use dime_zone::{Class, Name, Record, RecordType, Serial};
use drip_det::UnixTime;
use std::{io, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Tells the time that messages are signed at.
pub(super) type Clock<'a> = &'a (dyn Fn() -> UnixTime + Send + Sync);

/// Why a primary was asked in vain.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The network failed.
    #[error("{address}: {source}")]
    Network {
        /// The primary.
        address: SocketAddr,
        /// What happened.
        source: io::Error,
    },
    /// It is silent.
    #[error("{address}: no answer for {} s", patience.as_secs())]
    Silent {
        /// The primary.
        address: SocketAddr,
        /// For how long.
        patience: Duration,
    },
    /// It takes longer than any transfer may.
    #[error("{address}: the transfer is not complete after {} s", time.as_secs())]
    Slow {
        /// The primary.
        address: SocketAddr,
        /// For how long.
        time: Duration,
    },
    /// It says something that is no answer.
    #[error("{address}: {fault}")]
    Response {
        /// The primary.
        address: SocketAddr,
        /// What is wrong.
        fault: ResponseFault,
    },
    /// Its signature is not right.
    #[error("{address}: {fault}")]
    Tsig {
        /// The primary.
        address: SocketAddr,
        /// What is wrong.
        fault: String,
    },
    /// What it sends is no transfer, or no zone to serve.
    #[error("{address}: {fault}")]
    Incoming {
        /// The primary.
        address: SocketAddr,
        /// What is wrong.
        fault: Box<IncomingFault>,
    },
    /// What it sends is no catalogue that can be followed.
    #[error("{address}: {fault}")]
    Catalog {
        /// The primary.
        address: SocketAddr,
        /// What is wrong.
        fault: String,
    },
    /// It sends more than is taken.
    #[error("{address}: the transfer has more than {most} octets")]
    TooLong {
        /// The primary.
        address: SocketAddr,
        /// How many are taken.
        most: u64,
    },
}

/// Asks for a zone: where a serial is given, for what came after it.
pub(super) async fn transfer(
    config: &SecondaryConfig,
    primary: &Primary,
    (of, zone): (Of, &Name),
    ours: Option<&Record>,
    clock: Clock<'_>,
) -> Result<Got, FetchError> {
    let address = primary.address;
    let time = config.transfer_time;
    let record_type = if ours.is_some() { RecordType::IXFR } else { RecordType::AXFR };
    let took = timeout(time, async {
        let mut asking = Asking::begin(config, primary, zone, record_type, ours, clock).await?;
        let mut incoming = Incoming::new(of, zone.clone(), ours.and_then(serial_of));
        while !incoming.is_done() {
            for record in asking.next().await? {
                incoming
                    .push(record)
                    .map_err(|fault| FetchError::Incoming { address, fault: fault.into() })?;
            }
        }
        asking.end()?;
        // It is done: the loop has ended.
        let none = || FetchError::Incoming { address, fault: IncomingFault::NoSoa.into() };
        incoming.got().ok_or_else(none)
    });
    took.await.map_err(|_| FetchError::Slow { address, time })?
}

/// Asks for the serial of a zone.
pub(super) async fn serial(
    config: &SecondaryConfig,
    primary: &Primary,
    zone: &Name,
    clock: Clock<'_>,
) -> Result<Serial, FetchError> {
    let mut asking = Asking::begin(config, primary, zone, RecordType::SOA, None, clock).await?;
    let records = asking.next().await?;
    asking.end()?;
    let soa = records.iter().find(|record| record.owner.is_same(zone)).and_then(serial_of);
    let fault = || FetchError::Incoming { address: primary.address, fault: IncomingFault::NoSoa.into() };
    soa.ok_or_else(fault)
}

/// A question on its way.
struct Asking<'a> {
    address: SocketAddr,
    stream: TcpStream,
    asked: Asked<'a>,
    chain: Option<ResponseChain>,
    left: u64,
    most: u64,
    patience: Duration,
    clock: Clock<'a>,
    octets: Vec<u8>,
}

impl<'a> Asking<'a> {
    async fn begin(
        config: &SecondaryConfig,
        primary: &Primary,
        name: &'a Name,
        record_type: RecordType,
        ours: Option<&Record>,
        clock: Clock<'a>,
    ) -> Result<Self, FetchError> {
        let (address, patience) = (primary.address, config.patience);
        let id = random_id().map_err(|source| FetchError::Network { address, source })?;
        let mut request = request(id, name, record_type, ours);
        let chain = config.key_of(primary).map(|key| sign_request(key, &mut request, clock()));
        let length = u16::try_from(request.len()).unwrap_or(u16::MAX);
        let framed = [&length.to_be_bytes(), request.as_slice()].concat();
        let sent = async {
            let mut stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            stream.write_all(&framed).await?;
            Ok(stream)
        };
        let stream = within(address, patience, sent).await?;
        let (most, left) = (config.most_octets, config.most_octets);
        let asked = Asked { id, name, record_type };
        Ok(Asking { address, stream, asked, chain, left, most, patience, clock, octets: Vec::new() })
    }

    /// The records of the next message.
    async fn next(&mut self) -> Result<Vec<Record>, FetchError> {
        let Asking { address, stream, octets, patience, .. } = self;
        let received = async {
            let length = stream.read_u16().await?;
            octets.resize(usize::from(length), 0);
            stream.read_exact(octets).await.map(drop)
        };
        within(*address, *patience, received).await?;
        let address = *address;
        let most = self.most;
        let left = self.left.checked_sub(self.octets.len() as u64);
        self.left = left.ok_or(FetchError::TooLong { address, most })?;
        let unsigned = match &mut self.chain {
            None => None,
            Some(chain) => {
                let checked = chain.check(&self.octets, (self.clock)());
                Some(checked.map_err(|fault| refused(address, &self.octets, fault))?)
            }
        };
        let message = unsigned.as_deref().unwrap_or(&self.octets);
        answers(message, &self.asked).map_err(|fault| FetchError::Response { address, fault })
    }

    /// Nothing more is waited for: the last message must be signed.
    fn end(self) -> Result<(), FetchError> {
        match &self.chain {
            Some(chain) if !chain.is_settled() => {
                let fault = "the last message of the transfer is not signed".to_owned();
                Err(FetchError::Tsig { address: self.address, fault })
            }
            _ => Ok(()),
        }
    }
}

/// A server that refuses need not sign that: what it says is told, and not believed.
fn refused(address: SocketAddr, response: &[u8], fault: TsigFault) -> FetchError {
    let rcode = Head::of(response).map_or(0, Head::rcode);
    let said = if rcode == 0 { String::new() } else { format!(" (it answers RCODE {rcode})") };
    FetchError::Tsig { address, fault: format!("{fault}{said}") }
}

async fn within<T>(
    address: SocketAddr,
    patience: Duration,
    what: impl Future<Output = io::Result<T>>,
) -> Result<T, FetchError> {
    match timeout(patience, what).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(source)) => Err(FetchError::Network { address, source }),
        Err(_) => Err(FetchError::Silent { address, patience }),
    }
}

/// A request with one question, and in the authority section the SOA that we have (RFC 1995, section 3).
fn request(id: u16, name: &Name, record_type: RecordType, ours: Option<&Record>) -> Vec<u8> {
    let head = Head { id, flags: 0, counts: [1, 0, u16::from(ours.is_some()), 0] };
    let mut octets = head.encode().to_vec();
    octets.extend_from_slice(name.wire());
    octets.extend_from_slice(&record_type.0.to_be_bytes());
    octets.extend_from_slice(&Class::IN.0.to_be_bytes());
    if let Some(soa) = ours {
        octets.extend_from_slice(soa.owner.wire());
        octets.extend_from_slice(&soa.record_type.0.to_be_bytes());
        octets.extend_from_slice(&Class::IN.0.to_be_bytes());
        octets.extend_from_slice(&soa.ttl.to_be_bytes());
        octets.extend_from_slice(&u16::try_from(soa.rdata.len()).unwrap_or(u16::MAX).to_be_bytes());
        octets.extend_from_slice(&soa.rdata);
    }
    octets
}

fn random_id() -> io::Result<u16> {
    let mut octets = [0; 2];
    getrandom::fill(&mut octets).map_err(io::Error::other)?;
    Ok(u16::from_be_bytes(octets))
}
