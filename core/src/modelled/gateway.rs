//! Gateway API: the filters of routes, and what is read of Envoy Gateway's kinds; kinds and fields stand with all others.

use super::{ModelledGroup, Section};
use crate::explain::BilingualText;
use crate::gateway::modelled_filters;
use crate::model::read_envoy_fields;

/// What routes can do.
pub(super) fn section() -> Section {
    Section {
        id: "gateway",
        title: BilingualText::new("Gateway API", "Gateway API"),
        about: BilingualText::new(
            "Gateways and routes as the specification says, with the conditions that a controller writes. A filter of \
             another type than these makes the answer unknown.",
            "仕様どおりの Gateway と各種 Route、およびコントローラーが書き込む状態です。ここにない種類のフィルターがあると、答えは「不明」になります。",
        ),
        groups: vec![
            ModelledGroup::of_names(BilingualText::new("Filters", "フィルター"), modelled_filters()),
            ModelledGroup::of_names(
                BilingualText::new("Fields of Envoy Gateway's kinds", "Envoy Gateway 独自の種類のフィールド"),
                read_envoy_fields(),
            ),
        ],
    }
}
