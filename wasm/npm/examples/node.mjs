// node node_modules/whichpod/examples/node.mjs

import { check, exec, trace } from "whichpod";

const manifests = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
`;

const answer = trace(manifests, "curl http://shop.example.com/cart");
for (const landing of answer.landings) {
  console.log(`${Math.round(landing.share * 100)} % ${landing.outcome} ${landing.pod ?? landing.status ?? ""}`);
}

const { stdout } = exec({ "web.yaml": manifests }, { command: "getent hosts web", from: "deploy/web" });
console.log(stdout.trim());

console.log(`${check(manifests).diagnostics.filter(({ severity }) => severity === "error").length} errors`);
