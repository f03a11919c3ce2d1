//! rewrite-target: the path and query with which a request goes on.

use super::annotations::Annotation;
use super::request::{NginxRequest, unmodelled_annotation};
use super::server::NginxLocation;
use crate::http::{Dialect, Pattern};
use crate::ingress::nginx_config::{escape_args, is_url, unescape_redirect};
use crate::limits::expands_too_far;
use crate::trace::ModelGap;

/// `rewrite "(?i)PATH" TARGET break`: the target replaces the whole path, the query is kept (template.go buildProxyPass).
/// A question mark that stands in the target begins its arguments; one that a variable brings is part of the path.
pub fn rewrite_path(
    view: &NginxRequest<'_>,
    location: &NginxLocation,
    uri: &str,
) -> Result<Option<(String, Option<String>)>, ModelGap> {
    // 1. Whether this location rewrites.
    let Some(target) = location.annotations.rewrite_target.as_deref() else { return Ok(None) };
    if !location.annotations.rewrites(&location.path) || view.script_ended {
        return Ok(None);
    }
    // 2. The location's expression against the path.
    let pattern = Pattern::new(&*location.path, Dialect::Pcre, true);
    let unsupported = || match location.field() {
        Some(field) => ModelGap::RegularExpression { field, pattern: pattern.source().to_owned() },
        None => ModelGap::ControllerSetting(pattern.source().to_owned()),
    };
    // The location is the same expression, tied to the path's begin: where that matches, this one does first there.
    let tied = Pattern::new(format!("^{}", location.path), Dialect::Pcre, true);
    let regex = pattern.regex().or_else(|| tied.regex().filter(|_| tied.is_match(uri) == Some(true)));
    let Some(captures) = regex.ok_or_else(unsupported)?.captures(uri) else { return Ok(None) };
    // 3. What its groups and variables are in the target.
    let group = |number: usize| captures.get(number).map_or("", |found| found.as_str());
    if expands_too_far(uri, target) {
        return Err(unmodelled_annotation(location, view, Annotation::RewriteTarget));
    }
    // Groups of an escaped path stay escaped in arguments and addresses (ngx_http_script_copy_capture_code).
    let escaped: Vec<String> = captures.iter().map(|it| escape_args(it.map_or("", |found| found.as_str()))).collect();
    let escaped = |number: usize| {
        escaped.get(number).filter(|_| view.script.is_escaped).map_or_else(|| group(number), String::as_str)
    };
    let missing = || unmodelled_annotation(location, view, Annotation::RewriteTarget);
    let expand = |text: &str| view.expand(text, group).ok_or_else(missing);
    let expand_escaped = |text: &str| view.expand(text, escaped).ok_or_else(missing);
    // 4. The target's path and arguments.
    let own = view.script.query.clone().filter(|args| !args.is_empty());
    if is_url(target) {
        let (text, own) = target.strip_suffix('?').map_or((target, own), |text| (text, None));
        let to = unescape_redirect(&expand_escaped(text)?);
        let begin = if text.contains('?') { '&' } else { '?' };
        return Ok(Some((own.map_or_else(|| to.clone(), |own| format!("{to}{begin}{own}")), None)));
    }
    let (path, query) = match target.split_once('?') {
        // The request's arguments follow those of the target, unless the target ends with a question mark.
        Some((path, "")) => (expand(path)?, None),
        Some((path, query)) => {
            let query = expand_escaped(query)?;
            let both = own.map_or_else(|| query.clone(), |own| format!("{query}&{own}"));
            (expand(path)?, Some(both))
        }
        None => (expand(target)?, own),
    };
    Ok(Some((path, query.filter(|args| !args.is_empty()))))
}

impl NginxRequest<'_> {
    /// What rewrite-target leaves behind: the new path and the groups of the location's expression.
    pub fn apply_target(&mut self, location: &NginxLocation, path: String, query: Option<String>) {
        let before = std::mem::replace(&mut self.script.uri, path);
        let _ = self.script.find(&Pattern::new(&*location.path, Dialect::Pcre, true), &before);
        self.script.query = query;
        (self.script.is_rewritten, self.script.is_internal, self.target_applied) = (true, true, true);
    }
}
