//! The DefaultIngressClass admission plugin: an Ingress without class gets the default one (plugin/pkg/admission/network/
//! defaultingressclass).

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::objects::Objects;
use super::table::Namespaced;
use crate::model::{Ingress, IngressClass, Metadata, Text, well_known};

/// The Ingresses as admitted.
pub(super) fn admit(objects: &Objects, classes: &BTreeMap<Text, Arc<IngressClass>>) -> Namespaced<Arc<Ingress>> {
    let default = default_class(classes);
    let mut admitted = Namespaced::default();
    for given in &objects.ingresses {
        let mut ingress = given.body.clone();
        let has_class = ingress.spec.ingress_class_name.is_some()
            || ingress.metadata.annotations.contains_key(well_known::INGRESS_CLASS);
        let class = default.filter(|class| !has_class && !is_older(&ingress.metadata, &class.metadata));
        if let Some(class) = class {
            Arc::make_mut(&mut ingress).spec.ingress_class_name = Some(class.metadata.name.clone());
        }
        admitted.insert(given.namespace().into(), given.name().clone(), ingress);
    }
    admitted
}

/// Admission only looks at what is being created: an exported Ingress that is older than the class stays without.
fn is_older(ingress: &Metadata, class: &Metadata) -> bool {
    match (&ingress.creation_timestamp, &class.creation_timestamp) {
        (Some(ingress), Some(class)) => ingress < class,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// The default class; of several the youngest, then the first by name. What carries no time is being created now.
fn default_class(classes: &BTreeMap<Text, Arc<IngressClass>>) -> Option<&IngressClass> {
    let is_default = |class: &&Arc<IngressClass>| {
        class.metadata.annotations.get(well_known::DEFAULT_INGRESS_CLASS).is_some_and(|value| &**value == "true")
    };
    let youngest = classes.values().filter(is_default).min_by_key(|class| {
        let created = &class.metadata.creation_timestamp;
        (created.is_some(), Reverse(created), &class.metadata.name)
    });
    youngest.map(|class| &**class)
}
