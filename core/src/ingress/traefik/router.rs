//! Routers as the engine builds them from the configuration: with their rules read, found by host, the highest priority
//! first (pkg/muxer/http/mux.go), and those that hand on to others (pkg/server/router/router.go ParseRouterTree).

use std::collections::BTreeMap;

use super::dynamic::RouterConfig;
use super::rule::RuleTree;
use super::settings::StaticConfig;
use crate::http::HostTable;
use crate::order::{Gather, Order};

/// The highest priority that anybody may give (router.go maxUserPriority).
const MOST: i64 = i64::MAX - 1000;

/// A rule, and where it leads.
#[derive(Clone, Debug)]
pub struct HttpRouter {
    /// As its provider made it.
    pub config: RouterConfig,
    /// The rule; None if Traefik refuses it.
    pub rule: Option<RuleTree>,
    /// The length of the rule's text, or the number given.
    pub priority: i64,
    /// Those it hands requests on to, in order of priority.
    pub children: Vec<usize>,
    /// What keeps it from being built that only the whole tree shows.
    pub fault: Option<TreeFault>,
}

/// What is wrong with a router's place in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreeFault {
    /// It has neither services nor children.
    NoService,
    /// A child with TLS or entry points of its own.
    InvalidChild,
}

/// The routers, found by host.
#[derive(Clone, Debug, Default)]
pub struct RouterTable {
    routers: Vec<HttpRouter>,
    by_host: HostTable<Vec<usize>>,
    any_host: Vec<usize>,
}

impl HttpRouter {
    fn of(config: RouterConfig) -> Self {
        let rule = RuleTree::parse(&config.rule, config.syntax).filter(|_| config.priority <= MOST);
        let priority = if config.priority == 0 { config.rule.len() as i64 } else { config.priority };
        Self { config, rule, priority, children: Vec::new(), fault: None }
    }

    /// Whether it listens at an entry point; without names of its own at the usual ones.
    pub fn listens_at(&self, entry_point: &str, settings: &StaticConfig) -> bool {
        if self.config.entry_points.is_empty() {
            settings.entry_points.get(entry_point).is_some_and(|entry| entry.usual)
        } else {
            self.config.entry_points.iter().any(|name| name.eq_ignore_ascii_case(entry_point))
        }
    }

    /// Whether it is for HTTPS at an entry point.
    pub fn speaks_tls(&self, entry_point: &str, settings: &StaticConfig) -> bool {
        self.config.tls.is_some() || settings.entry_points.get(entry_point).is_some_and(|entry| entry.tls)
    }
}

impl RouterTable {
    /// Sorts by priority and precedence, joins children with their parents, and indexes by host.
    pub fn new(configs: Vec<RouterConfig>, settings: &StaticConfig) -> Self {
        let mut routers: Vec<HttpRouter> = configs.into_iter().map(HttpRouter::of).collect();
        routers.order_by(|one, other| {
            let by_provider = rank(settings, one).cmp(&rank(settings, other));
            let by_priority = other.priority.cmp(&one.priority);
            by_priority.then(by_provider).then_with(|| one.config.field.cmp(&other.config.field))
        });
        join_children(&mut routers);
        let mut by_host: HostTable<Vec<usize>> = HostTable::default();
        let mut any_host = Vec::new();
        let roots = routers.iter().enumerate().filter(|(_, router)| router.config.parents.is_empty());
        for (index, router) in roots {
            match router.rule.as_ref().and_then(RuleTree::hosts) {
                Some(hosts) => hosts.into_iter().for_each(|host| by_host.entry(bare(host)).push(index)),
                None => any_host.push(index),
            }
        }
        Self { routers, by_host, any_host }
    }

    /// The routers that may match a host, the highest priority first, ties by provider and name.
    pub fn for_host(&self, host: &str) -> Vec<&HttpRouter> {
        let host = bare(host);
        let exact = self.by_host.exact(host).into_iter().flatten();
        let wildcard = match host.strip_prefix('.') {
            Some(rest) => self.by_host.written(&format!("*.{rest}")),
            None => self.by_host.wildcard(host),
        };
        let mut indices: Vec<usize> =
            exact.chain(wildcard.into_iter().flatten()).chain(&self.any_host).copied().collect();
        indices.order();
        indices.dedup();
        self.at(&indices)
    }

    pub fn children(&self, router: &HttpRouter) -> Vec<&HttpRouter> {
        self.at(&router.children)
    }

    /// All that aren't children.
    pub fn roots(&self) -> impl Iterator<Item = &HttpRouter> {
        self.routers.iter().filter(|router| router.config.parents.is_empty())
    }

    fn at(&self, indices: &[usize]) -> Vec<&HttpRouter> {
        indices.iter().filter_map(|index| self.routers.get(*index)).collect()
    }
}

/// providers.precedence decides between routers of one priority; who isn't listed comes last.
pub fn rank(settings: &StaticConfig, router: &HttpRouter) -> usize {
    let precedence = settings.precedence();
    precedence.iter().position(|name| *name == router.config.provider.name()).unwrap_or(usize::MAX)
}

fn bare(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

fn join_children(routers: &mut [HttpRouter]) {
    let by_name: BTreeMap<String, usize> =
        routers.iter().enumerate().map(|(index, router)| (router.config.name.clone(), index)).into_map();
    let links: Vec<(usize, usize)> = routers
        .iter()
        .enumerate()
        .flat_map(|(child, router)| router.config.parents.iter().map(move |name| (name, child)))
        .filter_map(|(name, child)| Some((*by_name.get(name)?, child)))
        .collect();
    for (parent, child) in links {
        if let Some(parent) = routers.get_mut(parent) {
            parent.children.push(child);
        }
    }
    for router in routers.iter_mut() {
        let is_child = !router.config.parents.is_empty();
        let has_own = router.config.tls.is_some() || !router.config.entry_points.is_empty();
        // Where there are children, services of its own get nothing.
        let leads_nowhere = router.config.service.is_none() && router.children.is_empty();
        let no_service = leads_nowhere.then_some(TreeFault::NoService);
        router.fault = if is_child && has_own { Some(TreeFault::InvalidChild) } else { no_service };
    }
}
