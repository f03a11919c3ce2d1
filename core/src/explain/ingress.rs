//! Ingress in words.

use super::BilingualText;
use crate::trace::{IngressControllerRule, IngressObjection};

const API: &str = "https://kubernetes.io/docs/concepts/services-networking/ingress/";
const API_TLS: &str = "https://kubernetes.io/docs/concepts/services-networking/ingress/#tls";
const PATHS: &str = "https://kubernetes.github.io/ingress-nginx/user-guide/ingress-path-matching/";
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
const ENTRY_POINTS: &str = "https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/";

/// The rule in a sentence.
pub fn rule(rule: IngressControllerRule) -> BilingualText {
    match rule {
        IngressControllerRule::ExactPath => {
            BilingualText::new("the path is exactly the rule's", "パスがルールのパスと完全に一致する")
        }
        IngressControllerRule::LongestPath => {
            BilingualText::new("the longest matching path wins", "一致する最も長いパスが選ばれる")
        }
        IngressControllerRule::ImplementationSpecificIsPrefix => BilingualText::new(
            "ImplementationSpecific is up to the controller and taken as Prefix here",
            "ImplementationSpecific はコントローラー次第で、ここでは Prefix とみなす",
        ),
        IngressControllerRule::NoRuleMatches => BilingualText::new(
            "no rule matches and there is no default backend: the controller answers 404",
            "一致するルールもデフォルトバックエンドもない: コントローラーが 404 を返す",
        ),
        IngressControllerRule::DefaultBackend => BilingualText::new(
            "spec.defaultBackend takes what no rule takes",
            "どのルールにも一致しないものは spec.defaultBackend が受け取る",
        ),
        IngressControllerRule::DefaultBackendService => BilingualText::new(
            "--default-backend-service takes what no rule takes",
            "どのルールにも一致しないものは --default-backend-service が受け取る",
        ),
        IngressControllerRule::ResourceBackend => BilingualText::new(
            "the backend is a resource, which this controller doesn't know",
            "バックエンドがリソースで、このコントローラーは対応していない",
        ),
        IngressControllerRule::ServiceMissing => {
            BilingualText::new("the Service doesn't exist", "Service が存在しない")
        }
        IngressControllerRule::PortMissing => {
            BilingualText::new("the Service has no such port", "Service にそのポートがない")
        }
        IngressControllerRule::NoEndpoints => {
            BilingualText::new("the Service has no ready endpoint", "Service に準備完了のエンドポイントがない")
        }
        IngressControllerRule::PastTheService => BilingualText::new(
            "the controller connects to endpoints, past the Service's own address",
            "コントローラーは Service のアドレスを通さずエンドポイントへ直接つなぐ",
        ),
        IngressControllerRule::ThroughTheService => BilingualText::new(
            "the controller connects to the Service's own address",
            "コントローラーは Service のアドレスへつなぐ",
        ),
        IngressControllerRule::RoundRobin => {
            BilingualText::new("endpoints take turns", "エンドポイントは順番に選ばれる")
        }
        IngressControllerRule::StickyCookie => BilingualText::new(
            "a cookie keeps a client with one endpoint; without it any may be first",
            "Cookie がクライアントを一つのエンドポイントに固定する。なければどれでもよい",
        ),
        IngressControllerRule::HashedToOne => BilingualText::new(
            "a hash of the request chooses one endpoint; which one isn't modelled",
            "リクエストのハッシュが一つのエンドポイントを選ぶ。どれかはモデル化されていない",
        ),
        IngressControllerRule::NodePortLoadBalancing => BilingualText::new(
            "the controller connects to the nodes' addresses and the node port",
            "コントローラーはノードのアドレスと NodePort へつなぐ",
        ),
        IngressControllerRule::FirstExpression => BilingualText::new(
            "with regular expressions on the host, the first match in order of length wins, without case",
            "正規表現を使うホストでは、長い順に最初に一致したパスが大文字小文字を区別せず選ばれる",
        ),
        IngressControllerRule::SlashAdded => BilingualText::new(
            "the path ends with a slash: nginx redirects the path without it",
            "パスがスラッシュで終わる: nginx はスラッシュなしのパスをリダイレクトする",
        ),
        IngressControllerRule::AppRoot => BilingualText::new(
            "app-root redirects / before anything else",
            "app-root は何よりも先に / をリダイレクトする",
        ),
        IngressControllerRule::FixedRedirect => BilingualText::new(
            "the redirect goes to exactly this address; the path isn't appended",
            "リダイレクト先はこのアドレスそのもので、パスは付け足されない",
        ),
        IngressControllerRule::HttpsRedirect => {
            BilingualText::new("http is redirected to https", "http は https へリダイレクトされる")
        }
        IngressControllerRule::WwwRedirect => BilingualText::new(
            "the host with or without www. is redirected to the one that has rules",
            "www. の有無が違うホストは、ルールを持つホストへリダイレクトされる",
        ),
        IngressControllerRule::CorsPreflight => BilingualText::new(
            "the proxy answers a CORS preflight by itself",
            "CORS のプリフライトはプロキシが自ら応答する",
        ),
        IngressControllerRule::LocationDenied => BilingualText::new(
            "an annotation that can't be kept denies the location: 503",
            "守れないアノテーションのため location が拒否される: 503",
        ),
        IngressControllerRule::ConfigurationRefused => BilingualText::new(
            "nginx refuses the configuration, for all Ingresses, and keeps the one before",
            "nginx はすべての Ingress を含む設定全体を拒否し、前の設定を使い続ける",
        ),
        IngressControllerRule::PlainHttpToTlsPort => {
            BilingualText::new("plain HTTP was sent to the port for TLS", "TLS のポートに平文の HTTP が送られた")
        }
        IngressControllerRule::OwnPage => BilingualText::new(
            "for hosts without rules ingress-nginx keeps /healthz and /nginx_status for itself",
            "ルールのないホストでは、ingress-nginx が /healthz と /nginx_status を自分で使う",
        ),
        IngressControllerRule::BadPath => BilingualText::new(
            "the path leaves the root or is badly encoded",
            "パスがルートの外へ出るか、符号化が正しくない",
        ),
        IngressControllerRule::MethodRefused => {
            BilingualText::new("nginx refuses TRACE and CONNECT", "nginx は TRACE と CONNECT を拒否する")
        }
        IngressControllerRule::RewrittenToUrl => BilingualText::new(
            "rewrite-target is a URL, so the client is redirected there",
            "rewrite-target が URL なので、クライアントはそこへリダイレクトされる",
        ),
        IngressControllerRule::ClientCertificateRequired => {
            BilingualText::new("the client must show a certificate", "クライアントは証明書を示さなければならない")
        }
        IngressControllerRule::AuthServerUnreachable => BilingualText::new(
            "nobody answers at auth-url, which nginx turns into 500",
            "auth-url に応答する相手がなく、nginx は 500 を返す",
        ),
        IngressControllerRule::BodyTooLarge => {
            BilingualText::new("the body is larger than the controller allows", "本文がコントローラーの上限より大きい")
        }
        IngressControllerRule::BlockedByConfigMap => {
            BilingualText::new("the controller's ConfigMap blocks it", "コントローラーの ConfigMap がブロックする")
        }
        IngressControllerRule::AddressDenied => {
            BilingualText::new("the client's address is on the deny list", "クライアントのアドレスが拒否リストにある")
        }
        IngressControllerRule::AddressNotAllowed => BilingualText::new(
            "the client's address isn't on the allow list",
            "クライアントのアドレスが許可リストにない",
        ),
        IngressControllerRule::PasswordRequired => BilingualText::new("a password is required", "パスワードが必要"),
        IngressControllerRule::DefaultBackendStandsIn => BilingualText::new(
            "the default-backend annotation takes over for a Service without endpoints",
            "エンドポイントのない Service の代わりを default-backend アノテーションが務める",
        ),
        IngressControllerRule::CanaryByHeader => {
            BilingualText::new("a header decides between mainline and canary", "ヘッダーが本流とカナリアを決める")
        }
        IngressControllerRule::CanaryPatternBroken => BilingualText::new(
            "the header pattern is broken, so everything goes to the mainline",
            "ヘッダーのパターンが壊れているため、すべて本流へ行く",
        ),
        IngressControllerRule::CanaryByCookie => {
            BilingualText::new("a cookie decides between mainline and canary", "Cookie が本流とカナリアを決める")
        }
        IngressControllerRule::CanaryByWeight => BilingualText::new(
            "the canary takes its weight, the mainline the rest",
            "カナリアが重みの分を、本流が残りを受け取る",
        ),
        IngressControllerRule::CanaryWithoutEndpoints => BilingualText::new(
            "the canary has no endpoints, so everything stays with the mainline",
            "カナリアにエンドポイントがないため、すべて本流に残る",
        ),
        IngressControllerRule::SharedService => BilingualText::new(
            "another Ingress with the same Service and port decides: ingress-nginx keeps canary, affinity, hashing and \
             service-upstream once per Service and port, for all paths; a path with a Service of its own has its own",
            "同じ Service とポートを使う別の Ingress の設定が有効になる: ingress-nginx はカナリア・アフィニティ・ハッシュ・\
             service-upstream を Service とポートごとに一つだけ保持し、すべてのパスに適用する。パスごとに Service を分ければ個別になる",
        ),
        IngressControllerRule::ExternalNameDisabled => BilingualText::new(
            "ExternalName backends are switched off",
            "ExternalName のバックエンドは無効にされている",
        ),
        IngressControllerRule::ExternalNameIsLoopback => BilingualText::new(
            "an ExternalName backend may not be the controller itself",
            "ExternalName のバックエンドはコントローラー自身を指せない",
        ),
        IngressControllerRule::TcpRouterFirst => BilingualText::new(
            "TCP routers see a connection before HTTP routers do",
            "TCP ルーターは HTTP ルーターより先に接続を見る",
        ),
        IngressControllerRule::HighestPriority => BilingualText::new(
            "of the routers that match, the one with the longest rule or the highest priority wins",
            "一致するルーターのうち、ルールが最も長いか優先度が最も高いものが選ばれる",
        ),
        IngressControllerRule::EqualPriority => BilingualText::new(
            "routers of the same priority match: which comes first is decided by chance when Traefik loads",
            "同じ優先度のルーターが一致する: どれが先かは Traefik の読み込み時に偶然で決まる",
        ),
        IngressControllerRule::Weighted => BilingualText::new(
            "the services share the traffic by weight",
            "サービスが重みに応じてトラフィックを分け合う",
        ),
        IngressControllerRule::EmptyServiceKept => BilingualText::new(
            "allowEmptyServices keeps a Service without endpoints: 503",
            "allowEmptyServices によりエンドポイントのない Service が残る: 503",
        ),
        IngressControllerRule::RedirectMiddleware => {
            BilingualText::new("a redirect middleware answers", "リダイレクトのミドルウェアが応答する")
        }
        IngressControllerRule::IpAllowList => BilingualText::new(
            "a middleware doesn't allow the client's address",
            "ミドルウェアがクライアントのアドレスを許可しない",
        ),
        IngressControllerRule::HostNotAllowed => BilingualText::new(
            "a middleware's allowedHosts leave this host out",
            "ミドルウェアの allowedHosts にこのホストがない",
        ),
        IngressControllerRule::ChildRouter => {
            BilingualText::new("its parent router hands the request on", "親ルーターがリクエストを渡す")
        }
        IngressControllerRule::NoneAtOnce => BilingualText::new(
            "the middleware names no amount of requests at once, and so lets none in",
            "ミドルウェアに同時リクエスト数の指定がなく、一つも通さない",
        ),
        IngressControllerRule::EncodedCharacter => BilingualText::new(
            "the path holds an encoded character that isn't allowed",
            "許可されていないエンコード文字がパスにある",
        ),
        IngressControllerRule::PathNotCanonical => BilingualText::new(
            "what middlewares leave isn't a canonical path, which is answered 400",
            "ミドルウェアを通ったパスが正規の形でなく、400 が返る",
        ),
        IngressControllerRule::BrokenEscape => {
            BilingualText::new("the path holds a broken escape", "パスのパーセントエンコーディングが壊れている")
        }
        IngressControllerRule::TlsOptionsRefuse => BilingualText::new(
            "by the TLS options of this name the handshake fails and the connection is closed",
            "この名前の TLS オプションによりハンドシェイクが失敗し、接続が閉じられる",
        ),
        IngressControllerRule::OtherTlsOptions => BilingualText::new(
            "the host has other TLS options than the name of the handshake, which is answered 421",
            "ホストの TLS オプションがハンドシェイクの名前のものと異なり、421 が返る",
        ),
        IngressControllerRule::PasswordAccepted => BilingualText::new("the password is right", "パスワードが正しい"),
        IngressControllerRule::AuthServerOutOfReach => BilingualText::new(
            "the server that forwardAuth asks can't be reached",
            "forwardAuth の問い合わせ先に届かない",
        ),
        IngressControllerRule::HashedByAddress => BilingualText::new(
            "a hash of the client's address chooses the server",
            "クライアントのアドレスのハッシュがサーバーを選ぶ",
        ),
        IngressControllerRule::UnknownScheme => BilingualText::new(
            "Traefik doesn't speak this scheme to servers",
            "Traefik はこのスキームでサーバーへつなげない",
        ),
        IngressControllerRule::Failover => {
            BilingualText::new("the failover's fallback stands in", "failover の fallback が代わりを務める")
        }
        IngressControllerRule::ErrorPage => BilingualText::new(
            "an errors middleware answers with a page of its Service instead",
            "errors ミドルウェアが Service のページで代わりに答える",
        ),
        IngressControllerRule::AuthRequest => BilingualText::new(
            "auth-url is asked first, and only its 2xx lets a request through: taken as given here",
            "先に auth-url へ問い合わせ、2xx のときだけ通す: ここでは通るものとする",
        ),
        IngressControllerRule::RateLimited => BilingualText::new(
            "requests beyond the limit are answered 503; a single one isn't",
            "制限を超えたリクエストには 503 を返す。一回のリクエストなら通る",
        ),
        IngressControllerRule::ErrorsReplaced => BilingualText::new(
            "answers with these status codes are replaced by the default backend's",
            "これらのステータスコードの応答はデフォルトバックエンドの応答に置き換わる",
        ),
        IngressControllerRule::Mirrored => BilingualText::new(
            "mirror-target gets a copy of the request; its answer is thrown away",
            "mirror-target にリクエストの複製が送られ、その応答は捨てられる",
        ),
        IngressControllerRule::CertificateCovers => {
            BilingualText::new("the certificate is for this host", "証明書はこのホストのもの")
        }
        IngressControllerRule::CertificateOfAnother => BilingualText::new(
            "the certificate isn't for this host: a client that checks refuses it",
            "証明書がこのホストのものでない: 検証するクライアントは拒否する",
        ),
        IngressControllerRule::CertificateSelfSigned => BilingualText::new(
            "the certificate is signed by itself: only a client that was given it trusts it",
            "自己署名の証明書: あらかじめ渡されたクライアントだけが信頼する",
        ),
        IngressControllerRule::OwnCertificate => BilingualText::new(
            "no Secret has a certificate for this name: the controller shows its own, signed by itself",
            "この名前の証明書を持つ Secret がない: コントローラー自身の自己署名証明書を提示する",
        ),
        IngressControllerRule::EntryPointRedirect => {
            BilingualText::new("the entry point redirects everything", "エントリーポイントがすべてをリダイレクトする")
        }
    }
}

/// Where the rule is documented.
pub fn documentation(rule: IngressControllerRule) -> &'static str {
    match rule {
        IngressControllerRule::ExactPath
        | IngressControllerRule::LongestPath
        | IngressControllerRule::ImplementationSpecificIsPrefix => API,
        IngressControllerRule::NoRuleMatches
        | IngressControllerRule::DefaultBackend
        | IngressControllerRule::ResourceBackend => API,
        IngressControllerRule::ServiceMissing
        | IngressControllerRule::PortMissing
        | IngressControllerRule::NoEndpoints => API,
        IngressControllerRule::DefaultBackendService | IngressControllerRule::ExternalNameDisabled => ARGUMENTS,
        IngressControllerRule::PastTheService
        | IngressControllerRule::ThroughTheService
        | IngressControllerRule::RoundRobin => ANNOTATIONS,
        IngressControllerRule::StickyCookie | IngressControllerRule::HashedToOne | IngressControllerRule::AppRoot => {
            ANNOTATIONS
        }
        IngressControllerRule::FixedRedirect
        | IngressControllerRule::WwwRedirect
        | IngressControllerRule::CorsPreflight => ANNOTATIONS,
        IngressControllerRule::LocationDenied
        | IngressControllerRule::BodyTooLarge
        | IngressControllerRule::AddressDenied => ANNOTATIONS,
        IngressControllerRule::AddressNotAllowed | IngressControllerRule::PasswordRequired => ANNOTATIONS,
        IngressControllerRule::DefaultBackendStandsIn | IngressControllerRule::CanaryByHeader => ANNOTATIONS,
        IngressControllerRule::CanaryPatternBroken
        | IngressControllerRule::CanaryByCookie
        | IngressControllerRule::CanaryByWeight => ANNOTATIONS,
        IngressControllerRule::CanaryWithoutEndpoints | IngressControllerRule::ExternalNameIsLoopback => ANNOTATIONS,
        IngressControllerRule::SharedService | IngressControllerRule::RewrittenToUrl => ANNOTATIONS,
        IngressControllerRule::ClientCertificateRequired | IngressControllerRule::AuthServerUnreachable => ANNOTATIONS,
        IngressControllerRule::MethodRefused => NGINX_ERRORS,
        IngressControllerRule::FirstExpression => PATHS,
        IngressControllerRule::SlashAdded
        | IngressControllerRule::BadPath
        | IngressControllerRule::ConfigurationRefused => NGINX_LOCATION,
        IngressControllerRule::HttpsRedirect => TLS,
        IngressControllerRule::PlainHttpToTlsPort => NGINX_ERRORS,
        IngressControllerRule::OwnPage => ARGUMENTS,
        IngressControllerRule::BlockedByConfigMap => CONFIG_MAP,
        IngressControllerRule::HighestPriority
        | IngressControllerRule::EqualPriority
        | IngressControllerRule::TcpRouterFirst => ROUTERS,
        IngressControllerRule::ChildRouter => ROUTERS,
        IngressControllerRule::HashedByAddress
        | IngressControllerRule::UnknownScheme
        | IngressControllerRule::Failover => TRAEFIK_SERVICES,
        IngressControllerRule::NoneAtOnce
        | IngressControllerRule::PathNotCanonical
        | IngressControllerRule::PasswordAccepted => MIDDLEWARES,
        IngressControllerRule::AuthServerOutOfReach | IngressControllerRule::ErrorPage => MIDDLEWARES,
        IngressControllerRule::EncodedCharacter | IngressControllerRule::BrokenEscape => ENTRY_POINTS,
        IngressControllerRule::TlsOptionsRefuse | IngressControllerRule::OtherTlsOptions => ROUTERS,
        IngressControllerRule::EmptyServiceKept => TRAEFIK_INGRESS,
        IngressControllerRule::Weighted | IngressControllerRule::NodePortLoadBalancing => TRAEFIK_SERVICES,
        IngressControllerRule::RedirectMiddleware
        | IngressControllerRule::IpAllowList
        | IngressControllerRule::HostNotAllowed => MIDDLEWARES,
        IngressControllerRule::EntryPointRedirect => ENTRY_POINTS,
        IngressControllerRule::AuthRequest
        | IngressControllerRule::RateLimited
        | IngressControllerRule::ErrorsReplaced => ANNOTATIONS,
        IngressControllerRule::Mirrored => ANNOTATIONS,
        IngressControllerRule::CertificateCovers | IngressControllerRule::CertificateOfAnother => API_TLS,
        IngressControllerRule::CertificateSelfSigned | IngressControllerRule::OwnCertificate => API_TLS,
    }
}

/// The objection as a clause.
pub fn objection(objection: IngressObjection) -> BilingualText {
    match objection {
        IngressObjection::HostDiffers => BilingualText::new("is for another host", "別のホスト向け"),
        IngressObjection::NotShown => {
            BilingualText::new("more don't come into question either", "ほかにも対象にならないものがある")
        }
        IngressObjection::PathDiffers => BilingualText::new("is for another path", "別のパス向け"),
        IngressObjection::ShorterPath => {
            BilingualText::new("matches, but a longer path does too", "一致するが、より長いパスも一致する")
        }
        IngressObjection::LessSpecificHost => BilingualText::new(
            "matches, but a rule for this very host does too",
            "一致するが、このホストそのもののルールも一致する",
        ),
        IngressObjection::PrefixBesideExact => {
            BilingualText::new("matches, but an Exact path does too", "一致するが、Exact のパスも一致する")
        }
        IngressObjection::LaterIngress => BilingualText::new(
            "matches, but an older Ingress has the same",
            "一致するが、より古い Ingress に同じものがある",
        ),
        IngressObjection::LaterExpression => BilingualText::new(
            "matches, but an expression before it does too",
            "一致するが、前にある正規表現も一致する",
        ),
        IngressObjection::DuplicatePath => BilingualText::new(
            "is ignored: an older Ingress has the same host, path and type",
            "無視される: より古い Ingress に同じホスト・パス・種類がある",
        ),
        IngressObjection::SecondDefaultBackend => BilingualText::new(
            "is ignored: another Ingress has set the default backend",
            "無視される: 別の Ingress がデフォルトバックエンドを設定済み",
        ),
        IngressObjection::OtherClass => BilingualText::new(
            "isn't served: its class belongs to another controller",
            "対象外: クラスが別のコントローラーのもの",
        ),
        IngressObjection::UnknownClass => {
            BilingualText::new("isn't served: its class doesn't exist", "対象外: クラスが存在しない")
        }
        IngressObjection::NoClass => {
            BilingualText::new("isn't served: it names no class", "対象外: クラスの指定がない")
        }
        IngressObjection::InvalidPath => BilingualText::new(
            "is dropped as a whole: an Exact or Prefix path may hold only letters, digits and ._-/",
            "全体が除外される: Exact と Prefix のパスに使えるのは英数字と ._-/ のみ",
        ),
        IngressObjection::InvalidAnnotation => BilingualText::new(
            "is dropped as a whole: the annotation's value is invalid",
            "全体が除外される: アノテーションの値が不正",
        ),
        IngressObjection::RiskyAnnotation => BilingualText::new(
            "is dropped as a whole: the annotation is of critical risk, which annotations-risk-level doesn't take",
            "全体が除外される: アノテーションの危険度が Critical で、annotations-risk-level が認めていない",
        ),
        IngressObjection::CanaryWithoutMainline => BilingualText::new(
            "serves nothing: no other Ingress has the same host, path and type",
            "何も受け取らない: 同じホスト・パス・種類の本流がない",
        ),
        IngressObjection::CanaryIsMainline => BilingualText::new(
            "splits nothing: it leads to the mainline's own Service",
            "分岐しない: 本流と同じ Service を指す",
        ),
        IngressObjection::SecondCanary => {
            BilingualText::new("is ignored: a path has one canary only", "無視される: パスのカナリアは一つだけ")
        }
        IngressObjection::ServiceMissing => {
            BilingualText::new("makes no router: its Service doesn't exist", "ルーターにならない: Service が存在しない")
        }
        IngressObjection::PortMissing => BilingualText::new(
            "makes no router: its Service has no such port",
            "ルーターにならない: Service にそのポートがない",
        ),
        IngressObjection::ServiceEmpty => BilingualText::new(
            "makes no router: its Service has no endpoints",
            "ルーターにならない: Service にエンドポイントがない",
        ),
        IngressObjection::ExternalNameNotAllowed => BilingualText::new(
            "makes no router: ExternalName Services aren't allowed",
            "ルーターにならない: ExternalName の Service は許可されていない",
        ),
        IngressObjection::ResourceBackend => BilingualText::new(
            "makes no router: its backend is a resource",
            "ルーターにならない: バックエンドがリソース",
        ),
        IngressObjection::LowerPriority => {
            BilingualText::new("matches, but another router has priority", "一致するが、別のルーターが優先される")
        }
        IngressObjection::InvalidRule => {
            BilingualText::new("makes no router: its rule is invalid", "ルーターにならない: ルールが不正")
        }
        IngressObjection::MatcherDiffers => BilingualText::new(
            "doesn't match by header, query, method or client address",
            "ヘッダー・クエリー・メソッド・クライアントのアドレスのいずれかが一致しない",
        ),
        IngressObjection::OtherEntryPoint => {
            BilingualText::new("is for other entry points", "別のエントリーポイント向け")
        }
        IngressObjection::TlsOnly => BilingualText::new("takes HTTPS only", "HTTPS のみを受け取る"),
        IngressObjection::PlainOnly => BilingualText::new("takes plain HTTP only", "平文の HTTP のみを受け取る"),
        IngressObjection::OtherNamespace => BilingualText::new(
            "names something in another namespace, which only allowCrossNamespace permits",
            "別の namespace のものを指している。許すのは allowCrossNamespace だけ",
        ),
        IngressObjection::MiddlewareMissing => {
            BilingualText::new("is in error: its middleware doesn't exist", "エラー: ミドルウェアが存在しない")
        }
        IngressObjection::DefaultBackendIgnored => BilingualText::new(
            "has a default backend beside rules, which Traefik ignores",
            "ルールと並ぶデフォルトバックエンドを Traefik は無視する",
        ),
        IngressObjection::LegacyGroup => BilingualText::new(
            "isn't read: Traefik 3 doesn't know the group traefik.containo.us",
            "読まれない: Traefik 3 は traefik.containo.us グループに対応しない",
        ),
        IngressObjection::MiddlewareInvalid => BilingualText::new(
            "is in error: its middleware can't be built from what it says",
            "エラー: ミドルウェアの内容から組み立てられない",
        ),
        IngressObjection::ServiceInvalid => BilingualText::new(
            "makes no router: what is said of its Service can't be used",
            "ルーターにならない: Service への指定が使えない",
        ),
        IngressObjection::HealthCheckNotAllowed => BilingualText::new(
            "makes no router: healthCheck is for ExternalName Services only",
            "ルーターにならない: healthCheck は ExternalName の Service だけのもの",
        ),
        IngressObjection::ServersTransportMissing => BilingualText::new(
            "is in error: its ServersTransport doesn't exist",
            "エラー: ServersTransport が存在しない",
        ),
        IngressObjection::ParentMissing => {
            BilingualText::new("isn't served: its parent doesn't exist", "対象外: 親が存在しない")
        }
        IngressObjection::NoServices => BilingualText::new(
            "is in error: it has no services, and no child that can be built",
            "エラー: Service も、組み立てられる子ルーターもない",
        ),
        IngressObjection::InvalidChild => BilingualText::new(
            "is in error: a child may have no tls and no entryPoints of its own",
            "エラー: 子ルーターは自身の tls や entryPoints を持てない",
        ),
        IngressObjection::ReplacedByLater => BilingualText::new(
            "is replaced by a later route with the same rule",
            "同じルールの後のルートに置き換えられる",
        ),
        IngressObjection::SecretMissing => BilingualText::new(
            "isn't among the manifests and is taken not to exist: paste it (tls.crt, with any text as tls.key) to see its certificate",
            "マニフェストにないため、存在しないものとして扱う: 貼り付ければ（tls.crt と、tls.key には任意の文字列）その証明書で答える",
        ),
        IngressObjection::CertificateUnreadable => {
            BilingualText::new("holds no certificate with its key", "証明書と鍵が入っていない")
        }
        IngressObjection::CertificateForOthers => BilingualText::new("is for other names", "別の名前向け"),
    }
}
