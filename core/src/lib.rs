//! Which pod a request lands on, and why.
