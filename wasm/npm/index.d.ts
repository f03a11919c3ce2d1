// What the package exports. The forms are those of the command line's `-o json`: keys may be added, none is taken away.

/** One text of manifests (YAML or JSON, many documents), or texts by file name. */
export type Files = string | Record<string, string>;

/** A command, or a command with who asks it. */
export type Question = string | Asked;

export interface Asked {
  /** What is typed: `curl http://shop.example.com/cart`, `nslookup web`, several joined with `&&`. INGRESS, NODE(name) and GATEWAY(namespace/name) stand for addresses. */
  command: string;
  /** Who asks: `external` (by default), `external:ADDRESS`, `pod/NAME`, `pod/NAMESPACE/NAME`, `deploy/NAME`, `node/NAME`. */
  from?: string;
  /** The namespace of names without one. */
  namespace?: string;
  /** As if this controller served every Ingress. */
  as?: string;
  /** kube-proxy's mode, whatever the manifests say. */
  proxyMode?: "iptables" | "nftables" | "ipvs";
  /** The C library of the client's programs; by default the image tells. */
  libc?: "glibc" | "musl" | "busybox";
  /** Tally this many requests, drawn from the shares; always the same draw. */
  repeat?: number;
  /** The walk of every landing in `walks`, not only of the first in `legs`. */
  all?: boolean;
}

/** Where the request lands, with every decision on the way. Throws a QuestionError if it cannot be asked. */
export function trace(files: Files, question: Question): Trace;

/** What the tool itself would print, and how it would exit. */
export function exec(files: Files, question: Question): Executed;

/** What is wrong with the manifests: errors first. */
export function check(files: Files): Check;

/** What is modelled, and what is not, in English and Japanese. */
export function modelled(): Modelled;

/** A question that cannot be asked: an unknown tool, an option that isn't known, a client that isn't there. */
export class QuestionError extends Error {
  name: "QuestionError";
}

export type Outcome =
  | "delivered"
  | "responded"
  | "refused"
  | "dropped"
  | "unroutable"
  | "unresolved"
  | "external"
  | "unknown"
  // Versions to come may add some.
  | (string & {});

export interface Trace {
  schema: "whichpod.dev/trace/v1";
  /** Of all landings, or `mixed`. */
  outcome: Outcome;
  /** Where it lands, in one sentence. */
  summary: string;
  /** What settled that, in one clause; empty where nothing more is to say. */
  why: string;
  /** The lines that settled it. */
  decidedBy: Cause[];
  /** Where it would land if the client didn't check certificates; null where that makes no difference. */
  ifTrusted: string | null;
  /** One per outcome and pod, or address, or status. */
  landings: Landing[];
  /** The name lookup; null without one. */
  dns: Dns | null;
  /** The walk of the first landing. */
  legs: Leg[];
  /** The walks of all landings, if asked for. */
  walks?: Leg[][];
  /** What the client connects to once the name is resolved. */
  connect: string | null;
  /** What the tool prints, where that is determined. */
  stdout: string | null;
  stderr?: string;
  exit: number | null;
  /** The status that controllers write. */
  conditions: Condition[];
  /** What was found in the manifests. */
  diagnostics: Diagnostic[];
  /** What the answer depends on and isn't modelled. */
  notModelled: string[];
}

export interface Landing {
  /** From 0 to 1. */
  share: number;
  /** The share exactly, as numerator and denominator. */
  fraction: [number, number] | null;
  /** How many of the requests of `repeat` end here. */
  count?: number;
  outcome: Outcome;
  /** `default/web-1` */
  pod: string | null;
  /** The workload whose pod it is: `deployment/default/web`. */
  workload: string | null;
  node: string | null;
  address: string | null;
  service: string | null;
  /** Who the pod thinks is calling. */
  sourceIP: string | null;
  sourceIPs: string[];
  sourceKind: "client" | "node" | "proxy" | null;
  /** The rules that matched: `Ingress default/shop rules[0].http.paths[1]`. */
  rules: string[];
  /** A proxy's own answer, and what it adds to others. */
  status: number | null;
  location: string | null;
  responseHeaders: Record<string, string>;
  setCookie: string | null;
  grpcStatus: string | null;
  /** The request as the pod sees it. */
  path: string | null;
  host: string | null;
  headers: Record<string, string>;
  /** What a proxy goes through to the backend, and what it speaks. */
  via: string | null;
  backendProtocol: string | null;
  /** Copies: Service to share. */
  mirroredTo: Record<string, number>;
  /** Where a policy dropped it. */
  deniedAt: "ingress" | "egress" | null;
}

export interface Dns {
  rcode: string | null;
  answers: DnsRecord[];
  additional: DnsRecord[];
  authority: DnsRecord[];
  /** What went on the wire, in order. */
  queries: string[];
  queryCount: number;
  server: string | null;
}

export interface DnsRecord {
  name: string;
  ttl: number;
  type: string;
  data: string;
}

export interface Leg {
  purpose: "resolve" | "connect" | "proxy";
  hops: Hop[];
}

export interface Hop {
  /** Who decides: `kube-proxy`. */
  component: string;
  /** Where it runs: `node/node-1`, `pod/default/web-1`, `outside`. */
  at: string;
  decision: string;
  /** The decision in a sentence. */
  text: string;
  before: Packet;
  after: Packet;
  /** What was considered. */
  candidates: Candidate[];
  /** What settled it. */
  because: Cause[];
}

export interface Packet {
  protocol: string;
  source: string;
  destination: string;
  payload: string | null;
}

export interface Candidate {
  what: string;
  fate: "chosen" | "eligible" | "rejected";
  share: number | null;
  /** Why it fell out: the stable name, and a clause. */
  reason: string | null;
  text: string | null;
  cause: Cause | null;
}

/** A field of an object with its line, or a rule of Kubernetes or of a controller. */
export interface Cause {
  object: string | null;
  field: string | null;
  /** Null for what is supplied. */
  file: string | null;
  line: number | null;
  column: number | null;
  rule: string | null;
  text: string | null;
  link: string | null;
}

export interface Condition {
  object: string;
  listener: string | null;
  parent: string | null;
  type: string;
  status: string;
  reason: string;
  attachedRoutes?: number;
  supportedKinds?: string[];
}

export interface Check {
  schema: "whichpod.dev/check/v1";
  diagnostics: Diagnostic[];
}

export interface Diagnostic {
  severity: "error" | "warning" | "info";
  /** The stable code. */
  code: string;
  message: string;
  object: string | null;
  field: string | null;
  file: string | null;
  /** From 1; columns in characters. */
  line: number | null;
  column: number | null;
  endLine: number | null;
  endColumn: number | null;
  /** What to do. */
  help: string | null;
  /** An edit that mends it. */
  fix: Fix | null;
}

export interface Fix {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  replacement: string;
}

export interface Executed {
  /** Null where it is a server's own, or isn't modelled. */
  stdout: string | null;
  stderr: string;
  exit: number;
  /** What is to be known about the output. */
  notes: string[];
}

/** Words in both languages, or a name. */
export type Words = string | { en: string; ja: string };

export interface Modelled {
  schema: "whichpod.dev/modelled/v1";
  sections: {
    id: string;
    title: Words;
    about: Words;
    groups: { title: Words; detail: string; entries: { label: Words; note: Words | null; documentation: string | null }[] }[];
  }[];
}
