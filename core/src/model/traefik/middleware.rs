//! Middlewares: what each kind can be told.

use std::collections::BTreeMap;

use super::super::{IntOrString, Labels, Metadata, Text};
use super::{MiddlewareRef, RouteService};
use crate::yaml;

object! {
    pub struct Middleware {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// One key, which says what it does.
        pub spec: Option<MiddlewareSpec> = "spec",
    }

    /// spec of a Middleware: one of these, which says what it does.
    pub struct MiddlewareSpec {
        /// Puts something before the path.
        pub add_prefix: Option<AddPrefix> = "addPrefix",
        /// Takes a prefix from the path.
        pub strip_prefix: Option<StripPrefix> = "stripPrefix",
        /// Takes what an expression matches from the path.
        pub strip_prefix_regex: Option<StripPrefixRegex> = "stripPrefixRegex",
        /// Another path.
        pub replace_path: Option<ReplacePath> = "replacePath",
        /// Another path by an expression.
        pub replace_path_regex: Option<ReplacePathRegex> = "replacePathRegex",
        /// Other Middlewares, in order.
        pub chain: Option<Chain> = "chain",
        /// As ipAllowList, of version 2.
        pub ip_white_list: Option<IpAllowList> = "ipWhiteList",
        /// Addresses that may pass.
        pub ip_allow_list: Option<IpAllowList> = "ipAllowList",
        /// Headers of requests and answers.
        pub headers: Option<MiddlewareHeaders> = "headers",
        /// Which characters a path may hold encoded.
        pub encoded_characters: Option<EncodedCharacters> = "encodedCharacters",
        /// Pages instead of errors.
        pub errors: Option<ErrorPage> = "errors",
        /// How many requests in a time.
        pub rate_limit: Option<RateLimit> = "rateLimit",
        /// A redirect by an expression.
        pub redirect_regex: Option<RedirectRegex> = "redirectRegex",
        /// A redirect to another scheme.
        pub redirect_scheme: Option<RedirectScheme> = "redirectScheme",
        /// A password.
        pub basic_auth: Option<SecretAuth> = "basicAuth",
        /// A password, hashed by the client.
        pub digest_auth: Option<SecretAuth> = "digestAuth",
        /// Another server is asked.
        pub forward_auth: Option<ForwardAuth> = "forwardAuth",
        /// How many requests at once.
        pub in_flight_req: Option<InFlightReq> = "inFlightReq",
        /// How large bodies may be.
        pub buffering: Option<Buffering> = "buffering",
        /// Stops asking servers that fail.
        pub circuit_breaker: Option<CircuitBreaker> = "circuitBreaker",
        /// Compresses answers.
        pub compress: Option<Compress> = "compress",
        /// Tells servers the client's certificate.
        pub pass_tls_client_cert: Option<yaml::YamlNode> = "passTLSClientCert",
        /// Asks again.
        pub retry: Option<Retry> = "retry",
        /// Guesses the type of answers.
        pub content_type: Option<yaml::YamlNode> = "contentType",
        /// gRPC from browsers.
        pub grpc_web: Option<yaml::YamlNode> = "grpcWeb",
        /// A program of somebody else's.
        pub plugin: Option<yaml::YamlNode> = "plugin",
    }

    /// What is put before the path.
    pub struct AddPrefix {
        /// `/api`
        pub prefix: Text = "prefix",
    }

    /// What is taken from the path.
    pub struct StripPrefix {
        /// The first that fits is taken.
        pub prefixes: Vec<Text> = "prefixes",
        /// Whether the rest begins with one slash.
        pub force_slash: Option<bool> = "forceSlash",
    }

    /// Expressions for what is taken from the path.
    pub struct StripPrefixRegex {
        /// The first that matches the beginning counts.
        pub regex: Vec<Text> = "regex",
    }

    /// Another path.
    pub struct ReplacePath {
        /// The whole path.
        pub path: Text = "path",
    }

    /// Another path by an expression.
    pub struct ReplacePathRegex {
        /// What of the path is replaced.
        pub regex: Text = "regex",
        /// What stands there instead; `$1` for groups.
        pub replacement: Text = "replacement",
    }

    /// Middlewares in order.
    pub struct Chain {
        /// Their names.
        pub middlewares: Vec<MiddlewareRef> = "middlewares",
    }

    /// Addresses that may pass.
    pub struct IpAllowList {
        /// Addresses and networks.
        pub source_range: Vec<Text> = "sourceRange",
        /// Which address is the client's.
        pub ip_strategy: Option<IpStrategy> = "ipStrategy",
        /// What others get; 403 unless said.
        pub reject_status_code: i64 = "rejectStatusCode",
    }

    /// Which address is the client's.
    pub struct IpStrategy {
        /// This one of X-Forwarded-For, from the end.
        pub depth: i64 = "depth",
        /// The last of X-Forwarded-For that isn't among these.
        pub excluded_ips: Vec<Text> = "excludedIPs",
        /// Clients of one IPv6 network are one.
        pub ipv6_subnet: Option<i64> = "ipv6Subnet",
    }

    /// Headers of requests and answers.
    pub struct MiddlewareHeaders {
        /// Headers for servers; empty ones are taken away.
        pub custom_request_headers: Labels = "customRequestHeaders",
        /// Headers for clients; empty ones are taken away.
        pub custom_response_headers: Labels = "customResponseHeaders",
        pub access_control_allow_credentials: bool = "accessControlAllowCredentials",
        pub access_control_allow_headers: Vec<Text> = "accessControlAllowHeaders",
        pub access_control_allow_methods: Vec<Text> = "accessControlAllowMethods",
        /// Origins that may ask.
        pub access_control_allow_origin_list: Vec<Text> = "accessControlAllowOriginList",
        /// Expressions for origins that may ask.
        pub access_control_allow_origin_list_regex: Vec<Text> = "accessControlAllowOriginListRegex",
        pub access_control_expose_headers: Vec<Text> = "accessControlExposeHeaders",
        pub access_control_max_age: Option<i64> = "accessControlMaxAge",
        /// Whether Vary names Origin.
        pub add_vary_header: bool = "addVaryHeader",
        /// Hosts that may be asked for; all unless said.
        pub allowed_hosts: Vec<Text> = "allowedHosts",
        /// Headers that may hold the host.
        pub hosts_proxy_headers: Vec<Text> = "hostsProxyHeaders",
        /// Headers that say that TLS was spoken.
        pub ssl_proxy_headers: Labels = "sslProxyHeaders",
        /// How long browsers keep to HTTPS.
        pub sts_seconds: Option<i64> = "stsSeconds",
        /// With all names below.
        pub sts_include_subdomains: bool = "stsIncludeSubdomains",
        /// From the first visit.
        pub sts_preload: bool = "stsPreload",
        /// Also over plain HTTP.
        pub force_sts_header: bool = "forceSTSHeader",
        /// Not in frames.
        pub frame_deny: bool = "frameDeny",
        /// X-Frame-Options.
        pub custom_frame_options_value: Text = "customFrameOptionsValue",
        /// X-Content-Type-Options.
        pub content_type_nosniff: bool = "contentTypeNosniff",
        /// X-Xss-Protection.
        pub browser_xss_filter: bool = "browserXssFilter",
        /// X-Xss-Protection.
        pub custom_browser_xss_value: Text = "customBrowserXSSValue",
        pub content_security_policy: Text = "contentSecurityPolicy",
        /// Content-Security-Policy-Report-Only.
        pub content_security_policy_report_only: Text = "contentSecurityPolicyReportOnly",
        /// Public-Key-Pins.
        pub public_key: Text = "publicKey",
        pub referrer_policy: Text = "referrerPolicy",
        pub permissions_policy: Text = "permissionsPolicy",
        /// Leaves hosts and TLS alone.
        pub is_development: bool = "isDevelopment",
        /// Of version 2; not read.
        pub feature_policy: Option<Text> = "featurePolicy",
        /// Of version 2; not read.
        pub ssl_redirect: Option<bool> = "sslRedirect",
        /// Of version 2; not read.
        pub ssl_temporary_redirect: Option<bool> = "sslTemporaryRedirect",
        /// Of version 2; not read.
        pub ssl_host: Option<Text> = "sslHost",
        /// Of version 2; not read.
        pub ssl_force_host: Option<bool> = "sslForceHost",
    }

    /// Which characters a path may hold encoded.
    pub struct EncodedCharacters {
        /// `%2F`
        pub allow_encoded_slash: bool = "allowEncodedSlash",
        /// `%5C`
        pub allow_encoded_back_slash: bool = "allowEncodedBackSlash",
        /// `%00`
        pub allow_encoded_null_character: bool = "allowEncodedNullCharacter",
        /// `%3B`
        pub allow_encoded_semicolon: bool = "allowEncodedSemicolon",
        /// `%25`
        pub allow_encoded_percent: bool = "allowEncodedPercent",
        /// `%3F`
        pub allow_encoded_question_mark: bool = "allowEncodedQuestionMark",
        /// `%23`
        pub allow_encoded_hash: bool = "allowEncodedHash",
    }

    /// Pages instead of errors.
    pub struct ErrorPage {
        /// Codes and ranges: `404`, `500-599`.
        pub status: Vec<Text> = "status",
        /// Other codes for clients.
        pub status_rewrites: BTreeMap<Text, yaml::YamlNode> = "statusRewrites",
        /// Whose pages.
        pub service: RouteService = "service",
        /// Their path; `{status}` and `{url}` are filled in.
        pub query: Text = "query",
        /// The headers it is asked with; all unless said.
        pub error_request_headers: Option<Vec<Text>> = "errorRequestHeaders",
    }

    /// Whose requests are counted together.
    pub struct SourceCriterion {
        /// By address.
        pub ip_strategy: Option<IpStrategy> = "ipStrategy",
        pub request_header_name: Text = "requestHeaderName",
        pub request_host: bool = "requestHost",
    }

    /// How many requests in a time.
    pub struct RateLimit {
        /// How many; 0 is no limit.
        pub average: Option<i64> = "average",
        /// In which time.
        pub period: Option<IntOrString> = "period",
        /// How many at once.
        pub burst: Option<i64> = "burst",
        /// Whose.
        pub source_criterion: Option<SourceCriterion> = "sourceCriterion",
        /// Where they are counted.
        pub redis: Option<yaml::YamlNode> = "redis",
    }

    /// A redirect by an expression.
    pub struct RedirectRegex {
        /// What of the address is replaced.
        pub regex: Text = "regex",
        /// What stands there instead.
        pub replacement: Text = "replacement",
        /// Whether for good.
        pub permanent: bool = "permanent",
    }

    /// A redirect to another scheme.
    pub struct RedirectScheme {
        /// `https`
        pub scheme: Text = "scheme",
        /// The port, if it isn't the scheme's own.
        pub port: Text = "port",
        /// Whether for good.
        pub permanent: bool = "permanent",
    }

    /// Passwords in a Secret.
    pub struct SecretAuth {
        pub secret: Text = "secret",
        /// What browsers show.
        pub realm: Text = "realm",
        /// Whether servers see the password.
        pub remove_header: bool = "removeHeader",
        /// The header that tells servers the user.
        pub header_field: Text = "headerField",
    }

    /// Another server is asked.
    pub struct ForwardAuth {
        pub address: Text = "address",
        /// Whether X-Forwarded-* that came are handed on.
        pub trust_forward_header: Option<bool> = "trustForwardHeader",
        /// Headers of its answer for servers.
        pub auth_response_headers: Vec<Text> = "authResponseHeaders",
        /// Expression for headers of its answer for servers.
        pub auth_response_headers_regex: Text = "authResponseHeadersRegex",
        /// Headers it is asked with.
        pub auth_request_headers: Vec<Text> = "authRequestHeaders",
        /// How it speaks TLS.
        pub tls: Option<yaml::YamlNode> = "tls",
        /// How large its answer may be.
        pub max_response_body_size: Option<i64> = "maxResponseBodySize",
        /// Cookies of its answer for clients.
        pub add_auth_cookies_to_response: Vec<Text> = "addAuthCookiesToResponse",
        /// The header that tells the user.
        pub header_field: Text = "headerField",
        /// Whether it gets the body.
        pub forward_body: bool = "forwardBody",
        /// How large the body may be.
        pub max_body_size: Option<i64> = "maxBodySize",
        /// Whether Location stays as it is.
        pub preserve_location_header: bool = "preserveLocationHeader",
        /// Whether it is asked by the request's method.
        pub preserve_request_method: bool = "preserveRequestMethod",
        /// Where clients go that it refuses.
        pub auth_signin_url: Text = "authSigninURL",
    }

    /// How many requests at once.
    pub struct InFlightReq {
        /// How many; none unless said.
        pub amount: i64 = "amount",
        /// Whose.
        pub source_criterion: Option<SourceCriterion> = "sourceCriterion",
    }

    /// How large bodies may be.
    pub struct Buffering {
        pub max_request_body_bytes: i64 = "maxRequestBodyBytes",
        /// How much of it is kept in memory.
        pub mem_request_body_bytes: i64 = "memRequestBodyBytes",
        /// Of answers.
        pub max_response_body_bytes: i64 = "maxResponseBodyBytes",
        /// How much of it is kept in memory.
        pub mem_response_body_bytes: i64 = "memResponseBodyBytes",
        /// When it asks again.
        pub retry_expression: Text = "retryExpression",
    }

    /// Stops asking servers that fail.
    pub struct CircuitBreaker {
        /// When.
        pub expression: Text = "expression",
        /// How often it looks.
        pub check_period: Option<IntOrString> = "checkPeriod",
        /// For how long.
        pub fallback_duration: Option<IntOrString> = "fallbackDuration",
        /// How slowly it begins again.
        pub recovery_duration: Option<IntOrString> = "recoveryDuration",
        /// What clients get meanwhile.
        pub response_code: i64 = "responseCode",
    }

    /// Compresses answers.
    pub struct Compress {
        /// Not these.
        pub excluded_content_types: Vec<Text> = "excludedContentTypes",
        /// Only these.
        pub included_content_types: Vec<Text> = "includedContentTypes",
        /// Not shorter ones.
        pub min_response_body_bytes: Option<i64> = "minResponseBodyBytes",
        /// How: gzip, br, zstd.
        pub encodings: Option<Vec<Text>> = "encodings",
        /// Where clients don't say.
        pub default_encoding: Option<Text> = "defaultEncoding",
    }

    /// Asks again.
    pub struct Retry {
        /// How often.
        pub attempts: i64 = "attempts",
        /// For how long.
        pub timeout: Option<IntOrString> = "timeout",
        /// After how long.
        pub initial_interval: Option<IntOrString> = "initialInterval",
        /// Not with larger bodies.
        pub max_request_body_bytes: Option<i64> = "maxRequestBodyBytes",
        /// After these answers.
        pub status: Vec<Text> = "status",
        /// Not where the connection fails.
        pub disable_retry_on_network_error: bool = "disableRetryOnNetworkError",
        /// Also POST and PATCH.
        pub retry_non_idempotent_method: bool = "retryNonIdempotentMethod",
    }
}
