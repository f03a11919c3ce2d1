//! The location order, the choice of expressions and the rewrites of our ingress-nginx model against a real nginx that is
//! given the same locations: over generated Ingresses and paths both must take the same location and send on the same
//! path, or redirect.

#![cfg(not(target_family = "wasm"))]

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};

use whichpod_core::cluster::{Cluster, SettingOverrides};
use whichpod_core::ingress::{Controller, ControllerArrival, Controllers, FurtherControllers, LocationModifier};
use whichpod_core::manifest::Manifests;
use whichpod_core::packet::HttpRequest;
use whichpod_core::source::{FieldRef, Sources};
use whichpod_core::trace::PacketDecision;
use whichpod_tests::nginx::{Dice, NginxProcess, NginxProgram, free_port};

/// How many hosts with rules of their own, and how many requests each gets.
const HOSTS: usize = 60;
const REQUESTS: usize = 60;

#[test]
fn our_model_takes_the_locations_that_nginx_takes() {
    let Some(program) = NginxProgram::find() else {
        eprintln!("skipped: nginx isn't installed (Debian: apt-get install nginx-light)");
        return;
    };
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let (manifests, plain) = manifests(&mut dice);
    let read = Manifests::read(Sources::new([("ingresses.yaml", manifests.as_str())]));
    let cluster = Cluster::build(&read, &SettingOverrides::default());
    let controllers = Controllers::read(&cluster, None, FurtherControllers::ALL);
    let controller = controllers.iter().next().expect("an ingress-nginx is supplied");
    let rules = rules(controller);
    let nginx = start(&program, controller, &rules);
    let mut differences = Vec::new();
    let (mut taken, mut redirected, mut rewritten) = (0, 0, 0);
    for (host, plain) in (0..HOSTS).map(host).zip(&plain) {
        for _ in 0..REQUESTS {
            let path = path(&mut dice, plain);
            let (theirs, ours) = (ask_nginx(&nginx, &host, &path), ask(&cluster, controller, &rules, &host, &path));
            taken += usize::from(theirs.starts_with("rule"));
            redirected += usize::from(theirs.starts_with("301"));
            rewritten += usize::from(theirs.starts_with("rule") && theirs.contains("/to/"));
            if theirs != ours {
                differences.push(format!("{host}{path}: nginx {theirs}, ours {ours}"));
            }
        }
    }
    assert!(differences.is_empty(), "{}\n{manifests}", differences.join("\n"));
    println!("{taken} of {} requests took a rule, {redirected} redirected, {rewritten} rewritten", HOSTS * REQUESTS);
    let met = taken > 200 && redirected > 20 && rewritten > 50;
    assert!(met, "the requests must meet the rules: {taken} taken, {redirected} redirected, {rewritten} rewritten");
}

fn host(number: usize) -> String {
    format!("h{number}.example")
}

/// A request's path: every other time one of the host's rules, with or without its slash; else from the words that rules
/// are made of.
fn path(dice: &mut Dice, rules: &[String]) -> String {
    let mut path = match dice.below(2) {
        0 => rules[dice.below(rules.len())].trim_end_matches('/').to_owned(),
        _ => String::new(),
    };
    if !path.is_empty() && dice.below(2) == 0 {
        return path + dice.pick(&["", "/"]);
    }
    for _ in 0..dice.below(4) {
        let _ = write!(path, "/{}", dice.pick(&["a", "b", "ab", "A", "api", "v1", "v22", "a.b", "", "..", "x%20y"]));
    }
    path + dice.pick(&["", "/", "/"])
}

/// Manifests and the plain paths of each host: each host has plain paths, every third one an Ingress with expressions
/// besides, and of these every other one rewrites by captures.
fn manifests(dice: &mut Dice) -> (String, Vec<Vec<String>>) {
    let mut plain_paths = Vec::new();
    let mut text = String::from(
        "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: nginx}\nspec: {controller: k8s.io/ingress-nginx}\n\
         ---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n\
         ---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec: {containers: [{name: web, image: web}]}\n",
    );
    for number in 0..HOSTS {
        let mut plain: Vec<(String, &str)> = Vec::new();
        for _ in 0..=dice.below(6) {
            let mut path = String::new();
            for _ in 0..=dice.below(3) {
                let _ = write!(path, "/{}", dice.pick(&["a", "b", "ab", "A", "api", "v1", "a.b"]));
            }
            path += dice.pick(&["", "", "/"]);
            // Prefix /a beside Prefix /a/ is a location twice, which nginx refuses.
            if !plain.iter().any(|(other, _)| other.trim_end_matches('/') == path.trim_end_matches('/')) {
                plain.push((path, dice.pick(&["Prefix", "Exact", "ImplementationSpecific"])));
            }
        }
        ingress(&mut text, &format!("plain-{number}"), number, "", &plain);
        plain_paths.push(plain.into_iter().map(|(path, _)| path).collect());
        if number % 3 == 0 {
            let patterns = ["/a(/|$)(.*)", "/v[0-9]+", "/(a|b)/.*", "/.*\\\\.b$", "/api/[a-z]{2,}", "/A", "/a+/?$"];
            let expressions: Vec<(String, &str)> =
                (0..=dice.below(3)).map(|_| (dice.pick(&patterns).to_owned(), "ImplementationSpecific")).collect();
            let regex = match number % 2 {
                0 => ", annotations: {nginx.ingress.kubernetes.io/rewrite-target: /$1/to/$2}",
                _ => ", annotations: {nginx.ingress.kubernetes.io/use-regex: \"true\"}",
            };
            ingress(&mut text, &format!("regex-{number}"), number, regex, &expressions);
        }
    }
    (text, plain_paths)
}

fn ingress(text: &mut String, name: &str, number: usize, annotations: &str, paths: &[(String, &str)]) {
    let _ = write!(
        text,
        "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: {name}{annotations}}}\nspec:\n  \
         ingressClassName: nginx\n  rules:\n  - host: {}\n    http:\n      paths:\n",
        host(number)
    );
    for (path, kind) in paths {
        let _ = writeln!(
            text,
            "      - {{path: \"{path}\", pathType: {kind}, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}"
        );
    }
}

/// The rules of all locations; a rule is named by its place here.
fn rules(controller: &Controller) -> Vec<FieldRef> {
    let nginx = controller.nginx().expect("an ingress-nginx");
    let mut rules: Vec<FieldRef> = Vec::new();
    for (_, locations) in nginx.locations() {
        for rule in locations.iter().filter_map(whichpod_core::ingress::NginxLocation::field) {
            if !rules.contains(&rule) {
                rules.push(rule);
            }
        }
    }
    assert!(rules.len() > HOSTS, "{} rules", rules.len());
    rules
}

fn name(rule: Option<FieldRef>, rules: &[FieldRef]) -> String {
    let place = rule.and_then(|rule| rules.iter().position(|known| *known == rule));
    place.map_or_else(|| "404".to_owned(), |place| format!("rule {place}"))
}

/// What our model answers.
fn ask(cluster: &Cluster, controller: &Controller, rules: &[FieldRef], host: &str, path: &str) -> String {
    let request = HttpRequest {
        method: "GET".to_owned(),
        host: host.to_owned(),
        path: if path.is_empty() { "/".to_owned() } else { path.to_owned() },
        ..HttpRequest::default()
    };
    let client = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let judgement =
        controller.judge(cluster, &ControllerArrival { pod: &controller.pods[0], port: 80, client, request: &request });
    match &judgement.branches[0].decision {
        PacketDecision::Proxy(proxied) => {
            let sent = proxied.request.as_ref().map(|request| request.target()).unwrap_or_default();
            format!("{} {sent}", name(proxied.rule.clone(), rules))
        }
        PacketDecision::Respond(response) => match &response.location {
            Some(location) => format!("{} {location}", response.status),
            None => response.status.to_string(),
        },
        other => format!("{other:?}"),
    }
}

/// Starts nginx with a server per host; each location passes on to a server that answers with the rule's name.
fn start(program: &NginxProgram, controller: &Controller, rules: &[FieldRef]) -> NginxProcess {
    let (port, behind) = (free_port(), free_port());
    let mut config =
        format!("server {{ listen 127.0.0.1:{behind}; location / {{ return 200 \"$http_x_rule $request_uri\"; }} }}\n");
    for (host, locations) in controller.nginx().expect("an ingress-nginx").locations() {
        let _ = writeln!(config, "server {{ listen 127.0.0.1:{port}; server_name {host};");
        for location in locations {
            let modifier = match location.modifier {
                LocationModifier::Exact => format!("= \"{}\"", location.path),
                LocationModifier::Prefix => format!("\"{}\"", location.path),
                LocationModifier::Regex(_) => format!("~* \"^{}\"", location.path),
            };
            let rule = name(location.field(), rules);
            let target = location.annotations.rewrite_target.as_deref().unwrap_or_default();
            let rewrite = if location.annotations.rewrites(&location.path) {
                format!("rewrite \"(?i){}\" {target} break; ", location.path)
            } else {
                String::new()
            };
            let _ = writeln!(
                config,
                "location {modifier} {{ {rewrite}proxy_set_header X-Rule \"{rule}\"; proxy_pass http://127.0.0.1:{behind}; }}"
            );
        }
        config.push_str("}\n");
    }
    program.start(port, &config)
}

/// Asks nginx; the body is the rule's name.
fn ask_nginx(nginx: &NginxProcess, host: &str, path: &str) -> String {
    let path = if path.is_empty() { "/" } else { path };
    let answer = nginx.ask(&format!("GET {path} HTTP/1.1\r\nHost: {host}")).expect("an answer");
    match (answer.status, answer.header("Location")) {
        (200, _) => {
            let found = ["rule ", "404"].iter().find_map(|start| rule_name(&answer.body, start)).unwrap_or_default();
            // Where no rule is, ours answers by itself.
            if found.starts_with("404") { "404".to_owned() } else { found }
        }
        (status, Some(location)) => format!("{status} {location}"),
        (status, None) => status.to_string(),
    }
}

/// The name in a body, which may be chunked.
fn rule_name(body: &str, start: &str) -> Option<String> {
    body.lines().find(|line| line.starts_with(start)).map(str::to_owned)
}
