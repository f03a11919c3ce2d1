//! The left side: workspaces, files, the editor, and what is wrong with the manifests.

pub mod workspaces;
pub mod files;
pub mod tabs;
pub mod editor;
pub mod cluster;
pub mod manifests;
pub mod problems;
pub mod empty;
