//! What the tests of the whole project share: checks of the house itself (layers, paths, tidiness), and manifests made
//! by code.

pub mod repository;
pub mod layers;
pub mod paths;
pub mod tidy;
pub mod made;
pub mod fleet;
#[cfg(not(target_family = "wasm"))]
pub mod services;
