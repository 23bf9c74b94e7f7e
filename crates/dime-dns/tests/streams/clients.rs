//! Askers over every transport.

use crate::served::HHIT;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Long enough for any answer on loopback, also on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// A question for the HHIT of a name.
pub(crate) fn question(id: u16, owner: &str) -> Vec<u8> {
    let mut message = Vec::new();
    message.extend_from_slice(&id.to_be_bytes());
    message.extend_from_slice(&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in owner.trim_end_matches('.').split('.') {
        message.push(label.len() as u8);
        message.extend_from_slice(label.as_bytes());
    }
    message.push(0);
    message.extend_from_slice(&HHIT.to_be_bytes());
    message.extend_from_slice(&[0, 1]);
    message
}

/// With the length before it.
pub(crate) fn framed(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u16).to_be_bytes(), message].concat()
}

/// Asks for the HHIT of a name, and checks that it comes.
pub(crate) async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    id: u16,
    owner: &str,
) -> std::io::Result<()> {
    stream.write_all(&framed(&question(id, owner))).await?;
    stream.flush().await?;
    let answer = timeout(SOON, read(stream)).await.expect("an answer in time")?;
    assert_is_answer(&answer, id);
    Ok(())
}

/// Reads a message.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Vec<u8>> {
    let mut message = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut message).await?;
    Ok(message)
}

pub(crate) fn assert_is_answer(answer: &[u8], id: u16) {
    assert_eq!(answer[..2], id.to_be_bytes());
    assert_eq!((answer[2] & 0x80, answer[3] & 0xf, answer[7]), (0x80, 0, 1), "an answer with one record");
}

/// A connection that believes this certificate alone.
pub(crate) async fn tls(address: SocketAddr, certificate: &Path) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"dot".to_vec()];
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}
