//! Every plugin that CoreDNS is built with, in plugin.cfg's order, and what it means for answers.

/// What a plugin means for answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It takes part in the chain.
    Modelled,
    /// It is known and changes no answer: logs, metrics, life cycle, transport. `loadbalance` changes the order only.
    None,
    /// It may change answers in ways that aren't modelled.
    NotModelled,
}

/// plugin.cfg of CoreDNS 1.15.0, in its order.
pub const PLUGINS: &[(&str, Effect)] = &[
    ("root", Effect::None),
    ("metadata", Effect::None),
    ("geoip", Effect::None),
    ("cancel", Effect::None),
    ("proxyproto", Effect::None),
    ("quic", Effect::None),
    ("grpc_server", Effect::None),
    ("https", Effect::None),
    ("https3", Effect::None),
    ("timeouts", Effect::None),
    ("multisocket", Effect::None),
    ("reload", Effect::None),
    ("nsid", Effect::None),
    ("bufsize", Effect::Modelled),
    ("bind", Effect::None),
    ("debug", Effect::None),
    ("trace", Effect::None),
    ("ready", Effect::None),
    ("health", Effect::None),
    ("pprof", Effect::None),
    ("shed", Effect::None),
    ("prometheus", Effect::None),
    ("errors", Effect::None),
    ("log", Effect::None),
    ("dnstap", Effect::None),
    ("local", Effect::None),
    ("dns64", Effect::Modelled),
    ("siit", Effect::NotModelled),
    ("any", Effect::Modelled),
    ("chaos", Effect::None),
    ("loadbalance", Effect::None),
    ("tsig", Effect::None),
    ("rewrite", Effect::Modelled),
    ("autopath", Effect::Modelled),
    ("acl", Effect::Modelled),
    ("cache", Effect::Modelled),
    ("header", Effect::Modelled),
    ("dnssec", Effect::NotModelled),
    ("tls", Effect::None),
    ("minimal", Effect::Modelled),
    ("template", Effect::Modelled),
    ("transfer", Effect::None),
    ("dynupdate", Effect::NotModelled),
    ("hosts", Effect::Modelled),
    ("route53", Effect::NotModelled),
    ("azure", Effect::NotModelled),
    ("clouddns", Effect::NotModelled),
    ("k8s_external", Effect::Modelled),
    ("kubernetes", Effect::Modelled),
    ("file", Effect::NotModelled),
    ("auto", Effect::NotModelled),
    ("secondary", Effect::NotModelled),
    ("etcd", Effect::NotModelled),
    ("loop", Effect::None),
    ("forward", Effect::Modelled),
    ("grpc", Effect::NotModelled),
    ("erratic", Effect::Modelled),
    ("whoami", Effect::Modelled),
    ("on", Effect::None),
    ("sign", Effect::None),
    ("view", Effect::Modelled),
    ("nomad", Effect::NotModelled),
];

/// The plugins that take no questions: they only set the server up.
const WITHOUT_HANDLER: &[&str] = &[
    "root",
    "proxyproto",
    "quic",
    "grpc_server",
    "https",
    "https3",
    "timeouts",
    "multisocket",
    "reload",
    "bind",
    "debug",
    "ready",
    "health",
    "pprof",
    "tls",
    "on",
    "sign",
];

/// Whether a plugin takes part in answering questions at all.
pub fn takes_questions(plugin: &str) -> bool {
    !WITHOUT_HANDLER.contains(&plugin)
}

/// Whether CoreDNS has a plugin of that name.
pub fn is_known(plugin: &str) -> bool {
    PLUGINS.iter().any(|(name, _)| *name == plugin)
}
