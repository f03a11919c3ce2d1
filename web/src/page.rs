//! The page: one reducer at the root, pure components and functions below, each in a file of its own with a style sheet of
//! the same name in `static/styles/`.
//!
//! [`app`] owns the state and knows everybody; [`state`] says what a user can do; [`simulator`] talks to the worker;
//! [`browser`] and [`storage`] are the only files that touch storage, the address bar and the clipboard; [`text`] is
//! the only one that turns the core's sentences into HTML.

pub mod browser;
pub mod storage;
pub mod state;
pub mod simulator;
pub mod answering;
pub mod context;
pub mod keeping;

pub mod icon;
pub mod text;
pub mod notice;
pub mod header;
pub mod examples;
pub mod share;
pub mod markdown;
pub mod take;
pub mod settings;
pub mod workspaces;
pub mod files;
pub mod tabs;
pub mod editor;
pub mod cluster;
pub mod manifests;
pub mod problems;
pub mod keys;
pub mod empty;
pub mod question;
pub mod clients;
pub mod suggestions;
pub mod completion;
pub mod command;
pub mod history;
pub mod answer;
pub mod arrivals;
pub mod landings;
pub mod map;
pub mod walk;
pub mod what_if;
pub mod hop;
pub mod candidates;
pub mod why_not;
pub mod panels;
pub mod app;
