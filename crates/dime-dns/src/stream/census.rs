//! Who is connected: how many in all, how many from one source, and who can be asked to go when there is no room.
//!
//! A source is an IPv4 address or the first 64 bits of an IPv6 address: within those, everybody has as many addresses as they like.

use parking_lot::Mutex;
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::{sync::Notify, time::Instant};

/// Bits of an IPv6 address that make a source.
const IPV6_PREFIX: u32 = 64;

/// How many connections there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) total: usize,
    pub(crate) per_source: usize,
}

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// There are enough from this source.
    Source,
    /// There are enough in all, and each has something under way.
    Total,
}

/// All connections.
pub(crate) struct Census {
    began: Instant,
    present: Mutex<Present>,
}

#[derive(Default)]
struct Present {
    guests: HashMap<u64, Arc<Guest>>,
    sources: HashMap<IpAddr, usize>,
    next: u64,
}

/// One connection, as the others see it.
struct Guest {
    source: IpAddr,
    /// Milliseconds after the census began since when it waits for nothing; [`BUSY`] while it does.
    idle_since: AtomicU64,
    leave: Notify,
}

const BUSY: u64 = u64::MAX;

/// The right to be connected; dropping it gives it back.
pub(crate) struct Seat {
    census: Arc<Census>,
    number: u64,
    guest: Arc<Guest>,
}

impl Census {
    /// Nobody yet.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Census { began: Instant::now(), present: Mutex::default() })
    }

    /// Lets somebody in. Where that would be one too many, who has been idle longest is told to leave.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr, room: Room) -> Result<Seat, Full> {
        let source = source_of(address);
        let mut present = self.present.lock();
        if present.sources.get(&source).is_some_and(|count| *count >= room.per_source) {
            return Err(Full::Source);
        }
        // More than one too many only after the room was made smaller.
        while present.guests.len() >= room.total {
            let idle = present
                .guests
                .iter()
                .map(|(number, guest)| (guest.idle_since.load(Ordering::Relaxed), *number));
            let (_, number) = idle.filter(|(since, _)| *since != BUSY).min().ok_or(Full::Total)?;
            if let Some(guest) = present.leave(number) {
                guest.leave.notify_one();
            }
        }
        let number = present.next;
        present.next += 1;
        *present.sources.entry(source).or_default() += 1;
        let guest = Arc::new(Guest { source, idle_since: AtomicU64::new(self.now()), leave: Notify::new() });
        present.guests.insert(number, Arc::clone(&guest));
        Ok(Seat { census: Arc::clone(self), number, guest })
    }

    /// How many there are.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.present.lock().guests.len()
    }

    fn now(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }
}

impl Present {
    fn leave(&mut self, number: u64) -> Option<Arc<Guest>> {
        let guest = self.guests.remove(&number)?;
        if let Some(count) = self.sources.get_mut(&guest.source) {
            *count -= 1;
            if *count == 0 {
                self.sources.remove(&guest.source);
            }
        }
        Some(guest)
    }
}

impl Seat {
    /// Something is under way: nobody is told to leave in the middle of it.
    pub(crate) fn busy(&self) {
        self.guest.idle_since.store(BUSY, Ordering::Relaxed);
    }

    /// Nothing is under way.
    pub(crate) fn idle(&self) {
        if self.guest.idle_since.load(Ordering::Relaxed) == BUSY {
            self.guest.idle_since.store(self.census.now(), Ordering::Relaxed);
        }
    }

    /// Waits until the seat is wanted for somebody else.
    pub(crate) async fn wanted(&self) {
        self.guest.leave.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.census.present.lock().leave(self.number);
    }
}

fn source_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let prefix = u128::from(address) >> (128 - IPV6_PREFIX) << (128 - IPV6_PREFIX);
            Ipv6Addr::from(prefix).into()
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const ROOM: Room = Room { total: 3, per_source: 2 };

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn sources_are_addresses_and_prefixes() {
        let census = Census::new();
        let room = Room { total: 100, per_source: 1 };
        let first = census.admit(ip("2001:db8::1"), room).ok().unwrap();
        assert_eq!(census.admit(ip("2001:db8::ffff:1"), room).err(), Some(Full::Source));
        let _other = census.admit(ip("2001:db8:0:1::1"), room).ok().unwrap();
        let _v4 = census.admit(ip("192.0.2.1"), room).ok().unwrap();
        assert_eq!(census.admit(ip("::ffff:192.0.2.1"), room).err(), Some(Full::Source), "the same address");
        let _v4 = census.admit(ip("192.0.2.2"), room).ok().unwrap();
        drop(first);
        let _again = census.admit(ip("2001:db8::2"), room).ok().unwrap();
        assert_eq!(census.count(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn who_was_idle_longest_makes_room() {
        let census = Census::new();
        let seats: Vec<_> = ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
            .map(|address| census.admit(ip(address), ROOM).ok().unwrap())
            .into();
        for (seat, later) in seats.iter().zip([2, 1, 3]) {
            seat.busy();
            tokio::time::advance(Duration::from_secs(later)).await;
        }
        assert_eq!(census.admit(ip("192.0.2.4"), ROOM).err(), Some(Full::Total), "everybody is busy");
        for number in [1, 0, 2] {
            tokio::time::advance(Duration::from_secs(1)).await;
            seats[number].idle();
            // Saying so again changes nothing.
            tokio::time::advance(Duration::from_secs(1)).await;
            seats[number].idle();
        }
        let _new = census.admit(ip("192.0.2.4"), ROOM).ok().unwrap();
        seats[1].wanted().await;
        assert_eq!(census.count(), 3);
        drop(seats);
        assert_eq!(census.count(), 1, "who was told to leave is not counted twice");
        assert!(census.present.lock().sources.len() == 1);
    }

    #[tokio::test(start_paused = true)]
    async fn less_room_than_before() {
        let census = Census::new();
        let seats: Vec<_> =
            (1..=3).map(|n| census.admit(ip(&format!("192.0.2.{n}")), ROOM).ok().unwrap()).collect();
        let _new = census.admit(ip("192.0.2.9"), Room { total: 1, per_source: 1 }).ok().unwrap();
        for seat in &seats {
            seat.wanted().await;
        }
        assert_eq!(census.count(), 1);
    }
}
