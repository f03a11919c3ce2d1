//! Filters of routes: the rules of HTTPRouteFilter, GRPCRouteFilter and what stands below them.

use super::super::{Errors, Shown};
use super::backend;
use crate::model::{CorsFilter, Path, PathModifier, RequestMirror, RouteFilter, Text};

pub(super) fn filters(filters: &[RouteFilter], at: &Path<'_>, errors: &mut Errors<'_>) {
    let array = || Shown("\"array\"".to_owned());
    let count = |kind: &str| filters.iter().filter(|filter| &*filter.kind == kind).count();
    if count("RequestRedirect") > 0 && count("URLRewrite") > 0 {
        let message =
            "May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not both";
        errors.invalid(at, array(), message);
    }
    for kind in ["CORS", "RequestHeaderModifier", "RequestRedirect", "ResponseHeaderModifier", "URLRewrite"] {
        if count(kind) > 1 {
            errors.invalid(at, array(), format!("{kind} filter cannot be repeated"));
        }
    }
    for (index, filter) in filters.iter().enumerate() {
        for (kind, field, is_there) in bodies(filter) {
            let message = match (*kind == *filter.kind, is_there) {
                (true, false) => format!("filter.{field} must be specified for {kind} filter.type"),
                (false, true) => format!("filter.{field} must be nil if the filter.type is not {kind}"),
                (true, true) | (false, false) => continue,
            };
            errors.invalid(&at.index(index), Shown("\"object\"".to_owned()), message);
        }
        let at = at.index(index);
        for (field, path) in [
            ("requestRedirect", filter.request_redirect.as_ref().and_then(|it| it.path.as_ref())),
            ("urlRewrite", filter.url_rewrite.as_ref().and_then(|it| it.path.as_ref())),
        ] {
            if let Some(path) = path {
                path_modifier(path, &at.field(field).field("path"), errors);
            }
        }
        if filter.kind.as_ref() == "ExtensionRef"
            && errors.tree(&at).is_some_and(|it| it.child("extensionRef").is_none())
        {
            let message = "filter.extensionRef must be specified for ExtensionRef filter.type";
            errors.invalid(&at, Shown("\"object\"".to_owned()), message);
        }
        if let Some(mirror) = &filter.request_mirror {
            request_mirror(mirror, &at.field("requestMirror"), errors);
        }
        if let Some(cors) = &filter.cors {
            cross_origin(cors, &at.field("cors"), errors);
        }
    }
}

fn request_mirror(mirror: &RequestMirror, at: &Path<'_>, errors: &mut Errors<'_>) {
    let object = || Shown("\"object\"".to_owned());
    backend(&mirror.backend_ref.backend(), &at.field("backendRef"), errors);
    if mirror.percent.is_some() && mirror.fraction.is_some() {
        let message = "Only one of percent or fraction may be specified in HTTPRequestMirrorFilter";
        errors.invalid(at, object(), message);
    }
    if mirror.fraction.as_ref().is_some_and(|it| it.numerator > it.denominator.unwrap_or(100)) {
        errors.invalid(&at.field("fraction"), object(), "numerator must be less than or equal to denominator");
    }
}

/// A wildcard stands alone. (The message about headers says methods, as the CRD does.)
fn cross_origin(cors: &CorsFilter, at: &Path<'_>, errors: &mut Errors<'_>) {
    let lists: [(&str, &[Text], &str); 3] = [
        ("allowOrigins", &cors.allow_origins, "AllowOrigins cannot contain '*' alongside other origins"),
        ("allowMethods", &cors.allow_methods, "AllowMethods cannot contain '*' alongside other methods"),
        ("allowHeaders", &cors.allow_headers, "AllowHeaders cannot contain '*' alongside other methods"),
    ];
    for (field, list, message) in lists {
        if list.len() > 1 && list.iter().any(|one| &**one == "*") {
            errors.invalid(&at.field(field), Shown("\"array\"".to_owned()), message);
        }
    }
}

/// For each type its field, and whether that is there.
fn bodies(filter: &RouteFilter) -> [(&'static str, &'static str, bool); 6] {
    [
        ("RequestHeaderModifier", "requestHeaderModifier", filter.request_header_modifier.is_some()),
        ("ResponseHeaderModifier", "responseHeaderModifier", filter.response_header_modifier.is_some()),
        ("RequestRedirect", "requestRedirect", filter.request_redirect.is_some()),
        ("URLRewrite", "urlRewrite", filter.url_rewrite.is_some()),
        ("RequestMirror", "requestMirror", filter.request_mirror.is_some()),
        ("CORS", "cors", filter.cors.is_some()),
    ]
}

fn path_modifier(path: &PathModifier, at: &Path<'_>, errors: &mut Errors<'_>) {
    let kinds = [
        ("ReplaceFullPath", "replaceFullPath", path.replace_full_path.is_some()),
        ("ReplacePrefixMatch", "replacePrefixMatch", path.replace_prefix_match.is_some()),
    ];
    for (kind, field, is_there) in kinds {
        let message = match (*kind == *path.kind, is_there) {
            (true, false) => format!("{field} must be specified when type is set to '{kind}'"),
            (false, true) => format!("type must be '{kind}' when {field} is set"),
            (true, true) | (false, false) => continue,
        };
        errors.invalid(at, Shown("\"object\"".to_owned()), message);
    }
}
