//! The command line of whichpod.

fn main() {}
