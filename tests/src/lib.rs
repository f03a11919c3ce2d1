//! What the tests of the whole project share: checks of the house itself (layers, paths, tidiness), the gallery's
//! examples, and manifests made or spoilt by code.

pub mod repository;
pub mod imports;
pub mod layers;
pub mod rooms;
pub mod identifiers;
pub mod paths;
pub mod tidy;
pub mod echo;
pub mod examples;
pub mod fields;
pub mod fleet;
pub mod mutation;
#[cfg(not(target_family = "wasm"))]
pub mod documents;
#[cfg(not(target_family = "wasm"))]
pub mod clusters;
#[cfg(not(target_family = "wasm"))]
pub mod cases;
#[cfg(not(target_family = "wasm"))]
pub mod services;
#[cfg(not(target_family = "wasm"))]
pub mod policies;
#[cfg(not(target_family = "wasm"))]
pub mod requests;
#[cfg(not(target_family = "wasm"))]
pub mod lookups;
#[cfg(not(target_family = "wasm"))]
pub mod nginx;
