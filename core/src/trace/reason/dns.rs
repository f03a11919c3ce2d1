//! Names: resolvers and CoreDNS.

super::reasons! {
    /// Rules of resolvers and of CoreDNS.
    pub enum DnsRule {
        /// Fewer dots than ndots: the search list comes first.
        SearchListFirst,
        /// At least ndots dots: the name as it is comes first.
        AbsoluteFirst,
        /// A final dot: only the name as it is.
        FinalDot,
        /// The resolver has no search list.
        NoSearchList,
        /// The tool doesn't search unless told to.
        ToolDoesNotSearch,
        /// BusyBox' nslookup never searches a name with a dot.
        BusyboxDotIsAbsolute,
        /// BusyBox' nslookup asks all search domains at once.
        BusyboxAsksAll,
        /// musl drops lines of 256 bytes and more, here the search list.
        MuslDropsLongLine,
        /// musl asks all name servers at once, and the first reply counts.
        MuslAsksAll,
        /// /etc/hosts comes before DNS.
        HostsFileFirst,
        /// The Service's cluster address.
        ClusterIpRecord,
        /// The ready endpoints of a headless Service.
        HeadlessEndpoints,
        /// One endpoint by its name below the Service.
        EndpointName,
        /// A pod address written as a name.
        PodAddressName,
        /// The Service's ports.
        ServicePorts,
        /// An ExternalName Service is an alias.
        ExternalNameAlias,
        /// The Service that has this address as cluster address.
        ReverseOfClusterIp,
        /// The Services that have this address as a ready endpoint.
        ReverseOfEndpoint,
        /// The Service in front of CoreDNS serves the zone.
        ZoneServers,
        /// The zone's own record.
        ZoneApex,
        /// The version of the DNS specification.
        SpecificationVersion,
        /// The name exists, but has nothing of this type or family.
        NoRecordsOfType,
        /// The name only has names below it.
        OnlyNamesBelow,
        /// No Service of that name in the namespace.
        NoSuchService,
        /// No such namespace.
        NoSuchNamespace,
        /// The namespace is left out by the Corefile.
        NamespaceNotExposed,
        /// The Service is left out by the Corefile's labels.
        ServiceNotSelected,
        /// A headless Service without any ready endpoint has no name.
        NoReadyEndpoint,
        /// No ready endpoint of that name.
        NoSuchEndpoint,
        /// The Service has no port of that name and protocol.
        NoSuchPort,
        /// Left of a Service's name stand at most two labels.
        TooManyLabels,
        /// Below the zone there are only svc and pod.
        NeitherSvcNorPod,
        /// Nothing stands below an ExternalName Service.
        NothingBelowExternalName,
        /// An ExternalName that is an address isn't served.
        ExternalNameIsAddress,
        /// The alias leads to a name in the zone that doesn't exist or has no such record.
        AliasLeadsNowhere,
        /// Names of pod addresses are switched off.
        PodNamesDisabled,
        /// No address can be read from the name.
        NotAnAddress,
        /// No running pod of the namespace has this address.
        NoSuchPod,
        /// Endpoints are switched off.
        EndpointsDisabled,
        /// The Corefile hides Services without ready endpoints.
        EmptyServiceIgnored,
        /// No Service and no endpoint has this address.
        NoSuchAddress,
        /// Endpoints of one zone.
        ZonalEndpoints,
        /// The Corefile knows no zone names.
        ZonalUnknown,
        /// External addresses of a Service, under the zone of k8s_external.
        ExternalAddresses,
        /// An entry of the Corefile's hosts.
        HostsEntry,
        /// A template of the Corefile.
        TemplateAnswer,
        /// The name is none that the Corefile's template is for, and it doesn't fall through.
        TemplateMismatch,
        /// What the Corefile's template makes of the name is no record.
        TemplateRecordInvalid,
        /// The Corefile's acl decides who may ask for what.
        AccessControl,
        /// A plugin of the Corefile answers by itself.
        PluginAnswer,
        /// Sent on to a resolver outside.
        Forwarded,
        /// The resolver outside doesn't answer.
        ForwardSilent,
        /// A rewrite rule has changed the question.
        QuestionRewritten,
        /// CoreDNS has walked the search list by itself.
        AutopathSearched,
        /// No server block serves the name.
        NoServerBlock,
        /// No plugin of the server block answers.
        ChainEnds,
        /// Zone transfers are refused.
        TransferRefused,
        /// The Corefile can't be read, so CoreDNS doesn't run.
        CorefileBroken,
        /// What the World lists for outside.
        OutsideRecord,
        /// The World doesn't list it, so it doesn't exist outside.
        OutsideUnknown,
        /// Names outside lead to the entrance of the Ingress that serves them, as nobody has said otherwise.
        OutsideIngressHost,
        /// No such top-level domain outside.
        NoSuchTopLevelDomain,
        /// What the World says all questions get.
        OutsideCode,
        /// The resolver goes on to the next server after SERVFAIL, REFUSED or silence.
        NextServer,
        /// The answer didn't fit into a packet, so the question goes again over TCP.
        TruncatedThenTcp,
        /// The answer didn't fit into a packet; the records that came are used.
        TruncatedAnswerUsed,
        /// NXDOMAIN of the first server is final.
        FirstServerIsFinal,
        /// Nobody answers on port 53.
        ServerRefuses,
        /// The query or its answer is lost.
        ServerSilent,
    }

    /// Why a name tried didn't do.
    pub enum DnsObjection {
        /// NXDOMAIN.
        DoesNotExist,
        /// NOERROR without a record of the type asked.
        NoAddress,
        /// SERVFAIL.
        ServerFailed,
        /// REFUSED.
        ServerRefusedToAnswer,
        /// Silence.
        NoReply,
        /// Nobody listens on the server's port 53.
        ConnectionRefused,
        /// An alias that leads nowhere.
        DanglingAlias,
        /// glibc drops records whose owner isn't the name asked.
        OwnerDiffers,
        /// An earlier name has answered.
        EarlierNameAnswered,
        /// The walk ended before.
        WalkEnded,
        /// It doesn't fit into a question.
        NotTried,
    }
}
