//! The Ingress controllers that somebody names and nobody pasted, each with an address outside.
//!
//! A class, the old annotation, an IngressRoute or the World's settings name one. A class that is named but not pasted
//! comes with its controller if its name is the one that the controller's chart uses; any other stays unknown, as it
//! would in a real cluster. Where nobody names any controller, one that follows the API's text serves what has no class.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use super::super::annotation_owner::{F5, GKE, INGRESS_NGINX};
use super::super::ingress_implementation::{API_IMAGE, IngressImplementation};
use super::super::objects::Objects;
use super::super::preset::Preset;
use super::super::settings::SettingOverrides;
use crate::manifest::Manifests;
use crate::model::{Body, Ingress, PodSpec, Text, well_known};
use crate::order::{Gather, Order};

/// GKE's controller serves what has no class, and this one (cloud.google.com/kubernetes-engine/docs/concepts/ingress).
const GCE: &str = "gce";

const GCE_CLASS: &str = include_str!("gce-class.yaml");

const DEFAULT_CLASS: &str = include_str!("ingress-class.yaml");

/// The first address of supplied controllers (TEST-NET-1, RFC 5737).
const FIRST_ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 80);

/// A controller by the `spec.controller` of its classes.
type ClassController = (IngressImplementation, Text);

/// Adds the controllers that are missing.
pub(in crate::cluster) fn supply(manifests: &Manifests, overrides: &SettingOverrides, objects: &mut Objects) {
    // 1. The controllers that classes name, without those pasted.
    let pasted = pasted(objects);
    let mut named = named(manifests, overrides);
    named.retain(|(serving, _)| serving.facts().class_controller.is_none() || !pasted.contains(serving));
    // 2. Traefik's provider stands in the place of ingress-nginx, whose classes it serves; other providers may run
    // beside it.
    let asked = named.iter().any(|(serving, _)| *serving == IngressImplementation::TraefikNginx);
    let provides = pasted.contains(&IngressImplementation::TraefikNginx);
    named.retain(|(serving, _)| match serving {
        IngressImplementation::IngressNginx => !asked && !provides,
        IngressImplementation::Traefik => !provides,
        IngressImplementation::TraefikNginx
        | IngressImplementation::F5Nginx
        | IngressImplementation::AwsAlb
        | IngressImplementation::Api => true,
    });
    let orphan = objects.ingresses.iter().any(|given| has_no_class(&given.body));
    // 3. Nobody at all: a class and a controller that does what the API says, or the installer's own.
    if Preset::of(objects.worlds.first().map(|world| &*world.body)) == Preset::Gke {
        if orphan || objects.ingresses.iter().any(|given| is_for_gce(&given.body)) {
            objects.supply(manifests, "gce-class", GCE_CLASS, |_| true);
            named.push((IngressImplementation::Api, GKE.controller.into()));
        }
    } else if named.is_empty() && pasted.is_empty() && orphan {
        objects.supply(manifests, "ingress-class", DEFAULT_CLASS, |_| true);
        named.push((IngressImplementation::Api, API_IMAGE.into()));
    }
    // 4. Each with a free address, and with a class where its own is missing.
    let mut addresses = free_addresses(objects).into_iter();
    for (number, (serving, controller)) in (1..).zip(named) {
        let Some(address) = addresses.next() else { return };
        let name = if number == 1 { "ingress-controller".to_owned() } else { format!("ingress-controller-{number}") };
        let text = serving.manifest().replace("ADDRESS", &address.to_string());
        let text = if serving.facts().class_controller.is_some() {
            text
        } else {
            text.replace("NAME", &name).replace("CONTROLLER", &controller)
        };
        let classes = objects.ingress_classes.iter().filter(|class| class.body.spec.controller == controller);
        let classes: BTreeSet<&Text> = classes.map(|class| &class.body.metadata.name).into_set();
        let has_class = !classes.is_empty();
        // F5's serves the one class that its argument names: the manifests', where they call it otherwise.
        let own = classes.first().filter(|_| !classes.contains(&Text::from("nginx")));
        let text = match own {
            Some(class) if serving == IngressImplementation::F5Nginx => {
                text.replace("-ingress-class=nginx", &format!("-ingress-class={class}"))
            }
            Some(_) | None => text,
        };
        objects
            .supply(manifests, serving.name(), &text, |object| &*object.reference.kind != "IngressClass" || !has_class);
    }
}

/// The controllers among the pasted pods and workloads.
fn pasted(objects: &Objects) -> BTreeSet<IngressImplementation> {
    let of = |spec: &PodSpec| {
        spec.containers
            .iter()
            .filter_map(|container| {
                let words = container.command.iter().chain(&container.args).map(|word| &**word);
                let variables = container.env.iter().map(|variable| &*variable.name);
                IngressImplementation::of_program(&container.image, words.chain(variables))
            })
            .collect::<Vec<_>>()
    };
    let pods = objects.pods.iter().flat_map(|pod| of(&pod.body.spec));
    let deployments = objects.deployments.iter().flat_map(|set| of(&set.body.spec.template.spec));
    let daemon_sets = objects.daemon_sets.iter().flat_map(|set| of(&set.body.spec.template.spec));
    let stateful_sets = objects.stateful_sets.iter().flat_map(|set| of(&set.body.spec.template.spec));
    let replica_sets = objects.replica_sets.iter().flat_map(|set| of(&set.body.spec.template.spec));
    let controllers = objects.replication_controllers.iter().flat_map(|set| of(&set.body.spec.template.spec));
    let workloads = deployments.chain(daemon_sets).chain(stateful_sets).chain(replica_sets).chain(controllers);
    pods.chain(workloads).into_set()
}

/// The controllers that the manifests and settings name, each once: those named most often first, then ingress-nginx before
/// Traefik before others. The order of the documents plays no part.
fn named(manifests: &Manifests, overrides: &SettingOverrides) -> Vec<ClassController> {
    let used = UsedClasses::read(manifests);
    let mut mentions: BTreeMap<ClassController, usize> = BTreeMap::new();
    let mut add = |one: Option<ClassController>| {
        if let Some(one) = one {
            *mentions.entry(one).or_default() += 1;
        }
    };
    for object in &manifests.objects {
        match &object.body {
            Body::IngressClass(class) if used.names(class) => add(Some(by_controller(&class.spec.controller))),
            Body::Ingress(ingress) => add(used.by_name(ingress)),
            Body::IngressRoute(_) | Body::IngressRouteTcp(_) => add(known(IngressImplementation::Traefik)),
            Body::F5VirtualServer(_) | Body::TransportServer(_) => add(known(IngressImplementation::F5Nginx)),
            Body::World(world) => world.spec.controllers.keys().for_each(|name| add(by_setting(name))),
            _ => {}
        }
    }
    overrides.controllers.keys().for_each(|name| add(by_setting(name)));
    let mut named: Vec<(ClassController, usize)> = mentions.into_iter().collect();
    named.order_by_key(|(_, mentions)| std::cmp::Reverse(*mentions));
    named.into_iter().map(|(named, _)| named).collect()
}

/// Which classes the Ingresses use.
struct UsedClasses {
    any: bool,
    names: BTreeSet<Text>,
    classes: BTreeSet<Text>,
    /// Whether the annotations are those of F5's controller, whose class is called nginx, too.
    is_of_f5: bool,
}

impl UsedClasses {
    fn read(manifests: &Manifests) -> Self {
        let (names, classes) = (BTreeSet::new(), BTreeSet::new());
        let mut used = Self { any: false, names, classes, is_of_f5: is_annotated_for_f5(manifests) };
        for object in &manifests.objects {
            match &object.body {
                Body::Ingress(ingress) => {
                    used.any = true;
                    used.names.extend(ingress.spec.ingress_class_name.clone());
                    used.names.extend(ingress.metadata.annotations.get(well_known::INGRESS_CLASS).cloned());
                }
                Body::IngressRoute(_) | Body::IngressRouteTcp(_) => used.any = true,
                Body::F5VirtualServer(_) | Body::TransportServer(_) => used.any = true,
                Body::IngressClass(class) => {
                    used.classes.insert(class.metadata.name.clone());
                }
                _ => {}
            }
        }
        used
    }

    /// Whether a class' controller is needed: a known one wherever there is something to serve, another if it is named
    /// or the default.
    fn names(&self, class: &crate::model::IngressClass) -> bool {
        let is_default = well_known::DEFAULT_INGRESS_CLASS;
        let default = class.metadata.annotations.get(is_default).is_some_and(|value| &**value == "true");
        let known = by_controller(&class.spec.controller).0 != IngressImplementation::Api;
        self.any && (known || default || self.names.contains(&class.metadata.name))
    }

    /// The controller of a class that isn't pasted, by the name that its chart gives the class.
    fn by_name(&self, ingress: &Ingress) -> Option<ClassController> {
        let by_class = ingress.spec.ingress_class_name.as_ref().filter(|name| !self.classes.contains(*name));
        let class = by_class.or_else(|| ingress.metadata.annotations.get(well_known::INGRESS_CLASS))?;
        let by_name = IngressImplementation::from_class_name(class)?;
        if by_name == IngressImplementation::IngressNginx && self.is_of_f5 {
            return known(IngressImplementation::F5Nginx);
        }
        known(by_name)
    }
}

/// Whether Ingresses have annotations of F5's controller, or objects of its kinds beside them, and none of ingress-nginx'.
fn is_annotated_for_f5(manifests: &Manifests) -> bool {
    let is_own = |body: &Body| matches!(body, Body::F5VirtualServer(_) | Body::TransportServer(_));
    let has_own = manifests.objects.iter().any(|object| is_own(&object.body));
    let ingresses = manifests.objects.iter().filter_map(|object| match &object.body {
        Body::Ingress(ingress) => Some(ingress),
        _ => None,
    });
    let mut keys = ingresses.flat_map(|ingress| ingress.metadata.annotations.keys());
    (has_own || keys.clone().any(|key| F5.owns(key))) && !keys.any(|key| INGRESS_NGINX.owns(key))
}

fn by_controller(controller: &str) -> ClassController {
    (IngressImplementation::from_class_controller(controller), controller.into())
}

fn by_setting(name: &str) -> Option<ClassController> {
    known(IngressImplementation::from_name(name)?)
}

/// With the controller of its classes; None for one that has none of its own.
fn known(implementation: IngressImplementation) -> Option<ClassController> {
    Some((implementation, implementation.facts().class_controller?.into()))
}

fn has_no_class(ingress: &Ingress) -> bool {
    ingress.spec.ingress_class_name.is_none() && !ingress.metadata.annotations.contains_key(well_known::INGRESS_CLASS)
}

fn is_for_gce(ingress: &Ingress) -> bool {
    ingress.metadata.annotations.get(well_known::INGRESS_CLASS).is_some_and(|class| &**class == GCE)
}

/// Addresses that no pasted Service or Node has.
pub(super) fn free_addresses(objects: &Objects) -> Vec<IpAddr> {
    let services = objects.services.iter().flat_map(|service| {
        let status = service.body.status.load_balancer.ingress.iter().filter_map(|entrance| entrance.ip.as_ref());
        let spec = &service.body.spec;
        status.chain(&spec.external_ips).chain(&spec.load_balancer_ip).collect::<Vec<_>>()
    });
    let nodes = objects.nodes.iter().flat_map(|node| node.body.status.addresses.iter().map(|address| &address.address));
    let taken: BTreeSet<IpAddr> = services.chain(nodes).filter_map(|text| text.parse().ok()).into_set();
    let [a, b, c, first] = FIRST_ADDRESS.octets();
    let all = (first..=u8::MAX).map(|last| IpAddr::from([a, b, c, last]));
    all.filter(|address| !taken.contains(address)).collect()
}
