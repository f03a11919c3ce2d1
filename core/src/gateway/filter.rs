//! Filters: what is done with a request on its way, in the order in which they are written, a rule's before a backend's.

use std::str::FromStr;
use std::sync::Arc;

use super::cors::{self, CorsAnswer};
use super::ending::RequestEnd;
use super::envoy::route_filter::apply_route_filter;
use super::implementation::{ENVOY_GATEWAY, FilterKind, GatewayImplementation, HeaderFilters, MissingFilter, TRAEFIK};
use super::rewriting::UrlRewriting;
use crate::model::{CorsFilter, ENVOY_GROUP, EnvoyResource, HeaderFilter, RequestMirror, RouteFilter};
use crate::packet::{Headers, HttpRequest};
use crate::proxy::verdict::status_response;
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{GatewayRule, ModelGap};

/// A request after its filters.
#[derive(Clone, Debug)]
pub struct FilteredRequest {
    /// As the backend sees it.
    pub request: HttpRequest,
    /// Headers added to the answer.
    pub response_headers: Vec<(String, String)>,
    /// Where copies go.
    pub mirrors: Vec<RequestMirror>,
    /// Where it ends, if it ends here.
    pub end: Option<RequestEnd>,
    /// Changes of the request's headers that wait until all filters are known: the rule's, then the backend's.
    waiting: Vec<HeaderFilter>,
}

impl FilteredRequest {
    /// A request before any filter.
    pub fn new(request: HttpRequest) -> Self {
        Self { request, response_headers: Vec::new(), mirrors: Vec::new(), end: None, waiting: Vec::new() }
    }

    /// Goes through some filters, which stand at `at`; `known` are those that the controller has there.
    pub fn through(
        mut self,
        filters: &[RouteFilter],
        at: &FieldRef,
        rewriting: &UrlRewriting<'_>,
        known: &[FilterKind],
    ) -> Self {
        let implementation = rewriting.implementation;
        let field = |index: usize| {
            let FieldRef { object, path } = at.clone();
            FieldRef { object, path: path.field("filters").index(index) }
        };
        let kind = |filter: &RouteFilter| FilterKind::from_str(&filter.kind).ok().filter(|kind| known.contains(kind));
        // 1. A filter that can't be applied spoils the whole, whatever stands before it.
        if implementation.missing_filter == MissingFilter::Fails {
            let is_sound = |filter: &RouteFilter| {
                kind(filter).is_some()
                    && is_filter_sound(filter, implementation)
                    && is_extension_there(filter, rewriting)
            };
            if !filters.iter().all(is_sound) {
                self.end = Some(RequestEnd::Respond(status_response(500), GatewayRule::FilterInvalid));
                return self;
            }
        }
        // 2. Redirects and rewrites start from the request as it came, whatever other filters say of the host.
        self.waiting.push(HeaderFilter::default());
        for (index, filter) in filters.iter().enumerate() {
            if self.end.is_some() {
                return self;
            }
            match kind(filter) {
                Some(kind) => self.apply(kind, filter, rewriting, || field(index)),
                None => self.end = Some(RequestEnd::Unknown(ModelGap::Field(field(index)))),
            }
        }
        self
    }

    /// The request once all filters are known: changes for one backend are made before those for all (Envoy's
    /// RouteEntryImplBase::finalizeRequestHeaders).
    pub fn settled(mut self) -> Self {
        for changes in std::mem::take(&mut self.waiting).iter().rev() {
            changes.remove.iter().for_each(|name| self.request.headers.remove(name));
            changes.add.iter().for_each(|header| self.request.headers.add(&header.name, &header.value));
            changes.set.iter().for_each(|header| self.request.headers.set(&header.name, &header.value));
        }
        self
    }

    fn apply(
        &mut self,
        kind: FilterKind,
        filter: &RouteFilter,
        rewriting: &UrlRewriting<'_>,
        field: impl Fn() -> FieldRef,
    ) {
        let implementation = rewriting.implementation;
        match kind {
            FilterKind::RequestHeaderModifier => {
                let modifier = filter.request_header_modifier.clone().unwrap_or_default();
                self.change_request(&modifier, implementation.header_filters);
            }
            FilterKind::ResponseHeaderModifier => {
                let modifier = filter.response_header_modifier.clone().unwrap_or_default();
                self.change_response(&modifier, implementation.header_filters);
            }
            FilterKind::RequestRedirect => {
                let redirect = filter.request_redirect.clone().unwrap_or_default();
                let response = rewriting.redirected(&self.request, &redirect);
                self.end = Some(RequestEnd::Respond(response, GatewayRule::RequestRedirect));
            }
            FilterKind::UrlRewrite => {
                rewriting.rewrite(&mut self.request, &filter.url_rewrite.clone().unwrap_or_default());
            }
            FilterKind::RequestMirror => self.mirrors.extend(filter.request_mirror.clone()),
            FilterKind::Cors => {
                let cors = filter.cors.clone().unwrap_or_default();
                self.cross_origin(&cors, implementation);
            }
            FilterKind::ExtensionRef => self.extend(filter, rewriting, field),
        }
    }

    /// What an object of the controller's own says.
    fn extend(&mut self, filter: &RouteFilter, rewriting: &UrlRewriting<'_>, field: impl Fn() -> FieldRef) {
        let Some((object, resource)) = route_filter(filter, rewriting) else {
            self.end = Some(RequestEnd::Unknown(ModelGap::Field(field())));
            return;
        };
        let backends = rewriting.entry.rule().map_or(&[][..], |rule| rule.backends.as_slice());
        self.end = apply_route_filter(rewriting.cluster, &object, &resource, backends, &mut self.request);
    }

    fn change_request(&mut self, modifier: &HeaderFilter, how: HeaderFilters) {
        match how {
            HeaderFilters::InOrder => apply_header_filter(&mut self.request.headers, modifier),
            HeaderFilters::HostToo => {
                let sets_host = modifier.set.iter().find(|header| header.name.eq_ignore_ascii_case("host"));
                if let Some(host) = sets_host {
                    self.request.host = host.value.to_string();
                }
                let mut others = modifier.clone();
                others.set.retain(|header| !header.name.eq_ignore_ascii_case("host"));
                apply_header_filter(&mut self.request.headers, &others);
            }
            HeaderFilters::FirstOfName => {
                if let Some(waiting) = self.waiting.last_mut() {
                    keep_first_of_name(waiting, modifier);
                }
            }
        }
    }

    /// Headers that a backend sends itself can't be known, so that what is set or added is all that shows.
    fn change_response(&mut self, modifier: &HeaderFilter, how: HeaderFilters) {
        let mut headers = Headers(std::mem::take(&mut self.response_headers));
        if how == HeaderFilters::FirstOfName {
            let mut changes = HeaderFilter::default();
            keep_first_of_name(&mut changes, modifier);
            changes.add.retain(|header| headers.value(&header.name).is_none());
            changes.set.retain(|header| headers.value(&header.name).is_none());
            changes.remove.clear();
            apply_header_filter(&mut headers, &changes);
        } else {
            apply_header_filter(&mut headers, modifier);
        }
        self.response_headers = headers.0;
    }

    /// Answers a preflight, and tells the browser about other requests.
    pub fn cross_origin(&mut self, cors: &CorsFilter, implementation: &GatewayImplementation) {
        match cors::answer_cross_origin(cors, &self.request, implementation.cross_origin) {
            Some(CorsAnswer::Headers(headers)) => self.response_headers.extend(headers),
            Some(CorsAnswer::Preflight(response)) => {
                self.end = Some(RequestEnd::Respond(response, GatewayRule::CorsPreflight));
            }
            None => {}
        }
    }
}

/// The HTTPRouteFilter that a filter names.
fn route_filter(filter: &RouteFilter, rewriting: &UrlRewriting<'_>) -> Option<(ObjectRef, Arc<EnvoyResource>)> {
    let reference = filter.extension_ref.as_ref()?;
    if rewriting.implementation.controller != ENVOY_GATEWAY.controller || &*reference.group != ENVOY_GROUP {
        return None;
    }
    let object = ObjectRef::namespaced(&reference.kind, rewriting.entry.route.namespace(), &reference.name);
    let resource = rewriting.cluster.envoy_resources.get(&object).filter(|_| &*reference.kind == "HTTPRouteFilter")?;
    Some((object, resource.clone()))
}

/// Whether the object is there that a filter names, and of a kind that the controller reads (filters.go
/// processExtensionRefHTTPFilter; httproute.go loadHTTPRouteFilterExtensionRef).
fn is_extension_there(filter: &RouteFilter, rewriting: &UrlRewriting<'_>) -> bool {
    let Some(reference) = &filter.extension_ref else { return true };
    let is_middleware = &*reference.group == "traefik.io" && &*reference.kind == "Middleware";
    let is_traefik = rewriting.implementation.controller == TRAEFIK.controller;
    is_traefik && is_middleware || route_filter(filter, rewriting).is_some()
}

/// Applies a filter to headers at once.
fn apply_header_filter(headers: &mut Headers, modifier: &HeaderFilter) {
    modifier.set.iter().for_each(|header| headers.set(&header.name, &header.value));
    modifier.add.iter().for_each(|header| headers.add(&header.name, &header.value));
    modifier.remove.iter().for_each(|name| headers.remove(name));
}

/// Adds the changes of a filter to those of earlier ones: additions before settings, and of one name only the first
/// (filters.go processRequestHeaderModifierFilter).
fn keep_first_of_name(changes: &mut HeaderFilter, modifier: &HeaderFilter) {
    let is_new = |changes: &HeaderFilter, name: &str| {
        !changes.add.iter().chain(&changes.set).any(|known| known.name.eq_ignore_ascii_case(name))
    };
    for header in &modifier.add {
        if is_new(changes, &header.name) {
            changes.add.push(header.clone());
        }
    }
    for header in &modifier.set {
        if is_new(changes, &header.name) {
            changes.set.push(header.clone());
        }
    }
    changes.remove.extend(modifier.remove.iter().cloned());
}

/// Whether a controller can apply a filter that it has: Envoy changes neither Host nor pseudo headers
/// (filters.go isModifiableHeader, HeaderValueRegexp).
fn is_filter_sound(filter: &RouteFilter, implementation: &GatewayImplementation) -> bool {
    if implementation.header_filters != HeaderFilters::FirstOfName {
        return true;
    }
    let is_name = |name: &str| !name.is_empty() && !name.contains(['/', ':']) && !name.eq_ignore_ascii_case("host");
    let is_value = |value: &str| !value.is_empty() && value.trim() == value && !value.contains("  ");
    let modifiers = filter.request_header_modifier.iter().chain(&filter.response_header_modifier);
    modifiers.into_iter().all(|modifier| {
        let mut headers = modifier.set.iter().chain(&modifier.add);
        headers.all(|header| is_name(&header.name) && is_value(&header.value))
            && modifier.remove.iter().all(|name| is_name(name))
    })
}
