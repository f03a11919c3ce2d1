//! One way through the picture: the walk of a landing, reduced to where it passes.

use whichpod_core::request::RequestClient;
use whichpod_core::source::{FieldPath, FieldRef, ObjectRef};
use whichpod_core::trace::{
    Cause, Component, ComponentPlace, ConnectionHops, ConnectionPurpose, Hop, Landing, PacketDecision, Resolution,
};

use super::drawing::Drawing;
use super::{pod_spot, service_spot, title};
use crate::answer::{Column, Spot};
use crate::words::Words;
use crate::worker::outcome::outcome;
use crate::worker::words::Voice;

/// A way that is being drawn: the spots passed so far.
pub struct Way<'d, 's> {
    drawing: &'d mut Drawing,
    resolution: &'s Resolution,
    voice: Voice<'s>,
    spots: Vec<u32>,
}

impl<'d, 's> Way<'d, 's> {
    /// Begins at the client.
    pub fn begin(drawing: &'d mut Drawing, resolution: &'s Resolution, voice: Voice<'s>) -> Self {
        Self { drawing, resolution, voice, spots: Vec::new() }
    }

    /// Draws all of it, with the landing's share; gives the spots it passes, and the spot of each step of the walk.
    pub fn follow(mut self, landing: &Landing) -> (Vec<u32>, Vec<Option<u32>>) {
        // 1. The client, and the name that it looks up.
        let legs = landing.trail.legs();
        self.client(&legs);
        let looked_up = legs.iter().any(|leg| leg.purpose == ConnectionPurpose::Resolve);
        if looked_up {
            self.name();
        }
        // 2. Who answers for names is of interest only where nothing follows the lookup.
        let only_lookup = legs.iter().all(|leg| leg.purpose == ConnectionPurpose::Resolve);
        let mut steps = Vec::new();
        for leg in &legs {
            let drawn = only_lookup || leg.purpose != ConnectionPurpose::Resolve;
            // The Service in front of a proxy is a part of the entrance; the column shows the one that is asked for.
            let to_proxy =
                leg.hops().any(|hop| matches!(hop.decision, PacketDecision::Proxy(_) | PacketDecision::Respond(_)));
            for hop in leg.hops() {
                let before = self.spots.len();
                if drawn {
                    self.step(hop, to_proxy);
                }
                // A proxy stands before the Service that it chooses.
                let own = self.spots.get(before).filter(|_| matches!(hop.decision, PacketDecision::Proxy(_)));
                steps.push(own.or(self.spots.last()).copied());
            }
        }
        // 3. Where it ends, in the place of the last step.
        let end = self.end(landing);
        if let (Some(last), Some(end)) = (steps.last_mut(), end) {
            *last = Some(end);
        }
        // 4. The lines between, with the landing's share.
        for pair in self.spots.windows(2) {
            if let [from, to] = pair {
                self.drawing.pass(*from, *to, landing.share);
            }
        }
        // 5. What comes of it.
        if let Some(end) = end.or(self.spots.last().copied()) {
            self.drawing.end(end, outcome(landing));
        }
        (self.spots, steps)
    }

    fn client(&mut self, legs: &[ConnectionHops<'_>]) {
        let (title, node) = match &self.resolution.request.from {
            RequestClient::External(_) => (Words::of(self.voice.language).map_outside.to_owned(), None),
            RequestClient::Pod { namespace, name } => {
                (title(&ObjectRef::namespaced("Pod", namespace, name)), self.node_of(namespace, name))
            }
            RequestClient::Workload { kind, namespace, name } => {
                (title(&ObjectRef::namespaced(kind, namespace, name)), None)
            }
            RequestClient::Node(name) => (name.to_string(), None),
        };
        let connection = legs.iter().find(|leg| leg.purpose != ConnectionPurpose::Resolve).or(legs.first());
        let first = connection.and_then(|leg| leg.hops().next());
        let address = first.map(|hop| hop.before.source.to_string()).unwrap_or_default();
        let note = node.map_or(address.clone(), |node| format!("{address} · {node}"));
        self.pass(Column::Client, &title, &note, None);
    }

    fn node_of(&self, namespace: &str, name: &str) -> Option<String> {
        Some(self.voice.cluster.pods.get(namespace, name)?.node.as_ref()?.to_string())
    }

    fn name(&mut self) {
        let Some(lookup) = self.resolution.lookups.first() else { return };
        let addresses = lookup.result.as_deref().unwrap_or_default();
        let note = match addresses {
            [] => String::new(),
            [one] => one.to_string(),
            [first, rest @ ..] => format!("{first} +{}", rest.len()),
        };
        self.pass(Column::Name, &lookup.name, &note, None);
    }

    fn step(&mut self, hop: &Hop, to_proxy: bool) {
        match hop.component {
            Component::LoadBalancer => {
                let words = Words::of(self.voice.language);
                self.pass(Column::Entrance, &hop.before.destination.to_string(), words.map_load_balancer, None);
            }
            Component::KubeProxy | Component::PortMap => {
                self.entrance(hop);
                if let Some(service) = service(hop).filter(|_| !to_proxy) {
                    self.service(&service);
                }
            }
            Component::Ingress(_) | Component::Gateway => {
                self.route(hop);
            }
            Component::Client
            | Component::Resolver
            | Component::CoreDns
            | Component::Upstream
            | Component::Network
            | Component::NetworkPolicy
            | Component::Pod
            | Component::NodeStack => {}
        }
    }

    /// The node that takes a packet from outside.
    fn entrance(&mut self, hop: &Hop) {
        let outside = matches!(self.resolution.request.from, RequestClient::External(_));
        if let (ComponentPlace::Node(node), true, false) = (&hop.at, outside, self.has(Column::Entrance)) {
            let place = self.voice.place_of(&ObjectRef::cluster_scoped("Node", node).field(FieldPath::root()));
            self.pass(Column::Entrance, node, &hop.before.destination_text(), place);
        }
    }

    fn service(&mut self, service: &ObjectRef) {
        let namespace = service.namespace.as_deref().unwrap_or_default();
        if let Some(service) = self.voice.cluster.services.get(namespace, &service.name) {
            let spot = service_spot(service, self.voice);
            self.lit(spot);
        }
    }

    /// The proxy, named by the rule that it followed.
    fn route(&mut self, hop: &Hop) {
        let (rule, service) = match &hop.decision {
            PacketDecision::Proxy(proxied) => (proxied.rule.clone(), proxied.service.clone()),
            _ => (fields(hop).next().cloned(), None),
        };
        let component = hop.component.name();
        let object = rule.as_ref().map(|rule| title(&rule.object));
        let place = rule.and_then(|rule| self.voice.place_of(&rule));
        self.pass(Column::Route, &object.unwrap_or_else(|| component.to_owned()), component, place);
        if let Some(service) = service {
            self.service(&service);
        }
    }

    /// Where the way ends, if that is not the last spot.
    fn end(&mut self, landing: &Landing) -> Option<u32> {
        let hop = landing.trail.last()?;
        let pod = match (&hop.decision, &hop.at) {
            (PacketDecision::Deliver(delivery), _) => delivery.pod.as_ref(),
            (PacketDecision::Refuse | PacketDecision::Drop | PacketDecision::Answer(_), ComponentPlace::Pod(pod)) => {
                Some(pod)
            }
            _ => None,
        };
        let pod = pod.and_then(|pod| self.voice.cluster.pods.get(pod.namespace.as_deref()?, &pod.name));
        match (pod, &hop.decision) {
            (Some(pod), _) => {
                let spot = pod_spot(pod, self.voice);
                Some(self.lit(spot))
            }
            (None, PacketDecision::Deliver(_) | PacketDecision::Leave | PacketDecision::Unroutable) => {
                Some(self.pass(Column::Pod, &hop.before.destination_text(), "", None))
            }
            (None, PacketDecision::Resolved(_) | PacketDecision::Unresolved(_)) => self.spots.get(1).copied(),
            (None, _) if self.spots.len() == 1 => {
                Some(self.pass(Column::Pod, &hop.before.destination_text(), "", None))
            }
            (None, _) => None,
        }
    }

    fn pass(&mut self, column: Column, title: &str, note: &str, place: Option<crate::answer::Place>) -> u32 {
        let spot = Spot { lit: true, place, ..Spot::new(column, title, note) };
        self.lit(spot)
    }

    fn lit(&mut self, spot: Spot) -> u32 {
        let at = self.drawing.lit(spot);
        if self.spots.last() != Some(&at) {
            self.spots.push(at);
        }
        at
    }

    fn has(&self, column: Column) -> bool {
        self.spots.iter().any(|at| self.drawing.column(*at) == Some(column))
    }
}

/// The Service by which kube-proxy translates.
fn service(hop: &Hop) -> Option<ObjectRef> {
    fields(hop).map(|field| &field.object).find(|object| &*object.kind == "Service").cloned()
}

fn fields(hop: &Hop) -> impl Iterator<Item = &FieldRef> {
    hop.because.iter().filter_map(|cause| match cause {
        Cause::Field(field) => Some(field),
        Cause::Rule(_) => None,
    })
}
