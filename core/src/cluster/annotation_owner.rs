//! Whose annotations are whose: prefixes by the Ingress controllers that read them.

/// A controller with the prefixes of its annotations.
#[derive(Clone, Copy, Debug)]
pub struct AnnotationOwner {
    /// In running text.
    pub name: &'static str,
    /// `spec.controller` of its classes.
    pub controller: &'static str,
    pub prefixes: &'static [&'static str],
}

/// F5's controller, whose class often has the name of ingress-nginx'.
pub const F5: AnnotationOwner = AnnotationOwner {
    name: "NGINX Ingress Controller",
    controller: "nginx.org/ingress-controller",
    prefixes: &["nginx.org/", "nginx.com/", "appprotect.f5.com/", "appprotectdos.f5.com/"],
};

pub const INGRESS_NGINX: AnnotationOwner =
    owner("ingress-nginx", "k8s.io/ingress-nginx", &["nginx.ingress.kubernetes.io/"]);

/// GKE's, which takes the default class.
pub const GKE: AnnotationOwner = owner(
    "GKE Ingress",
    "k8s.io/ingress-gce",
    &[
        "networking.gke.io/v1beta1.FrontendConfig",
        "networking.gke.io/internal-",
        "ingress.gcp.kubernetes.io/",
        "kubernetes.io/ingress.allow-http",
    ],
);

/// All of them.
pub const ANNOTATION_OWNERS: &[AnnotationOwner] = &[
    INGRESS_NGINX,
    owner("Traefik", "traefik.io/ingress-controller", &["traefik.ingress.kubernetes.io/"]),
    F5,
    owner("Kong", "ingress-controllers.konghq.com/kong", &["konghq.com/"]),
    owner("HAProxy Kubernetes Ingress Controller", "haproxy.org/ingress-controller/haproxy", &["haproxy.org/"]),
    owner("HAProxy Ingress", "haproxy-ingress.github.io/controller", &["haproxy-ingress.github.io/"]),
    owner("AWS Load Balancer Controller", "ingress.k8s.aws/alb", &["alb.ingress.kubernetes.io/"]),
    owner("Contour", "projectcontour.io/projectcontour/contour", &["projectcontour.io/"]),
    GKE,
    owner("Azure Application Gateway", "azure/application-gateway", &["appgw.ingress.kubernetes.io/"]),
];

/// Prefixes of annotations that say nothing to any controller.
const NEUTRAL: &[&str] = &[
    "kubernetes.io/",
    "kubectl.kubernetes.io/",
    "app.kubernetes.io/",
    "cert-manager.io/",
    "acme.cert-manager.io/",
    "external-dns.alpha.kubernetes.io/",
    "meta.helm.sh/",
    "argocd.argoproj.io/",
    "field.cattle.io/",
    "networking.gke.io/managed-certificates",
    "networking.gke.io/certmap",
];

const fn owner(name: &'static str, controller: &'static str, prefixes: &'static [&'static str]) -> AnnotationOwner {
    AnnotationOwner { name, controller, prefixes }
}

impl AnnotationOwner {
    pub fn owns(&self, annotation: &str) -> bool {
        self.prefixes.iter().any(|prefix| annotation.starts_with(prefix))
    }
}

/// Whether an annotation may tell a controller something: its own, or one that nobody else is known to read.
pub fn may_concern(annotation: &str, controller: &str) -> bool {
    let mut owners = ANNOTATION_OWNERS.iter().filter(|owner| owner.owns(annotation));
    let is_neutral = NEUTRAL.iter().any(|prefix| annotation.starts_with(prefix)) || !annotation.contains('/');
    owners.next().map_or(!is_neutral, |owner| owner.controller == controller)
}
