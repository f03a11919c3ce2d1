//! The worker: links the core, holds the cluster that was read last, and answers.

pub mod words;
pub mod problems;
pub mod secrets;
pub mod link;
pub mod simulation;
pub mod serve;
