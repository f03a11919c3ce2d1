//! Which pod a request lands on, and why: Kubernetes' control plane and data plane as pure functions.
//!
//! ```text
//! text -> Manifests -> Cluster        parse, then do what the control plane would do
//! Cluster + Request -> Resolution     do what the data plane would do
//! ```
//!
//! The modules stand in reading order; a module imports only modules above it. Reading and resolving cannot fail and
//! never panic: they return values with diagnostics.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)
)]

pub mod limits;
pub mod order;
pub mod source;
pub mod diagnostic;
pub mod yaml;
pub mod cel;
pub mod schema;
pub mod packet;
pub mod model;
pub mod manifest;
pub mod change;
pub mod cluster;
pub mod problems;
pub mod request;
pub mod trace;
pub mod shortlist;
pub mod dns;
pub mod service;
pub mod policy;
pub mod http;
pub mod proxy;
pub mod ingress;
pub mod gateway;
pub mod walk;
pub mod tally;
pub mod explain;
pub mod report;
pub mod terminal;
pub mod container;
pub mod kubectl;
pub mod console;
pub mod shell;
pub mod simulation;
pub mod entrances;
pub mod assist;
pub mod matrix;
pub mod routing_test;
pub mod modelled;
