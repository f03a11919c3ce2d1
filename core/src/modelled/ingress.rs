//! Ingress controllers: the annotations, arguments, settings and middlewares that they read.

use strum::VariantArray;

use super::{MODELLED, ModelledEntry, ModelledGroup, NOT_MODELLED, Section, WITHOUT_EFFECT};
use crate::cluster::network_balancer;
use crate::explain::BilingualText;
use crate::ingress::IngressImplementation;
use crate::ingress::read::aws_alb::{self, AlbAnnotationEffect};
use crate::ingress::read::f5_nginx::{self, F5AnnotationEffect};
use crate::ingress::read::nginx::{self, AnnotationSupport};
use crate::ingress::read::traefik::{
    MATCHERS, NOT_MODELLED as NO_MIDDLEWARE, PREFIX, RouterAnnotation, ServiceAnnotation, TCP_MATCHERS,
    WITHOUT_EFFECT as PASSING, is_read_by_nginx_provider,
};
use crate::model::{F5PolicySpec, IngressClassParamsSpec, MiddlewareSpec, well_known};

/// What all controllers have in common.
pub(super) fn section() -> Section {
    Section {
        id: "ingress",
        title: BilingualText::new("Ingress", "Ingress"),
        about: BilingualText::new(
            "The Ingress API as its text says it, ingress-nginx, Traefik, F5's controller and AWS' as they do it. Any other controller is taken \
             by the API's text, and says so.",
            "Ingress API の文面どおりの動作と、ingress-nginx・Traefik・F5 と AWS のコントローラーそれぞれの動作です。ほかのコントローラーは API の文面どおりとみなし、そのことを示します。",
        ),
        groups: vec![ModelledGroup::of_names(
            BilingualText::new("Annotations", "アノテーション"),
            [well_known::INGRESS_CLASS, well_known::DEFAULT_INGRESS_CLASS],
        )],
    }
}

/// What an implementation reads; None of the one that reads nothing but the API's objects.
pub(super) fn of_implementation(implementation: IngressImplementation) -> Option<Section> {
    match implementation {
        IngressImplementation::IngressNginx => Some(nginx()),
        IngressImplementation::Traefik => Some(traefik()),
        IngressImplementation::TraefikNginx => Some(traefik_nginx()),
        IngressImplementation::F5Nginx => Some(f5_nginx()),
        IngressImplementation::AwsAlb => Some(aws_alb()),
        IngressImplementation::Api => None,
    }
}

/// ingress-nginx: its annotations by what becomes of them, and what holds for all Ingresses.
fn nginx() -> Section {
    let arguments = nginx::ControllerArgument::VARIANTS.iter().map(|name| format!("--{}", <&str>::from(name)));
    Section {
        id: "ingress-nginx",
        title: BilingualText::new("ingress-nginx", "ingress-nginx"),
        about: BilingualText::new(
            "Annotations stand behind nginx.ingress.kubernetes.io/, or what --annotations-prefix says.",
            "アノテーションの接頭辞は nginx.ingress.kubernetes.io/、または --annotations-prefix の値です。",
        ),
        groups: vec![
            annotations(MODELLED, |meaning| meaning == AnnotationSupport::Modelled),
            annotations(DEPENDS, |meaning| matches!(meaning, AnnotationSupport::Depends(_))),
            annotations(NOT_MODELLED, |meaning| meaning == AnnotationSupport::NotModelled),
            annotations(SNIPPETS, |meaning| meaning == AnnotationSupport::Snippet),
            annotations(WITHOUT_EFFECT, |meaning| meaning == AnnotationSupport::WithoutEffect),
            ModelledGroup::of_names(
                BilingualText::new(
                    "Directives of snippets that are followed; others are named where they could change the answer",
                    "追跡するスニペットのディレクティブ（ほかは応答を変えうる場合に名前を示す）",
                ),
                nginx::FOLLOWED.iter().copied(),
            ),
            ModelledGroup::of_names(BilingualText::new("Arguments that are read", "読み取る引数"), arguments),
            ModelledGroup::of_names(
                BilingualText::new("Keys of the ConfigMap that are read", "読み取る ConfigMap のキー"),
                nginx::ConfigKey::VARIANTS.iter().map(<&str>::from),
            ),
        ],
    }
}

const DEPENDS: BilingualText = BilingualText::new(
    "Read; something else decides whether a request comes through, and the answer says so",
    "読み取るもの（通るかどうかはほかの要因で決まり、答えにその旨を示します）",
);

const SNIPPETS: BilingualText = BilingualText::new(
    "nginx' own configuration: with one the Ingress is dropped as long as annotations-risk-level isn't Critical, and it is ignored unless allow-snippet-annotations is true",
    "nginx の設定そのもの（annotations-risk-level が Critical でない限り Ingress ごと除外され、allow-snippet-annotations が true でない限り無視される）",
);

fn annotations(title: BilingualText, wanted: impl Fn(AnnotationSupport) -> bool) -> ModelledGroup {
    let known = nginx::Annotation::VARIANTS.iter().filter(|name| wanted(name.meaning()));
    let entries = known.map(|name| match name.meaning() {
        AnnotationSupport::Depends(rule) => ModelledEntry::name(name.name()).with_note(rule.words()),
        AnnotationSupport::Modelled
        | AnnotationSupport::NotModelled
        | AnnotationSupport::Snippet
        | AnnotationSupport::WithoutEffect => ModelledEntry::name(name.name()),
    });
    ModelledGroup::of(title, entries.collect())
}

/// Traefik's provider for ingress-nginx: which of its annotations count.
fn traefik_nginx() -> Section {
    let names = |read: bool| {
        let all = nginx::Annotation::VARIANTS.iter().filter(move |name| is_read_by_nginx_provider(**name) == read);
        all.map(|name| name.name())
    };
    Section {
        id: "traefik-nginx",
        title: BilingualText::new("Traefik's provider for ingress-nginx", "Traefik の ingress-nginx 用プロバイダー"),
        about: BilingualText::new(
            "What a Traefik with --providers.kubernetesingressnginx makes of ingress-nginx' annotations; --as traefik-nginx.",
            "--providers.kubernetesingressnginx を付けた Traefik が ingress-nginx のアノテーションから作るものです（--as traefik-nginx）。",
        ),
        groups: vec![
            ModelledGroup::of_names(
                BilingualText::new("Annotations that it reads", "読み取るアノテーション"),
                names(true),
            ),
            ModelledGroup::of_names(
                BilingualText::new("Annotations that it doesn't read", "読み取らないアノテーション"),
                names(false),
            ),
        ],
    }
}

/// F5's controller: its annotations by what becomes of them, arguments and keys.
fn f5_nginx() -> Section {
    let annotations = |title, wanted: F5AnnotationEffect| {
        let known = f5_nginx::ANNOTATIONS.iter().filter(move |known| known.effect == wanted);
        ModelledGroup::of_names(title, known.map(|known| known.name))
    };
    let arguments = f5_nginx::ARGUMENTS.iter().map(|name| format!("-{name}"));
    Section {
        id: "f5-nginx",
        title: BilingualText::new("F5 NGINX Ingress Controller", "F5 NGINX Ingress Controller"),
        about: BilingualText::new(
            "Ingresses, alone or as master and minions, and its own kinds; --as f5-nginx. An annotation of NGINX Plus makes the controller reject the Ingress unless it is NGINX Plus; then the answer is unknown.",
            "単独の Ingress、master・minion の Ingress、そして固有の種類です（--as f5-nginx）。NGINX Plus のアノテーションがあると、NGINX Plus でないコントローラーは Ingress を拒否します。NGINX Plus なら答えは「不明」になります。",
        ),
        groups: vec![
            annotations(MODELLED, F5AnnotationEffect::Modelled),
            annotations(NOT_MODELLED, F5AnnotationEffect::NotModelled),
            annotations(BilingualText::new("Of NGINX Plus", "NGINX Plus のもの"), F5AnnotationEffect::PlusOnly),
            annotations(WITHOUT_EFFECT, F5AnnotationEffect::WithoutEffect),
            ModelledGroup::of_names(
                BilingualText::new("Kinds", "種類"),
                ["VirtualServer", "VirtualServerRoute", "Policy", "TransportServer", "GlobalConfiguration"].into_iter(),
            ),
            ModelledGroup::of_names(BilingualText::new("Policies", "ポリシー"), f5_nginx::READ_KINDS.iter().copied()),
            ModelledGroup::of_names(
                BilingualText::new("Policies that make the answer unknown", "答えを「不明」にするポリシー"),
                f5_nginx::unread_kinds(&F5PolicySpec::default()).into_iter().map(|(name, _)| name),
            ),
            ModelledGroup::of_names(BilingualText::new("Arguments that are read", "読み取る引数"), arguments),
            ModelledGroup::of_names(
                BilingualText::new("Keys of the ConfigMap that are read", "読み取る ConfigMap のキー"),
                f5_nginx::CONFIG_KEYS.iter().copied(),
            ),
            ModelledGroup::of_names(
                BilingualText::new(
                    "Keys of the ConfigMap that make the answer unknown",
                    "答えを「不明」にする ConfigMap のキー",
                ),
                f5_nginx::UNREAD_KEYS.iter().copied(),
            ),
        ],
    }
}

/// The AWS Load Balancer Controller: its annotations by what becomes of them, arguments, and what its classes say.
fn aws_alb() -> Section {
    let annotations = |title, wanted: AlbAnnotationEffect| {
        let known = aws_alb::ANNOTATIONS.iter().filter(move |(_, effect)| *effect == wanted);
        ModelledGroup::of_names(title, known.map(|(name, _)| *name)).behind(aws_alb::PREFIX.to_owned())
    };
    Section {
        id: "aws-alb",
        title: BilingualText::new("AWS Load Balancer Controller", "AWS Load Balancer Controller"),
        about: BilingualText::new(
            "Ingresses as Application Load Balancers, one for each group; --as aws-alb. Certificates, health checks, security groups and web ACLs are AWS' own: the answer says what of them is taken for granted. Of Services of type LoadBalancer it reads what follows for their Network Load Balancers.",
            "グループごとに一つの Application Load Balancer となる Ingress です（--as aws-alb）。証明書・ヘルスチェック・セキュリティグループ・Web ACL は AWS のもので、何を前提としたかを答えに示します。type LoadBalancer の Service については、Network Load Balancer に関わるものを読み取ります。",
        ),
        groups: vec![
            annotations(MODELLED, AlbAnnotationEffect::Modelled),
            annotations(
                BilingualText::new(
                    "Known to AWS alone, and taken to let requests through",
                    "AWS だけが知り、リクエストを通すものとみなすもの",
                ),
                AlbAnnotationEffect::Assumed,
            ),
            annotations(NOT_MODELLED, AlbAnnotationEffect::NotModelled),
            annotations(WITHOUT_EFFECT, AlbAnnotationEffect::WithoutEffect),
            ModelledGroup::of_names(
                BilingualText::new("Annotations of Services that are read", "読み取る Service のアノテーション"),
                aws_alb::SERVICE_ANNOTATIONS.iter().copied(),
            )
            .behind(network_balancer::PREFIX.to_owned()),
            ModelledGroup::of_names(
                BilingualText::new(
                    "Annotations of Services that make the answer unknown",
                    "答えを「不明」にする Service のアノテーション",
                ),
                aws_alb::SERVICE_GAPS.iter().copied(),
            )
            .behind(network_balancer::PREFIX.to_owned()),
            ModelledGroup::of_names(
                BilingualText::new(
                    "Fields of IngressClassParams that are read",
                    "読み取る IngressClassParams のフィールド",
                ),
                IngressClassParamsSpec::FIELDS.iter().map(|(name, _)| *name),
            ),
            ModelledGroup::of_names(
                BilingualText::new("Arguments that are read", "読み取る引数"),
                aws_alb::ARGUMENTS.iter().map(|name| format!("--{name}")),
            ),
        ],
    }
}

/// Traefik: annotations, the matchers of rules, middlewares.
fn traefik() -> Section {
    let of_router = RouterAnnotation::VARIANTS.iter().map(<&str>::from);
    let of_service = ServiceAnnotation::VARIANTS.iter().map(<&str>::from);
    let matchers = |of: u32| MATCHERS.iter().filter(move |(major, _)| *major == of).map(|(_, name)| *name);
    let middlewares = |effect: bool| {
        let kinds = MiddlewareSpec::FIELDS.iter().map(|(name, _)| *name);
        kinds.filter(move |name| !NO_MIDDLEWARE.contains(name) && PASSING.contains(name) != effect)
    };
    Section {
        id: "traefik",
        title: BilingualText::new("Traefik", "Traefik"),
        about: BilingualText::new(
            "Ingress, IngressRoute and IngressRouteTCP. A middleware of another kind than these makes the answer unknown.",
            "Ingress、IngressRoute、IngressRouteTCP です。ここにない種類のミドルウェアがあると、答えは「不明」になります。",
        ),
        groups: vec![
            ModelledGroup::of_names(
                BilingualText::new("Annotations of an Ingress", "Ingress のアノテーション"),
                of_router,
            )
            .behind(format!("{PREFIX}/router.")),
            ModelledGroup::of_names(
                BilingualText::new("Annotations of a Service", "Service のアノテーション"),
                of_service,
            )
            .behind(format!("{PREFIX}/service.")),
            ModelledGroup::of_names(BilingualText::new("Matchers of rules", "ルールのマッチャー"), matchers(3)),
            ModelledGroup::of_names(
                BilingualText::new("Matchers of an IngressRouteTCP", "IngressRouteTCP のマッチャー"),
                TCP_MATCHERS.iter().copied(),
            ),
            ModelledGroup::of_names(
                BilingualText::new("Matchers of version 2's rules", "バージョン 2 のルールのマッチャー"),
                matchers(2),
            ),
            ModelledGroup::of_names(
                BilingualText::new("Middlewares that are modelled", "モデル化しているミドルウェア"),
                middlewares(true),
            ),
            ModelledGroup::of_names(WITHOUT_EFFECT, middlewares(false)),
        ],
    }
}
