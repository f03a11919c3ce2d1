//! Policies: what comes before the content (internal/configs/policy.go, generatePolicies).

use super::annotations::AnnotationSet;
use super::maker::{ServerMaker, ValidIngress};
use super::route_validation::{SpecFault, fault, invalid};
use super::secrets::{find_secret, password_file};
use super::server::{CrossOriginHeaders, RequestGuard};
use super::settings::F5Settings;
use crate::cluster::Cluster;
use crate::http::network::parse_net;
use crate::model::{CorsPolicy, Decode, F5PolicySpec, F5Resource, HstsPolicy, Path, PolicyName, Text};
use crate::source::{FieldPath, FieldRef, ObjectRef};
use crate::trace::{Cause, IngressControllerRule};

/// Where policies are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyContext {
    /// Whether it is for a server as a whole.
    pub is_spec: bool,
    /// Whether an Ingress names them, for which not all may be.
    pub is_ingress: bool,
    /// Whether the server speaks TLS.
    pub has_tls: bool,
}

/// What policies come to.
#[derive(Default)]
pub struct PolicyEffect {
    pub guard: RequestGuard,
    pub hsts: Option<String>,
}

/// A spec of one of the controller's kinds; what can't be read counts as absent.
pub fn read_spec<T: Decode + Default>(resource: &F5Resource) -> T {
    resource.spec.as_ref().and_then(|spec| T::decode(spec, &Path::Root, &mut Vec::new())).unwrap_or_default()
}

/// Whether an object of its own kinds is the controller's: one without a class is everybody's.
pub fn is_own_class(settings: &F5Settings, class: Option<&Text>) -> bool {
    class.is_none_or(|class| class.is_empty() || **class == *settings.class())
}

/// Policies with the lines that name them.
pub fn named_policies(object: &ObjectRef, at: &FieldPath, policies: &[PolicyName]) -> Vec<(PolicyName, FieldRef)> {
    let at = at.field("policies");
    let numbered = policies.iter().enumerate();
    numbered.map(|(number, name)| (name.clone(), object.field(at.index(number)))).collect()
}

/// What the policies that an Ingress names come to (nginx.org/policies).
pub fn guard_of_policies(
    maker: &ServerMaker<'_>,
    one: &ValidIngress,
    annotations: &AnnotationSet,
    is_minion: bool,
) -> RequestGuard {
    const POLICIES: &str = "nginx.org/policies";
    let Some((names, line)) = annotations.text(POLICIES).zip(annotations.line(POLICIES)) else {
        return RequestGuard::default();
    };
    let named = names.split(',').map(|name| {
        let name = name.trim();
        let (namespace, name) = name.split_once('/').map_or((None, name), |(space, name)| (Some(space.into()), name));
        (PolicyName { name: name.into(), namespace }, line.clone())
    });
    let context = PolicyContext { is_spec: !is_minion, is_ingress: true, has_tls: !one.ingress.spec.tls.is_empty() };
    effect_of_policies(maker, one.namespace(), &named.collect::<Vec<_>>(), context).guard
}

/// All policies of a context together; one that is missing or can't be used makes everything 500.
pub fn effect_of_policies(
    maker: &ServerMaker<'_>,
    namespace: &str,
    named: &[(PolicyName, FieldRef)],
    context: PolicyContext,
) -> PolicyEffect {
    let mut effect = PolicyEffect::default();
    for (name, line) in named {
        let namespace = name.namespace.as_deref().filter(|namespace| !namespace.is_empty()).unwrap_or(namespace);
        let reference = ObjectRef::namespaced("Policy", namespace, &name.name);
        let policies = Some(&maker.cluster.f5_resources).filter(|_| reads_custom_resources(maker.settings));
        let spec: Option<F5PolicySpec> =
            policies.and_then(|policies| policies.get(&reference)).map(|policy| read_spec(policy));
        let usable = spec.filter(|spec| {
            is_own_class(maker.settings, spec.ingress_class.as_ref())
                && maker.settings.watches(maker.cluster, namespace)
                && policy_fault(spec, maker.settings).is_none()
                && (!context.is_ingress || is_for_ingresses(spec))
        });
        let added = usable.is_some_and(|spec| add_policy(maker, &mut effect, (&reference, &spec), context));
        if !added {
            let because = vec![Cause::line(line), Cause::rule(IngressControllerRule::PolicyUnusable)];
            return PolicyEffect {
                guard: RequestGuard { refusal: Some((500, because)), ..RequestGuard::default() },
                hsts: None,
            };
        }
    }
    effect
}

/// Exactly one kind, none of NGINX Plus without it, and what each must say (validatePolicySpec).
fn policy_fault(spec: &F5PolicySpec, settings: &F5Settings) -> Option<SpecFault> {
    let at = FieldPath::root().field("spec");
    // 1. What only NGINX Plus has.
    let of_plus = [
        ("jwt", &spec.jwt, "jwt secrets are only supported in NGINX Plus"),
        ("oidc", &spec.oidc, "OIDC must be enabled via cli argument -enable-oidc to use OIDC policy"),
        ("waf", &spec.waf, "WAF is only supported in NGINX Plus"),
    ];
    let first = of_plus.iter().find(|(_, tree, _)| tree.is_some() && !settings.is_plus());
    if let Some((name, _, why)) = first {
        return fault(&at.field(name), format!("Forbidden: {why}"));
    }
    // 2. Addresses, passwords, certificates, headers.
    let of_kind = access_fault(spec, &at.field("accessControl")).or_else(|| {
        let secret = |name: &str| (!name.is_empty()).then_some(());
        let basic = spec.basic_auth.as_ref().filter(|basic| secret(&basic.secret).is_none());
        let mutual = spec.ingress_mtls.as_ref().filter(|mutual| secret(&mutual.client_cert_secret).is_none());
        let basic = basic.map(|_| at.field("basicAuth").field("secret"));
        let missing = basic.or_else(|| mutual.map(|_| at.field("ingressMTLS").field("clientCertSecret")));
        missing.and_then(|path| fault(&path, "Required value"))
    });
    // 3. One kind.
    let others = [&spec.rate_limit, &spec.egress_mtls, &spec.api_key, &spec.cache, &spec.external_auth];
    let trees = of_plus.iter().map(|(_, tree, _)| *tree).chain(others).filter(|tree| tree.is_some()).count();
    let structs = [
        spec.access_control.is_some(),
        spec.basic_auth.is_some(),
        spec.ingress_mtls.is_some(),
        spec.cors.is_some(),
        spec.hsts.is_some(),
    ];
    let count = trees + structs.iter().filter(|is_there| **is_there).count();
    let of_plus = if settings.is_plus() { ", `jwt`, `oidc`, `waf`" } else { "" };
    of_kind.or_else(|| (count != 1).then(|| invalid(&at, "", &format!("{ONE_KIND}{of_plus}")))?)
}

/// What is said of a policy with none or several kinds.
const ONE_KIND: &str = "must specify exactly one of: `accessControl`, `rateLimit`, `ingressMTLS`, `egressMTLS`, \
                        `basicAuth`, `apiKey`, `cache`, `cors`, `externalAuth`, `hsts`";

/// Either allow or deny, of addresses and networks (validateAccessControl).
fn access_fault(spec: &F5PolicySpec, at: &FieldPath) -> Option<SpecFault> {
    let control = spec.access_control.as_ref()?;
    if control.allow.is_empty() == control.deny.is_empty() {
        return invalid(at, "", "must specify exactly one of: `allow` or `deny`");
    }
    let lists = [("allow", &control.allow), ("deny", &control.deny)];
    let numbered = lists
        .iter()
        .flat_map(|(name, list)| list.iter().enumerate().map(|(number, net)| (at.field(name).index(number), net)));
    let mut wrong = numbered.filter(|(_, net)| parse_net(net).is_none());
    wrong.next().and_then(|(path, net)| invalid(&path, net, "must be a CIDR or IP"))
}

/// The policies that the controller rejects, in its words.
pub fn rejected_policies(cluster: &Cluster, settings: &F5Settings, all: bool) -> Vec<(FieldRef, String)> {
    let own = resources_of(cluster, settings, "Policy").into_iter().filter_map(|(reference, policy)| {
        let spec: F5PolicySpec = read_spec(policy);
        let is_own = all || is_own_class(settings, spec.ingress_class.as_ref());
        let (path, message) = policy_fault(&spec, settings).filter(|_| is_own)?;
        let name = reference.qualified_name();
        Some((reference.field(path), format!("Policy {name} is invalid and was rejected: {message}")))
    });
    own.collect()
}

/// IsPolicySupportedOnIngress
fn is_for_ingresses(spec: &F5PolicySpec) -> bool {
    spec.access_control.is_some()
        || spec.cors.is_some()
        || spec.ingress_mtls.is_some()
        || [&spec.external_auth, &spec.egress_mtls, &spec.waf].iter().any(|tree| tree.is_some())
}

/// Adds a policy; false if it can't be used here. Of most kinds the first counts.
fn add_policy(
    maker: &ServerMaker<'_>,
    effect: &mut PolicyEffect,
    (reference, spec): (&ObjectRef, &F5PolicySpec),
    context: PolicyContext,
) -> bool {
    let line = |field: &str| reference.field(format!("spec.{field}").as_str());
    let namespace = reference.namespace.as_deref().unwrap_or_default();
    let guard = &mut effect.guard;
    // 1. Addresses, of all policies together.
    if let Some(control) = &spec.access_control {
        guard.allow.extend(control.allow.iter().filter_map(|net| parse_net(net)));
        guard.deny.extend(control.deny.iter().filter_map(|net| parse_net(net)));
        guard.address_line = Some(line("accessControl"));
    }
    // 2. Passwords and certificates.
    if let Some(basic) = spec.basic_auth.as_ref().filter(|_| guard.password.is_none()) {
        let realm = basic.realm.as_deref().unwrap_or_default();
        let file = password_file(maker.cluster, (namespace, &basic.secret), realm, &line("basicAuth"));
        guard.password = file;
        return guard.password.is_some();
    }
    if let Some(mutual) = &spec.ingress_mtls {
        let secret = find_secret(maker.cluster, (namespace, &mutual.client_cert_secret), "nginx.org/ca");
        let is_required = mutual.verify_client.as_deref().is_none_or(|verify| verify.is_empty() || verify == "on");
        guard.client_certificate = is_required.then(|| line("ingressMTLS"));
        return context.is_spec && context.has_tls && secret.is_some();
    }
    // 3. What a single request passes, and headers.
    if spec.rate_limit.is_some() {
        guard.conditions.push((line("rateLimit"), IngressControllerRule::RateLimited));
    }
    if let Some(cors) = &spec.cors {
        guard.cors = Some(CrossOriginHeaders { line: line("cors"), headers: cors_headers(cors) });
    }
    if let Some(hsts) = &spec.hsts {
        effect.hsts = hsts_value(hsts).or(effect.hsts.take());
        return context.is_spec && (context.has_tls || hsts.behind_proxy) && hsts.max_age.is_some();
    }
    // 4. What asks others, whose answer isn't known.
    let asked = unread_kinds(spec).into_iter().find(|(_, is_there)| *is_there).map(|(name, _)| line(name));
    guard.gap = guard.gap.take().or(asked);
    true
}

/// The kinds of policies that are read.
pub const READ_KINDS: &[&str] = &["accessControl", "basicAuth", "cache", "cors", "hsts", "ingressMTLS", "rateLimit"];

/// The kinds that make the answer unknown, and whether a policy is of each.
pub fn unread_kinds(spec: &F5PolicySpec) -> [(&'static str, bool); 6] {
    [
        ("apiKey", spec.api_key.is_some()),
        ("egressMTLS", spec.egress_mtls.is_some()),
        ("externalAuth", spec.external_auth.is_some()),
        ("jwt", spec.jwt.is_some()),
        ("oidc", spec.oidc.is_some()),
        ("waf", spec.waf.is_some()),
    ]
}

/// generateCORSHeaders; of several origins the one that is answered depends on the request.
fn cors_headers(cors: &CorsPolicy) -> Vec<(String, String)> {
    let origin = match cors.allow_origin.as_slice() {
        [one] if !one.contains("*.") => Some(one.to_string()),
        _ => None,
    };
    let list = |values: &[Text]| (!values.is_empty()).then(|| values.join(", "));
    let headers = [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Methods", list(&cors.allow_methods)),
        ("Access-Control-Allow-Headers", list(&cors.allow_headers)),
        ("Access-Control-Allow-Credentials", cors.allow_credentials.map(|allowed| allowed.to_string())),
        ("Access-Control-Expose-Headers", list(&cors.expose_headers)),
        ("Access-Control-Max-Age", cors.max_age.map(|age| age.to_string())),
    ];
    headers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn hsts_value(hsts: &HstsPolicy) -> Option<String> {
    let below = if hsts.include_sub_domains { "; includeSubDomains" } else { "" };
    let preload = if hsts.preload { "; preload" } else { "" };
    hsts.max_age.filter(|_| !hsts.behind_proxy).map(|age| format!("max-age={age}{below}{preload}"))
}

/// Whether any policy is known at all: -enable-custom-resources.
pub fn reads_custom_resources(settings: &F5Settings) -> bool {
    settings.switch("enable-custom-resources", true)
}

/// The resources of a kind that the controller watches, by their names.
pub fn resources_of<'c>(
    cluster: &'c Cluster,
    settings: &F5Settings,
    kind: &str,
) -> Vec<(&'c ObjectRef, &'c F5Resource)> {
    let watched = |reference: &ObjectRef| {
        *reference.kind == *kind && settings.watches(cluster, reference.namespace.as_deref().unwrap_or_default())
    };
    let all = cluster.f5_resources.iter().filter(|_| reads_custom_resources(settings));
    all.filter(|(reference, _)| watched(reference)).map(|(reference, resource)| (reference, &**resource)).collect()
}
