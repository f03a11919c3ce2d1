//! Ingress: the API and its controllers.

super::reasons! {
    /// Rules of Ingress controllers.
    pub enum IngressRule {
        /// The longest matching path wins.
        LongestPath,
    }

    /// Why an Ingress, rule or path doesn't match.
    pub enum IngressObjection {
        /// Another host was asked for.
        HostDiffers,
    }
}
