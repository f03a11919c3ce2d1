//! The network between: who owns an address, who listens on a port.

super::reasons! {
    /// Rules of the network and of pods as servers.
    pub enum NetworkRule {
        /// The pod network is flat: pods reach each other without rewriting.
        FlatPodNetwork,
        /// Pod addresses mean nothing outside the cluster.
        PodNetworkIsInside,
        /// A client given by its address is taken to have a route to the pods.
        PodNetworkRouted,
        /// Service addresses mean nothing outside the cluster.
        ServiceNetworkIsInside,
        /// The Service doesn't list this port, so that no rule matches and no machine has the address.
        ServicePortNotListed,
        /// No machine has a Service's address, so that nobody answers ping.
        ServiceAddressAnswersNoPing,
        /// Nobody has this address.
        NobodyHasAddress,
        /// The address lies outside the cluster.
        AddressIsOutside,
        /// The node owns the address.
        NodeHasAddress,
        /// The network plugin gives a pod's packet that leaves the pod network its node's address.
        PodMasqueraded,
        /// The packet went in circles.
        TooManyHops,
        /// A declared container port listens.
        DeclaredPortListens,
        /// The pod declares no port and is taken to listen where it is asked.
        UndeclaredPortAssumed,
        /// Nobody listens on this port of the pod.
        PortNotDeclared,
        /// The container that would listen waits for a key that isn't there.
        ContainerWaits,
        /// The pod isn't running.
        PodNotRunning,
        /// The pod has no address yet.
        PodHasNoNetwork,
        /// A slice names a pod that nobody pasted; it is taken to listen.
        UnknownPodAssumed,
        /// The pod's network answers ping.
        PodAnswersPing,
        /// The node answers ping.
        NodeAnswersPing,
        /// A process on the node listens.
        NodeProcessListens,
        /// Nobody listens on this port of the node.
        NodePortClosed,
        /// The loopback address is the pod's own.
        OwnLoopback,
        /// The client has no address of the destination's family.
        NoAddressOfFamily,
        /// The host name is empty.
        EmptyHostName,
        /// A proxy whose connection fails answers 502.
        BackendUnreachable,
        /// A proxy that can't resolve its backend's name answers with an error.
        BackendUnresolved,
        /// A proxy that waits in vain for its backend answers 504.
        BackendSilent,
        /// The address is the pod's own.
        OwnAddress,
    }
}
