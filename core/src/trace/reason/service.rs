//! Services: kube-proxy, load balancers, portmap.

super::reasons! {
    /// Rules of kube-proxy and of load balancers.
    pub enum ServiceRule {
        /// The packet is for a Service's cluster address and port.
        ClusterIp,
        /// The packet is for one of spec.externalIPs.
        ExternalIp,
        /// The packet is for an address that a load balancer gave, caught on the node.
        LoadBalancerAddress,
        /// The packet is for a node port.
        NodePort,
        /// Every endpoint of the set has the same chance.
        RandomEndpoint,
        /// ipvs: in turn.
        RoundRobin,
        /// ipvs: by the source, always the same one.
        SourceHash,
        /// ipvs: by the destination, always the same one.
        DestinationHash,
        /// ipvs: the one with the fewest connections.
        LeastConnections,
        /// Later connections of one client go where the first one went.
        SessionAffinityClientIp,
        /// No endpoint at all: rejected at once.
        NoEndpointsReject,
        /// ipvs: no destination, and the kernel says so at once.
        NoDestinationRejected,
        /// The policy is Local, there are endpoints, but none on this node: silence.
        NoLocalEndpointsDrop,
        /// ipvs: the policy is Local and none is on this node, so all serve.
        NoLocalEndpointsAllServe,
        /// ipvs: such an endpoint answers callers beyond the node as itself, and they don't know it.
        RepliesFromPodsLost,
        /// The policy is Local: only the node's own endpoints.
        OnlyLocalEndpoints,
        /// externalTrafficPolicy Local doesn't hold for pods.
        PodsBypassLocal,
        /// externalTrafficPolicy Local doesn't hold for the node itself.
        NodeBypassesLocal,
        /// Nobody is ready, so those that still serve while they terminate are used.
        TerminatingFallback,
        /// Only endpoints hinted for the node's zone.
        SameZone,
        /// Only endpoints hinted for the node.
        SameNode,
        /// The source is among loadBalancerSourceRanges.
        SourceRangesAllow,
        /// The source isn't among loadBalancerSourceRanges.
        SourceRangesDrop,
        /// nftables: a cluster address on a port that the Service doesn't list.
        UnlistedPortRejected,
        /// nftables: an address of the service network that no Service owns.
        UnallocatedAddressDropped,
        /// ipvs: a Service's address is bound on every node, on a port that nobody lists.
        BoundAddressUnlistedPort,
        /// ipvs: a Service's address is bound on every node and answers ping.
        BoundAddressAnswersPing,
        /// The endpoint sees the caller.
        SourceKept,
        /// External traffic with policy Cluster is masqueraded.
        MasqueradeExternalTraffic,
        /// Traffic to a cluster address that isn't a pod's is masqueraded.
        MasqueradeOffCluster,
        /// kube-proxy's masqueradeAll.
        MasqueradeAll,
        /// The node's own packets to an external address are masqueraded.
        MasqueradeNode,
        /// The endpoint is the caller itself.
        MasqueradeHairpin,
        /// Masquerading takes the address of the interface by which the packet leaves; the node's own is assumed.
        MasqueradeAddressAssumed,
        /// The endpoint shares the receiving node's network: no masquerading on the way to it.
        OwnProcessSeesCaller,
        /// A pod's hostPort on its node.
        HostPort,
        /// hostPort: loopback and the node's own pods are masqueraded.
        HostPortMasquerade,
        /// The balancer spreads over the nodes.
        BalancerSpreads,
        /// The balancer uses the nodes whose healthCheckNodePort is well.
        BalancerHealthChecks,
        /// No node is healthy, so the balancer uses all.
        AllUnhealthySpreads,
        /// ipMode Proxy: the balancer connects to a node port by itself.
        BalancerConnects,
        /// The balancer has no such port.
        BalancerPortNotListed,
        /// Nobody announces the address.
        NotAnnounced,
        /// One node answers for the address (MetalLB layer 2).
        Layer2Announcement,
        /// Routers spread over the announcing nodes (MetalLB BGP).
        BgpSpreads,
        /// externalIPs are routed to a node by the administrator.
        ExternalIpRouted,
        /// The node has ready endpoints, says kube-proxy on the healthCheckNodePort.
        HealthCheckPasses,
        /// The node has none, says kube-proxy on the healthCheckNodePort.
        HealthCheckFails,
    }

    /// Why an endpoint, node or Service doesn't count.
    pub enum ServiceObjection {
        /// It isn't ready.
        NotReady,
        /// It terminates, and others are ready.
        Terminating,
        /// It terminates and doesn't serve any more.
        NotServing,
        /// It is on another node.
        NotOnThisNode,
        /// It is hinted for other zones.
        HintedForOtherZones,
        /// It is hinted for other nodes.
        HintedForOtherNodes,
        /// The node's health check fails: no ready endpoint there.
        HealthCheckFails,
        /// The node is labelled to be left out.
        ExcludedFromBalancers,
        /// The node isn't ready.
        NodeNotReady,
        /// The node may not announce the address.
        CannotAnnounce,
        /// Another node announces the address.
        NotTheAnnouncer,
    }
}

impl ServiceRule {
    /// Whether the node puts its own address in place of the sender's.
    pub fn masquerades(self) -> bool {
        matches!(
            self,
            Self::MasqueradeExternalTraffic
                | Self::MasqueradeOffCluster
                | Self::MasqueradeAll
                | Self::MasqueradeNode
                | Self::MasqueradeHairpin
        )
    }
}
