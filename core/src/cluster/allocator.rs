//! Gives out cluster addresses and node ports as the API server's allocators do, with the random choice replaced by a
//! draw from the object's name.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use super::net;

/// How many places beyond its own a draw is tried before the allocator gives up on a large network.
const TRIED: u128 = 1 << 20;

/// Why a requested value can't be had, in the API server's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AllocationFailure {
    /// Outside the range.
    OutOfRange,
    /// Somebody has it.
    Allocated,
}

/// The addresses of one service network (registry/core/service/ipallocator).
pub(super) struct ServiceAddressPool {
    pub network: IpNet,
    taken: BTreeSet<IpAddr>,
}

impl ServiceAddressPool {
    /// Nothing is taken yet.
    pub fn new(network: IpNet) -> Self {
        Self { network, taken: BTreeSet::new() }
    }

    /// Takes a requested address. The network's own address and IPv4's broadcast address aren't for Services.
    pub fn take(&mut self, address: IpAddr) -> Result<(), AllocationFailure> {
        let is_usable = net::offset(self.network, address).is_some_and(|offset| (1..self.end()).contains(&offset));
        if !is_usable {
            return Err(AllocationFailure::OutOfRange);
        }
        if self.taken.insert(address) { Ok(()) } else { Err(AllocationFailure::Allocated) }
    }

    /// Gives an address back.
    pub fn release(&mut self, address: IpAddr) {
        self.taken.remove(&address);
    }

    /// Takes an address of the upper band, or of the lower one when that is full: the lowest
    /// min(max(16, size/16), 256) are left to those who ask for them.
    pub fn draw(&mut self, number: u64) -> Option<IpAddr> {
        let end = self.end();
        if self.taken.len() as u128 >= end.saturating_sub(1) {
            return None;
        }
        let band = (net::size(self.network) / 16).clamp(16, 256).min(end);
        let length = (end - band).min(TRIED);
        let start = if length == 0 { 0 } else { u128::from(number) % length };
        let upper = (start..length).chain(0..start).map(|offset| band + offset);
        let network = self.network;
        upper.chain(1..band).filter_map(|offset| net::nth(network, offset)).find(|address| self.taken.insert(*address))
    }

    fn end(&self) -> u128 {
        net::size(self.network) - u128::from(self.network.addr().is_ipv4())
    }
}

/// The node ports (registry/core/service/portallocator). It knows numbers, not protocols.
pub(super) struct NodePortPool {
    range: (u16, u16),
    taken: BTreeSet<u16>,
}

impl NodePortPool {
    /// Nothing is taken yet.
    pub fn new(range: (u16, u16)) -> Self {
        Self { range, taken: BTreeSet::new() }
    }

    /// Takes a requested port.
    pub fn take(&mut self, port: i32) -> Result<u16, AllocationFailure> {
        let port = u16::try_from(port).ok().filter(|port| (self.range.0..=self.range.1).contains(port));
        let port = port.ok_or(AllocationFailure::OutOfRange)?;
        if self.taken.insert(port) { Ok(port) } else { Err(AllocationFailure::Allocated) }
    }

    /// Gives a port back.
    pub fn release(&mut self, port: u16) {
        self.taken.remove(&port);
    }

    /// Takes a port of the upper band, or of the lower one when that is full: the lowest min(max(16, size/32), 128)
    /// are left to those who ask for them.
    pub fn draw(&mut self, number: u64) -> Option<u16> {
        let (low, high) = self.range;
        let size = high - low + 1;
        if self.taken.len() >= usize::from(size) {
            return None;
        }
        let band = (size / 32).clamp(16, 128).min(size);
        let length = size - band;
        let start = if length == 0 { 0 } else { (number % u64::from(length)) as u16 };
        let upper = (start..length).chain(0..start).map(|offset| low + band + offset);
        upper.chain((0..band).map(|offset| low + offset)).find(|port| self.taken.insert(*port))
    }

    /// `30000-32767`
    pub fn range(&self) -> String {
        format!("{}-{}", self.range.0, self.range.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_band_is_kept_for_requests() {
        let mut addresses = ServiceAddressPool::new("10.96.0.0/24".parse().unwrap());
        let drawn: BTreeSet<IpAddr> = (0..254).filter_map(|number| addresses.draw(number)).collect();
        assert_eq!(drawn.len(), 254);
        assert_eq!(addresses.draw(0), None);
        let mut addresses = ServiceAddressPool::new("10.96.0.0/24".parse().unwrap());
        for number in 0..239 {
            let IpAddr::V4(address) = addresses.draw(number * 7).unwrap() else { panic!() };
            assert!(address.octets()[3] >= 16);
        }
        assert_eq!(addresses.draw(5), "10.96.0.1".parse().ok());
    }

    #[test]
    fn requests_are_refused_as_the_allocator_does() {
        let mut addresses = ServiceAddressPool::new("10.96.0.0/24".parse().unwrap());
        assert_eq!(addresses.take("10.96.0.10".parse().unwrap()), Ok(()));
        assert_eq!(addresses.take("10.96.0.10".parse().unwrap()), Err(AllocationFailure::Allocated));
        assert_eq!(addresses.take("10.96.0.0".parse().unwrap()), Err(AllocationFailure::OutOfRange));
        assert_eq!(addresses.take("10.96.0.255".parse().unwrap()), Err(AllocationFailure::OutOfRange));
        assert_eq!(addresses.take("10.97.0.1".parse().unwrap()), Err(AllocationFailure::OutOfRange));
    }

    #[test]
    fn drawn_ports_leave_the_first_86_alone() {
        let mut ports = NodePortPool::new((30000, 32767));
        assert_eq!(ports.take(30080), Ok(30080));
        assert!((0..1000).filter_map(|number| ports.draw(number)).all(|port| port >= 30086));
        assert_eq!(ports.take(32768), Err(AllocationFailure::OutOfRange));
        assert_eq!(ports.take(30080), Err(AllocationFailure::Allocated));
    }
}
