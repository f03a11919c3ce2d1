//! The search for a location: the template's own, and those of snippets.

use super::{LocationMatch, LocationModifier, NginxServer};
use crate::ingress::nginx::snippet::{ConfigSnippet, SharedSnippet};
use crate::ingress::nginx_config::{ConfigLocation, LocationKind};
use crate::model::Text;
use crate::source::FieldRef;

impl NginxServer {
    /// The snippets of the server, in the order in which they stand there.
    pub fn snippets(&self) -> impl Iterator<Item = &SharedSnippet> {
        self.snippet.iter().chain(&self.global_snippet)
    }

    fn snippet_locations(&self) -> impl Iterator<Item = (&ConfigSnippet, &ConfigLocation)> {
        self.snippets().flat_map(|snippet| snippet.block.locations.iter().map(move |location| (&**snippet, location)))
    }

    /// A location that stands in a snippet and elsewhere (ngx_http_init_locations).
    pub(super) fn duplicate_of_snippet(&self) -> Option<(FieldRef, Text)> {
        let mut seen: Vec<(bool, &str)> = Vec::new();
        for (snippet, location) in self.snippet_locations() {
            let exact = match location.kind {
                LocationKind::Exact => true,
                LocationKind::Prefix | LocationKind::FinalPrefix => false,
                LocationKind::Regex(_) | LocationKind::Named => continue,
            };
            let table = if exact { &self.exact } else { &self.prefix };
            if table.contains_key(&location.path) || seen.contains(&(exact, &location.path)) {
                return Some((snippet.field.clone(), location.path.clone()));
            }
            seen.push((exact, &location.path));
        }
        None
    }

    /// The location for a normalized path (ngx_http_core_find_location).
    pub fn find(&self, path: &str) -> LocationMatch<'_> {
        let found = if self.regex { LocationMatch::Nothing } else { self.find_static(path) };
        // 1. A snippet's exact location, or its prefix where that is longer.
        let mut prefix: Option<(&ConfigSnippet, &ConfigLocation)> = None;
        let known = match found {
            LocationMatch::Location(location) => match location.modifier {
                LocationModifier::Exact => return found,
                LocationModifier::Prefix | LocationModifier::Regex(_) => location.path.len(),
            },
            LocationMatch::WithSlash(_) => usize::MAX,
            LocationMatch::Unsupported(_) | LocationMatch::OfSnippet(..) | LocationMatch::Nothing => 0,
        };
        for (snippet, location) in self.snippet_locations() {
            match location.kind {
                LocationKind::Exact if *location.path == *path => return LocationMatch::OfSnippet(snippet, location),
                LocationKind::Prefix | LocationKind::FinalPrefix if path.starts_with(&*location.path) => {
                    let longer = prefix.is_none_or(|(_, before)| before.path.len() < location.path.len());
                    prefix = if longer { Some((snippet, location)) } else { prefix };
                }
                _ => {}
            }
        }
        if matches!(found, LocationMatch::WithSlash(_)) {
            return found;
        }
        let prefix = prefix.filter(|(_, location)| location.path.len() > known);
        if let Some((snippet, location)) = prefix.filter(|(_, location)| location.kind == LocationKind::FinalPrefix) {
            return LocationMatch::OfSnippet(snippet, location);
        }
        // 2. Expressions: the snippet's own stand first.
        let of_snippet = self.snippet_locations().find(|(_, location)| match &location.kind {
            LocationKind::Regex(pattern) => pattern.is_match(path).unwrap_or(true),
            LocationKind::Exact | LocationKind::Prefix | LocationKind::FinalPrefix | LocationKind::Named => false,
        });
        if let Some((snippet, location)) = of_snippet {
            return LocationMatch::OfSnippet(snippet, location);
        }
        let by_expression = if self.regex { self.find_regex(path) } else { LocationMatch::Nothing };
        // 3. The prefix that was the longest.
        match (by_expression, prefix) {
            (LocationMatch::Nothing, Some((snippet, location))) => LocationMatch::OfSnippet(snippet, location),
            (LocationMatch::Nothing, None) => found,
            (expression, _) => expression,
        }
    }

    fn find_regex(&self, path: &str) -> LocationMatch<'_> {
        for location in &self.locations {
            let LocationModifier::Regex(pattern) = &location.modifier else { continue };
            match pattern.is_match(path) {
                Some(true) => return LocationMatch::Location(location),
                Some(false) => {}
                None => return LocationMatch::Unsupported(location),
            }
        }
        LocationMatch::Nothing
    }

    /// An exact path; else one for the path with a slash, if it leads somewhere; else the longest prefix.
    fn find_static(&self, path: &str) -> LocationMatch<'_> {
        // 1. The path itself.
        let at = |place: Option<&usize>| place.and_then(|place| self.locations.get(*place));
        if let Some(location) = at(self.exact.get(path)) {
            return LocationMatch::Location(location);
        }
        // 2. The path with a slash, which nginx redirects to.
        let with_slash = format!("{path}/");
        let slashed = at(self.exact.get(with_slash.as_str()).or_else(|| self.prefix.get(with_slash.as_str())));
        // A denied location has no proxy_pass, and without one nginx adds no slash.
        if let Some(location) = slashed.filter(|location| location.annotations.denied.is_none()) {
            return LocationMatch::WithSlash(location);
        }
        // 3. The longest prefix that ends at a slash.
        let mut rest = path;
        while let Some(end) = rest.rfind('/') {
            let (prefix, _) = rest.split_at_checked(end + 1).unwrap_or((rest, ""));
            if let Some(location) = at(self.prefix.get(prefix)) {
                return LocationMatch::Location(location);
            }
            rest = rest.split_at_checked(end).map_or("", |(before, _)| before);
        }
        LocationMatch::Nothing
    }
}
