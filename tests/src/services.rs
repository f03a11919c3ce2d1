//! A second, naive reading of how Services work, written from the catalogue of behaviours rather than from the core's
//! code, and the random clusters on which both must agree.

pub mod naive;
pub mod world;
