//! Names: resolvers and CoreDNS.

super::reasons! {
    /// Rules of resolvers and of CoreDNS.
    pub enum DnsRule {
        /// Fewer dots than ndots: the search list comes first.
        SearchListFirst,
    }

    /// Why a name tried didn't do.
    pub enum DnsObjection {
        /// NXDOMAIN.
        DoesNotExist,
    }
}
