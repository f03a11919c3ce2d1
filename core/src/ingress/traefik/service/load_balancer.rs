//! A Kubernetes Service as servers (crd/kubernetes_http.go loadServers, ingress/kubernetes.go loadService).

use super::*;

/// The servers of one Service.
pub fn load(context: &ChainContext<'_>, wanted: &LoadBalancer) -> Result<LoadedService, BuildRefusal> {
    let refuse = |objection| (objection, vec![Cause::line(&wanted.line)]);
    let setting = |name: &str| context.settings.is(&format!("providers.{}.{name}", wanted.provider.setting()));
    // 1. The Service and its port.
    let service = backend::find_service(context.cluster, &wanted.namespace, &wanted.name)
        .ok_or_else(|| refuse(IngressObjection::ServiceMissing))?;
    let external = backend::external_name(service);
    let named = IngressServiceBackend { name: wanted.name.clone(), port: wanted.port.clone() };
    let port = backend::find_service_port(service, &named);
    // For an IngressRoute the number it gives will do for a name; an Ingress needs a port of the Service.
    let given = wanted.port.number.and_then(|number| u16::try_from(number).ok()).filter(|number| *number > 0);
    let given = given.filter(|_| external.is_some() && wanted.provider == Provider::Crd);
    let number = port.map(|port| port.port).or(given).ok_or_else(|| refuse(IngressObjection::PortMissing))?;
    // 2. What the provider doesn't allow: health checks of Services, ExternalName.
    if wanted.health_check && external.is_none() {
        return Err(refuse(IngressObjection::HealthCheckNotAllowed));
    }
    if external.is_some() && !setting("allowexternalnameservices") {
        return Err(refuse(IngressObjection::ExternalNameNotAllowed));
    }
    // 3. What is spoken, by scheme, middlewares and transport.
    let scheme = wanted.scheme.as_deref().map_or_else(|| scheme_of(port, number), str::to_owned);
    let is_known = matches!(scheme.as_str(), "http" | "https" | "h2c");
    if !is_known && wanted.provider == Provider::Crd {
        return Err(refuse(IngressObjection::ServiceInvalid));
    }
    if let Some(refusal) = refusal_of(context, &wanted.middlewares) {
        return Err(refusal);
    }
    let transport = match &wanted.transport {
        Some(named) => Some(
            context
                .config
                .transports
                .get(&named.name)
                .ok_or_else(|| (IngressObjection::ServersTransportMissing, vec![Cause::line(&named.line)]))?,
        ),
        None => None,
    };
    // 4. The servers; none may be refused.
    let (upstream, because) = match external {
        Some(name) => (ProxyUpstream::name(service, name, number), Vec::new()),
        None => servers(context, wanted, service, port.ok_or_else(|| refuse(IngressObjection::PortMissing))?)?,
    };
    let is_empty = upstream.peers.is_empty() && !serves_while_terminating(context.cluster, service);
    if is_empty && !setting("allowemptyservices") {
        return Err(refuse(IngressObjection::ServiceEmpty));
    }
    // 5. The way to them, with the cookie or by hash.
    let mut way = WeightedUpstream {
        share: Share::ONE,
        because: if is_empty { vec![Cause::rule(IngressControllerRule::EmptyServiceKept)] } else { because },
        options: SendOptions { scheme, pass_host: wanted.pass_host, cookies: wanted.cookie.iter().cloned().collect() },
        middlewares: wanted.middlewares.clone(),
        answer: (!is_known).then_some((500, IngressControllerRule::UnknownScheme)),
        upstream,
    };
    if wanted.hashed && way.answer.is_none() {
        keep_hashed(context, &mut way);
    }
    // 6. Whether the servers' certificates count.
    let skips = transport.map_or_else(
        || context.settings.is("serverstransport.insecureskipverify"),
        |transport| transport.skips_verification,
    );
    if way.options.scheme == "https" && !skips {
        way.because.add_rule(IngressControllerRule::CertificateTakenAsTrusted);
    }
    Ok(LoadedService { ways: vec![way], ..LoadedService::default() })
}

/// Only the server that the client's address chooses.
fn keep_hashed(context: &ChainContext<'_>, way: &mut WeightedUpstream) {
    let scheme = &way.options.scheme;
    let names: Vec<(String, u64)> =
        way.upstream.peers.iter().map(|peer| (format!("{scheme}://{}", peer.authority()), 1)).collect();
    let chosen = hash::highest(&context.client.to_string(), &names);
    let mut at = 0;
    way.upstream.peers.retain(|_| {
        at += 1;
        Some(at - 1) == chosen
    });
    way.because.insert(0, Cause::rule(IngressControllerRule::HashedByAddress));
}

fn servers(
    context: &ChainContext<'_>,
    wanted: &LoadBalancer,
    service: &Service,
    port: &ServicePort,
) -> Result<(ProxyUpstream, Vec<Cause>), BuildRefusal> {
    let refuse = |objection| (objection, vec![Cause::line(&wanted.line)]);
    let by_default = context.settings.is(&format!("providers.{}.nativelbbydefault", wanted.provider.setting()));
    let is_node_port = service.kind == crate::cluster::ServiceKind::NodePort && wanted.node_port;
    // An Ingress looks at node ports first, an IngressRoute at the Service's own address.
    let native = wanted.native.unwrap_or(by_default);
    if native && !(is_node_port && wanted.provider == Provider::Ingress) {
        let upstream =
            ProxyUpstream::cluster_ip(service, port.port).ok_or_else(|| refuse(IngressObjection::ServiceInvalid))?;
        return Ok((upstream, vec![Cause::rule(IngressControllerRule::ThroughTheService)]));
    }
    if let Some(number) = port.node_port.filter(|_| is_node_port) {
        let nodes = context.cluster.nodes.values().flat_map(|node| node.addresses.first());
        let peers: Vec<UpstreamPeer> = nodes
            .map(|address| UpstreamPeer { target: ProxyTarget::Endpoint(*address, number), pod: None, node: None })
            .collect();
        let upstream = ProxyUpstream { service: service.reference.clone(), peers, excluded: Vec::new() };
        return Ok((upstream, vec![Cause::rule(IngressControllerRule::NodePortLoadBalancing)]));
    }
    let upstream = ProxyUpstream::endpoints(context.cluster, service, EndpointReadiness::Serving, |slice| {
        backend::endpoint_port(slice, port)
    });
    let balanced =
        if wanted.cookie.is_some() { IngressControllerRule::StickyCookie } else { IngressControllerRule::RoundRobin };
    Ok((upstream, vec![Cause::rule(balanced), Cause::rule(IngressControllerRule::PastTheService)]))
}

/// Servers that are going still make a Service (they are fenced: only sticky clients reach them).
fn serves_while_terminating(cluster: &Cluster, service: &Service) -> bool {
    let slices = cluster.slices_of(service.namespace(), service.name());
    slices
        .iter()
        .flat_map(|slice| &slice.endpoints)
        .any(|endpoint| endpoint.serving.or(endpoint.ready).unwrap_or(true) && endpoint.terminating.unwrap_or(false))
}

/// https for port 443 or a port whose name begins with https (parseServiceProtocol, getProtocol).
fn scheme_of(port: Option<&ServicePort>, number: u16) -> String {
    let named = port.is_some_and(|port| port.name.starts_with("https"));
    if number == 443 || named { "https".to_owned() } else { "http".to_owned() }
}
