//! Snippets of annotations and of the ConfigMap, where the template puts them.

use std::sync::Arc;

use super::settings::{ConfigKey, NginxSettings};
use crate::ingress::nginx_config::{BlockPlace, ConfigBlock, ConfigLine, compile_snippet};
use crate::source::FieldRef;
use crate::trace::ModelGap;

/// A snippet at its place.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigSnippet {
    pub field: FieldRef,
    pub block: ConfigBlock,
    /// Why nginx doesn't take it, in its own words.
    pub error: Option<String>,
}

/// Shared by all locations that have it.
pub type SharedSnippet = Arc<ConfigSnippet>;

/// A block, with the snippet that it stands in or under.
pub type PlacedBlock<'s> = (&'s ConfigSnippet, &'s ConfigBlock);

/// A snippet's outermost block.
pub fn placed(snippet: &SharedSnippet) -> PlacedBlock<'_> {
    (&**snippet, &snippet.block)
}

/// The ConfigMap's snippets, which stand in every server and location.
#[derive(Clone, Debug, Default)]
pub struct GlobalSnippets {
    pub http: Option<SharedSnippet>,
    pub server: Option<SharedSnippet>,
    pub location: Option<SharedSnippet>,
}

/// What the template writes into every location, and nginx takes only once there.
const TAKEN_IN_LOCATION: &[&str] = &[
    "client_max_body_size",
    "header_filter_by_lua_block",
    "header_filter_by_lua_file",
    "log_by_lua_block",
    "log_by_lua_file",
    "port_in_redirect",
    "proxy_buffer_size",
    "proxy_buffering",
    "proxy_buffers",
    "proxy_connect_timeout",
    "proxy_cookie_domain",
    "proxy_cookie_path",
    "proxy_http_version",
    "proxy_max_temp_file_size",
    "proxy_next_upstream_timeout",
    "proxy_next_upstream_tries",
    "proxy_pass",
    "proxy_read_timeout",
    "proxy_redirect",
    "proxy_request_buffering",
    "proxy_send_timeout",
    "rewrite_by_lua_block",
    "rewrite_by_lua_file",
];
/// The same in every server.
const TAKEN_IN_SERVER: &[&str] = &["http2", "ssl_certificate_by_lua_block", "ssl_certificate_by_lua_file"];
/// What http holds in the ConfigMap's own snippet without an effect on where requests go.
const HARMLESS_IN_HTTP: &[&str] = &[
    "geo",
    "limit_conn_zone",
    "limit_req_zone",
    "lua_shared_dict",
    "map",
    "map_hash_bucket_size",
    "map_hash_max_size",
    "split_clients",
    "upstream",
];

/// Whether the template sets a directive in every location, so that one of the server's counts for none.
pub fn is_set_in_locations(name: &str) -> bool {
    TAKEN_IN_LOCATION.contains(&name)
}

impl ConfigSnippet {
    pub fn read(field: FieldRef, text: &str, place: BlockPlace) -> SharedSnippet {
        let taken = match place {
            BlockPlace::Location => TAKEN_IN_LOCATION,
            BlockPlace::Server => TAKEN_IN_SERVER,
            BlockPlace::Http | BlockPlace::ServerIf | BlockPlace::LocationIf => &[],
        };
        let (block, error) = match compile_snippet(text, place, taken) {
            Ok(block) => (block, None),
            Err(error) => (ConfigBlock::default(), Some(error.message)),
        };
        Arc::new(Self { field, block, error })
    }

    /// What a line of it that isn't followed leaves open.
    pub fn gap(&self, line: &ConfigLine) -> ModelGap {
        self.gap_at(&line.name, line.line)
    }

    pub fn gap_at(&self, what: &str, line: usize) -> ModelGap {
        ModelGap::Directive { field: self.field.clone(), directive: what.to_owned(), line }
    }
}

impl GlobalSnippets {
    pub fn read(settings: &NginxSettings) -> Self {
        let read = |key: ConfigKey, place: BlockPlace| {
            let text = settings.text(key).filter(|text| !text.is_empty())?;
            Some(ConfigSnippet::read(settings.field(key)?, text, place))
        };
        Self {
            http: read(ConfigKey::HttpSnippet, BlockPlace::Http),
            server: read(ConfigKey::ServerSnippet, BlockPlace::Server),
            location: read(ConfigKey::LocationSnippet, BlockPlace::Location),
        }
    }

    /// What of http's isn't followed.
    pub fn unread_in_http(&self) -> Option<ModelGap> {
        let snippet = self.http.as_ref()?;
        let unread = snippet.block.unread.iter().find(|line| !HARMLESS_IN_HTTP.contains(&&*line.name))?;
        Some(snippet.gap(unread))
    }

    pub fn all(&self) -> impl Iterator<Item = &SharedSnippet> {
        [&self.http, &self.server, &self.location].into_iter().flatten()
    }
}
