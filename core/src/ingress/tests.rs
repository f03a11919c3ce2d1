//! The same manifests under another controller.

use super::*;
use crate::cluster::SettingOverrides;
use crate::manifest::Manifests;
use crate::source::Sources;
use crate::trace::PacketDecision;

const MANIFESTS: &str = r#"
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  annotations: {nginx.ingress.kubernetes.io/ssl-redirekt: "false"}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example
    http:
      paths:
      - {path: /foo, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
      - {path: /bar/, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
"#;

fn cluster() -> Cluster {
    Cluster::build(&Manifests::read(Sources::new([("a.yaml", MANIFESTS)])), &SettingOverrides::default())
}

/// The status, or 200 for a request that is passed on.
fn status(cluster: &Cluster, implementation: IngressImplementation, path: &str) -> u16 {
    let controllers = Controllers::read(cluster, Some(implementation), FurtherControllers::ALL);
    let pod = controllers.iter().next().unwrap().pods[0].clone();
    let controller = controllers.at_pod(&pod, 80).expect("it listens where the pod's own controller does");
    assert_eq!(controller.implementation, implementation);
    let request = HttpRequest { host: "shop.example".into(), path: path.into(), ..HttpRequest::default() };
    let client = "203.0.113.50".parse().unwrap();
    let judgement = controller.judge(cluster, &ControllerArrival { pod: &pod, port: 80, client, request: &request });
    assert_eq!(judgement.component, Component::Ingress(implementation));
    match &judgement.branches[0].decision {
        PacketDecision::Respond(response) => response.status,
        PacketDecision::Proxy(_) => 200,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_controller_answers_in_its_own_way() {
    let cluster = cluster();
    for (path, nginx, traefik, api) in
        [("/foo/x", 200, 200, 200), ("/foobar", 404, 200, 404), ("/bar", 301, 404, 200), ("/nothing", 404, 404, 404)]
    {
        assert_eq!(status(&cluster, IngressImplementation::IngressNginx, path), nginx, "ingress-nginx {path}");
        assert_eq!(status(&cluster, IngressImplementation::Traefik, path), traefik, "traefik {path}");
        assert_eq!(status(&cluster, IngressImplementation::Api, path), api, "api {path}");
    }
}

#[test]
fn an_annotation_that_does_not_exist_is_named() {
    let found = Controllers::read(&cluster(), None, FurtherControllers::ALL).diagnostics();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].problem, crate::diagnostic::Problem::UnknownAnnotation { nearest: Some("ssl-redirect") });
}
