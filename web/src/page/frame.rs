//! Around everything: the head with what can be opened and taken away, notices, the keys.

pub mod divider;
pub mod notice;
pub mod header;
pub mod gallery;
pub mod share;
pub mod markdown;
pub mod export;
pub mod settings;
pub mod keys;
