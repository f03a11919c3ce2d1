//! The worker: links the core, holds the cluster that was read last, and answers.

pub mod words;
pub mod definitions;
pub mod written;
pub mod outcome;
pub mod walk;
pub mod landings;
pub mod map;
pub mod changes;
pub mod clients;
pub mod suggestions;
pub mod targets;
pub mod problems;
pub mod secrets;
pub mod link;
pub mod verdict;
pub mod instead;
pub mod assist;
pub mod tables;
pub mod entrances;
mod terminal;
mod compare;
pub mod tasks;
pub mod answering;
pub mod given;
pub mod serve;
