//! Inputs that ask for more than anybody can follow: nestings, products, circles, broken texts, each of a random size.

/// What a command is given.
pub struct Input {
    /// What is hostile about it.
    pub kind: &'static str,
    /// Names and texts of the files.
    pub files: Vec<(&'static str, Vec<u8>)>,
    /// The command line.
    pub arguments: Vec<String>,
}

/// A number for each place of a seed: SplitMix64.
pub struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 1 to a most; each order of magnitude as often as the next.
    fn size(&mut self, most: usize) -> usize {
        let magnitude = (self.roll() % 1000) as f64 / 1000.0;
        (most as f64).powf(magnitude) as usize
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[(self.roll() % all.len() as u64) as usize]
    }
}

type Make = fn(&mut Dice) -> (String, Vec<String>);

/// Every kind in turn.
const KINDS: &[(&str, Make)] = &[
    ("a wide column", wide_column),
    ("brackets of a rule", rule_brackets),
    ("redirects in a circle", redirects),
    ("chains of chains", chains),
    ("a Gateway behind itself", gateway_circle),
    ("node ports in a ring", node_ports),
    ("imports of a Corefile", imports),
    ("a rewrite that multiplies", rewrites),
    ("aliases of aliases", aliases),
    ("many requests", repeats),
    ("every candidate of many pods", all_candidates),
    ("deep nesting", nesting),
    ("numbers beyond everything", numbers),
    ("ranges of ports and addresses", ranges),
    ("names that lead in a circle", cname_circle),
    ("expressions that explode", expressions),
    ("a shell that loops", shell_loops),
    ("text tools on much text", text_tools),
    ("bytes", bytes),
    ("a text cut off and repeated", cut_off),
    ("a routing test, nested", nested_test),
    ("objects that own each other", owners),
];

/// The input at a place.
pub fn input(seed: u64, at: u64) -> Input {
    let mut dice = Dice(seed.wrapping_mul(0x0100_0000_01b3) ^ at);
    let (kind, make) = KINDS[(at % KINDS.len() as u64) as usize];
    let (text, arguments) = make(&mut dice);
    let text = if kind == "bytes" { noise(&mut dice) } else { text.into_bytes() };
    Input { kind, files: vec![("a.yaml", text)], arguments }
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

/// `whichpod trace a.yaml -- COMMAND`
fn trace(options: &str, command: &str) -> Vec<String> {
    let mut all = words(&format!("trace a.yaml{options} --"));
    all.push(command.to_owned());
    all
}

const CHECK: &str = "check a.yaml -o json";

const BASE: &str = "{apiVersion: v1, kind: Pod, metadata: {name: p, labels: {app: x}}, spec: {containers: [{name: c, image: nginx, ports: [{containerPort: 80}]}]}}\n---\n\
    {apiVersion: v1, kind: Service, metadata: {name: x}, spec: {selector: {app: x}, ports: [{port: 80}]}}\n---\n";

fn ingress(annotations: &str, path: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: i, annotations: {{{annotations}}}}}\nspec: {{ingressClassName: \
         nginx, rules: [{{host: h.example.com, http: {{paths: [{{path: '{path}', pathType: ImplementationSpecific, backend: {{service: {{name: \
         x, port: {{number: 80}}}}}}}}]}}}}]}}\n"
    )
}

fn route(rule: &str, more: &str) -> String {
    format!(
        "apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {{name: r}}\nspec: {{routes: [{{kind: Rule, match: '{rule}', services: \
         [{{name: x, port: 80}}]{more}}}]}}\n---\n"
    )
}

fn wide_column(dice: &mut Dice) -> (String, Vec<String>) {
    let size = dice.size(900_000);
    let text =
        format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: x}}, data: {{a: {}}}}}\n", "y".repeat(size));
    let output = dice.one_of(&["-o custom-columns=D:.data.a,N:.metadata.name", "-o yaml", "-o wide", "-o json"]);
    (text, words(&format!("exec a.yaml -- kubectl get cm {output}")))
}

fn rule_brackets(dice: &mut Dice) -> (String, Vec<String>) {
    let depth = dice.size(60_000);
    let rule = match dice.roll() % 3 {
        0 => format!("{}PathPrefix(`/`){}", "(".repeat(depth), ")".repeat(depth)),
        1 => format!("{}PathPrefix(`/`)", "!".repeat(depth)),
        _ => format!("{}PathPrefix(`/`){}", "(Path(`/a`) && ".repeat(depth), ")".repeat(depth)),
    };
    (BASE.to_owned() + &route(&rule, ""), trace("", "curl http://INGRESS/"))
}

fn redirects(dice: &mut Dice) -> (String, Vec<String>) {
    let target = dice.one_of(&["http://h.example.com/", "http://h.example.com$request_uri", "//h.example.com/a/"]);
    let annotation = format!("nginx.ingress.kubernetes.io/permanent-redirect: '{target}'");
    let most = dice.size(10_000_000);
    (
        BASE.to_owned() + &ingress(&annotation, "/"),
        trace("", &format!("curl -L --max-redirs {most} http://h.example.com/")),
    )
}

fn chains(dice: &mut Dice) -> (String, Vec<String>) {
    let (levels, breadth) = (dice.size(40), dice.size(30));
    let level = |at: usize| {
        let next = vec![format!("{{name: m{}}}", at + 1); breadth].join(", ");
        format!(
            "{{apiVersion: traefik.io/v1alpha1, kind: Middleware, metadata: {{name: m{at}}}, spec: {{chain: {{middlewares: [{next}]}}}}}}\n---\n"
        )
    };
    let all: String = (0..levels).map(level).collect();
    let last = format!(
        "{{apiVersion: traefik.io/v1alpha1, kind: Middleware, metadata: {{name: m{levels}}}, spec: {{addPrefix: {{prefix: /a}}}}}}\n---\n"
    );
    (
        BASE.to_owned() + &all + &last + &route("PathPrefix(`/`)", ", middlewares: [{name: m0}]"),
        trace("", "curl http://INGRESS/"),
    )
}

fn gateway_circle(dice: &mut Dice) -> (String, Vec<String>) {
    let backends = vec!["{name: me, port: 80}"; dice.size(60)].join(", ");
    let text = format!(
        "{{apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: {{name: c}}, spec: {{controllerName: example.com/c}}}}\n---\n\
         {{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {{name: gw}}, spec: {{gatewayClassName: c, listeners: [{{name: http, \
         port: 80, protocol: HTTP}}]}}}}\n---\n{{apiVersion: v1, kind: Service, metadata: {{name: me}}, spec: {{ports: [{{port: 80}}]}}}}\n---\n\
         {{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {{name: me-1, labels: {{kubernetes.io/service-name: me}}}}, addressType: \
         IPv4, ports: [{{name: '', port: 80}}], endpoints: [{{addresses: [192.0.2.80]}}]}}\n---\n{{apiVersion: gateway.networking.k8s.io/v1, kind: \
         HTTPRoute, metadata: {{name: r}}, spec: {{parentRefs: [{{name: gw}}], rules: [{{backendRefs: [{backends}]}}]}}}}\n"
    );
    (text, trace("", "curl http://192.0.2.80/"))
}

fn node_ports(dice: &mut Dice) -> (String, Vec<String>) {
    let count = dice.size(60);
    let nodes: String = (0..count)
        .map(|at| format!("{{apiVersion: v1, kind: Node, metadata: {{name: n{at}}}, status: {{addresses: [{{type: InternalIP, address: 10.1.0.{}}}]}}}}\n---\n", at + 1))
        .collect();
    let all: Vec<String> = (0..count).map(|at| format!("{{ip: 10.1.0.{}}}", at + 1)).collect();
    let ring: String = (0..6)
        .map(|at| {
            let next = 30_000 + (at + 1) % 6;
            format!(
                "{{apiVersion: v1, kind: Service, metadata: {{name: s{at}}}, spec: {{type: NodePort, ports: [{{port: 80, nodePort: {}}}]}}}}\n---\n\
                 {{apiVersion: v1, kind: Endpoints, metadata: {{name: s{at}}}, subsets: [{{addresses: [{}], ports: [{{port: {next}}}]}}]}}\n---\n",
                30_000 + at,
                all.join(", ")
            )
        })
        .collect();
    (nodes + &ring, trace("", "curl http://10.1.0.1:30000/"))
}

fn imports(dice: &mut Dice) -> (String, Vec<String>) {
    let (levels, breadth) = (dice.size(60), dice.size(6));
    let snippet =
        |at: usize| format!("    (a{at}) {{\n{}    }}\n", format!("      import a{}\n", at + 1).repeat(breadth));
    let text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: coredns, namespace: kube-system}}\ndata:\n  Corefile: |\n    (a{levels}) {{\n      errors\n    \
         }}\n{}    .:53 {{\n      import a0\n    }}\n",
        (0..levels).rev().map(snippet).collect::<String>()
    );
    (text, words(CHECK))
}

fn rewrites(dice: &mut Dice) -> (String, Vec<String>) {
    let annotation = format!("nginx.ingress.kubernetes.io/rewrite-target: '/{}'", "$1".repeat(dice.size(100_000)));
    let path = "a".repeat(dice.size(60_000));
    (BASE.to_owned() + &ingress(&annotation, "/(.*)"), trace("", &format!("curl http://h.example.com/{path}")))
}

fn aliases(dice: &mut Dice) -> (String, Vec<String>) {
    let (documents, levels, breadth) = (dice.size(300), dice.size(12), dice.size(100));
    let document = |at: usize| {
        let levels: String = (0..levels)
            .map(|level| {
                format!("x{}: &x{} [{}]\n", level + 1, level + 1, vec![format!("*x{level}"); breadth].join(","))
            })
            .collect();
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x{at}}}\nx0: &x0 [1, 2]\n{levels}---\n")
    };
    ((0..documents).map(document).collect(), words(CHECK))
}

fn repeats(dice: &mut Dice) -> (String, Vec<String>) {
    let pods = dice.size(3_000);
    let text = format!(
        "{BASE}{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: d}}, spec: {{replicas: {pods}, selector: {{matchLabels: {{app: x}}}}, template: \
         {{metadata: {{labels: {{app: x}}}}, spec: {{containers: [{{name: c, image: nginx, ports: [{{containerPort: 80}}]}}]}}}}}}}}\n"
    );
    let times = dice.size(u32::MAX as usize);
    (text, trace(&format!(" --from pod/p --repeat {times}"), "curl http://x/"))
}

fn all_candidates(dice: &mut Dice) -> (String, Vec<String>) {
    let (text, _) = repeats(dice);
    (text, trace(" --from pod/p --all -o json", "curl http://x/"))
}

fn nesting(dice: &mut Dice) -> (String, Vec<String>) {
    let depth = dice.size(300_000);
    let (open, close) = [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", "")][(dice.roll() % 4) as usize];
    (
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\ndata:\n  {}{}\n",
            open.repeat(depth),
            close.repeat(depth)
        ),
        words(CHECK),
    )
}

fn numbers(dice: &mut Dice) -> (String, Vec<String>) {
    let number = dice.one_of(&[
        "2147483647",
        "9223372036854775807",
        "18446744073709551616",
        "-1",
        "1e400",
        ".inf",
        "0x7fffffff",
        "1000000",
    ]);
    let kind = dice.one_of(&["Deployment", "StatefulSet", "ReplicaSet", "Job"]);
    let api = if kind == "Job" { "batch/v1" } else { "apps/v1" };
    let text = format!(
        "{BASE}{{apiVersion: {api}, kind: {kind}, metadata: {{name: d}}, spec: {{replicas: {number}, parallelism: {number}, completions: {number}, \
         completionMode: Indexed, serviceName: x, selector: {{matchLabels: {{app: x}}}}, template: {{metadata: {{labels: {{app: x}}}}, spec: {{restartPolicy: \
         Never, terminationGracePeriodSeconds: {number}, containers: [{{name: c, image: nginx, ports: [{{containerPort: {number}}}]}}]}}}}}}}}\n"
    );
    (text, trace(" --from pod/p", "curl http://x/"))
}

fn ranges(dice: &mut Dice) -> (String, Vec<String>) {
    let prefix = dice.size(33) - 1;
    let peers: Vec<String> = (0..dice.size(3_000))
        .map(|at| format!("{{ipBlock: {{cidr: 0.0.0.0/{prefix}, except: [10.{}.0.0/16]}}}}", at % 256))
        .collect();
    let text = format!(
        "{BASE}{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: n}}, spec: {{podSelector: {{}}, ingress: [{{from: [{}], ports: \
         [{{port: 1, endPort: 65535}}]}}]}}}}\n---\n{{apiVersion: metallb.io/v1beta1, kind: IPAddressPool, metadata: {{name: a, namespace: metallb-system}}, \
         spec: {{addresses: ['::/{prefix}', 10.0.0.0/{prefix}, 0.0.0.0-255.255.255.255]}}}}\n---\n{{apiVersion: v1, kind: Service, metadata: {{name: l}}, spec: \
         {{type: LoadBalancer, selector: {{app: x}}, ports: [{{port: 80}}]}}}}\n",
        peers.join(", ")
    );
    (text, trace(" --from pod/p", "curl http://x/"))
}

fn cname_circle(dice: &mut Dice) -> (String, Vec<String>) {
    let count = dice.size(20_000);
    let records: String = (0..count)
        .map(|at| format!("  - a{at}.example.com. 300 IN CNAME a{}.example.com.\n", (at + 1) % count))
        .collect();
    (
        format!("apiVersion: whichpod.dev/v1\nkind: World\nspec:\n  upstream:\n{records}"),
        trace("", "curl http://a0.example.com/"),
    )
}

fn expressions(dice: &mut Dice) -> (String, Vec<String>) {
    let size = dice.size(2_000);
    let expression =
        dice.one_of(&["(a*)*b", "(a|a)*b", "(a{1,900}){1,900}", "(x+x+)+y", "a?", "((((.*)*)*)*)*"]).repeat(size);
    let annotation = "nginx.ingress.kubernetes.io/use-regex: 'true'";
    let path = "a".repeat(dice.size(50_000));
    (
        BASE.to_owned() + &ingress(annotation, &format!("/{expression}")),
        trace("", &format!("curl http://h.example.com/{path}")),
    )
}

fn shell_loops(dice: &mut Dice) -> (String, Vec<String>) {
    let size = dice.size(1_000_000);
    let line = match dice.roll() % 6 {
        0 => format!("for i in $(seq {size}); do echo $i; done"),
        1 => format!("for i in $(seq {size}); do kubectl get pods; done"),
        2 => format!(
            "for a in {0}; do for b in {0}; do for c in {0}; do echo $a; done; done; done",
            "x ".repeat(size.min(3_000))
        ),
        3 => format!("{}echo a{}", "$(".repeat(size.min(100_000)), ")".repeat(size.min(100_000))),
        4 => format!("seq {size} | sort -r | uniq -c | awk '{{print $1}}' | tr 1 2 | wc"),
        _ => format!("A=aaaaaaaaaa; {}echo ${{A}}", "A=$A$A$A$A; ".repeat(size.min(60))),
    };
    let mut arguments = words("exec a.yaml --from pod/p --");
    arguments.push(line);
    (BASE.to_owned(), arguments)
}

fn text_tools(dice: &mut Dice) -> (String, Vec<String>) {
    let size = dice.size(200_000);
    let tool = match dice.roll() % 5 {
        0 => format!("jq '{}.{}'", "[".repeat(size.min(50_000)), "]".repeat(size.min(50_000))),
        1 => format!("sed 's/a/{}/g'", "&".repeat(size)),
        2 => format!("awk '{{print {}}}'", vec!["$1"; size.min(50_000)].join(" ")),
        3 => format!("grep -E '{}'", "(a|b)*".repeat(size.min(20_000))),
        _ => format!("kubectl get pods -o jsonpath='{{{}}}'", "..*".repeat(size.min(2_000))),
    };
    let mut arguments = words("exec a.yaml --from pod/p --");
    arguments.push(format!("kubectl get pods -o json | {tool}"));
    (BASE.to_owned(), arguments)
}

fn bytes(_: &mut Dice) -> (String, Vec<String>) {
    (String::new(), words(CHECK))
}

fn noise(dice: &mut Dice) -> Vec<u8> {
    let alphabet = b"{}[]:,-?&*!|>'\"%@` \n\t\\#~a0.\xff\x00\xc3\x28\xef\xbb\xbf";
    (0..dice.size(2_000_000)).map(|_| alphabet[(dice.roll() % alphabet.len() as u64) as usize]).collect()
}

fn cut_off(dice: &mut Dice) -> (String, Vec<String>) {
    let whole = BASE.to_owned() + &ingress("", "/") + "---\n" + &route("PathPrefix(`/`)", "");
    let cut = whole.len() - (dice.roll() as usize % whole.len());
    (whole[..cut].repeat(dice.size(2_000)), words(CHECK))
}

fn nested_test(dice: &mut Dice) -> (String, Vec<String>) {
    let depth = dice.size(100_000);
    let (open, close) = [("[", "]"), ("{a: ", "}")][(dice.roll() % 2) as usize];
    (
        format!("- id: a\n  manifests: x\n  requests: {}{}\n", open.repeat(depth), close.repeat(depth)),
        words("test a.yaml"),
    )
}

fn owners(dice: &mut Dice) -> (String, Vec<String>) {
    let count = dice.size(3_000);
    let pod = |at: usize| {
        format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: o{at}, uid: u{at}, labels: {{app: x}}, ownerReferences: [{{apiVersion: v1, kind: Pod, name: o{}, \
             uid: u{}, controller: true}}]}}, spec: {{containers: [{{name: c, image: nginx}}]}}}}\n---\n",
            (at + 1) % count,
            (at + 1) % count
        )
    };
    (BASE.to_owned() + &(0..count).map(pod).collect::<String>(), trace(" --from pod/p", "curl http://x/"))
}
