//! Every plugin that CoreDNS is built with, in plugin.cfg's order, and what it means for answers.

/// What a plugin means for answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PluginEffect {
    /// It takes part in the chain.
    Modelled,
    /// It is known and changes no answer: logs, metrics, life cycle, transport. `loadbalance` changes the order only.
    None,
    /// It may change answers in ways that aren't modelled.
    NotModelled,
}

/// plugin.cfg of CoreDNS 1.15.0, in its order.
pub const PLUGINS: &[(&str, PluginEffect)] = &[
    ("root", PluginEffect::None),
    ("metadata", PluginEffect::None),
    ("geoip", PluginEffect::None),
    ("cancel", PluginEffect::None),
    ("proxyproto", PluginEffect::None),
    ("quic", PluginEffect::None),
    ("grpc_server", PluginEffect::None),
    ("https", PluginEffect::None),
    ("https3", PluginEffect::None),
    ("timeouts", PluginEffect::None),
    ("multisocket", PluginEffect::None),
    ("reload", PluginEffect::None),
    ("nsid", PluginEffect::None),
    ("bufsize", PluginEffect::Modelled),
    ("bind", PluginEffect::None),
    ("debug", PluginEffect::None),
    ("trace", PluginEffect::None),
    ("ready", PluginEffect::None),
    ("health", PluginEffect::None),
    ("pprof", PluginEffect::None),
    ("shed", PluginEffect::None),
    ("prometheus", PluginEffect::None),
    ("errors", PluginEffect::None),
    ("log", PluginEffect::None),
    ("dnstap", PluginEffect::None),
    ("local", PluginEffect::None),
    ("dns64", PluginEffect::Modelled),
    ("siit", PluginEffect::NotModelled),
    ("any", PluginEffect::Modelled),
    ("chaos", PluginEffect::None),
    ("loadbalance", PluginEffect::None),
    ("tsig", PluginEffect::None),
    ("rewrite", PluginEffect::Modelled),
    ("autopath", PluginEffect::Modelled),
    ("acl", PluginEffect::Modelled),
    ("cache", PluginEffect::Modelled),
    ("header", PluginEffect::Modelled),
    ("dnssec", PluginEffect::NotModelled),
    ("tls", PluginEffect::None),
    ("minimal", PluginEffect::Modelled),
    ("template", PluginEffect::Modelled),
    ("transfer", PluginEffect::None),
    ("dynupdate", PluginEffect::NotModelled),
    ("hosts", PluginEffect::Modelled),
    ("route53", PluginEffect::NotModelled),
    ("azure", PluginEffect::NotModelled),
    ("clouddns", PluginEffect::NotModelled),
    ("k8s_external", PluginEffect::Modelled),
    ("kubernetes", PluginEffect::Modelled),
    ("file", PluginEffect::NotModelled),
    ("auto", PluginEffect::NotModelled),
    ("secondary", PluginEffect::NotModelled),
    ("etcd", PluginEffect::NotModelled),
    ("loop", PluginEffect::None),
    ("forward", PluginEffect::Modelled),
    ("grpc", PluginEffect::NotModelled),
    ("erratic", PluginEffect::Modelled),
    ("whoami", PluginEffect::Modelled),
    ("on", PluginEffect::None),
    ("sign", PluginEffect::None),
    ("view", PluginEffect::Modelled),
    ("nomad", PluginEffect::NotModelled),
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
