//! The project's scripts.

fn main() {}
