//! What the tests of the whole project share: checks of the house itself (layers, paths, tidiness).

pub mod repository;
pub mod layers;
pub mod paths;
pub mod tidy;
