//! Ingress controllers by their images and by the `spec.controller` of their classes.

/// Whose ways a controller has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flavour {
    /// ingress-nginx.
    IngressNginx,
    /// Traefik.
    Traefik,
    /// The Ingress API's text and nothing else.
    Api,
}

/// The image of the supplied controller that follows the API's text.
pub const API_IMAGE: &str = "whichpod.dev/ingress-controller";

/// `spec.controller` of ingress-nginx' classes.
pub const NGINX_CONTROLLER: &str = "k8s.io/ingress-nginx";

/// `spec.controller` of Traefik's classes.
pub const TRAEFIK_CONTROLLER: &str = "traefik.io/ingress-controller";

impl Flavour {
    /// The controller of an image; None for other programs.
    pub fn of_image(image: &str) -> Option<Self> {
        let (repository, _) = split_image(image);
        let last = repository.rsplit('/').next().unwrap_or_default();
        match last {
            _ if repository == API_IMAGE => Some(Self::Api),
            _ if repository.ends_with("ingress-nginx/controller") => Some(Self::IngressNginx),
            "nginx-ingress-controller" | "ingress-nginx-controller" => Some(Self::IngressNginx),
            "mirrored-ingress-nginx-controller" => Some(Self::IngressNginx),
            "traefik" | "mirrored-library-traefik" => Some(Self::Traefik),
            _ => None,
        }
    }

    /// As the command line and the World name it: `ingress-nginx`, `traefik`, `api`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "ingress-nginx" => Some(Self::IngressNginx),
            "traefik" => Some(Self::Traefik),
            "api" => Some(Self::Api),
            _ => None,
        }
    }

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::IngressNginx => "ingress-nginx",
            Self::Traefik => "traefik",
            Self::Api => "api",
        }
    }
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
        for (image, flavour) in [
            ("registry.k8s.io/ingress-nginx/controller:v1.15.1@sha256:abc", Some(Flavour::IngressNginx)),
            ("quay.io/kubernetes-ingress-controller/nginx-ingress-controller:0.30.0", Some(Flavour::IngressNginx)),
            ("traefik:v3.7", Some(Flavour::Traefik)),
            ("localhost:5000/traefik", Some(Flavour::Traefik)),
            ("whichpod.dev/ingress-controller", Some(Flavour::Api)),
            ("traefik/whoami", None),
            ("nginx:1.27", None),
            ("nginx/nginx-ingress:5.0", None),
        ] {
            assert_eq!(Flavour::of_image(image), flavour, "{image}");
        }
    }
}
