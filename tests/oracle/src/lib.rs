//! The real components as judge: what they answered is recorded (`recorded/`), and the core is asked the same again.
//!
//! A recording is read (`recording`), each question is asked of the core as the command line would ask it (`asking`), and the
//! answers are compared as far as the component decides them (`parts`, one file each). How many agree is a part's level
//! (`levels.yaml`), which may only rise; differences are filed under kinds (`known.yaml`), records that the laboratory caused
//! are disputed (`disputed.yaml`), and docs/accuracy.md says all of it (`accuracy`).

pub mod accuracy;
pub mod asking;
pub mod dig;
pub mod filed;
pub mod levels;
pub mod live;
pub mod parts;
pub mod recording;
pub mod replay;
pub mod runs;
pub mod show;
pub mod verdict;
