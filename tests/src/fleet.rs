//! Manifests of any size, made by code: nodes, and per workload a Deployment, a Service and, for every tenth, an Ingress.

use std::fmt::Write;

/// How many there are of what.
#[derive(Debug, Clone, Copy)]
pub struct Fleet {
    /// Nodes; none leaves the three that are supplied.
    pub nodes: usize,
    /// Deployments, each with its Service.
    pub workloads: usize,
    /// Pods per Deployment.
    pub replicas: usize,
}

/// What somebody pastes: about a hundred objects.
pub const USUAL: Fleet = Fleet { nodes: 0, workloads: 48, replicas: 3 };

/// Kubernetes' own limits: 5,000 nodes, 150,000 pods, 10,000 Services.
pub const LIMITS: Fleet = Fleet { nodes: 5_000, workloads: 10_000, replicas: 15 };

impl Fleet {
    /// The manifests as one text.
    pub fn manifests(self) -> String {
        let mut text = String::new();
        for number in 0..self.nodes {
            add(&mut text, &node(number));
        }
        for number in 0..self.workloads {
            add(&mut text, &deployment(number, self.replicas));
            add(&mut text, &service(number));
            if number % 10 == 0 {
                add(&mut text, &ingress(number));
            }
        }
        text
    }
}

fn add(text: &mut String, document: &str) {
    let _ = writeln!(text, "{document}---");
}

fn node(number: usize) -> String {
    format!(
        "apiVersion: v1\nkind: Node\nmetadata: {{name: machine-{number}}}\nstatus:\n  addresses:\n  \
         - {{type: InternalIP, address: 172.{}.{}.{}}}\n",
        16 + number / 62_500,
        number / 250 % 250,
        number % 250 + 1
    )
}

fn deployment(number: usize, replicas: usize) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-{number}\n  labels: {{app: web-{number}}}\nspec:\n  \
         replicas: {replicas}\n  selector:\n    matchLabels: {{app: web-{number}}}\n  template:\n    metadata:\n      \
         labels: {{app: web-{number}}}\n    spec:\n      containers:\n      - name: web\n        image: nginx\n        \
         ports:\n        - {{name: http, containerPort: 8080}}\n"
    )
}

fn service(number: usize) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web-{number}\nspec:\n  selector: {{app: web-{number}}}\n  \
         ports:\n  - {{name: http, port: 80, targetPort: http}}\n"
    )
}

fn ingress(number: usize) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web-{number}\nspec:\n  \
         ingressClassName: nginx\n  rules:\n  - host: web-{number}.example.com\n    http:\n      paths:\n      \
         - path: /\n        pathType: Prefix\n        backend:\n          service:\n            name: web-{number}\n            \
         port: {{name: http}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::USUAL;
    use whichpod_core::diagnostic::Severity;
    use whichpod_core::manifest::Manifests;
    use whichpod_core::source::Sources;

    #[test]
    fn the_api_server_takes_all_of_it() {
        let manifests = Manifests::read(Sources::new([("fleet.yaml", USUAL.manifests())]));
        let refused: Vec<_> =
            manifests.diagnostics.iter().filter(|found| found.problem.severity() == Severity::Error).collect();
        assert!(refused.is_empty(), "{refused:?}");
        assert_eq!(manifests.objects.len(), 101);
    }
}
