//! HTTP/1.1 (RFC 9112) over one kept-alive connection: what tests and the load generator need, and little enough to cost nothing beside
//! the server that is measured.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The content.
    pub body: Vec<u8>,
}

impl Reply {
    /// The content as JSON; stops the test when it is not.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|fault| {
            panic!("{fault}: {} {}", self.status, String::from_utf8_lossy(&self.body))
        })
    }

    /// The first header field of this name, given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// One connection, opened at the first request and again when the server has closed it.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    token: Option<String>,
    stream: Option<BufReader<TcpStream>>,
}

impl Client {
    /// A client of this server; `token` is sent as bearer token.
    pub fn new(address: SocketAddr, token: Option<&str>) -> Self {
        Self { address, token: token.map(str::to_owned), stream: None }
    }

    /// GET.
    pub fn get(&mut self, path: &str) -> Result<Reply> {
        self.send("GET", path, &[], b"")
    }

    /// POST of JSON.
    pub fn post(&mut self, path: &str, body: &serde_json::Value) -> Result<Reply> {
        self.send("POST", path, &[("content-type", "application/json")], body.to_string().as_bytes())
    }

    /// One request. An error says nothing about whether the server has acted on it.
    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply> {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n",
            self.address,
            body.len()
        );
        if let Some(token) = &self.token {
            head.push_str(&format!("authorization: Bearer {token}\r\n"));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut message = head.into_bytes();
        message.extend(body);

        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect_timeout(&self.address, Duration::from_secs(5))?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(Duration::from_secs(60)))?;
                BufReader::with_capacity(16 * 1024, stream)
            }
        };
        stream.get_mut().write_all(&message)?;
        let reply = read(&mut stream)?;
        if reply.header("connection").is_none_or(|value| !value.eq_ignore_ascii_case("close")) {
            self.stream = Some(stream);
        }
        Ok(reply)
    }
}

fn read(stream: &mut impl BufRead) -> Result<Reply> {
    let wrong = |what: &str| Error::new(ErrorKind::InvalidData, what.to_owned());
    let status = line(stream)?;
    let status =
        status.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(|| wrong("no status"))?;
    let mut headers = Vec::new();
    loop {
        let field = line(stream)?;
        if field.is_empty() {
            break;
        }
        let (name, value) = field.split_once(':').ok_or_else(|| wrong("no colon in a header field"))?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut reply = Reply { status, headers, body: Vec::new() };
    if reply.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
        loop {
            let size = line(stream)?;
            let size = usize::from_str_radix(size.split(';').next().unwrap_or_default(), 16)
                .map_err(|_| wrong("no chunk size"))?;
            let from = reply.body.len();
            reply.body.resize(from + size, 0);
            stream.read_exact(&mut reply.body[from..])?;
            line(stream)?;
            if size == 0 {
                break;
            }
        }
    } else if status != 204 && status != 304 {
        let length = reply
            .header("content-length")
            .and_then(|value| value.parse().ok())
            .ok_or_else(|| wrong("no content-length"))?;
        reply.body.resize(length, 0);
        stream.read_exact(&mut reply.body)?;
    }
    Ok(reply)
}

fn line(stream: &mut impl BufRead) -> Result<String> {
    let mut text = String::new();
    stream.take(64 * 1024).read_line(&mut text)?;
    if !text.ends_with('\n') {
        return Err(Error::new(ErrorKind::UnexpectedEof, "the connection ended"));
    }
    Ok(text.trim_end().to_owned())
}
