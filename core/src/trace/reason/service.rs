//! Services: kube-proxy, load balancers, portmap.

super::reasons! {
    /// Rules of kube-proxy and of load balancers.
    pub enum ServiceRule {
        /// The packet is for a Service's cluster address and port.
        ClusterIp,
        /// Every endpoint of the set has the same chance.
        RandomEndpoint,
        /// No endpoint at all: rejected at once.
        NoEndpointsReject,
    }

    /// Why an endpoint, node or Service doesn't count.
    pub enum ServiceObjection {
        /// It isn't ready.
        NotReady,
    }
}
