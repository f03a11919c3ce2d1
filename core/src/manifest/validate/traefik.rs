//! The schemas of Traefik's CRDs (v3.7), as far as routing reads them.

use super::crd::Check::{Below, OneOf, Required, Whole};
use super::crd::{self, Check, Table};
use super::{Errors, format, metadata};
use crate::model::Metadata;

const KIND: &[Check] = &[OneOf(&["Service", "TraefikService"])];
const SERVICE: Table = &[
    ("name", &[Required]),
    ("kind", KIND),
    ("weight", &[Whole(0, i64::MAX)]),
    ("sticky.cookie.sameSite", &[OneOf(&["none", "lax", "strict"])]),
];

pub(super) const INGRESS_ROUTE: Table = &[
    ("spec", &[Required]),
    ("spec.routes", &[Required]),
    ("spec.routes[].match", &[Required]),
    ("spec.routes[].kind", &[OneOf(&["Rule"])]),
    ("spec.routes[].middlewares[].name", &[Required]),
    ("spec.routes[].services[]", &[Below(SERVICE)]),
];
pub(super) const INGRESS_ROUTE_TCP: Table = &[
    ("spec", &[Required]),
    ("spec.routes", &[Required]),
    ("spec.routes[].match", &[Required]),
    ("spec.routes[].middlewares[].name", &[Required]),
    ("spec.routes[].services[].name", &[Required]),
    ("spec.routes[].services[].port", &[Required]),
];
pub(super) const TRAEFIK_SERVICE: Table = &[
    ("spec", &[Required]),
    ("spec.weighted.services[]", &[Below(SERVICE)]),
    ("spec.mirroring", &[Below(SERVICE)]),
    ("spec.mirroring.mirrors[]", &[Below(SERVICE)]),
];
pub(super) const MIDDLEWARE: Table = &[("spec", &[Required])];
pub(super) const TLS_STORE: Table = &[
    ("spec", &[Required]),
    ("spec.defaultCertificate.secretName", &[Required]),
    ("spec.certificates[].secretName", &[Required]),
];

pub(super) fn validate(metadata: &Metadata, table: Table, errors: &mut Errors<'_>) {
    metadata::validate(metadata, format::dns1123_subdomain, errors);
    crd::check(table, errors);
}
