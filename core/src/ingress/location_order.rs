//! Which location of an nginx server takes a path (ngx_http_core_find_location): all that writes locations for nginx has
//! this in common.

use crate::http::Pattern;

/// How nginx compares a location's path.
#[derive(Clone, Debug)]
pub enum LocationComparison {
    /// `=`
    Exact,
    /// None: the longest wins, unless an expression matches.
    Prefix,
    /// `^~`: the longest wins, and no expression is looked at.
    PreferredPrefix,
    /// `~` and `~*`: the first in order wins.
    Expression(Pattern),
}

/// What the order of locations depends on.
pub trait OrderedLocation {
    /// The path behind the modifier.
    fn path(&self) -> &str;
    fn modifier(&self) -> &LocationComparison;
    /// Whether nginx redirects the path without the slash at its end here: where the location proxies (auto_redirect).
    fn adds_slash(&self) -> bool;
}

/// What nginx finds for a path.
#[derive(Clone, Copy, Debug)]
pub enum LocationFound<'l, L> {
    Taken(&'l L),
    /// A location for the path with a slash at its end: 301.
    BehindSlash(&'l L),
    /// An expression before any match can't be run.
    Undecided(&'l L),
    Nowhere,
}

/// The location for a normalized path.
pub fn find_location<'l, L: OrderedLocation>(locations: &'l [L], path: &str) -> LocationFound<'l, L> {
    // 1. The path itself.
    let of_path = |location: &&L| location.path() == path;
    if let Some(location) =
        locations.iter().filter(of_path).find(|it| matches!(it.modifier(), LocationComparison::Exact))
    {
        return LocationFound::Taken(location);
    }
    // 2. The longest prefix; one that is the path itself goes before the path with a slash.
    let prefixes = locations.iter().filter(|location| is_prefix(*location) && path.starts_with(location.path()));
    let longest = prefixes.max_by_key(|location| location.path().len());
    let slashed = |location: &&L| {
        location.adds_slash()
            && !matches!(location.modifier(), LocationComparison::Expression(_))
            && location.path().strip_suffix('/') == Some(path)
    };
    if let Some(location) = locations.iter().find(slashed).filter(|_| longest.is_none_or(|it| it.path() != path)) {
        return LocationFound::BehindSlash(location);
    }
    // 3. Expressions in order, unless the prefix forbids it.
    if !longest.is_some_and(|location| matches!(location.modifier(), LocationComparison::PreferredPrefix)) {
        for location in locations {
            let LocationComparison::Expression(pattern) = location.modifier() else { continue };
            match pattern.is_match(path) {
                Some(true) => return LocationFound::Taken(location),
                Some(false) => {}
                None => return LocationFound::Undecided(location),
            }
        }
    }
    longest.map_or(LocationFound::Nowhere, LocationFound::Taken)
}

/// Two locations of one path, which nginx refuses; the later of them.
pub fn find_duplicate<L: OrderedLocation>(locations: &[L]) -> Option<&L> {
    let same = |one: &L, other: &L| {
        let alike = match (one.modifier(), other.modifier()) {
            (LocationComparison::Expression(one), LocationComparison::Expression(other)) => one == other,
            (LocationComparison::Exact, LocationComparison::Exact) => true,
            _ => is_prefix(one) && is_prefix(other),
        };
        alike && one.path() == other.path()
    };
    let mut numbered = locations.iter().enumerate();
    numbered.find(|(at, location)| locations.iter().take(*at).any(|earlier| same(earlier, location))).map(|it| it.1)
}

fn is_prefix<L: OrderedLocation>(location: &L) -> bool {
    matches!(location.modifier(), LocationComparison::Prefix | LocationComparison::PreferredPrefix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Dialect;

    struct Bare(&'static str, LocationComparison);

    impl OrderedLocation for Bare {
        fn path(&self) -> &str {
            self.0
        }

        fn modifier(&self) -> &LocationComparison {
            &self.1
        }

        fn adds_slash(&self) -> bool {
            true
        }
    }

    #[test]
    fn exact_then_preferred_then_expressions_then_the_longest_prefix() {
        let expression =
            |source: &'static str| LocationComparison::Expression(Pattern::new(source, Dialect::Pcre, false));
        let locations = [
            Bare("/", LocationComparison::Prefix),
            Bare("/tea", LocationComparison::Prefix),
            Bare("/tea", LocationComparison::Exact),
            Bare("/static/", LocationComparison::PreferredPrefix),
            Bare("x", expression("\\.png$")),
        ];
        let found = |path: &str| match find_location(&locations, path) {
            LocationFound::Taken(location) => location.0.to_owned() + " " + &format!("{:?}", location.1)[..5],
            LocationFound::BehindSlash(location) => format!("301 {}", location.0),
            LocationFound::Undecided(_) | LocationFound::Nowhere => "none".to_owned(),
        };
        for (path, taken) in [
            ("/tea", "/tea Exact"),
            ("/teapot", "/tea Prefi"),
            ("/tea.png", "x Expre"),
            ("/static/a.png", "/static/ Prefe"),
            ("/static", "301 /static/"),
            ("/x", "/ Prefi"),
        ] {
            assert_eq!(found(path), taken, "{path}");
        }
        assert!(find_duplicate(&locations).is_none());
    }
}
