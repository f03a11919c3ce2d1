//! Snippets of ingress-nginx against a real nginx that is given the same directives where the controller's template puts
//! them: over generated scripts and requests both must answer alike, and send the same request on; what nginx refuses ours
//! refuses in the same words.

#![cfg(not(target_family = "wasm"))]

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};

use whichpod_core::cluster::{Cluster, SettingOverrides};
use whichpod_core::diagnostic::Problem;
use whichpod_core::ingress::{
    Controller, ControllerArrival, Controllers, FurtherControllers, LocationModifier, NginxLocation,
};
use whichpod_core::manifest::Manifests;
use whichpod_core::packet::{Headers, HttpRequest};
use whichpod_core::source::Sources;
use whichpod_core::trace::{Cause, IngressControllerRule, PacketDecision};
use whichpod_tests::nginx::{Dice, NginxAnswer, NginxProgram, free_port, start_mirror, temporary_folder};

/// How many hosts with snippets of their own, and how many requests each gets.
const HOSTS: usize = 600;
const REQUESTS: usize = 16;

/// The snippets of one host, and what else stands beside them.
struct World {
    server: String,
    location: String,
    /// rewrite-target, with an expression as path.
    target: Option<&'static str>,
    app_root: Option<&'static str>,
}

#[test]
fn our_model_runs_the_scripts_that_nginx_runs() {
    let Some(program) = NginxProgram::find() else {
        eprintln!("skipped: nginx isn't installed (Debian: apt-get install nginx-light)");
        return;
    };
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut writer = SnippetWriter { dice: &mut dice, more: program.has_headers_more(), locations: 0 };
    let worlds: Vec<World> = (0..HOSTS).map(|_| writer.world()).collect();
    let read = Manifests::read(Sources::new([("ingresses.yaml", manifests(&worlds).as_str())]));
    let cluster = Cluster::build(&read, &SettingOverrides::default());
    let controllers = Controllers::read(&cluster, None, FurtherControllers::ALL);
    let controller = controllers.iter().next().expect("an ingress-nginx is supplied");
    let (port, behind) = (free_port(), start_mirror());
    let nginx = program.start(port, &configuration(controller, &worlds, port, behind));
    let mut differences = Vec::new();
    let mut open = 0;
    for (number, world) in worlds.iter().enumerate() {
        for _ in 0..REQUESTS {
            let request = request(&mut dice, number);
            let theirs =
                nginx.ask(&head(&request)).map_or_else(|| "nothing".to_owned(), |answer| shown(&answer, &request));
            let ours = ask(&cluster, controller, &request);
            open += usize::from(ours.starts_with("Unknown"));
            // One of each host is shown.
            let known = differences.last().is_some_and(|(host, _): &(usize, String)| *host == number);
            if theirs != ours && !ours.starts_with("Unknown") && !known {
                let asked = head(&request).replace("\r\n", " | ");
                let shown = format!(
                    "{asked}\n nginx {theirs}\n ours  {ours}\n server-snippet:\n{}configuration-snippet:\n{}target {:?}, app-root {:?}\n",
                    world.server, world.location, world.target, world.app_root
                );
                differences.push((number, shown));
            }
        }
    }
    let first: String = differences.iter().take(12).map(|(_, shown)| shown.as_str()).collect();
    assert!(differences.is_empty(), "{} of {HOSTS} hosts differ:\n{first}", differences.len());
    assert!(open * 50 < HOSTS * REQUESTS, "{open} of {} are unknown", HOSTS * REQUESTS);
}

/// Writes snippets.
struct SnippetWriter<'d> {
    dice: &'d mut Dice,
    /// Whether nginx has the module headers-more.
    more: bool,
    locations: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Server,
    ServerIf,
    Location,
    LocationIf,
}

const VALUES: &[&str] = &[
    "v1",
    "0",
    "\"\"",
    "$uri",
    "$args",
    "$1",
    "\"$1-$2\"",
    "$a",
    "\"x$a-$b\"",
    "${c}z",
    "$http_x_q_1",
    "$host",
    "$arg_q",
    "$request_uri",
    "$cookie_c",
    "$request_method",
    "$is_args$args",
    "$scheme",
    "/x/$1",
    "\"two words\"",
    "$document_uri",
    "$http_nosuch",
    "$service_name",
    "$location_path",
    "$proxy_upstream_name",
    "$named",
    "$remote_addr",
    "$query_string",
];
const CONDITIONS: &[&str] = &[
    "$a",
    "$http_x_q_1",
    "$arg_q",
    "$args",
    "$request_method = POST",
    "$request_method != GET",
    "$a = v1",
    "$b != \"\"",
    "$uri ~ ^/api",
    "$uri ~* ^/API/(.*)",
    "$uri !~ \"^/(a|b)/\"",
    "$request_uri ~ \"^/([a-z]+)/?(.*)$\"",
    "$host = $http_host",
    "$http_x_q_1 ~* \"V(.)\"",
    "$arg_q = $http_x_q_1",
    "$cookie_c ~ \"(?<named>[0-9]+)\"",
    "$query_string ~ q=([^&]*)",
    "$http_user_agent ~* (curl|bot)",
    "$scheme = https",
    "$a ~ .",
    "$uri !~* \\.php$",
    "$remote_addr = 127.0.0.1",
];
const REWRITES: &[&str] = &[
    "^/api/(.*)$ /$1 last",
    "^/api/(.*)$ /$1 break",
    "^/(.*)$ /new/$1 break",
    "^ /x",
    "^/a/(.*) /b/$1?from=a",
    "(.*) /z?$args? last",
    "^/old$ /new permanent",
    "^/b(.*) /c$1 redirect",
    "^/([^/]+)/(.*)$ /$2/$1 break",
    "^/a https://other.example/$1",
    "/x /y? last",
    "^/r/(.*) $scheme://r.example/$1? permanent",
    "\"^/(x[0-9]{2})\" /two/$1 break",
    "^/a$ bare break",
    "^/b b/$uri",
    "^/A /up break",
    "^/api/(.*)$ /$1?u=$1&x=$arg_q last",
    "^/(.*) /e/$1 redirect",
    "(?i)^/API /ci break",
    "^/loop /loop last",
];
const RETURNS: &[&str] = &[
    "403",
    "404 gone",
    "200 \"got $uri $a\"",
    "301 /to$request_uri",
    "302 https://other.example$uri",
    "https://x.example/",
    "444",
    "204",
    "503",
    "418 \"$1\"",
    "307 $scheme://$host/seven",
    "308 /eight?$args",
    "200",
    "401",
    "500 oops",
    "302 relative",
    "301 \"\"",
    "400",
    "410",
    "599",
    "303 /see",
];
const HEADER_CHANGES: &[&str] = &[
    "more_set_headers \"X-R-2: m $uri\"",
    "more_set_headers \"X-R-1: changed\" 'X-R-3: three'",
    "more_clear_headers X-R-1",
    "more_clear_headers 'X-R-*'",
    "more_set_headers -s '404 403' 'X-R-2: on error'",
    "more_set_headers \"X-R-2:\"",
    "more_set_input_headers 'X-Q-1: set $1'",
    "more_set_input_headers -r 'X-Q-9: no'",
    "more_clear_input_headers X-Q-1",
    "more_set_input_headers 'X-Q-3: $a' 'X-Q-4: four'",
    "more_clear_input_headers 'X-Q-*'",
];
const ERROR_PAGES: &[&str] = &[
    "403 404 /err/page",
    "503 =200 /err",
    "404 = /err?c=1",
    "403 https://errors.example/403",
    "401 =302 https://errors.example/in",
    "500 502 503 /err$uri",
    "404 =410 @named",
    "403 = @named",
];

impl SnippetWriter<'_> {
    fn world(&mut self) -> World {
        self.locations = 0;
        let with_server = self.dice.below(2) == 0;
        let server = if with_server { self.script(Place::Server, 0) } else { String::new() };
        // A location by a name, to which error pages may lead, and every variable.
        let server =
            format!("set $c \"\"; set $named \"\";\n{server}location @named {{ return 200 \"named $uri\"; }}\n");
        let location = self.script(Place::Location, 0);
        let location = format!("set $b \"\";\nif ($arg_never) {{ set $a never; }}\n{location}");
        let target = ["/to/$1", "/to/$1?k=$2", "/$2"][self.dice.below(3)];
        World {
            server,
            location,
            target: (self.dice.below(4) == 0).then_some(target),
            app_root: (self.dice.below(8) == 0).then_some("/root$is_args$args"),
        }
    }

    fn script(&mut self, place: Place, depth: usize) -> String {
        let mut text = String::new();
        for _ in 0..=self.dice.below(if depth == 0 { 5 } else { 2 }) {
            let line = self.directive(place, depth);
            let _ = writeln!(text, "{}{line}", "  ".repeat(depth));
        }
        text
    }

    fn directive(&mut self, place: Place, depth: usize) -> String {
        let value = self.dice.pick(VALUES);
        let inside = matches!(place, Place::ServerIf | Place::LocationIf);
        match self.dice.below(16) {
            0..=2 => format!("set ${} {value};", self.dice.pick(&["a", "b", "a", "args"])),
            3..=4 => format!("rewrite {};", self.dice.pick(REWRITES)),
            5 if inside || self.dice.below(3) == 0 => format!("return {};", self.dice.pick(RETURNS)),
            6 if inside => "break;".to_owned(),
            7..=10 if !inside => {
                let inner = if place == Place::Server { Place::ServerIf } else { Place::LocationIf };
                let script = self.script(inner, depth + 1);
                format!("if ({}) {{\n{script}}}", self.dice.pick(CONDITIONS))
            }
            11 if place != Place::ServerIf => {
                let always = self.dice.pick(&["", "", " always"]);
                format!("add_header X-R-{} {value}{always};", self.dice.pick(&["1", "4"]))
            }
            12 if place != Place::ServerIf && self.more => format!("{};", self.dice.pick(HEADER_CHANGES)),
            13 if !inside => format!("proxy_set_header X-Q-{} {value};", self.dice.pick(&["1", "5"])),
            14 if place == Place::Server && self.locations < 3 => {
                self.locations += 1;
                let kind = self.dice.pick(&["", "=", "^~", "~", "~*"]);
                let path = self.dice.pick(&["/api/x", "/a", "/x", "/B/", "/new"]);
                let script = self.script(Place::Location, depth + 1);
                // A location may not stand twice, nor beside that of the Ingress.
                let is_taken = path == "/a" && !kind.starts_with('~');
                let first = if is_taken { "/r" } else { "" };
                format!("location {kind} {path}{} {{\n{script}}}", [first, "/s", "/t"][self.locations - 1])
            }
            14 if place == Place::Location => self
                .dice
                .pick(&["deny all;", "allow 127.0.0.1; deny all;", "deny 10.0.0.0/8;", "deny 127.0.0.0/8; allow all;"])
                .to_owned(),
            15 if place != Place::ServerIf => format!("error_page {};", self.dice.pick(ERROR_PAGES)),
            _ => format!("set $c {value};"),
        }
    }
}

fn host(number: usize) -> String {
    format!("h{number}.example")
}

fn manifests(worlds: &[World]) -> String {
    let mut text = String::from(
        "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: nginx}\nspec: {controller: k8s.io/ingress-nginx}\n\
         ---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n\
         ---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec: {containers: [{name: web, image: web}]}\n\
         ---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}\n\
         data: {annotations-risk-level: Critical, allow-snippet-annotations: 'true'}\n",
    );
    for (number, world) in worlds.iter().enumerate() {
        let annotation = |name: &str, value: &str| {
            let lines: String = value.lines().map(|line| format!("      {line}\n")).collect();
            if lines.is_empty() { lines } else { format!("    nginx.ingress.kubernetes.io/{name}: |\n{lines}") }
        };
        let trimmed = |name: &str, value: Option<&str>| {
            value.map(|value| format!("    nginx.ingress.kubernetes.io/{name}: {value}\n")).unwrap_or_default()
        };
        let path = if world.target.is_some() { "/a/(.*)/?(x?)" } else { "/a" };
        let _ = write!(
            text,
            "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: i{number}\n  annotations:\n{}{}{}{}    own: x\n\
             spec:\n  ingressClassName: nginx\n  rules:\n  - host: {}\n    http:\n      paths:\n      \
             - {{path: \"{path}\", pathType: ImplementationSpecific, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}\n      \
             - {{path: /, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}\n",
            annotation("server-snippet", &world.server),
            annotation("configuration-snippet", &world.location),
            trimmed("rewrite-target", world.target),
            trimmed("app-root", world.app_root),
            host(number)
        );
    }
    text
}

/// The servers as the template writes them, without its Lua.
fn configuration(controller: &Controller, worlds: &[World], port: u16, behind: u16) -> String {
    let mut config = String::new();
    for (name, locations) in controller.nginx().expect("an ingress-nginx").locations() {
        let Some(world) = worlds.iter().enumerate().find(|(number, _)| host(*number) == name).map(|(_, world)| world)
        else {
            continue;
        };
        let _ = writeln!(
            config,
            "server {{ listen 127.0.0.1:{port}; server_name {name};\nset $proxy_upstream_name \"-\";\n{}",
            world.server
        );
        for location in locations {
            if let Some(root) = world.app_root {
                let _ = writeln!(config, "if ($uri = /) {{ return 302 $scheme://$http_host{root}; }}");
            }
            write_location(&mut config, location, world, behind);
        }
        config.push_str("}\n");
    }
    config
}

fn write_location(config: &mut String, location: &NginxLocation, world: &World, behind: u16) {
    let modifier = match location.modifier {
        LocationModifier::Exact => format!("= \"{}\"", location.path),
        LocationModifier::Prefix => format!("\"{}\"", location.path),
        LocationModifier::Regex(_) => format!("~* \"^{}\"", location.path),
    };
    let rewrite = match world.target.filter(|_| location.annotations.rewrites(&location.path)) {
        Some(target) => format!("rewrite \"(?i){}\" {target} break;", location.path),
        None => String::new(),
    };
    let _ = writeln!(
        config,
        "location {modifier} {{\nset $namespace default; set $ingress_name i; set $service_name web; set $service_port 80;\n\
         set $location_path \"{}\"; set $proxy_upstream_name default-web-80; set $proxy_alternative_upstream_name \"\";\n\
         proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_set_header X-Real-IP $remote_addr;\n\
         {}\n{rewrite} proxy_pass http://127.0.0.1:{behind};\n}}",
        location.ingress_path.replace('$', ""),
        world.location
    );
}

fn request(dice: &mut Dice, number: usize) -> HttpRequest {
    let paths = [
        "/",
        "/a",
        "/a/",
        "/a/b/c",
        "/api/x",
        "/api/x/y",
        "/api/",
        "/old",
        "/b",
        "/b/c",
        "/x",
        "/x12/y",
        "/r/s",
        "/loop",
        "/x/s",
        "/a/x%20y",
        "/a/%3Fq",
        "/B/s",
        "/api/x/s",
        "/new",
        "/new/t/z",
        "/A/b",
        "/q.php",
        "/a//b/../c",
        "/a/s+t",
        "/e%25",
        "/x/t",
    ];
    let mut headers = Headers::default();
    for (name, values) in [
        ("X-Q-1", ["v1", "vx", "0"].as_slice()),
        ("X-Q-2", &["two"]),
        ("Cookie", &["c=12", "d=1; c=x"]),
        ("User-Agent", &["curl/8", "Mozilla"]),
    ] {
        if dice.below(2) == 0 {
            headers.add(name, dice.pick(values));
        }
    }
    HttpRequest {
        method: dice.pick(&["GET", "GET", "GET", "POST", "HEAD", "OPTIONS"]).to_owned(),
        host: host(number),
        path: dice.pick(&paths).to_owned(),
        query: (dice.below(2) == 0).then(|| dice.pick(&["q=1", "q=v1&r=2", "", "q=a%20b", "Q=3&q"]).to_owned()),
        headers,
        ..HttpRequest::default()
    }
}

fn head(request: &HttpRequest) -> String {
    let mut head = format!("{} {} HTTP/1.1\r\nHost: {}", request.method, request.target(), request.host);
    for (name, value) in &request.headers.0 {
        let _ = write!(head, "\r\n{name}: {value}");
    }
    head
}

/// Headers that are compared, in the order of their names.
fn own_headers<'h>(headers: impl Iterator<Item = (&'h str, &'h str)>, begin: &str) -> String {
    let mut own: Vec<String> = headers
        .filter(|(name, _)| name.get(..begin.len()).is_some_and(|start| start.eq_ignore_ascii_case(begin)))
        .map(|(name, value)| format!("{}: {value}", name.to_ascii_lowercase()))
        .collect();
    own.sort_by(|one, other| one.split(':').next().cmp(&other.split(':').next()));
    own.join(", ")
}

fn shown(answer: &NginxAnswer, request: &HttpRequest) -> String {
    let response = own_headers(answer.headers.iter().map(|(name, value)| (&**name, &**value)), "X-R-");
    // HEAD shows nothing of what went on.
    let sent = answer.body.split_once(" HTTP/1.1\r\n");
    match sent {
        Some((line, head)) => {
            let lines = head.lines().filter_map(|line| line.split_once(": "));
            format!("[{response}] sent {line} [{}]", own_headers(lines, "X-Q-"))
        }
        None if request.method == "HEAD" => format!("{} [{response}]", answer.status),
        None => {
            let location = answer.header("Location").unwrap_or_default();
            let page = answer.body.contains("<center>nginx");
            let body = if page || answer.header("Location").is_some() { "" } else { &*answer.body };
            format!("{} [{response}] {location} {body}", answer.status)
        }
    }
}

fn ask(cluster: &Cluster, controller: &Controller, request: &HttpRequest) -> String {
    let client = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let judgement =
        controller.judge(cluster, &ControllerArrival { pod: &controller.pods[0], port: 80, client, request });
    let pairs = |headers: &[(String, String)]| -> Vec<(String, String)> { headers.to_vec() };
    let own = |headers: Vec<(String, String)>, begin: &str| {
        own_headers(headers.iter().map(|(name, value)| (&**name, &**value)), begin)
    };
    match &judgement.branches[0].decision {
        PacketDecision::Proxy(proxied) => {
            let sent = proxied.request.as_ref().expect("a request of its own");
            let response = own(pairs(&proxied.response_headers), "X-R-");
            // All that HEAD shows is the status, which is not the pod's own where it stands in for an error.
            let page = Cause::rule(IngressControllerRule::SnippetErrorPage);
            if request.method == "HEAD" && judgement.branches[0].because.contains(&page) {
                return "Unknown: the status of a page from a pod".to_owned();
            }
            if request.method == "HEAD" && sent.method == "HEAD" {
                return format!("200 [{response}]");
            }
            format!("[{response}] sent {} {} [{}]", sent.method, sent.target(), own(pairs(&sent.headers.0), "X-Q-"))
        }
        PacketDecision::Respond(response) => {
            let headers = own(pairs(&response.headers.0), "X-R-");
            if request.method == "HEAD" {
                return format!("{} [{headers}]", response.status);
            }
            let location = response.location.as_deref().unwrap_or_default();
            // nginx' own pages are the same for all.
            let body =
                response.body.as_deref().filter(|body| response.location.is_none() && !body.contains("<center>nginx"));
            format!("{} [{headers}] {location} {}", response.status, body.unwrap_or_default())
        }
        other => format!("{other:?}"),
    }
}

/// Snippets of a location and of a server, of which nginx takes some.
const IN_LOCATIONS: &[&str] = &[
    "return 200",
    "return 200;;",
    "return;",
    "return 200 a b;",
    "return abc;",
    "return 1000;",
    "return 418 \"$nosuch\";",
    "return 204;",
    "return 200 \"a\"b;",
    "return 200 'a;b';",
    "set a b;",
    "set $a;",
    "set $a b c;",
    "set $host x;",
    "set $query_string x;",
    "set $http_x_a b;",
    "set $http_cookie b;",
    "set $args x;",
    "set $a \"x$\";",
    "set $a ${b;",
    "set $a $0;",
    "set $a ${1};",
    "set $a ${b}; set $b c;",
    "set $1 x;",
    "if ($a) { return 200; }",
    "set $a b; if ($a) { return 200; }",
    "if ($1) { return 200; }",
    "if (a) { return 200; }",
    "if ($host = ) { return 200; }",
    "if ($host == b) { return 200; }",
    "if ($host = a && $uri = b) { return 200; }",
    "if $host = a { return 200; }",
    "if ($host ~ \"(\") { return 200; }",
    "if ($host) { if ($uri) { return 200; } }",
    "if ($host) { allow all; }",
    "if ($host) { proxy_set_header A b; }",
    "if ($host) { add_header A b; }",
    "if ($host) { location /x { return 200; } }",
    "if ($host) return 200;",
    "if ($host) { return 200 }",
    "if ( $host = a ) { return 200; }",
    "if (!-f $request_filename) { return 200; }",
    "if (-f) { return 200; }",
    "if () { return 200; }",
    "rewrite ^/a;",
    "rewrite ^/a /b nosuch;",
    "rewrite ^/a /b last last;",
    "rewrite ^/( /b;",
    "rewrite ^/a /$nosuch;",
    "rewrite ^/(a) /$2;",
    "rewrite /x{2} /b;",
    "rewrite \"/x{2}\" /b;",
    "add_header A;",
    "add_header A b c;",
    "add_header A b always x;",
    "add_header A $nosuch;",
    "add_header A \"\";",
    "proxy_set_header A;",
    "proxy_set_header A b c;",
    "proxy_set_header A $nosuch;",
    "allow;",
    "allow nosuch;",
    "allow 10.0.0.0/33;",
    "allow 10.0.0.1/8;",
    "deny all extra;",
    "allow unix:; deny all;",
    "satisfy none;",
    "satisfy any;",
    "satisfy any; satisfy all;",
    "error_page;",
    "error_page 404;",
    "error_page abc /x;",
    "error_page 200 /x;",
    "error_page 404 =abc /x;",
    "error_page 404 = /x;",
    "error_page 404 =200 @nosuch;",
    "error_page 700 /x;",
    "location { return 200; }",
    "}",
    "{",
    "{ return 200; }",
    "return 200; }",
    "proxy_pass http://127.0.0.1:1;",
    "proxy_http_version 1.0;",
    "# nothing",
    "# { \" '",
    "return 200; # }",
    "break now;",
    "break;",
    "proxy_method;",
    "proxy_method POST;",
    "proxy_method GET HEAD;",
    "internal;",
    "internal on;",
    "auth_basic off;",
    "expires 1d;",
    "listen 81;",
    "server_name x;",
    "root /tmp;",
    "set $b c; set $c \"$b$nosuch\";",
    "if ($http_x_y) { return 200; }",
    "add_header A \"$arg_q$cookie_c$sent_http_x\";",
];
const IN_SERVERS: &[&str] = &[
    "if ($host) { add_header A b; }",
    "if ($host) { error_page 404 /x; }",
    "if ($host) { rewrite ^ /x last; }",
    "location { return 200; }",
    "location /x return 200;",
    "location /x { return 200; }",
    "location = /x { return 200; }",
    "location =/x { return 200; }",
    "location ~ ^/x { return 200; }",
    "location ~^/x { return 200; }",
    "location ~ ( { return 200; }",
    "location ^ /x { return 200; }",
    "location ~* \\.(png|jpg)$ { expires 1d; }",
    "location / { return 200; }",
    "location /a/ { return 200; }",
    "location /a { return 200; }",
    "location = /a { return 200; }",
    "location ^~ /a/ { return 200; }",
    "location /x { return 200; } location /x { return 201; }",
    "location @x { return 200; }",
    "location @x { return 200; } location @x { return 200; }",
    "location /x { location /x/y { return 200; } }",
    "location /x { set $a b; } location /y { return 200 $a; }",
    "return 200 $proxy_upstream_name;",
    "server_name x;",
    "location ~ /x { if ($1) { return 200; } }",
    "location /x y z { return 200; }",
    "client_max_body_size 1m;",
    "location /x { internal; return 200; }",
    "set $a b; }",
    "location x { return 200; }",
    "location \"\" { return 200; }",
];

#[test]
fn our_model_refuses_the_snippets_that_nginx_refuses() {
    let Some(program) = NginxProgram::find() else {
        eprintln!("skipped: nginx isn't installed (Debian: apt-get install nginx-light)");
        return;
    };
    let port = free_port();
    let folder = temporary_folder(port);
    let mut differences = String::new();
    let worlds =
        IN_LOCATIONS.iter().map(|snippet| (*snippet, "")).chain(IN_SERVERS.iter().map(|snippet| ("", *snippet)));
    for (location, server) in worlds {
        let line = |text: &str| if text.is_empty() { String::new() } else { format!("{text}\n") };
        let world = World { server: line(server), location: line(location), target: None, app_root: None };
        let text = manifests(std::slice::from_ref(&world));
        let read = Manifests::read(Sources::new([("ingresses.yaml", text.as_str())]));
        let cluster = Cluster::build(&read, &SettingOverrides::default());
        let controllers = Controllers::read(&cluster, None, FurtherControllers::ALL);
        let controller = controllers.iter().next().expect("an ingress-nginx is supplied");
        let theirs = program.refusal(&folder, &configuration(controller, std::slice::from_ref(&world), port, 1));
        let ours = controllers.diagnostics().into_iter().find_map(|diagnostic| match diagnostic.problem {
            Problem::NginxRefuses { message } => Some(message),
            _ => None,
        });
        if theirs != ours {
            let _ = writeln!(differences, "{location}{server}\n nginx {theirs:?}\n ours  {ours:?}");
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    assert!(differences.is_empty(), "{differences}");
}
