//! Ingress: the API and its controllers.

use crate::language::BilingualText;

const API: &str = "https://kubernetes.io/docs/concepts/services-networking/ingress/";
const API_TLS: &str = "https://kubernetes.io/docs/concepts/services-networking/ingress/#tls";
const PATHS: &str = "https://kubernetes.github.io/ingress-nginx/user-guide/ingress-path-matching/";
const TRANSPORTS: &str =
    "https://doc.traefik.io/traefik/reference/routing-configuration/http/load-balancing/serverstransport/";
const CONTROLLERS: &str = "https://kubernetes.io/docs/concepts/services-networking/ingress-controllers/";
const ANNOTATIONS: &str = "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/";
const CONFIG_MAP: &str = "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/";
const ARGUMENTS: &str = "https://kubernetes.github.io/ingress-nginx/user-guide/cli-arguments/";
const TLS: &str = "https://kubernetes.github.io/ingress-nginx/user-guide/tls/";
const NGINX_LOCATION: &str = "https://nginx.org/en/docs/http/ngx_http_core_module.html#location";
const NGINX_ERRORS: &str = "https://nginx.org/en/docs/http/ngx_http_ssl_module.html#errors";
const ROUTERS: &str = "https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/";
const TRAEFIK_INGRESS: &str =
    "https://doc.traefik.io/traefik/reference/install-configuration/providers/kubernetes/kubernetes-ingress/";
const TRAEFIK_SERVICES: &str =
    "https://doc.traefik.io/traefik/reference/routing-configuration/http/load-balancing/service/";
const MIDDLEWARES: &str = "https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/overview/";
const F5_INGRESS: &str =
    "https://docs.nginx.com/nginx-ingress-controller/configuration/ingress-resources/basic-configuration/";
const F5_ARGUMENTS: &str =
    "https://docs.nginx.com/nginx-ingress-controller/configuration/global-configuration/command-line-arguments/";
const F5_COLLISIONS: &str =
    "https://docs.nginx.com/nginx-ingress-controller/configuration/host-and-listener-collisions/";
const F5_ROUTES: &str =
    "https://docs.nginx.com/nginx-ingress-controller/configuration/virtualserver-and-virtualserverroute-resources/";
const F5_TRANSPORT: &str = "https://docs.nginx.com/nginx-ingress-controller/configuration/transportserver-resource/";
const F5_POLICIES: &str = "https://docs.nginx.com/nginx-ingress-controller/configuration/policy-resource/";
const ALB_INGRESS: &str =
    "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/";
const ALB_RULES: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html";
const ALB_TARGETS: &str =
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html";
const ALB_ERRORS: &str =
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html";
const ENTRY_POINTS: &str = "https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/";

super::rules! {
    /// Rules of Ingress controllers.
    pub enum IngressControllerRule {
        ExactPath @ API: "the path is exactly the rule's" / "パスがルールのパスと完全に一致する",
        LongestPath @ API: "the longest matching path wins" / "一致する最も長いパスが選ばれる",
        ImplementationSpecificIsPrefix @ API:
            "ImplementationSpecific is up to the controller and taken as Prefix here"
            / "ImplementationSpecific はコントローラー次第で、ここでは Prefix とみなす",
        NoRuleMatches @ API:
            "no rule matches and there is no default backend: the controller answers 404"
            / "一致するルールもデフォルトバックエンドもない: コントローラーが 404 を返す",
        DefaultBackend @ API:
            "spec.defaultBackend takes what no rule takes"
            / "どのルールにも一致しないものは spec.defaultBackend が受け取る",
        DefaultBackendService @ ARGUMENTS:
            "--default-backend-service takes what no rule takes"
            / "どのルールにも一致しないものは --default-backend-service が受け取る",
        ResourceBackend @ API:
            "the backend is a resource, which this controller doesn't know"
            / "バックエンドがリソースで、このコントローラーは対応していない",
        ServiceMissing @ API: "the Service doesn't exist" / "Service が存在しない",
        PortMissing @ API: "the Service has no such port" / "Service にそのポートがない",
        NoEndpoints @ API: "the Service has no ready endpoint" / "Service に準備完了のエンドポイントがない",
        PastTheService @ ANNOTATIONS:
            "the controller connects to endpoints, past the Service's own address"
            / "コントローラーは Service のアドレスを通さずエンドポイントへ直接つなぐ",
        ThroughTheService @ ANNOTATIONS:
            "the controller connects to the Service's own address"
            / "コントローラーは Service のアドレスへつなぐ",
        RoundRobin @ ANNOTATIONS: "endpoints take turns" / "エンドポイントは順番に選ばれる",
        CertificateTakenAsTrusted @ TRANSPORTS:
            "Traefik verifies the server's certificate, as insecureSkipVerify isn't set: it is taken to be trusted, else 500"
            / "insecureSkipVerify がないので Traefik はサーバー証明書を検証する。信頼できるものとみなす（そうでなければ 500）",
        ApiTextFollowed @ CONTROLLERS:
            "this controller isn't modelled: the request is judged by the Ingress API's text, which all controllers follow here"
            / "このコントローラーは再現していないため、Ingress API の文面に従う（ここではどのコントローラーも同じ）",
        ControllersDiffer @ CONTROLLERS:
            "this controller isn't modelled, and controllers differ about such a request"
            / "このコントローラーは再現しておらず、このようなリクエストの扱いはコントローラーごとに異なる",
        StickyCookie @ ANNOTATIONS:
            "a cookie keeps a client with one endpoint; without it any may be first"
            / "Cookie がクライアントを一つのエンドポイントに固定する。なければどれでもよい",
        HashedToOne @ ANNOTATIONS:
            "a hash of the request chooses one endpoint; which one isn't modelled"
            / "リクエストのハッシュが一つのエンドポイントを選ぶ。どれかはモデル化されていない",
        NodePortLoadBalancing @ TRAEFIK_SERVICES:
            "the controller connects to the nodes' addresses and the node port"
            / "コントローラーはノードのアドレスと NodePort へつなぐ",
        // ingress-nginx, and its annotations in Traefik.
        FirstExpression @ PATHS:
            "with regular expressions on the host, the first match in order of length wins, without case"
            / "正規表現を使うホストでは、長い順に最初に一致したパスが大文字小文字を区別せず選ばれる",
        SlashAdded @ NGINX_LOCATION:
            "the path ends with a slash: nginx redirects the path without it"
            / "パスがスラッシュで終わる: nginx はスラッシュなしのパスをリダイレクトする",
        AppRoot @ ANNOTATIONS:
            "app-root redirects / before anything else"
            / "app-root は何よりも先に / をリダイレクトする",
        /// It comes before anything else of the location.
        FixedRedirect @ ANNOTATIONS:
            "the redirect goes to exactly this address; the path isn't appended"
            / "リダイレクト先はこのアドレスそのもので、パスは付け足されない",
        HttpsRedirect @ TLS: "http is redirected to https" / "http は https へリダイレクトされる",
        WwwRedirect @ ANNOTATIONS:
            "the host with or without www. is redirected to the one that has rules"
            / "www. の有無が違うホストは、ルールを持つホストへリダイレクトされる",
        CorsPreflight @ ANNOTATIONS:
            "the proxy answers a CORS preflight by itself"
            / "CORS のプリフライトはプロキシが自ら応答する",
        LocationDenied @ ANNOTATIONS:
            "an annotation that can't be kept denies the location: 503"
            / "守れないアノテーションのため location が拒否される: 503",
        ConfigurationRefused @ NGINX_LOCATION:
            "nginx refuses the configuration, for all Ingresses, and keeps the one before"
            / "nginx はすべての Ingress を含む設定全体を拒否し、前の設定を使い続ける",
        PlainHttpToTlsPort @ NGINX_ERRORS:
            "plain HTTP was sent to the port for TLS"
            / "TLS のポートに平文の HTTP が送られた",
        OwnPage @ ARGUMENTS:
            "for hosts without rules ingress-nginx keeps /healthz and /nginx_status for itself"
            / "ルールのないホストでは、ingress-nginx が /healthz と /nginx_status を自分で使う",
        BadPath @ NGINX_LOCATION:
            "the path leaves the root or is badly encoded"
            / "パスがルートの外へ出るか、符号化が正しくない",
        MethodRefused @ NGINX_ERRORS: "nginx refuses TRACE and CONNECT" / "nginx は TRACE と CONNECT を拒否する",
        RewrittenToUrl @ ANNOTATIONS:
            "rewrite-target is a URL, so the client is redirected there"
            / "rewrite-target が URL なので、クライアントはそこへリダイレクトされる",
        ClientCertificateRequired @ ANNOTATIONS:
            "the client must show a certificate"
            / "クライアントは証明書を示さなければならない",
        AuthServerUnreachable @ ANNOTATIONS:
            "nobody answers at auth-url, which nginx turns into 500"
            / "auth-url に応答する相手がなく、nginx は 500 を返す",
        AuthServerAllows @ ANNOTATIONS:
            "a server is asked first: it is known by its image, and answers 2xx, so the request goes on"
            / "先に別のサーバーへ問い合わせる。イメージからわかるサーバーで、2xx を返すので通す",
        AuthServerDenies @ ANNOTATIONS:
            "auth-url is asked first: its server is known by its image, and answers 401 or 403, which is the client's answer"
            / "先に auth-url へ問い合わせる。イメージからわかるサーバーで、401 か 403 を返し、それがクライアントへの応答になる",
        AuthServerFails @ ANNOTATIONS:
            "auth-url is asked first: its server is known by its image, and answers neither 2xx nor 401 nor 403, which nginx turns into 500"
            / "先に auth-url へ問い合わせる。イメージからわかるサーバーで、2xx・401・403 のどれでもない応答を返し、nginx はそれを 500 にする",
        BodyTooLarge @ ANNOTATIONS:
            "the body is larger than the controller allows"
            / "本文がコントローラーの上限より大きい",
        BlockedByConfigMap @ CONFIG_MAP:
            "the controller's ConfigMap blocks it"
            / "コントローラーの ConfigMap がブロックする",
        SnippetAnswers @ ANNOTATIONS:
            "a return or redirect of the snippet answers by itself"
            / "スニペットの return かリダイレクトが自ら応答する",
        SnippetRewrites @ ANNOTATIONS:
            "a rewrite of the snippet changes the path"
            / "スニペットの rewrite がパスを変える",
        SnippetLocation @ ANNOTATIONS:
            "a location that the snippet writes takes the path"
            / "スニペットに書かれた location がパスを受け取る",
        SnippetDenies @ ANNOTATIONS:
            "allow and deny of the snippet keep the client out"
            / "スニペットの allow と deny がクライアントを通さない",
        SnippetErrorPage @ ANNOTATIONS:
            "an error_page of the snippet takes the place of nginx' own answer"
            / "スニペットの error_page が nginx 自身の応答に置き換わる",
        SnippetNamesUpstream @ ANNOTATIONS:
            "the snippet sets $proxy_upstream_name, by which the balancer finds the Service"
            / "スニペットが $proxy_upstream_name を設定し、バランサーはその名前で Service を探す",
        SnippetsInCircle @ ANNOTATIONS:
            "rewrites lead in a circle: after ten nginx answers 500"
            / "rewrite が循環している: 10 回を超えると nginx は 500 を返す",
        AddressDenied @ ANNOTATIONS:
            "the client's address is on the deny list"
            / "クライアントのアドレスが拒否リストにある",
        AddressNotAllowed @ ANNOTATIONS:
            "the client's address isn't on the allow list"
            / "クライアントのアドレスが許可リストにない",
        PasswordRequired @ ANNOTATIONS: "a password is required" / "パスワードが必要",
        DefaultBackendStandsIn @ ANNOTATIONS:
            "the default-backend annotation takes over for a Service without endpoints"
            / "エンドポイントのない Service の代わりを default-backend アノテーションが務める",
        CanaryByHeader @ ANNOTATIONS:
            "a header decides between mainline and canary"
            / "ヘッダーが本流とカナリアを決める",
        CanaryPatternBroken @ ANNOTATIONS:
            "the header pattern is broken, so everything goes to the mainline"
            / "ヘッダーのパターンが壊れているため、すべて本流へ行く",
        CanaryByCookie @ ANNOTATIONS:
            "a cookie decides between mainline and canary"
            / "Cookie が本流とカナリアを決める",
        CanaryByWeight @ ANNOTATIONS:
            "the canary takes its weight, the mainline the rest"
            / "カナリアが重みの分を、本流が残りを受け取る",
        CanaryWithoutEndpoints @ ANNOTATIONS:
            "the canary has no endpoints, so everything stays with the mainline"
            / "カナリアにエンドポイントがないため、すべて本流に残る",
        SharedService @ ANNOTATIONS:
            "another Ingress with the same Service and port decides: ingress-nginx keeps canary, affinity, hashing and service-upstream once per Service and port, for all paths; a path with a Service of its own has its own"
            / "同じ Service とポートを使う別の Ingress の設定が有効になる: ingress-nginx はカナリア・アフィニティ・ハッシュ・service-upstream を Service とポートごとに一つだけ保持し、すべてのパスに適用する。パスごとに Service を分ければ個別になる",
        ExternalNameDisabled @ ARGUMENTS:
            "ExternalName backends are switched off"
            / "ExternalName のバックエンドは無効にされている",
        ExternalNameIsLoopback @ ANNOTATIONS:
            "an ExternalName backend may not be the controller itself"
            / "ExternalName のバックエンドはコントローラー自身を指せない",
        AuthRequest @ ANNOTATIONS:
            "auth-url is asked first, and only its 2xx lets a request through: taken as given here"
            / "先に auth-url へ問い合わせ、2xx のときだけ通す: ここでは通るものとする",
        RateLimited @ ANNOTATIONS:
            "requests beyond the limit are answered 503; a single one isn't"
            / "制限を超えたリクエストには 503 を返す。一回のリクエストなら通る",
        ErrorsReplaced @ ANNOTATIONS:
            "answers with these status codes are replaced by the default backend's"
            / "これらのステータスコードの応答はデフォルトバックエンドの応答に置き換わる",
        Mirrored @ ANNOTATIONS:
            "mirror-target gets a copy of the request; its answer is thrown away"
            / "mirror-target にリクエストの複製が送られ、その応答は捨てられる",
        // Certificates.
        CertificateCovers @ API_TLS: "the certificate is for this host" / "証明書はこのホストのもの",
        CertificateOfAnother @ API_TLS:
            "the certificate isn't for this host: a client that checks refuses it"
            / "証明書がこのホストのものでない: 検証するクライアントは拒否する",
        CertificateSelfSigned @ API_TLS:
            "the certificate is signed by itself: only a client that was given it trusts it"
            / "自己署名の証明書: あらかじめ渡されたクライアントだけが信頼する",
        OwnCertificate @ API_TLS:
            "no Secret has a certificate for this name: the controller shows its own, signed by itself"
            / "この名前の証明書を持つ Secret がない: コントローラー自身の自己署名証明書を提示する",
        // F5's controller.
        PrefixByCharacters @ F5_INGRESS:
            "nginx compares the path by characters, and the longest wins: /tea takes /teapot, too"
            / "nginx はパスを文字単位で比べ、最も長いものを選ぶ: /tea は /teapot にも一致する",
        FirstPattern @ NGINX_LOCATION:
            "of expressions the first in order that matches wins, before any prefix"
            / "正規表現では、順に最初に一致したものが、どのプレフィックスよりも先に選ばれる",
        HandshakeRejected @ F5_ARGUMENTS:
            "there is no certificate for this name: nginx rejects the TLS handshake"
            / "この名前の証明書がない: nginx は TLS ハンドシェイクを拒否する",
        OldestHasHost @ F5_COLLISIONS:
            "the oldest object has the host, and nothing says which is the oldest: each may be"
            / "ホストは最も古いオブジェクトのものになるが、どれが最も古いかは書かれていない: どれもあり得る",
        ConditionsHold @ F5_ROUTES:
            "the first match whose conditions all hold decides"
            / "条件がすべて成り立つ最初の match が決める",
        SplitByWeight @ F5_ROUTES: "splits share the requests by weight" / "splits が重みに応じてリクエストを分け合う",
        ActionAnswers @ F5_ROUTES: "the route's action answers by itself" / "ルートの action が自ら応答する",
        ConnectionPassed @ F5_TRANSPORT:
            "a TransportServer takes the connection: what comes goes on as it is"
            / "TransportServer が接続を受け取る: 来たものをそのまま送る",
        RewriteCycle @ F5_ROUTES:
            "the rewrite behind matches or splits doesn't fit the path: nginx goes round and answers 500"
            / "matches・splits の後の書き換えがパスに合わない: nginx は内部で循環し 500 を返す",
        PolicyUnusable @ F5_POLICIES:
            "a policy is missing, invalid or can't be used here: nginx answers 500"
            / "ポリシーがない、無効、またはここでは使えない: nginx は 500 を返す",
        RouteErrorPage @ F5_ROUTES:
            "an error page stands in for answers of this status"
            / "このステータスの応答はエラーページに置き換わる",
        // The AWS Load Balancer Controller.
        BalancerOfGroup @ ALB_INGRESS:
            "the Ingress' group has a load balancer of its own outside the cluster; here it connects from an address of the nodes' network"
            / "Ingress のグループはクラスターの外に専用のロードバランサーを持つ。ここではノードのネットワークのアドレスから接続するものとする",
        InternalUnlessSaid @ ALB_INGRESS:
            "without alb.ingress.kubernetes.io/scheme a load balancer is internal"
            / "alb.ingress.kubernetes.io/scheme がなければロードバランサーは internal になる",
        GroupNotBuilt @ ALB_INGRESS:
            "the controller can't bring the group's load balancer to this: it stays as it was, if there was one"
            / "コントローラーはグループのロードバランサーをこの状態にできない: 以前のもの（あれば）がそのまま残る",
        NoListener @ ALB_INGRESS:
            "no listener has this port, and the security group lets nothing else in: silence"
            / "このポートのリスナーがなく、セキュリティグループはほかを通さない: 応答なし",
        OutsideInboundNetworks @ ALB_INGRESS:
            "the security group lets in only the networks that are named: silence for others"
            / "セキュリティグループは指定されたネットワークだけを通す: ほかには応答しない",
        FirstRuleThatFits @ ALB_RULES:
            "the first rule whose conditions all hold decides; Ingresses stand in the order of their group, of a host the Exact paths first, then the longest prefix"
            / "条件がすべて成り立つ最初のルールが決める。Ingress はグループの順、ホストの中では Exact、次に長いプレフィックスの順",
        FixedResponse @ ALB_INGRESS: "the action answers by itself" / "アクションが自ら応答する",
        ActionRedirects @ ALB_INGRESS: "the action redirects" / "アクションがリダイレクトする",
        ActionMissing @ ALB_INGRESS:
            "no annotation tells the backend's action: 503"
            / "バックエンドのアクションを示すアノテーションがない: 503",
        WeightedTargetGroups @ ALB_INGRESS:
            "target groups share the requests by weight"
            / "ターゲットグループが重みに応じてリクエストを分け合う",
        PodsAreTargets @ ALB_INGRESS:
            "target-type ip: the load balancer connects to pods, past the Service"
            / "target-type ip: ロードバランサーは Service を通さず Pod へ直接つなぐ",
        NodesAreTargets @ ALB_INGRESS:
            "target-type instance: the load balancer connects to the Service's node port"
            / "target-type instance: ロードバランサーは Service の NodePort へつなぐ",
        TargetsTakenAsHealthy @ ALB_TARGETS:
            "targets are taken to pass health checks and to be reachable by their security groups, which only AWS knows"
            / "ターゲットはヘルスチェックに通り、セキュリティグループで到達できるものとする（知っているのは AWS だけ）",
        NoTargets @ ALB_ERRORS: "the target group has no targets: 503" / "ターゲットグループにターゲットがない: 503",
        ProtocolVersionsDiffer @ ALB_ERRORS:
            "the targets' protocol version doesn't take such a request: 464"
            / "ターゲットのプロトコルバージョンがこのリクエストを受け付けない: 464",
        TlsToPlainListener @ ALB_ERRORS:
            "TLS was sent to a listener for plain HTTP"
            / "平文の HTTP のリスナーに TLS が送られた",
        CertificateOfAcm @ ALB_INGRESS:
            "certificates are ACM's: one for this host that clients trust is taken to be there"
            / "証明書は ACM のもの: このホスト用の信頼される証明書があるものとする",
        FirewallLetsThrough @ ALB_INGRESS:
            "a web ACL looks at the request first, and is taken to let it through"
            / "先に Web ACL がリクエストを調べる。通すものとする",
        SecurityGroupsOpen @ ALB_INGRESS:
            "security groups that somebody else keeps are taken to let this through"
            / "ほかで管理されているセキュリティグループは、これを通すものとする",
        SessionRequired @ ALB_INGRESS:
            "an identity provider must know the client first: without a session's cookie it is sent there, or refused"
            / "先に ID プロバイダーの認証が必要: セッションの Cookie がなければそこへ送られるか、拒否される",
        TokenRequired @ ALB_INGRESS:
            "the request must bring a token: 401 without"
            / "リクエストにはトークンが必要: なければ 401",
        // Traefik.
        HighestPriority @ ROUTERS:
            "of the routers that match, the one with the longest rule or the highest priority wins"
            / "一致するルーターのうち、ルールが最も長いか優先度が最も高いものが選ばれる",
        TcpRouterFirst @ ROUTERS:
            "TCP routers see a connection before HTTP routers do"
            / "TCP ルーターは HTTP ルーターより先に接続を見る",
        EqualPriority @ ROUTERS:
            "routers of the same priority match: which comes first is decided by chance when Traefik loads"
            / "同じ優先度のルーターが一致する: どれが先かは Traefik の読み込み時に偶然で決まる",
        Weighted @ TRAEFIK_SERVICES:
            "the services share the traffic by weight"
            / "サービスが重みに応じてトラフィックを分け合う",
        NoServices @ TRAEFIK_SERVICES:
            "a balancer without services answers 503"
            / "サービスのないバランサーは 503 を返す",
        EmptyServiceKept @ TRAEFIK_INGRESS:
            "allowEmptyServices keeps a Service without endpoints: 503"
            / "allowEmptyServices によりエンドポイントのない Service が残る: 503",
        RedirectMiddleware @ MIDDLEWARES: "a redirect middleware answers" / "リダイレクトのミドルウェアが応答する",
        IpAllowList @ MIDDLEWARES:
            "a middleware doesn't allow the client's address"
            / "ミドルウェアがクライアントのアドレスを許可しない",
        HostNotAllowed @ MIDDLEWARES:
            "a middleware's allowedHosts leave this host out"
            / "ミドルウェアの allowedHosts にこのホストがない",
        EntryPointRedirect @ ENTRY_POINTS:
            "the entry point redirects everything"
            / "エントリーポイントがすべてをリダイレクトする",
        ChildRouter @ ROUTERS: "its parent router hands the request on" / "親ルーターがリクエストを渡す",
        NoneAtOnce @ MIDDLEWARES:
            "the middleware names no amount of requests at once, and so lets none in"
            / "ミドルウェアに同時リクエスト数の指定がなく、一つも通さない",
        EncodedCharacter @ ENTRY_POINTS:
            "the path holds an encoded character that isn't allowed"
            / "許可されていないエンコード文字がパスにある",
        PathNotCanonical @ MIDDLEWARES:
            "what middlewares leave isn't a canonical path, which is answered 400"
            / "ミドルウェアを通ったパスが正規の形でなく、400 が返る",
        BrokenEscape @ ENTRY_POINTS: "the path holds a broken escape" / "パスのパーセントエンコーディングが壊れている",
        TlsOptionsRefuse @ ROUTERS:
            "by the TLS options of this name the handshake fails and the connection is closed"
            / "この名前の TLS オプションによりハンドシェイクが失敗し、接続が閉じられる",
        TlsVersionTooOld @ ROUTERS:
            "the client's newest version of TLS is older than any that is taken: the handshake fails"
            / "クライアントの最新の TLS バージョンは受け付けるどのバージョンよりも古い: ハンドシェイクは失敗する",
        OtherTlsOptions @ ROUTERS:
            "the host has other TLS options than the name of the handshake, which is answered 421"
            / "ホストの TLS オプションがハンドシェイクの名前のものと異なり、421 が返る",
        PasswordAccepted @ MIDDLEWARES: "the password is right" / "パスワードが正しい",
        AuthServerOutOfReach @ MIDDLEWARES:
            "the server that forwardAuth asks can't be reached"
            / "forwardAuth の問い合わせ先に届かない",
        HashedByAddress @ TRAEFIK_SERVICES:
            "a hash of the client's address chooses the server"
            / "クライアントのアドレスのハッシュがサーバーを選ぶ",
        UnknownScheme @ TRAEFIK_SERVICES:
            "Traefik doesn't speak this scheme to servers"
            / "Traefik はこのスキームでサーバーへつなげない",
        Failover @ TRAEFIK_SERVICES: "the failover's fallback stands in" / "failover の fallback が代わりを務める",
        ErrorPage @ MIDDLEWARES:
            "an errors middleware answers with a page of its Service instead"
            / "errors ミドルウェアが Service のページで代わりに答える",
    }
}

super::objections! {
    /// Why an Ingress, rule or path doesn't match.
    pub enum IngressObjection {
        HostDiffers: "is for another host" / "別のホスト向け",
        /// They are for other hosts, or left out for reasons like those shown.
        NotShown: "more don't come into question either" / "ほかにも対象にならないものがある",
        PathDiffers: "is for another path" / "別のパス向け",
        ShorterPath: "matches, but a longer path does too" / "一致するが、より長いパスも一致する",
        LessSpecificHost:
            "matches, but a rule for this very host does too"
            / "一致するが、このホストそのもののルールも一致する",
        PrefixBesideExact: "matches, but an Exact path does too" / "一致するが、Exact のパスも一致する",
        LaterIngress:
            "matches, but another Ingress that comes first has the same: the older, or where neither says when it was made, by name"
            / "一致するが、先になる別の Ingress に同じものがある (古い方が先。作成時刻がなければ名前順)",
        // ingress-nginx.
        LaterExpression: "matches, but an expression before it does too" / "一致するが、前にある正規表現も一致する",
        DuplicatePath:
            "is ignored: another Ingress comes first with the same host, path and type: the older, or where neither says when it was made, the later name"
            / "無視される: 同じホスト・パス・種類を持つ別の Ingress が先になる (古い方が先。作成時刻がなければ名前の後の方)",
        SecondDefaultBackend:
            "is ignored: another Ingress has set the default backend"
            / "無視される: 別の Ingress がデフォルトバックエンドを設定済み",
        OtherClass:
            "isn't served: its class belongs to another controller"
            / "対象外: クラスが別のコントローラーのもの",
        UnknownClass: "isn't served: its class doesn't exist" / "対象外: クラスが存在しない",
        NoClass: "isn't served: it names no class" / "対象外: クラスの指定がない",
        InvalidPath:
            "is dropped as a whole: an Exact or Prefix path may hold only letters, digits and ._-/"
            / "全体が除外される: Exact と Prefix のパスに使えるのは英数字と ._-/ のみ",
        InvalidAnnotation:
            "is dropped as a whole: the annotation's value is invalid"
            / "全体が除外される: アノテーションの値が不正",
        RiskyAnnotation:
            "is dropped as a whole: the annotation is of critical risk, which annotations-risk-level doesn't take"
            / "全体が除外される: アノテーションの危険度が Critical で、annotations-risk-level が認めていない",
        CanaryWithoutMainline:
            "serves nothing: no other Ingress has the same host, path and type"
            / "何も受け取らない: 同じホスト・パス・種類の本流がない",
        CanaryIsMainline:
            "splits nothing: it leads to the mainline's own Service"
            / "分岐しない: 本流と同じ Service を指す",
        SecondCanary: "is ignored: a path has one canary only" / "無視される: パスのカナリアは一つだけ",
        // F5's controller.
        HostTaken: "doesn't have the host: an older object has it" / "このホストを持てない: より古いオブジェクトのもの",
        RejectedByController:
            "is rejected as a whole by the controller"
            / "コントローラーにより全体が拒否される",
        MasterMissing: "serves nothing: no master has its host" / "何も受け取らない: このホストの master がない",
        RouteIgnored:
            "serves nothing: no VirtualServer leads to it as it is"
            / "何も受け取らない: このままの形で導く VirtualServer がない",
        PathTaken: "is ignored: an older minion has the path" / "無視される: より古い minion がこのパスを持つ",
        // The AWS Load Balancer Controller.
        LaterRule: "matches, but a rule before it does too" / "一致するが、前のルールも一致する",
        RuleOmitted:
            "makes no rule: it would redirect to itself, or a redirect before it takes all that it would"
            / "ルールにならない: 自分自身へリダイレクトするか、前のリダイレクトがすべてを受け取る",
        // Traefik.
        ServiceMissing: "makes no router: its Service doesn't exist" / "ルーターにならない: Service が存在しない",
        PortMissing: "makes no router: its Service has no such port" / "ルーターにならない: Service にそのポートがない",
        ServiceEmpty:
            "makes no router: its Service has no endpoints"
            / "ルーターにならない: Service にエンドポイントがない",
        ExternalNameNotAllowed:
            "makes no router: ExternalName Services aren't allowed"
            / "ルーターにならない: ExternalName の Service は許可されていない",
        ResourceBackend: "makes no router: its backend is a resource" / "ルーターにならない: バックエンドがリソース",
        LowerPriority: "matches, but another router has priority" / "一致するが、別のルーターが優先される",
        InvalidRule: "makes no router: its rule is invalid" / "ルーターにならない: ルールが不正",
        MatcherDiffers:
            "doesn't match by header, query, method or client address"
            / "ヘッダー・クエリー・メソッド・クライアントのアドレスのいずれかが一致しない",
        OtherEntryPoint: "is for other entry points" / "別のエントリーポイント向け",
        TlsOptionsBroken:
            "isn't built: its TLS options don't exist or can't be read"
            / "構築されない: TLS オプションが存在しないか、読み取れない",
        TlsOnly: "takes HTTPS only" / "HTTPS のみを受け取る",
        PlainOnly: "takes plain HTTP only" / "平文の HTTP のみを受け取る",
        MiddlewareMissing: "is in error: its middleware doesn't exist" / "エラー: ミドルウェアが存在しない",
        OtherNamespace:
            "names something in another namespace, which only allowCrossNamespace permits"
            / "別の namespace のものを指している。許すのは allowCrossNamespace だけ",
        DefaultBackendIgnored:
            "has a default backend beside rules, which Traefik ignores"
            / "ルールと並ぶデフォルトバックエンドを Traefik は無視する",
        LegacyGroup:
            "isn't read: Traefik 3 doesn't know the group traefik.containo.us"
            / "読まれない: Traefik 3 は traefik.containo.us グループに対応しない",
        MiddlewareInvalid:
            "is in error: its middleware can't be built from what it says"
            / "エラー: ミドルウェアの内容から組み立てられない",
        ServiceInvalid:
            "makes no router: what is said of its Service can't be used"
            / "ルーターにならない: Service への指定が使えない",
        HealthCheckNotAllowed:
            "makes no router: healthCheck is for ExternalName Services only"
            / "ルーターにならない: healthCheck は ExternalName の Service だけのもの",
        ServersTransportMissing:
            "is in error: its ServersTransport doesn't exist"
            / "エラー: ServersTransport が存在しない",
        ParentMissing: "isn't served: its parent doesn't exist" / "対象外: 親が存在しない",
        NoServices:
            "is in error: it has no services, and no child that can be built"
            / "エラー: Service も、組み立てられる子ルーターもない",
        InvalidChild:
            "is in error: a child may have no tls and no entryPoints of its own"
            / "エラー: 子ルーターは自身の tls や entryPoints を持てない",
        ReplacedByLater: "is replaced by a later route with the same rule" / "同じルールの後のルートに置き換えられる",
        // Certificates.
        SecretMissing:
            "isn't among the manifests and is taken not to exist: paste it (tls.crt, with any text as tls.key) to see its certificate"
            / "マニフェストにないため、存在しないものとして扱う: 貼り付ければ（tls.crt と、tls.key には任意の文字列）その証明書で答える",
        CertificateUnreadable: "holds no certificate with its key" / "証明書と鍵が入っていない",
        CertificateForOthers: "is for other names" / "別の名前向け",
    }
}
