//! Which pod a request lands on, and why: Kubernetes' control plane and data plane as pure functions.
//!
//! ```text
//! text -> Manifests -> Cluster        parse, then do what the control plane would do
//! Cluster + Request -> Resolution     do what the data plane would do
//! ```
//!
//! Reading and resolving cannot fail and never panic: they return values with diagnostics. Start with
//! [`simulation::Simulation`], which is all of it in one value:
//!
//! ```
//! use whichpod_core::cluster::SettingOverrides;
//! use whichpod_core::{report::ReportDetail, request::RequestClient, simulation::Simulation, source::Sources};
//!
//! let manifests = "
//! apiVersion: v1
//! kind: Service
//! metadata: {name: web}
//! spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: 8080, nodePort: 30080}]}
//! ---
//! apiVersion: v1
//! kind: Pod
//! metadata: {name: web-1, labels: {app: web}}
//! spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
//! ";
//! let simulation = Simulation::new(Sources::new([("web.yaml", manifests)]), &SettingOverrides::default());
//! let run = simulation.run(&RequestClient::External(None), "curl http://NODE(node-1):30080/", None).expect("a known command");
//! let report = simulation.report(&run, ReportDetail::default());
//! assert_eq!(report.landings[0].pod.as_deref(), Some("default/web-1"));
//! ```
//!
//! The modules stand in reading order, and each imports only modules above it.
//!
//! Texts:
//! * [`limits`] names every bound on what is read and made. [`order`] sorts. [`language`] has words in English and Japanese, [`duration`] times as Go
//!   reads them.
//! * [`source`] keeps files and places in them, [`diagnostic`] what is wrong there.
//! * [`yaml`] reads documents into trees as the API server does, [`schema`] knows every built-in field, [`cel`] runs the rules of
//!   CustomResourceDefinitions.
//!
//! Objects:
//! * [`packet`] has packets, HTTP requests and DNS records; [`model`] Kubernetes' objects in slim structs.
//! * [`manifest`] turns texts into objects and refuses what the API server refuses; [`change`] edits the texts.
//!
//! The cluster:
//! * [`cluster`] is what the control plane makes of the objects; [`problems`] looks at the whole for what can't work.
//!
//! The walk of a request:
//! * [`request`], [`trace`] and [`shortlist`] are its vocabulary: who asks, hops and landings, choosing with reasons.
//! * [`dns`], [`service`], [`policy`], [`ingress`] and [`gateway`] decide about one packet each and don't know each other;
//!   [`http`] and [`proxy`] are what the last two have in common. [`walk`] asks them in order; [`tally`] counts requests.
//!
//! Faces:
//! * [`explain`] has the words, in English and Japanese; [`report`] the JSON contract.
//! * [`terminal`] has what all commands have in common; [`kubectl`] and [`console`] run commands and print what tools print,
//!   [`container`] answers as known servers do, [`shell`] joins commands; [`simulation`] joins everything.
//! * [`assist`] completes what is typed, [`entrances`] asks every entrance, [`matrix`] everybody for everything, [`routing_test`] holds answers against
//!   what is expected, [`difference`] holds two sets of manifests against each other, [`modelled`] lists what is modelled,
//!   [`call`] is asked and answers in JSON, [`json_schema`] says how all formats look.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::string_slice,
        reason = "a test may fail by panicking"
    )
)]

pub mod limits;
pub mod order;
pub mod language;
pub mod source;
pub mod diagnostic;
pub mod yaml;
pub mod duration;
pub mod cel;
pub mod schema;
pub mod packet;
pub mod model;
pub mod manifest;
pub mod change;
pub mod cluster;
pub mod http;
pub mod problems;
pub mod request;
pub mod trace;
pub mod shortlist;
pub mod dns;
pub mod service;
pub mod policy;
pub mod proxy;
pub mod ingress;
pub mod gateway;
pub mod walk;
pub mod tally;
pub mod explain;
pub mod report;
pub mod terminal;
pub mod container;
pub mod kubectl;
pub mod console;
pub mod shell;
pub mod simulation;
pub mod entrances;
pub mod assist;
pub mod matrix;
pub mod routing_test;
pub mod difference;
pub mod modelled;
#[cfg(feature = "schema")]
pub mod json_schema;
pub mod call;

/// The examples of the crate's page are run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct CratePage;
