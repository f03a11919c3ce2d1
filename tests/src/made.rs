//! Manifests made by code, of any size: the input of benches and of the tests at Kubernetes' limits.
//!
//! The cluster is an ordinary one: namespaces with Deployments of equal size, a Service for each, some of them behind
//! Ingresses. Text is what a person would write, so that reading it costs what reading costs.

/// How large a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Nodes.
    pub nodes: usize,
    /// Namespaces beside `default`; the Services are dealt out to them in turn. None: all in `default`.
    pub namespaces: usize,
    /// Services, each with a Deployment of its own.
    pub services: usize,
    /// Pods of each Deployment.
    pub replicas: usize,
    /// Ingresses of one path each, for the first Services.
    pub ingresses: usize,
}

/// A usual paste: 100 objects.
pub const USUAL: Size = Size { nodes: 3, namespaces: 0, services: 46, replicas: 3, ingresses: 4 };

/// Kubernetes' published limits: 5,000 nodes, 150,000 pods, 10,000 Services
/// (<https://kubernetes.io/docs/setup/best-practices/cluster-large/>, and sig-scalability's thresholds for Services).
pub const LIMITS: Size = Size { nodes: 5_000, namespaces: 100, services: 10_000, replicas: 15, ingresses: 100 };

impl Size {
    /// The objects written.
    pub fn objects(self) -> usize {
        let class = usize::from(self.ingresses > 0);
        self.nodes + self.namespaces + 2 * self.services + self.ingresses + class
    }

    /// The pods that the Deployments make.
    pub fn pods(self) -> usize {
        self.services * self.replicas
    }

    /// The namespace of a Service.
    pub fn namespace(self, service: usize) -> String {
        match self.namespaces {
            0 => "default".to_owned(),
            namespaces => format!("team-{}", service % namespaces),
        }
    }

    /// The manifests.
    pub fn manifests(self) -> String {
        let mut text = String::new();
        for number in 0..self.nodes {
            document(&mut text, &node(number));
        }
        for number in 0..self.namespaces {
            document(&mut text, &format!("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: team-{number}\n"));
        }
        for number in 0..self.services {
            let namespace = self.namespace(number);
            document(&mut text, &deployment(number, &namespace, self.replicas));
            document(&mut text, &service(number, &namespace));
        }
        if self.ingresses > 0 {
            document(&mut text, INGRESS_CLASS);
        }
        for number in 0..self.ingresses {
            document(&mut text, &ingress(number, &self.namespace(number)));
        }
        text
    }
}

fn document(text: &mut String, document: &str) {
    if !text.is_empty() {
        text.push_str("---\n");
    }
    text.push_str(document);
}

fn node(number: usize) -> String {
    let (high, low) = (number / 250, number % 250 + 1);
    format!(
        "apiVersion: v1
kind: Node
metadata:
  name: node-{number}
  labels:
    kubernetes.io/hostname: node-{number}
    topology.kubernetes.io/zone: zone-{zone}
status:
  addresses:
  - type: InternalIP
    address: 172.20.{high}.{low}
",
        zone = number % 3
    )
}

fn deployment(number: usize, namespace: &str, replicas: usize) -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{number}
  namespace: {namespace}
spec:
  replicas: {replicas}
  selector:
    matchLabels:
      app: app-{number}
  template:
    metadata:
      labels:
        app: app-{number}
    spec:
      containers:
      - name: app
        image: example.com/app:1.{number}
        ports:
        - name: http
          containerPort: 8080
"
    )
}

fn service(number: usize, namespace: &str) -> String {
    format!(
        "apiVersion: v1
kind: Service
metadata:
  name: app-{number}
  namespace: {namespace}
spec:
  selector:
    app: app-{number}
  ports:
  - name: http
    port: 80
    targetPort: http
"
    )
}

const INGRESS_CLASS: &str = "apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata:
  name: nginx
spec:
  controller: k8s.io/ingress-nginx
";

fn ingress(number: usize, namespace: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: app-{number}
  namespace: {namespace}
spec:
  ingressClassName: nginx
  rules:
  - host: app-{number}.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: app-{number}
            port:
              name: http
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usual_paste_has_a_hundred_objects() {
        assert_eq!(USUAL.objects(), 100);
        assert_eq!(USUAL.manifests().matches("\nkind: ").count(), 100);
    }

    #[test]
    fn the_limits_are_kubernetes_own() {
        assert_eq!((LIMITS.nodes, LIMITS.pods(), LIMITS.services), (5_000, 150_000, 10_000));
    }
}
