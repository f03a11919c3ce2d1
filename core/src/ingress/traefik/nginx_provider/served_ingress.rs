//! An Ingress that the provider serves.

use std::sync::Arc;

use super::options::ProviderOptions;
use crate::model::Ingress;
use crate::source::ObjectRef;

pub(super) struct ServedIngress {
    pub(super) reference: ObjectRef,
    pub(super) ingress: Arc<Ingress>,
}

impl ServedIngress {
    pub(super) fn options(&self) -> ProviderOptions<'_> {
        ProviderOptions::of(&self.reference, &self.ingress)
    }

    pub(super) fn namespace(&self) -> &str {
        self.reference.namespace.as_deref().unwrap_or_default()
    }
}
