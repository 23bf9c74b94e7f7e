//! TCP clients that misbehave, each a thread that begins anew until it is told to stop. What a server does to them is its affair, so
//! every error here is as good as success: what is judged is the server, and the client beside them.

use crate::dice::Dice;
use crate::hostile;
use crate::questions::Questions;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// What the threads share.
pub struct Abuse<'a> {
    /// Who is abused.
    pub server: SocketAddr,
    /// Real questions to begin with.
    pub questions: &'a Questions,
    /// Set at the end.
    pub stop: AtomicBool,
    /// Connections that were made.
    pub connections: AtomicU64,
}

impl Abuse<'_> {
    fn goes_on(&self) -> bool {
        !self.stop.load(Relaxed)
    }

    fn connect(&self) -> Option<TcpStream> {
        let stream = TcpStream::connect_timeout(&self.server, Duration::from_millis(500));
        if stream.is_err() {
            std::thread::sleep(Duration::from_millis(1));
        }
        let stream = stream.ok()?;
        self.connections.fetch_add(1, Relaxed);
        stream.set_read_timeout(Some(Duration::from_millis(50))).ok()?;
        stream.set_write_timeout(Some(Duration::from_millis(200))).ok()?;
        Some(stream)
    }

    /// Holds many connections that never say anything, and makes new ones where the server has ended some.
    pub fn silent(&self, many: usize) {
        let mut held: Vec<TcpStream> = Vec::new();
        while self.goes_on() {
            held.retain(|stream| {
                let mut one = [0];
                stream.set_nonblocking(true).is_ok()
                    && matches!(stream.peek(&mut one), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
            });
            if held.len() < many {
                held.extend(self.connect());
            } else {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }

    /// Sends a question an octet at a time, and stops in the middle of every other one.
    pub fn slow(&self, dice: &mut Dice) {
        while self.goes_on() {
            let Some(mut stream) = self.connect() else { continue };
            let question = self.framed(dice);
            let end = if dice.below(2) == 0 { question.len() } else { question.len() / 2 };
            for octet in &question[..end] {
                if !self.goes_on() || stream.write_all(&[*octet]).is_err() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            drop(stream.read(&mut [0; 512]));
        }
    }

    /// Sends questions for ever and never reads an answer.
    pub fn deaf(&self, dice: &mut Dice) {
        while self.goes_on() {
            let Some(mut stream) = self.connect() else { continue };
            let until = Instant::now() + Duration::from_secs(2);
            while self.goes_on() && Instant::now() < until {
                if stream.write_all(&self.framed(dice)).is_err() {
                    break;
                }
            }
        }
    }

    /// Frames of nonsense, lengths that lie, and connections that end in the middle of a frame.
    pub fn nonsense(&self, dice: &mut Dice) {
        let mut packet = Vec::new();
        while self.goes_on() {
            let Some(mut stream) = self.connect() else { continue };
            for _ in 0..dice.below(50) {
                hostile::packet(
                    dice.below(hostile::KINDS.len() as u64) as usize,
                    self.questions,
                    dice,
                    &mut packet,
                );
                let length = if dice.below(8) == 0 { dice.roll() as u16 } else { packet.len() as u16 };
                let sent = stream.write_all(&length.to_be_bytes()).and_then(|()| stream.write_all(&packet));
                if sent.is_err() || !self.goes_on() {
                    break;
                }
                drop(stream.read(&mut [0; 4096]));
            }
        }
    }

    /// Connects and leaves at once, as fast as it goes.
    pub fn hasty(&self) {
        while self.goes_on() {
            drop(self.connect());
        }
    }

    fn framed(&self, dice: &mut Dice) -> Vec<u8> {
        let question = self.questions.packet(dice.below(self.questions.len() as u64) as usize);
        [&(question.len() as u16).to_be_bytes(), question].concat()
    }
}
