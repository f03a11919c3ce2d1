//! The rooms of core inside: of the modules that a file declares, each imports only those declared above it. What
//! siblings share stands in a module of its own, above them. Circles among siblings are a matter of their own.

use crate::imports::{children, imports, module};
use proc_macro2::LexError;
use std::collections::{BTreeMap, BTreeSet};

/// One sibling imports another that is declared below it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UpwardImport {
    /// The file that imports, from `core/src`.
    pub file: String,
    /// Where, counted from 1.
    pub line: usize,
    /// The module in which both are declared: `gateway`.
    pub room: String,
    /// The sibling to which the file belongs.
    pub from: String,
    /// The sibling that is imported.
    pub to: String,
}

/// Every import against the order of a room, in files given as path from `core/src` and text.
pub fn upward_imports(files: &[(&str, &str)]) -> Result<BTreeSet<UpwardImport>, LexError> {
    let mut rooms: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for (file, text) in files {
        rooms.insert(module(file), children(text)?);
    }
    let mut found = BTreeSet::new();
    for (file, text) in files {
        let here = module(file);
        for import in imports(&here, text)? {
            let depth = here.iter().zip(&import.path).take_while(|(one, other)| one == other).count();
            let (Some(from), Some(to)) = (here.get(depth), import.path.get(depth)) else { continue };
            let Some(order) = here.get(..depth).and_then(|room| rooms.get(room)) else { continue };
            let place = |name: &String| order.iter().position(|sibling| sibling == name);
            if place(to) > place(from) && place(from).is_some() {
                let room = here[..depth].join("/");
                let (from, to) = (from.clone(), to.clone());
                found.insert(UpwardImport { file: (*file).to_owned(), line: import.line, room, from, to });
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::upward_imports;

    #[test]
    fn a_sibling_below_may_not_be_imported() {
        let files = [
            ("dns.rs", "mod zone;\nmod cache;\npub struct Answer;"),
            ("dns/zone.rs", "use super::Answer;\nuse super::cache::Cache;"),
            ("dns/cache.rs", "use super::zone::Zone;"),
            ("dns/zone/file.rs", "use crate::dns::cache;"),
        ];
        let found = upward_imports(&files).expect("Rust");
        let found: Vec<_> =
            found.iter().map(|breach| (breach.file.as_str(), breach.line, breach.to.as_str())).collect();
        assert_eq!(found, [("dns/zone.rs", 2, "cache"), ("dns/zone/file.rs", 1, "cache")]);
    }
}
