//! What Ingress controllers and Gateways share: how hosts, paths, queries and cookies match, certificates,
//! and regular expressions.

pub mod cookie;
pub mod host;
pub mod certificate;
pub mod network;
pub mod password;
pub mod path;
pub mod pattern;
pub mod query;

pub use certificate::Certificate;
pub use host::HostTable;
pub use pattern::{Dialect, Pattern};
