//! Pairs of UDP ports: an even one for sound (RTP), and the next one for reports (RTCP). Some networks refuse odd
//! ports.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

use super::pace::{Lateness, Pace};

/// All pairs are taken: no call can be taken or made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no UDP port for sound is free")]
pub struct NoPort;

/// The ports of a range on one address, and the threads that serve the sessions on them.
#[derive(Debug)]
pub struct MediaPorts(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    ip: IpAddr,
    /// Even ports. The one that was given back longest ago is taken first: packets may be on their way to the others.
    free: Mutex<VecDeque<u16>>,
    pace: Pace,
}

/// Two bound ports, free again when dropped.
#[derive(Debug)]
pub struct PortPair {
    pub(super) rtp: UdpSocket,
    pub(super) rtcp: UdpSocket,
    port: u16,
    shared: Arc<Shared>,
}

impl MediaPorts {
    /// The pairs in a range of ports on an address of this machine. Starts a thread for each core.
    ///
    /// # Errors
    /// If the range has no pair, the address isn't one of this machine, or a thread can't be started.
    pub fn new(ip: IpAddr, range: RangeInclusive<u16>) -> io::Result<Self> {
        let even = range.clone().filter(|port| port % 2 == 0 && *port > 0);
        let free: VecDeque<u16> = even.filter(|port| range.contains(&port.saturating_add(1))).collect();
        if free.is_empty() {
            let problem = "the range of ports has no even port with the next one";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
        }
        // An address of another machine is an error now, and not when the first call comes.
        UdpSocket::bind((ip, 0))?;
        let cores = std::thread::available_parallelism()?;
        Ok(Self(Arc::new(Shared { ip, free: Mutex::new(free), pace: Pace::start(cores)? })))
    }

    /// Takes a pair.
    ///
    /// # Errors
    /// [`NoPort`]: all are taken, by us or by other programs.
    pub fn take(&self) -> Result<PortPair, NoPort> {
        for _ in 0..self.free() {
            let Some(port) = self.0.locked().pop_front() else { break };
            if let Ok((rtp, rtcp)) = bind(self.0.ip, port) {
                return Ok(PortPair { rtp, rtcp, port, shared: Arc::clone(&self.0) });
            }
            self.0.locked().push_back(port);
        }
        Err(NoPort)
    }

    /// How many pairs are free.
    pub fn free(&self) -> usize {
        self.0.locked().len()
    }

    /// How late packets have left since the start.
    pub fn lateness(&self) -> Lateness {
        self.0.pace.lateness()
    }
}

impl Shared {
    fn locked(&self) -> std::sync::MutexGuard<'_, VecDeque<u16>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PortPair {
    /// Where the other side is to send sound.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.shared.ip, self.port)
    }

    pub(super) fn pace(&self) -> &Pace {
        &self.shared.pace
    }
}

impl Drop for PortPair {
    fn drop(&mut self) {
        self.shared.locked().push_back(self.port);
    }
}

fn bind(ip: IpAddr, port: u16) -> io::Result<(UdpSocket, UdpSocket)> {
    let rtp = UdpSocket::bind((ip, port))?;
    let rtcp = UdpSocket::bind((ip, port.saturating_add(1)))?;
    rtp.set_nonblocking(true)?;
    rtcp.set_nonblocking(true)?;
    Ok((rtp, rtcp))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn pairs_are_even_and_come_back() {
        let ports = MediaPorts::new(HERE, 41_101..=41_108).unwrap();
        assert_eq!(ports.free(), 3);
        let pairs: Vec<PortPair> = (0..3).map(|_| ports.take().unwrap()).collect();
        assert_eq!(pairs.iter().map(|pair| pair.address().port()).collect::<Vec<_>>(), [41_102, 41_104, 41_106]);
        assert_eq!(ports.take().unwrap_err(), NoPort);
        drop(pairs);
        assert_eq!(ports.free(), 3);
        let other = UdpSocket::bind((HERE, 41_103)).unwrap();
        assert_eq!(ports.take().unwrap().address().port(), 41_104, "41,103 is another program's");
        drop(other);
    }

    #[test]
    fn a_range_without_a_pair_and_a_foreign_address_are_refused() {
        assert_eq!(MediaPorts::new(HERE, 41_111..=41_112).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        MediaPorts::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 41_120..=41_130).unwrap_err();
    }
}
