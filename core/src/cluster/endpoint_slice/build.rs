//! The slices of every Service: those that the EndpointSlice controller writes for a selector, those that mirror
//! Endpoints, and those that somebody pasted.
//!
//! An export holds the controllers' slices too. Of a running cluster (World's `live`) they count; else they are written anew
//! from the pods, and only where the pods weren't exported does the pasted slice stand.

use std::collections::BTreeMap;

use super::super::objects::{ClusterObject, Objects};
use super::super::service::Service;
use super::super::table::Namespaced;
use super::{EndpointSlice, SliceDerivation, mirror, pasted};
use crate::model;
use crate::model::well_known;
use crate::order::Gather;

/// Makes all slices, by the name of their Service.
pub(in super::super) fn build_slices(
    objects: &Objects,
    services: &Namespaced<Service>,
    derivation: &SliceDerivation<'_>,
) -> Namespaced<Vec<EndpointSlice>> {
    let pasted = by_service(objects);
    let endpoints: BTreeMap<(&str, &str), &ClusterObject<model::Endpoints>> =
        objects.endpoints.iter().map(|given| ((given.namespace(), &**given.name()), given)).into_map();
    let mut slices = Namespaced::default();
    for (namespace, name, service) in services.iter() {
        let key = (&**namespace, &**name);
        let own = pasted.get(&key).map_or(&[][..], Vec::as_slice);
        slices.insert(
            namespace.clone(),
            name.clone(),
            of_service(service, own, endpoints.get(&key).copied(), derivation, objects.are_live()),
        );
    }
    for ((namespace, name), own) in pasted {
        if services.get(namespace, name).is_none() {
            slices.insert(namespace.into(), name.into(), own.iter().map(|given| pasted::slice(given)).collect());
        }
    }
    slices
}

fn by_service(objects: &Objects) -> BTreeMap<(&str, &str), Vec<&ClusterObject<model::EndpointSlice>>> {
    let mut slices: BTreeMap<(&str, &str), Vec<&ClusterObject<model::EndpointSlice>>> = BTreeMap::new();
    for given in &objects.endpoint_slices {
        if let Some(service) = given.body.metadata.labels.get(well_known::SERVICE_NAME) {
            slices.entry((given.namespace(), service)).or_default().push(given);
        }
    }
    slices
}

fn of_service(
    service: &Service,
    pasted: &[&ClusterObject<model::EndpointSlice>],
    endpoints: Option<&ClusterObject<model::Endpoints>>,
    derivation: &SliceDerivation<'_>,
    live: bool,
) -> Vec<EndpointSlice> {
    let selects = service.object.spec.selector.as_ref().is_some_and(|selector| !selector.is_empty());
    let written_by = |given: &ClusterObject<model::EndpointSlice>, writer: &str| {
        given.body.metadata.labels.get(well_known::SLICE_MANAGED_BY).is_some_and(|by| &**by == writer)
    };
    // 1. Slices that no controller manages count as they are.
    let manual = pasted.iter().filter(|given| {
        !written_by(given, well_known::SLICE_CONTROLLER) && !written_by(given, well_known::SLICE_MIRRORING)
    });
    let mut slices: Vec<EndpointSlice> = manual.map(|given| pasted::slice(given)).collect();
    // 2. The controller in charge: EndpointSlice with a selector, else the mirroring one; its slices are derived.
    let writer = if selects { well_known::SLICE_CONTROLLER } else { well_known::SLICE_MIRRORING };
    let written = || pasted.iter().filter(|given| written_by(given, writer)).map(|given| pasted::slice(given));
    if live && written().next().is_some() {
        slices.extend(written());
        return slices;
    }
    let derived = match (selects, endpoints) {
        (true, _) => derivation.slices(service),
        (false, Some(endpoints)) => mirror::slices(service, endpoints),
        (false, None) => Vec::new(),
    };
    // 3. What can be derived stands for what that controller wrote.
    if derived.iter().any(|slice| !slice.endpoints.is_empty()) {
        slices.extend(derived);
        return slices;
    }
    // 4. Nothing to derive from: the controllers' own words count, then those of the Endpoints controller.
    let written: Vec<EndpointSlice> = written().collect();
    let exported = endpoints.filter(|_| selects && written.is_empty());
    let exported = exported.map(|endpoints| mirror::slices(service, endpoints)).filter(|slices| !slices.is_empty());
    match exported {
        Some(exported) => slices.extend(exported),
        None if written.is_empty() => slices.extend(derived),
        None => slices.extend(written),
    }
    slices
}
