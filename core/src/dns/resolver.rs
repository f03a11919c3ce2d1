//! Resolvers: how a program's C library, or a tool, turns a name into questions and their answers into addresses.

mod results;
pub mod order;
mod glibc;
mod musl;
mod bind;
mod busybox;
mod program;
mod getent;
mod tools;

pub use bind::end_of_aliases;
pub use program::lookup_host;
pub use tools::lookup_tool;
