//! The page: one reducer at the root, pure components and functions below, each in a file of its own with a style sheet of
//! the same name in `static/styles/`.
//!
//! [`app`] owns the state and knows everybody; [`state`] says what a user can do; [`simulator`] talks to the worker;
//! [`browser`] and [`storage`] are the only files that touch storage, the address bar and the clipboard; [`text`] is
//! the only one that turns the core's sentences into HTML. What is seen stands in folders: [`frame`] around everything,
//! [`workspace`] left, [`question`], [`answer`] with map and walk, and [`below`] what opens below it.

pub mod browser;
pub mod storage;
pub mod state;
pub mod simulator;
pub mod answering;
pub mod context;
pub mod persistence;

pub mod icon;
pub mod text;
pub mod frame;
pub mod workspace;
pub mod question;
pub mod answer;
pub mod below;
pub mod app;
