//! Tools that send many requests: ab, hey, wrk, siege, fortio. What they count is known, how fast it went is not.

use super::stream::CommandOutput;
use super::{CommandScope, ShellRunner};
use crate::console::option::{OptionFault, OptionStyle, OptionTable, ToolOption};
use crate::console::{ConsoleView, curl, served};
use crate::packet::{Scheme, socket_text};
use crate::request::{Ask, HttpAsk, Request};
use crate::tally::{self, RequestSeries};
use crate::terminal::UsageError;
use crate::trace::{Landing, Outcome, PacketDecision, Resolution};

/// A tool: what it does unless told, and its options.
pub struct LoadTool {
    /// As it is called.
    pub name: &'static str,
    options: OptionTable<LoadPlan>,
    usual_requests: Option<u32>,
    usual_connections: u32,
    /// Whether connections are kept for the requests that follow, unless an option says otherwise.
    keeps: bool,
}

pub static TOOLS: [LoadTool; 5] = [
    LoadTool {
        name: "ab",
        options: OptionTable {
            options: &[
                ToolOption::text("-A", |plan, value| plan.give_curl("-u", value)),
                HEADER,
                CONTENT_TYPE,
                CONNECTIONS,
                ToolOption::switch("-k", |plan| plan.keeps = true),
                METHOD,
                REQUESTS,
                ToolOption::text("-t", |plan, value| plan.duration = Some(value)),
                ToolOption::ignored("-d -l -q -r"),
                ToolOption::ignored_value("-s -v"),
            ],
            style: OptionStyle::Gnu,
            refuse: refused_option,
        },
        usual_requests: Some(1),
        usual_connections: 1,
        keeps: false,
    },
    LoadTool {
        name: "fortio",
        options: OptionTable {
            options: &[
                HEADER,
                CONNECTIONS,
                REQUESTS,
                ToolOption::text("-t", |plan, value| plan.duration = Some(value)),
                ToolOption::ignored("-quiet"),
                ToolOption::ignored_value("-qps"),
            ],
            style: OptionStyle::Go,
            refuse: refused_option,
        },
        usual_requests: None,
        usual_connections: 4,
        keeps: true,
    },
    LoadTool {
        name: "hey",
        options: OptionTable {
            options: &[
                HEADER,
                CONTENT_TYPE,
                CONNECTIONS,
                METHOD,
                REQUESTS,
                ToolOption::text("-d", |plan, value| plan.give_curl("-d", value)),
                ToolOption::switch("-disable-keepalive", |plan| plan.keeps = false),
                ToolOption::text("-host", |plan, value| plan.give_curl("-H", format!("Host: {value}"))),
                ToolOption::text("-z", |plan, value| plan.duration = Some(value)),
                ToolOption::ignored_value("-cpus -q -t"),
            ],
            style: OptionStyle::Go,
            refuse: refused_option,
        },
        usual_requests: Some(200),
        usual_connections: 50,
        keeps: true,
    },
    LoadTool {
        name: "siege",
        options: OptionTable {
            options: &[
                ToolOption::text("-A", |plan, value| plan.give_curl("-A", value)),
                HEADER,
                CONNECTIONS,
                ToolOption::checked("-r", take_requests),
                ToolOption::text("-t", |plan, value| plan.duration = Some(value)),
                ToolOption::ignored("-b -q -v"),
                ToolOption::ignored_value("-d"),
            ],
            style: OptionStyle::Gnu,
            refuse: refused_option,
        },
        usual_requests: None,
        usual_connections: 25,
        keeps: false,
    },
    LoadTool {
        name: "wrk",
        options: OptionTable {
            options: &[
                ToolOption::text("-H --header", |plan, value| plan.give_curl("-H", value)),
                ToolOption::checked("-c --connections", take_connections),
                ToolOption::text("-d --duration", |plan, value| plan.duration = Some(value)),
                ToolOption::checked("-t --threads", take_threads),
                ToolOption::ignored("--latency"),
                ToolOption::ignored_value("--timeout"),
            ],
            style: OptionStyle::Gnu,
            refuse: refused_option,
        },
        usual_requests: None,
        usual_connections: 10,
        keeps: true,
    },
];

const HEADER: ToolOption<LoadPlan> = ToolOption::text("-H", |plan, value| plan.give_curl("-H", value));
const CONTENT_TYPE: ToolOption<LoadPlan> =
    ToolOption::text("-T", |plan, value| plan.give_curl("-H", format!("Content-Type: {value}")));
const METHOD: ToolOption<LoadPlan> = ToolOption::text("-m", |plan, value| plan.give_curl("-X", value));
const REQUESTS: ToolOption<LoadPlan> = ToolOption::checked("-n", take_requests);
const CONNECTIONS: ToolOption<LoadPlan> = ToolOption::checked("-c", take_connections);

fn take_requests(plan: &mut LoadPlan, option: &str, value: String) -> Result<(), UsageError> {
    plan.requests = Some(number(option, &value)?);
    Ok(())
}

fn take_connections(plan: &mut LoadPlan, option: &str, value: String) -> Result<(), UsageError> {
    plan.connections = number(option, &value)?;
    Ok(())
}

fn take_threads(plan: &mut LoadPlan, option: &str, value: String) -> Result<(), UsageError> {
    plan.threads = number(option, &value)?;
    Ok(())
}

fn number(option: &str, text: &str) -> Result<u32, UsageError> {
    let number = text.replace('k', "000").parse::<u32>().ok().filter(|number| (1..=MOST).contains(number));
    number.ok_or_else(|| UsageError::new(2, format!("`{option} {text}` isn't understood here")))
}

fn refused_option(_: OptionFault, shown: &str) -> UsageError {
    UsageError::new(2, format!("option {shown} isn't understood here"))
}

/// So many requests stand for those that a tool sends in some time.
const IN_SOME_TIME: u32 = 1000;

/// More requests than this aren't drawn.
const MOST: u32 = 100_000;

/// What a tool was asked for.
struct LoadPlan {
    url: String,
    requests: Option<u32>,
    connections: u32,
    duration: Option<String>,
    threads: u32,
    keeps: bool,
    curl: Vec<String>,
}

/// What the requests met.
struct LoadCounts {
    plan: LoadPlan,
    ask: HttpAsk,
    resolution: Resolution,
    /// Requests at each landing.
    counts: Vec<u32>,
    /// Statuses with how many requests met each.
    statuses: Vec<(u16, u32)>,
    /// Requests that met no server.
    failed: u32,
    /// The first answer's server and length, where they are known.
    server: Option<String>,
    length: Option<usize>,
}

impl ShellRunner<'_> {
    /// None for a command that isn't among them.
    pub(super) fn load_tool(&mut self, scope: &CommandScope, name: &str, args: &[String]) -> Option<CommandOutput> {
        let tool = TOOLS.iter().find(|tool| tool.name == name)?;
        let args = match (name, args) {
            ("fortio", [verb, args @ ..]) if verb == "load" => args,
            ("fortio", _) => return None,
            (_, args) => args,
        };
        Some(match self.load(scope, tool, args) {
            Err(error) => self.refuse(error),
            Ok(counts) => {
                self.note(counts.who_answered());
                self.note(format!("how long it takes isn't known: `{name}`'s times are left out"));
                let is_counted = counts.plan.requests.is_some();
                let written = match name {
                    // How many there are in some time isn't known either.
                    "hey" | "siege" | "fortio" if !is_counted => CommandOutput::unknown(),
                    "ab" => counts.as_ab(),
                    "wrk" => counts.as_wrk(),
                    "hey" => counts.as_hey(),
                    "siege" => counts.as_siege(),
                    _ => counts.as_fortio(),
                };
                self.resolution = Some(counts.resolution);
                written
            }
        })
    }

    fn load(&self, scope: &CommandScope, tool: &LoadTool, args: &[String]) -> Result<LoadCounts, UsageError> {
        let name = tool.name;
        let plan = read(tool, args)?;
        let plane = self.cluster.plane();
        let words = plan.curl.iter().map(|word| crate::console::addresses::replace(plane, word));
        let Ask::Http(ask) = curl::parse_curl(&words.collect::<Result<Vec<_>, _>>()?)?.ask() else {
            return Err(UsageError::new(2, format!("{name}: this URL isn't understood here")));
        };
        let sender = plane.sender(&scope.client).map_err(|error| UsageError::new(1, error.0))?;
        let libc = scope.libc.unwrap_or_else(|| sender.libc());
        let request = Request { from: scope.client.clone(), ask: Ask::Http(ask.clone()), libc };
        let resolution = plane.resolve(&sender, &request);
        let view = ConsoleView {
            manifests: self.cluster.manifests(),
            plane,
            session: self.session,
            client: &scope.client,
            libc: scope.libc,
            is_terminal: scope.is_terminal,
        };
        Ok(count(&view, plan, ask, resolution))
    }
}

fn read(tool: &LoadTool, args: &[String]) -> Result<LoadPlan, UsageError> {
    let mut plan = LoadPlan {
        url: String::new(),
        requests: tool.usual_requests,
        connections: tool.usual_connections,
        duration: None,
        threads: 2,
        keeps: tool.keeps,
        curl: Vec::new(),
    };
    let name = tool.name;
    let words = tool.options.read(args, &mut plan).map_err(|error| error.named(name))?;
    let Some(url) = words.last() else {
        return Err(UsageError::new(2, format!("{name}: which URL?")));
    };
    if name == "siege" && plan.duration.is_none() {
        plan.requests = plan.requests.map(|repetitions| repetitions.saturating_mul(plan.connections));
    }
    if plan.duration.is_some() && name != "ab" {
        plan.requests = None;
    }
    plan.url.clone_from(url);
    plan.curl.push(url.clone());
    Ok(plan)
}

impl LoadTool {
    /// Its options, as one types them.
    pub fn listed_options(&self) -> Vec<&'static str> {
        self.options.listed()
    }
}

impl LoadPlan {
    fn give_curl(&mut self, option: &str, value: String) {
        self.curl.extend([option.to_owned(), value]);
    }
}

/// Draws where the requests end, and counts what they meet there. Each is drawn by itself, or as many as there are
/// connections, each of which stays with its pod unless a proxy stands between.
fn count(view: &ConsoleView<'_>, plan: LoadPlan, ask: HttpAsk, resolution: Resolution) -> LoadCounts {
    // 1. How many draws: each request, or each connection that keeps its pod.
    let requests = plan.requests.unwrap_or(IN_SOME_TIME);
    let is_proxied = |landing: &Landing| landing.trail.hops_backwards().any(crate::trace::Hop::is_proxied);
    let stays = plan.keeps && !resolution.landings.iter().any(is_proxied);
    let draws = if stays { plan.connections.min(requests) } else { requests };
    // 2. Where each of them ends.
    let arrivals = tally::arrivals(&resolution, RequestSeries { requests: draws, one_connection: false });
    let mut counts = vec![0u32; resolution.landings.len()];
    let ends = (0..requests as usize).filter_map(|number| arrivals.get(number % arrivals.len().max(1)));
    for place in ends {
        if let Some(count) = counts.get_mut(*place) {
            *count += 1;
        }
    }
    // 3. What is met at each end.
    let mut all = LoadCounts {
        plan,
        ask,
        resolution: resolution.clone(),
        counts: counts.clone(),
        statuses: Vec::new(),
        failed: 0,
        server: None,
        length: None,
    };
    for (landing, count) in resolution.landings.iter().zip(counts).filter(|(_, count)| *count > 0) {
        let alone = Resolution { landings: vec![landing.clone()], ..resolution.clone() };
        all.add(view, &alone, count);
    }
    all
}

impl LoadCounts {
    fn add(&mut self, view: &ConsoleView<'_>, alone: &Resolution, count: u32) {
        let answer = served::pod_answer(view, alone);
        let decision = alone.landings.first().and_then(|landing| landing.trail.last()).map(|hop| &hop.decision);
        let status = match (&answer, decision) {
            (Some(answer), _) => answer.status,
            (None, Some(PacketDecision::Respond(response))) => response.status,
            (None, Some(PacketDecision::Deliver(_))) => 200,
            _ => {
                self.failed += count;
                return;
            }
        };
        match self.statuses.iter_mut().find(|(known, _)| *known == status) {
            Some((_, known)) => *known += count,
            None => self.statuses.push((status, count)),
        }
        if let Some(answer) = answer.filter(|_| self.length.is_none()) {
            self.length = answer.body.as_ref().map(String::len);
            let headers = answer.headers.unwrap_or_default();
            self.server = headers.into_iter().find(|(name, _)| name == "Server").map(|(_, value)| value);
        }
    }

    fn requests(&self) -> u32 {
        self.counts.iter().sum()
    }

    /// `of 100 requests: 52 default/web-1, 48 default/web-2`
    fn who_answered(&self) -> String {
        let mut pods: Vec<(String, u32)> = Vec::new();
        for (landing, count) in self.resolution.landings.iter().zip(&self.counts).filter(|(_, count)| **count > 0) {
            let name = match landing.trail.last().map(|hop| &hop.decision) {
                Some(PacketDecision::Deliver(delivery)) => delivery
                    .pod
                    .as_ref()
                    .map_or_else(|| "a process on a node".to_owned(), super::super::source::ObjectRef::qualified_name),
                Some(PacketDecision::Respond(response)) => format!("answered {} by a proxy", response.status),
                _ => "no answer".to_owned(),
            };
            match pods.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known += count,
                None => pods.push((name, *count)),
            }
        }
        let texts: Vec<String> = pods.iter().map(|(name, count)| format!("{count} {name}")).collect();
        let of = match self.plan.requests {
            Some(requests) => format!("of {requests} requests"),
            None => format!("of every {IN_SOME_TIME} requests"),
        };
        format!("{of}: {}", texts.join(", "))
    }

    /// Why nobody answered, as a Go program says it.
    fn failure(&self) -> String {
        let socket = self.resolution.connects_to.map(|(address, port)| socket_text(address, port)).unwrap_or_default();
        let host = crate::packet::host_without_port(&self.ask.request.host);
        match self.resolution.outcome() {
            Some(Outcome::Refused) => format!("dial tcp {socket}: connect: connection refused"),
            Some(Outcome::Unresolved) => format!("dial tcp: lookup {host}: no such host"),
            _ => format!("dial tcp {socket}: i/o timeout"),
        }
    }

    fn url(&self) -> String {
        let scheme = if self.ask.request.scheme == Scheme::Https { "https" } else { "http" };
        format!("{scheme}://{}{}", self.ask.request.host, self.ask.request.target())
    }

    fn as_ab(&self) -> CommandOutput {
        // 1. Nothing got through.
        let host = crate::packet::host_without_port(&self.ask.request.host);
        let begun = format!("Benchmarking {host} (be patient)...");
        if self.failed == self.requests() {
            let why = match self.resolution.outcome() {
                Some(Outcome::Refused) => "apr_socket_recv: Connection refused (111)",
                Some(Outcome::Unresolved) => "apr_sockaddr_info_get() for the host: Name or service not known (670002)",
                _ => "apr_pollset_poll: The timeout specified has expired (70007)",
            };
            return CommandOutput { text: begun, ..CommandOutput::failure(1, why) };
        }
        // 2. What was asked.
        let of_status = |wanted: bool| {
            let fits = self.statuses.iter().filter(|(status, _)| (200..300).contains(status) == wanted);
            fits.map(|(_, count)| *count).sum::<u32>()
        };
        let mut lines = vec![
            ("Server Software:", self.server.clone().unwrap_or_default()),
            ("Server Hostname:", host.to_owned()),
            ("Server Port:", self.ask.port.to_string()),
            ("", String::new()),
            ("Document Path:", self.ask.request.target()),
        ];
        lines.extend(self.length.map(|length| ("Document Length:", format!("{length} bytes"))));
        lines.push(("", String::new()));
        // 3. How it went.
        lines.push(("Concurrency Level:", self.plan.connections.to_string()));
        lines.push(("Complete requests:", (self.requests() - self.failed).to_string()));
        lines.push(("Failed requests:", self.failed.to_string()));
        lines.extend(
            Some(of_status(false)).filter(|other| *other > 0).map(|other| ("Non-2xx responses:", other.to_string())),
        );
        let keeps = self.plan.keeps.then(|| ("Keep-Alive requests:", self.requests().to_string()));
        lines.extend(keeps);
        // 4. Names and values in columns.
        let shown = lines
            .iter()
            .map(|(name, value)| if name.is_empty() { "\n".to_owned() } else { format!("{name:<23} {value}\n") });
        CommandOutput::text(format!("{begun}.....done\n\n\n{}", shown.collect::<String>()))
    }

    fn as_hey(&self) -> CommandOutput {
        let mut text = String::new();
        if !self.statuses.is_empty() {
            text.push_str("\nStatus code distribution:\n");
            text.extend(self.statuses.iter().map(|(status, count)| format!("  [{status}]\t{count} responses\n")));
        }
        if self.failed > 0 {
            let (method, url, why) = (title(&self.ask.request.method), self.url(), self.failure());
            text.push_str(&format!("\nError distribution:\n  [{}]\t{method} {url:?}: {why}\n", self.failed));
        }
        CommandOutput::text(text + "\n")
    }

    fn as_wrk(&self) -> CommandOutput {
        let plan = &self.plan;
        let duration = plan.duration.as_deref().unwrap_or("10s");
        if self.failed == self.requests() {
            let host = crate::packet::host_without_port(&self.ask.request.host);
            let why = match self.resolution.outcome() {
                Some(Outcome::Unresolved) => format!("unable to resolve {host}:http Name or service not known"),
                Some(Outcome::Refused) => format!("unable to connect to {host}:{} Connection refused", self.ask.port),
                _ => format!("unable to connect to {host}:{} Connection timed out", self.ask.port),
            };
            return CommandOutput::failure(1, why);
        }
        let (threads, connections) = (plan.threads, plan.connections);
        CommandOutput::text(format!(
            "Running {duration} test @ {}\n  {threads} threads and {connections} connections\n",
            plan.url
        ))
    }

    fn as_siege(&self) -> CommandOutput {
        let answered = self.requests() - self.failed;
        let good: u32 = self.statuses.iter().filter(|(status, _)| *status < 400).map(|(_, count)| *count).sum();
        let lines = [
            ("Transactions:", format!("{answered:>12} hits")),
            ("Availability:", format!("{:>12.2} %", 100.0 * f64::from(answered) / f64::from(self.requests().max(1)))),
            ("Successful transactions:", format!("{good:>12}")),
            ("Failed transactions:", format!("{:>12}", self.failed)),
        ];
        let shown = lines.iter().map(|(name, value)| format!("{name:<24}{value}\n"));
        CommandOutput::text(shown.collect::<String>())
    }

    fn as_fortio(&self) -> CommandOutput {
        let all = f64::from(self.requests().max(1));
        let lines = self
            .statuses
            .iter()
            .map(|(status, count)| format!("Code {status} : {count} ({:.1} %)\n", 100.0 * f64::from(*count) / all));
        let mut text: String = lines.collect();
        if self.failed > 0 {
            text.push_str(&format!("Code  -1 : {} ({:.1} %)\n", self.failed, 100.0 * f64::from(self.failed) / all));
        }
        CommandOutput::text(text)
    }
}

/// `GET` as Go's errors write it.
fn title(method: &str) -> String {
    let lower = method.to_lowercase();
    let mut letters = lower.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}
