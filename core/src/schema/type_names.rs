//! What Go calls the types of texts, which its decoder names in errors: `v1.Protocol`.
//!
//! `schema/type_names.txt` is written by `cargo xtask bless definitions`: a type and the fields of that type, a line each.

use crate::order::Gather;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const LINES: &str = include_str!("type_names.txt");

/// The type of a struct's field (`v1.ContainerPort`, `protocol`), if it has a name of its own.
pub fn type_name(owner: &str, field: &str) -> Option<&'static str> {
    static NAMES: OnceLock<BTreeMap<(&str, &str), &str>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let fields = LINES.lines().filter_map(|line| line.split_once(' ')).flat_map(|(name, fields)| {
            fields.split(' ').filter_map(move |field| Some((field.rsplit_once('.')?, name)))
        });
        fields.into_map()
    });
    names.get(&(owner, field)).copied()
}
