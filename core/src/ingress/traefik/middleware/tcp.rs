//! What connections go through before anybody looks for HTTP in them.

use std::net::IpAddr;

use super::AllowList;
use crate::source::FieldRef;

/// What connections go through.
#[derive(Clone, Debug)]
pub enum TcpMiddleware {
    /// `ipAllowList`
    AllowList(AllowList, FieldRef),
    /// `inFlightConn`: how many at once.
    InFlight(i64, FieldRef),
}

impl TcpMiddleware {
    /// The line that refuses a client.
    pub fn refuses(&self, client: IpAddr) -> Option<&FieldRef> {
        match self {
            Self::AllowList(list, line) => (!list.networks.iter().any(|net| net.contains(&client))).then_some(line),
            Self::InFlight(amount, line) => (*amount <= 0).then_some(line),
        }
    }
}
