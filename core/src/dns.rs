//! Names: what a client's resolver asks, and what CoreDNS, or a resolver outside, answers.
//!
//! [`ClusterDns`] is CoreDNS as the Corefile sets it up. [`lookup_host`] is what a program such as curl does with a name,
//! [`lookup_tool`] what dig, nslookup, host and getent do. How a query gets to its server is the walk's affair: it is
//! asked through [`PacketRoute`].

pub mod name;
pub mod plugins;
pub mod asker;
pub mod route;
pub mod chance;
pub mod resolv_conf;
pub mod pod;
mod files;
mod kube_dns;
mod reply;
pub mod outside;
pub mod corefile;
mod setup;
pub mod view;
pub mod context;
pub mod simple;
pub mod acl;
pub mod cache;
pub mod dns64;
pub mod header;
pub mod rewrite;
pub mod kubernetes;
pub mod autopath;
pub mod template;
pub mod hosts;
pub mod external;
pub mod forward;
mod server;
pub mod node_cache;
mod diagnose;
pub mod coredns;
pub mod wire;
pub mod resolver;

pub use asker::DnsClient;
pub use chance::{ChoiceSequence, every_way};
pub use coredns::ClusterDns;
pub use corefile::CorefileError;
pub use outside::PublishedRecord;
pub use reply::DnsReply;
pub use resolv_conf::ResolvConf;
pub use resolver::{end_of_aliases, lookup_host, lookup_tool};
pub use route::{PacketRoute, QuestionRoutes, RouteEnd, RouteOf, WalkedLookup};

#[cfg(test)]
mod tests;
