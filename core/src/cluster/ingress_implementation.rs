//! The implementations of Ingress, one row each: everything that can be said of one without judging a request.

use serde::{Deserialize, Serialize};

/// What serves Ingresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::VariantArray)]
#[serde(rename_all = "kebab-case")]
pub enum IngressImplementation {
    IngressNginx,
    Traefik,
    /// Traefik with its provider for the annotations of ingress-nginx.
    TraefikNginx,
    /// F5's NGINX Ingress Controller.
    F5Nginx,
    /// The AWS Load Balancer Controller, whose load balancers stand outside the cluster.
    AwsAlb,
    /// The Ingress API's text and nothing else.
    Api,
}

/// The value of an argument by its name, without dashes; None where it isn't given.
pub type ArgumentValue<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// One implementation: its names, how it is recognised, and what can be told of it beforehand.
pub struct ImplementationFacts {
    /// On the command line (`--as`) and in the World.
    pub name: &'static str,
    /// In the JSON contract's hops.
    pub component: &'static str,
    /// In running text, English and Japanese.
    pub title: (&'static str, &'static str),
    /// `spec.controller` of its IngressClasses.
    pub class_controller: Option<&'static str>,
    /// The names that its charts give its class.
    pub class_names: &'static [&'static str],
    /// Whether an image's repository is its program.
    pub is_image: fn(&str) -> bool,
    /// Whether its pod serves Ingresses without class, by its arguments.
    pub serves_unclassed: fn(&ArgumentValue<'_>) -> bool,
    /// Whether it reads a configuration file besides its arguments.
    pub reads_file: bool,
    /// The status it answers with when its backend's name doesn't resolve.
    pub unresolved_backend: u16,
}

/// The image of the supplied controller that follows the API's text.
pub const API_IMAGE: &str = "whichpod.dev/ingress-controller";

const INGRESS_NGINX: ImplementationFacts = ImplementationFacts {
    name: "ingress-nginx",
    component: "ingress-nginx",
    title: ("ingress-nginx", "ingress-nginx"),
    class_controller: Some("k8s.io/ingress-nginx"),
    class_names: &["nginx"],
    is_image: |repository| {
        repository.ends_with("ingress-nginx/controller")
            || ["nginx-ingress-controller", "ingress-nginx-controller", "mirrored-ingress-nginx-controller"]
                .contains(&last_segment(repository))
    },
    // cmd/nginx/flags.go
    serves_unclassed: |argument| argument("watch-ingress-without-class").is_some_and(|value| value != "false"),
    reads_file: false,
    // balancer.lua has no peer for a name that doesn't resolve.
    unresolved_backend: 503,
};

const TRAEFIK: ImplementationFacts = ImplementationFacts {
    name: "traefik",
    component: "traefik",
    title: ("Traefik", "Traefik"),
    class_controller: Some("traefik.io/ingress-controller"),
    class_names: &["traefik"],
    is_image: |repository| ["traefik", "mirrored-library-traefik"].contains(&last_segment(repository)),
    // pkg/provider/kubernetes/ingress/kubernetes.go, shouldProcessIngress
    serves_unclassed: |argument| argument("providers.kubernetesingress.ingressclass").is_none(),
    reads_file: true,
    unresolved_backend: 502,
};

const TRAEFIK_NGINX: ImplementationFacts = ImplementationFacts {
    name: "traefik-nginx",
    component: "traefik-nginx",
    title: ("Traefik's provider for ingress-nginx", "Traefik の ingress-nginx 用プロバイダー"),
    class_controller: Some("k8s.io/ingress-nginx"),
    class_names: &[],
    // Its image is Traefik's; an argument makes the difference.
    is_image: |_| false,
    // pkg/provider/kubernetes/ingress-nginx/build.go, shouldProcess
    serves_unclassed: |argument| {
        argument("providers.kubernetesingressnginx.watchingresswithoutclass").is_some_and(|value| value != "false")
    },
    reads_file: true,
    unresolved_backend: 502,
};

const F5_NGINX: ImplementationFacts = ImplementationFacts {
    name: "f5-nginx",
    component: "f5-nginx",
    title: ("F5 NGINX Ingress Controller", "F5 NGINX Ingress Controller"),
    class_controller: Some("nginx.org/ingress-controller"),
    // Its class is called as ingress-nginx'; annotations and kinds of its own tell them apart.
    class_names: &[],
    is_image: |repository| {
        ["nginx-ingress", "nginx-plus-ingress"].contains(&last_segment(repository))
            || ["nginx/kubernetes-ingress", "nginxinc/kubernetes-ingress"].iter().any(|name| repository.ends_with(name))
    },
    // internal/k8s/controller.go, HasCorrectIngressClass
    serves_unclassed: |_| false,
    reads_file: false,
    unresolved_backend: 502,
};

const AWS_ALB: ImplementationFacts = ImplementationFacts {
    name: "aws-alb",
    component: "aws-alb",
    title: ("the Application Load Balancer", "Application Load Balancer"),
    class_controller: Some("ingress.k8s.aws/alb"),
    class_names: &["alb"],
    is_image: |repository| {
        ["aws-load-balancer-controller", "aws-alb-ingress-controller"].contains(&last_segment(repository))
    },
    // controllers/ingress/group_controller.go: manageIngressesWithoutIngressClass
    serves_unclassed: |argument| argument("ingress-class").is_some_and(|class| class.is_empty()),
    reads_file: false,
    unresolved_backend: 502,
};

/// The argument that switches Traefik's provider for ingress-nginx on.
pub const NGINX_PROVIDER: &str = "providers.kubernetesingressnginx";

const API: ImplementationFacts = ImplementationFacts {
    name: "api",
    component: "ingress-controller",
    title: ("the Ingress controller", "Ingress コントローラー"),
    class_controller: None,
    class_names: &[],
    is_image: |repository| repository == API_IMAGE,
    serves_unclassed: |_| false,
    reads_file: false,
    unresolved_backend: 502,
};

impl IngressImplementation {
    /// All, the order in which one is preferred to another.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// Its row.
    pub const fn facts(self) -> &'static ImplementationFacts {
        match self {
            Self::IngressNginx => &INGRESS_NGINX,
            Self::Traefik => &TRAEFIK,
            Self::TraefikNginx => &TRAEFIK_NGINX,
            Self::F5Nginx => &F5_NGINX,
            Self::AwsAlb => &AWS_ALB,
            Self::Api => &API,
        }
    }

    /// The implementation of an image; None for other programs.
    pub fn of_image(image: &str) -> Option<Self> {
        let (repository, _) = split_image(image);
        Self::find(|facts| (facts.is_image)(repository))
    }

    /// The implementation of a program, by its image and the names of its arguments.
    pub fn of_program<'w>(image: &str, words: impl IntoIterator<Item = &'w str>) -> Option<Self> {
        let of_image = Self::of_image(image)?;
        let is_provider = |word: &str| {
            let word = word.trim_start_matches('-').to_ascii_lowercase().replace('_', ".");
            let word = word.strip_prefix("traefik.").unwrap_or(&word);
            word.strip_prefix(NGINX_PROVIDER).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with('.') || rest.starts_with('=') && rest != "=false"
            })
        };
        let runs_provider = of_image == Self::Traefik && words.into_iter().any(is_provider);
        Some(if runs_provider { Self::TraefikNginx } else { of_image })
    }

    /// By its name on the command line and in the World.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::find(|facts| facts.name == name)
    }

    /// By `spec.controller` of a class: one that nobody has follows the API's text.
    pub fn from_class_controller(controller: &str) -> Self {
        Self::find(|facts| facts.class_controller == Some(controller)).unwrap_or(Self::Api)
    }

    /// By the name that a chart gives its class.
    pub fn from_class_name(class: &str) -> Option<Self> {
        Self::find(|facts| facts.class_names.contains(&class))
    }

    /// The objects supplied with it; ADDRESS is its load balancer's, NAME and CONTROLLER are those of its class.
    pub const fn manifest(self) -> &'static str {
        match self {
            Self::IngressNginx => include_str!("supplied/ingress-nginx.yaml"),
            Self::Traefik => include_str!("supplied/traefik.yaml"),
            Self::TraefikNginx => include_str!("supplied/traefik-nginx.yaml"),
            Self::F5Nginx => include_str!("supplied/f5-nginx.yaml"),
            Self::AwsAlb => include_str!("supplied/aws-alb.yaml"),
            Self::Api => include_str!("supplied/ingress-controller.yaml"),
        }
    }

    /// Whether load balancers outside the cluster take the requests, and not its own pods.
    pub const fn serves_outside(self) -> bool {
        matches!(self, Self::AwsAlb)
    }

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    fn find(wanted: impl Fn(&ImplementationFacts) -> bool) -> Option<Self> {
        Self::ALL.iter().copied().find(|implementation| wanted(implementation.facts()))
    }
}

fn last_segment(repository: &str) -> &str {
    repository.rsplit('/').next().unwrap_or_default()
}

/// Repository and tag, without digest; no tag is `latest`.
pub fn split_image(image: &str) -> (&str, &str) {
    let image = image.split_once('@').map_or(image, |(image, _)| image);
    match image.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (image, "latest"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images() {
        for (image, implementation) in [
            ("registry.k8s.io/ingress-nginx/controller:v1.15.1@sha256:abc", Some(IngressImplementation::IngressNginx)),
            (
                "quay.io/kubernetes-ingress-controller/nginx-ingress-controller:0.30.0",
                Some(IngressImplementation::IngressNginx),
            ),
            ("traefik:v3.7", Some(IngressImplementation::Traefik)),
            ("localhost:5000/traefik", Some(IngressImplementation::Traefik)),
            ("whichpod.dev/ingress-controller", Some(IngressImplementation::Api)),
            ("traefik/whoami", None),
            ("nginx:1.27", None),
            ("nginx/nginx-ingress:5.0", Some(IngressImplementation::F5Nginx)),
            ("ghcr.io/nginx/kubernetes-ingress:5.6.0", Some(IngressImplementation::F5Nginx)),
            ("public.ecr.aws/eks/aws-load-balancer-controller:v3.5.0", Some(IngressImplementation::AwsAlb)),
            ("haproxytech/kubernetes-ingress:3.1", None),
        ] {
            assert_eq!(IngressImplementation::of_image(image), implementation, "{image}");
        }
    }
}
