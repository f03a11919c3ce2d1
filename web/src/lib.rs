//! The page: a Yew app, and the worker that links the core.
//!
//! ```text
//! page   what the user did -> Ask           one reducer, pure components below it
//! worker Ask -> Reply                       reads manifests, resolves requests, puts decisions into words
//! ```
//!
//! Both are programs of their own (`src/bin/`). What they exchange are plain values, so the page needs nothing of the
//! simulator but these. The modules stand in reading order.

pub mod language;
pub mod workspace;
pub mod answer;
pub mod protocol;
pub mod words;
pub mod gallery;
pub mod given;
pub mod page;
pub mod worker;
