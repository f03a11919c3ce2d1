//! Gateway API.

use crate::language::BilingualText;

const SPEC: &str = "https://gateway-api.sigs.k8s.io/reference/spec/";
const HTTP_ROUTE: &str = "https://gateway-api.sigs.k8s.io/api-types/httproute/";
const GRPC_ROUTE: &str = "https://gateway-api.sigs.k8s.io/api-types/grpcroute/";
const GATEWAY: &str = "https://gateway-api.sigs.k8s.io/api-types/gateway/";
const GRANT: &str = "https://gateway-api.sigs.k8s.io/api-types/referencegrant/";
const TLS: &str = "https://gateway-api.sigs.k8s.io/guides/tls/";
const WEIGHTS: &str = "https://gateway-api.sigs.k8s.io/guides/traffic-splitting/";
const ENVOY_GATEWAY: &str = "https://gateway.envoyproxy.io/docs/api/extension_types/";
const TRAEFIK: &str = "https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/";
const REDIRECTS: &str = "https://gateway-api.sigs.k8s.io/guides/http-redirect-rewrite/";

super::rules! {
    /// Rules of Gateways.
    pub enum GatewayRule {
        NoListenerOnPort @ GATEWAY:
            "no listener that works is on this port: the connection is refused"
            / "このポートで動くリスナーがない: 接続は拒否される",
        NoListenerForHost @ GATEWAY:
            "no listener on this port has the host: 404"
            / "このポートにこのホストを受け持つリスナーがない: 404",
        NoListenerForServerName @ TLS:
            "no listener has the name of the TLS handshake: the connection is closed"
            / "TLS ハンドシェイクの名前を受け持つリスナーがない: 接続は閉じられる",
        PlainHttpToTlsListener @ TLS:
            "plain HTTP was sent to a listener for TLS: the connection is closed"
            / "TLS のリスナーに平文の HTTP が送られた: 接続は閉じられる",
        TlsToHttpListener @ TLS:
            "TLS was sent to a listener for plain HTTP: the handshake fails"
            / "平文の HTTP のリスナーに TLS が送られた: ハンドシェイクは失敗する",
        ClientCertificateMissing @ TLS:
            "the listener wants a client certificate and the client shows none: the TLS handshake fails"
            / "リスナーがクライアント証明書を求め、クライアントは提示しない: TLS ハンドシェイクは失敗する",
        TlsVersionTooOld @ TLS:
            "the client's newest version of TLS is older than any that is taken: the handshake fails"
            / "クライアントの最新の TLS バージョンは受け付けるどのバージョンよりも古い: ハンドシェイクは失敗する",
        MisdirectedRequest @ TLS:
            "the host belongs to another listener than the name of the TLS handshake: 421"
            / "ホストが TLS ハンドシェイクの名前とは別のリスナーに属する: 421",
        ListenerIsolation @ GATEWAY:
            "of the listeners on a port, the one with the most specific hostname serves the host, alone"
            / "同じポートのリスナーのうち、最も具体的なホスト名を持つものだけがそのホストを受け持つ",
        NoRouteMatches @ HTTP_ROUTE:
            "no rule of the routes on this listener matches: 404"
            / "このリスナーのルートに一致するルールがない: 404",
        CallUnimplemented @ GRPC_ROUTE:
            "no rule of the routes on this listener matches the gRPC call: Unimplemented"
            / "このリスナーのルートに gRPC 呼び出しと一致するルールがない: Unimplemented",
        ExactPath @ HTTP_ROUTE: "the Exact path is equal" / "Exact のパスが完全に一致する",
        LongestPrefix @ HTTP_ROUTE:
            "the longest PathPrefix that matches, element by element, wins"
            / "要素ごとに一致する最も長い PathPrefix が選ばれる",
        /// Where it ranks is the implementation's affair.
        PathExpression @ HTTP_ROUTE:
            "the regular expression covers the whole path"
            / "正規表現がパス全体に一致する。優先順位は実装次第で、ここでは Exact と PathPrefix の間とする",
        CallMatches @ GRPC_ROUTE:
            "service and method of the gRPC call match"
            / "gRPC 呼び出しのサービスとメソッドが一致する",
        ServerNameMatches @ TLS:
            "the name of the TLS handshake is among the route's hostnames"
            / "TLS ハンドシェイクの名前がルートのホスト名に含まれる",
        NoRouteForServerName @ TLS:
            "no TLSRoute has the name of the TLS handshake: the connection is closed"
            / "TLS ハンドシェイクの名前を持つ TLSRoute がない: 接続は閉じられる",
        /// Of several routes on a listener without anything to match, the oldest gets all traffic.
        OldestRoute @ SPEC:
            "the oldest route on the listener gets all connections"
            / "リスナーの最も古いルートがすべての接続を受け取る",
        NoRouteAttached @ GATEWAY:
            "no route is attached to the listener: connections are closed"
            / "リスナーに付くルートがない: 接続は閉じられる",
        NoBackends @ SPEC: "the rule names no backend: 500" / "ルールにバックエンドがない: 500",
        AllWeightsZero @ WEIGHTS: "all backends have weight 0: 500" / "すべてのバックエンドの weight が 0: 500",
        Weighted @ WEIGHTS:
            "backends share the traffic by weight; one that can't be used keeps its share"
            / "バックエンドは weight で分け合う。使えないものの分もそのまま残る",
        BackendKindUnknown @ SPEC:
            "the backend is of a kind that isn't supported: 500"
            / "バックエンドの種類に対応していない: 500",
        BackendNotPermitted @ GRANT:
            "the backend is in another namespace, and no ReferenceGrant there permits the reference: 500"
            / "バックエンドは別の namespace にあり、参照を許す ReferenceGrant がそこにない: 500",
        BackendMissing @ SPEC: "the backend Service doesn't exist: 500" / "バックエンドの Service が存在しない: 500",
        BackendPortMissing @ SPEC:
            "the backend Service has no such port: 500"
            / "バックエンドの Service にそのポートがない: 500",
        BackendExternalName @ SPEC:
            "the backend is a Service of type ExternalName, which the controller doesn't take: 500"
            / "バックエンドが ExternalName 型の Service で、コントローラーは受け付けない: 500",
        BackendTlsPolicyInvalid @ SPEC:
            "the backend's BackendTLSPolicy names no certificate to check it by, so no connection is made: 5xx, shown as 500"
            / "バックエンドの BackendTLSPolicy に検証用の証明書がなく、接続しない: 5xx (ここでは 500)",
        NoEndpoints @ SPEC:
            "the backend Service has no ready endpoint: 503"
            / "バックエンドの Service に準備完了のエンドポイントがない: 503",
        NoBackendForConnection @ SPEC:
            "there is no backend for the connection, so it is closed"
            / "接続の行き先がないため閉じられる",
        Granted @ GRANT:
            "a ReferenceGrant permits the reference into the other namespace"
            / "ReferenceGrant が別の namespace への参照を許す",
        PastTheService @ HTTP_ROUTE:
            "the Gateway connects to endpoints, past the Service's own address"
            / "Gateway は Service のアドレスを通さずエンドポイントへ直接つなぐ",
        RequestRedirect @ REDIRECTS: "a RequestRedirect filter answers" / "RequestRedirect フィルターが応答する",
        PathNormalized @ ENVOY_GATEWAY:
            "the controller normalizes the path before it routes: escapes of plain letters undone, doubled slashes and dots resolved"
            / "コントローラーは経路を決める前にパスを正規化する: 不要なエスケープを戻し、重なるスラッシュとドットを解決する",
        EscapedSlashRedirect @ ENVOY_GATEWAY:
            "the path has an escaped slash: Envoy Gateway redirects to the path without the escape"
            / "パスにエスケープされたスラッシュがある: Envoy Gateway はエスケープを戻したパスへリダイレクトする",
        RequestMalformed @ ENVOY_GATEWAY:
            "the proxy refuses the request: an unknown method, an underscore in a header's name, or a broken escape in the path"
            / "プロキシがリクエストを拒む: 未知のメソッド、アンダースコアを含むヘッダー名、またはパスの壊れたエスケープ",
        VersionRefused @ ENVOY_GATEWAY:
            "Envoy doesn't take HTTP/1.0 unless a ClientTrafficPolicy says so: 426"
            / "ClientTrafficPolicy で許さない限り、Envoy は HTTP/1.0 を受け付けない: 426",
        FilterInvalid @ HTTP_ROUTE:
            "the controller can't apply a filter, so requests on it get 500"
            / "コントローラーが適用できないフィルターがあるため、該当するリクエストは 500 になる",
        EqualPriority @ TRAEFIK:
            "routers of equal priority: Traefik takes one by chance each time it loads its configuration"
            / "優先度の等しいルーターが複数ある: Traefik は設定を読み込むたびに偶然で一つを選ぶ",
        PolicyDenies @ ENVOY_GATEWAY:
            "a SecurityPolicy denies the request: 403"
            / "SecurityPolicy がリクエストを拒む: 403",
        CredentialsRefused @ ENVOY_GATEWAY:
            "a SecurityPolicy wants credentials that the request doesn't show: 401"
            / "SecurityPolicy が求める資格情報がリクエストにない: 401",
        PolicyInvalid @ ENVOY_GATEWAY:
            "a policy refers to something that isn't there, so the routes it is about answer 500"
            / "ポリシーが存在しないものを参照しているため、対象のルートは 500 を返す",
        FaultInjected @ ENVOY_GATEWAY:
            "a BackendTrafficPolicy injects this answer instead of the backend's"
            / "BackendTrafficPolicy がバックエンドの代わりにこの応答を返す",
        AnswerOverridden @ ENVOY_GATEWAY:
            "a BackendTrafficPolicy puts this answer in the place of the proxy's own"
            / "BackendTrafficPolicy がプロキシ自身の応答をこの応答に置き換える",
        ConnectionDenied @ ENVOY_GATEWAY:
            "a SecurityPolicy doesn't permit the client's address: the connection is closed"
            / "SecurityPolicy がクライアントのアドレスを許さない: 接続は閉じられる",
        ClientUnknown @ ENVOY_GATEWAY:
            "a ClientTrafficPolicy wants the client's address in a header that the request doesn't have: 403"
            / "ClientTrafficPolicy がクライアントのアドレスを求めるヘッダーがリクエストにない: 403",
        OriginForged @ ENVOY_GATEWAY:
            "a SecurityPolicy refuses requests that change something and come from another origin: 403"
            / "SecurityPolicy が、別のオリジンから来た変更を伴うリクエストを拒む: 403",
        DirectResponse @ ENVOY_GATEWAY: "an HTTPRouteFilter answers by itself" / "HTTPRouteFilter が自ら応答する",
        HealthCheckAnswered @ ENVOY_GATEWAY:
            "a ClientTrafficPolicy has Envoy answer this path itself, as a health check"
            / "ClientTrafficPolicy により、Envoy がこのパスにヘルスチェックとして自ら応答する",
        ListenerRefused @ ENVOY_GATEWAY:
            "Envoy refuses the listener's configuration: a SecurityPolicy on it has a JSON Web Key Set without a key"
            / "Envoy がリスナーの設定を拒む: SecurityPolicy の JSON Web Key Set に鍵がない",
        ImplementationsDiffer @ SPEC:
            "the controller isn't modelled, and implementations differ about this request"
            / "このコントローラーはモデル化されておらず、このリクエストの扱いは実装によって異なる",
        CorsPreflight @ HTTP_ROUTE:
            "the Gateway answers a CORS preflight by itself"
            / "CORS のプリフライトは Gateway が自ら応答する",
        WithinTimeouts @ HTTP_ROUTE:
            "the backend is taken to answer within the rule's timeouts; later it would be 504"
            / "バックエンドはタイムアウト内に応答するとみなす。遅れれば 504 になる",
        SessionStarts @ HTTP_ROUTE:
            "sessionPersistence keeps a client with one endpoint; its first request may go to any"
            / "sessionPersistence がクライアントを一つのエンドポイントに固定する。最初のリクエストはどれでもよい",
        TlsTerminated @ TLS: "the Gateway ends TLS here" / "TLS は Gateway で終端される",
        TlsPassedThrough @ TLS: "TLS goes to the backend as it is" / "TLS はそのままバックエンドへ渡される",
    }
}

super::objections! {
    /// Why a listener, route or rule doesn't serve a request.
    pub enum GatewayObjection {
        HostnameDiffers: "is for another host" / "別のホスト用",
        NotShown: "more don't come into question either" / "ほかにも対象にならないものがある",
        LessSpecificListener:
            "leaves the host to a listener with a more specific hostname"
            / "より具体的なホスト名のリスナーにホストを譲る",
        ListenerNotProgrammed: "isn't programmed" / "設定が無効で動いていない",
        PathDiffers: "has another path" / "パスが一致しない",
        MethodDiffers: "asks for another method" / "メソッドが一致しない",
        HeaderDiffers: "asks for another header" / "ヘッダーが一致しない",
        QueryParamDiffers: "asks for another query parameter" / "クエリパラメーターが一致しない",
        CallDiffers: "asks for another service or method" / "サービスまたはメソッドが一致しない",
        BrokenExpression:
            "has a regular expression that can't be read, so the controller leaves it out"
            / "読み取れない正規表現があり、コントローラーに除かれる",
        LowerPriority: "has a lower priority than another router" / "優先度のより高いルーターがほかにある",
        NotGrpc: "takes gRPC only" / "gRPC だけを受け取る",
        LessSpecificHostname:
            "has a less specific hostname than another match"
            / "ホスト名がより具体的な一致がほかにある",
        LessExactPath: "gives way to a more exact kind of path" / "より厳密な種類のパスに譲る",
        ShorterPath: "has a shorter path than another match" / "より長いパスの一致がほかにある",
        WithoutMethod: "gives way to a match with a method" / "メソッドを指定する一致に譲る",
        FewerHeaders: "gives way to a match with more headers" / "より多くのヘッダーを指定する一致に譲る",
        FewerQueryParams:
            "gives way to a match with more query parameters"
            / "より多くのクエリパラメーターを指定する一致に譲る",
        LaterRoute: "stands behind an older route or an earlier rule" / "より古いルートまたは前のルールがある",
        NoMatchingParent: "names a listener that isn't there" / "存在しないリスナーを指している",
        NotAllowedByListeners: "isn't allowed by the listeners" / "リスナーの allowedRoutes で許可されていない",
        NoCommonHostname: "has no hostname in common with the listeners" / "リスナーと共通のホスト名がない",
        HostnameConflict:
            "an older route of the other kind, HTTPRoute or GRPCRoute, has a hostname of its on the listener"
            / "リスナー上で、もう一方の種類（HTTPRoute か GRPCRoute）の、より古いルートとホスト名が重なる",
        WeightZero: "has weight 0" / "weight が 0",
        BackendKindUnknown: "is of an unknown kind" / "未対応の種類",
        BackendNotPermitted: "isn't permitted by any ReferenceGrant" / "許可する ReferenceGrant がない",
        BackendMissing: "doesn't exist" / "存在しない",
        BackendPortMissing: "has no such port" / "そのポートがない",
        BackendExternalName:
            "is of type ExternalName, which the controller doesn't take"
            / "ExternalName 型で、コントローラーは受け付けない",
        BackendTlsPolicyInvalid:
            "has a BackendTLSPolicy without a certificate that could be used"
            / "使える証明書のない BackendTLSPolicy が付いている",
        NoEndpoints: "has no ready endpoint" / "準備完了のエンドポイントがない",
    }
}
