//! From server blocks to chains of plugins (core/dnsserver/register.go).

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::http::pattern::{Dialect, Pattern};
use crate::order::Gather;
use crate::packet::{DnsName, RecordType};

use super::context::{DnsPlugin, ServerConfig};
use super::corefile::{Corefile, CorefileError, Directive, ServerBlock};
use super::files::CorednsFiles;
use super::kubernetes::{self, KubernetesPlugin};
use super::name::zones_of;
use super::plugins::{PLUGINS, PluginEffect, takes_questions};
use super::setup::zones_or;
use super::simple::{self, FailingZones, NotModelled};
use super::{acl, autopath, cache, dns64, external, forward, header, hosts, rewrite, template, view};

mod arguments;
mod keys;

use keys::ServerKey;

/// Compiles the server blocks. The first mistake ends it: CoreDNS then doesn't start. `files` are what plugins may read.
pub fn compile(corefile: &Corefile, files: &CorednsFiles) -> Result<Vec<ServerConfig>, CorefileError> {
    // 1. The zones and ports of all blocks (InspectServerBlocks).
    let mut blocks = Vec::new();
    for block in &corefile.blocks {
        let keys: Vec<ServerKey> = block.keys.iter().map(|key| keys::read(key)).collect::<Result<_, _>>()?;
        let zones: Vec<DnsName> = keys.iter().flat_map(|key| key.zones.clone()).collect();
        blocks.push(BlockSetup { block, keys, zones, files, kubernetes: None, compiled: ServerConfig::default() });
    }
    // 2. Plugin by plugin, block by block (caddy executeDirectives). What others need is set up first.
    for block in &mut blocks {
        block.find_kubernetes();
    }
    for (name, effect) in PLUGINS {
        for block in &mut blocks {
            block.set_up(name, *effect).map_err(|error| error.of(name))?;
        }
    }
    // 3. Each zone can be served once.
    keys::check_zones_once(blocks.iter().filter(|block| !block.may_share()).map(|block| block.keys.as_slice()))?;
    keys::check_ports(blocks.iter().map(|block| block.keys.as_slice()))?;
    Ok(blocks.into_iter().flat_map(BlockSetup::servers).collect())
}

/// A block on its way to a chain.
struct BlockSetup<'c> {
    block: &'c ServerBlock,
    keys: Vec<ServerKey>,
    zones: Vec<DnsName>,
    files: &'c CorednsFiles,
    kubernetes: Option<Arc<KubernetesPlugin>>,
    compiled: ServerConfig,
}

impl BlockSetup<'_> {
    /// Whether a block may stand for zones that another one serves: on other addresses, or for some clients.
    fn may_share(&self) -> bool {
        self.block.directives.iter().any(|directive| matches!(directive.name.as_str(), "bind" | "view"))
    }

    fn directives(&self, name: &str) -> Vec<&Directive> {
        self.block.directives.iter().filter(|directive| directive.name == name).collect()
    }

    /// k8s_external and autopath stand before the plugin that they ask; a mistake in it shows when its turn comes.
    fn find_kubernetes(&mut self) {
        let read = match self.directives("kubernetes").as_slice() {
            [only] => kubernetes::setup::read(only, &self.zones).ok(),
            _ => None,
        };
        self.kubernetes = read.map(Arc::new);
    }

    fn set_up(&mut self, name: &'static str, effect: PluginEffect) -> Result<(), CorefileError> {
        // 1. The plugin's directives in this block, with arguments that it takes.
        let directives = self.directives(name);
        let Some(first) = directives.first() else { return Ok(()) };
        let line = first.line;
        arguments::check(name, &directives)?;
        // 2. Where the server listens.
        let bound = match name {
            "bind" => {
                let bound = directives.iter().map(|one| arguments::bound_addresses(one, self.files.in_node_network()));
                Some(bound.collect::<Result<Vec<_>, _>>()?.concat())
            }
            _ => None,
        };
        // 3. The plugin itself, and whether it hides what comes behind it.
        let (mut view, mut hides) = (None, false);
        let plugin: Option<Arc<dyn DnsPlugin>> = match effect {
            PluginEffect::None => None,
            PluginEffect::NotModelled if name == "file" => {
                let (plugin, hidden) = self.file(&directives);
                hides = hidden;
                Some(plugin)
            }
            PluginEffect::NotModelled => {
                hides = true;
                Some(self.not_modelled(name, &directives))
            }
            PluginEffect::Modelled if name == "view" => {
                view = Some(view::read(once(&directives)?)?);
                None
            }
            PluginEffect::Modelled => self.modelled(name, &directives)?,
        };
        // 4. What the block is told of it.
        let ServerConfig { chain, handles, view: of_block, not_modelled, detects_loops, bound: bound_to, .. } =
            &mut self.compiled;
        *detects_loops |= name == "loop";
        *bound_to = bound_to.take().or(bound);
        if hides {
            not_modelled.push((name.to_owned(), line));
        }
        *handles |= takes_questions(name);
        chain.extend(plugin);
        *of_block = of_block.take().or(view);
        Ok(())
    }

    fn modelled(
        &self,
        name: &'static str,
        directives: &[&Directive],
    ) -> Result<Option<Arc<dyn DnsPlugin>>, CorefileError> {
        // 1. An expression that can't be read leaves the plugin open.
        let (zones, files) = (self.zones.as_slice(), self.files);
        if let Some(expression) = unreadable_expression(name, directives) {
            return Ok(Some(self.not_modelled(&format!("{name}: the regular expression {expression}"), directives)));
        }
        // 2. The plugin, by its directives: all of them, the last, or the only one.
        let all = || directives.iter().copied();
        let plugin: Arc<dyn DnsPlugin> = match name {
            "acl" => Arc::new(acl::read(directives, zones)?),
            "any" => Arc::new(simple::AnyQuestions),
            "autopath" => {
                // Of several the last counts.
                let mut last = None;
                for directive in all() {
                    last = autopath::read(directive, zones, self.kubernetes.as_ref())?;
                }
                return Ok(Some(match last {
                    Some(autopath) => Arc::new(autopath),
                    None => self.not_modelled("autopath with a file", directives),
                }));
            }
            "bufsize" => Arc::new(simple::read_bufsize(first_of(directives)?)?),
            "cache" => Arc::new(cache::read(once(directives)?, zones)?),
            "dns64" => Arc::new(dns64::read(directives)?),
            "erratic" => Arc::new(simple::read_erratic(directives)?),
            "forward" => Arc::new(forward::ForwardLines(all().map(forward::read).collect::<Result<_, _>>()?)),
            "header" => Arc::new(header::read(directives)?),
            "hosts" => Arc::new(hosts::read(once(directives)?, zones, files)?),
            "k8s_external" => Arc::new(external::read(last_of(directives)?, zones, self.kubernetes.as_ref())?),
            "minimal" => Arc::new(simple::MinimalAnswers),
            "rewrite" => Arc::new(rewrite::RewriteRules(all().map(rewrite::setup::read).collect::<Result<_, _>>()?)),
            "template" => {
                let read = |directive| template::read(directive, zones);
                Arc::new(template::AnswerTemplates(all().map(read).collect::<Result<_, _>>()?))
            }
            "whoami" => Arc::new(simple::WhoAmI),
            _ => Arc::new(kubernetes::setup::read(once(directives)?, zones)?),
        };
        Ok(Some(plugin))
    }

    /// What a plugin that isn't modelled may answer: the zones are its arguments where it takes some, else the server
    /// block's; `siit` looks at one type only.
    fn not_modelled(&self, name: &str, directives: &[&Directive]) -> Arc<dyn DnsPlugin> {
        // Of `file` the first word is the file.
        let before = usize::from(name == "file");
        let arguments = directives.iter().flat_map(|directive| directive.args.iter().skip(before));
        let zone = |argument: &String| match (name, argument.split_once(':')) {
            // ZONE:ID, RESOURCE_GROUP:ZONE
            ("route53" | "clouddns", Some((zone, _))) | ("azure", Some((_, zone))) => zones_of(zone),
            _ => zones_of(argument),
        };
        let named: Vec<DnsName> = arguments.flat_map(zone).collect();
        let by_zone = matches!(
            name,
            "file" | "auto" | "secondary" | "etcd" | "route53" | "azure" | "clouddns" | "nomad" | "dynupdate"
        );
        Arc::new(NotModelled {
            name: name.to_owned(),
            zones: if by_zone && !named.is_empty() { named } else { self.zones.clone() },
            record_type: (name == "siit").then_some(RecordType::A),
        })
    }

    /// Zones out of files aren't modelled, which hides them; without its file a zone fails (plugin/file).
    fn file(&self, directives: &[&Directive]) -> (Arc<dyn DnsPlugin>, bool) {
        let is_there = |directive: &&Directive| directive.args.first().is_some_and(|path| self.files.may_have(path));
        let there: Vec<&Directive> = directives.iter().copied().filter(is_there).collect();
        if !there.is_empty() {
            return (self.not_modelled("file", &there), true);
        }
        let of = |directive: &&Directive| zones_or(directive.args.get(1..).unwrap_or_default(), &self.zones);
        (Arc::new(FailingZones(directives.iter().flat_map(of).collect())), false)
    }

    /// A block is one server per port among its keys that speak plain DNS.
    fn servers(self) -> Vec<ServerConfig> {
        let plain = self.keys.iter().filter(|key| key.plain);
        let ports: BTreeSet<u16> = plain.clone().map(|key| key.port).into_set();
        let of_port = |port: u16| {
            let zones = plain.clone().filter(|key| key.port == port).flat_map(|key| key.zones.clone());
            ServerConfig { zones: zones.collect(), port, ..self.compiled.clone() }
        };
        ports.into_iter().map(of_port).collect()
    }
}

/// An expression of a rule or a template that Go takes and that can't be run here.
fn unreadable_expression<'d>(name: &str, directives: &[&'d Directive]) -> Option<&'d String> {
    let words = directives
        .iter()
        .filter(|_| matches!(name, "rewrite" | "template"))
        .flat_map(|directive| directive.args.iter().chain(directive.block.iter().flat_map(|property| &property.args)));
    words.into_iter().find(|word| Pattern::new(word.as_str(), Dialect::Re2, false).is_beyond_reach())
}

/// Of several directives some plugins read the first only.
fn first_of<'d>(directives: &[&'d Directive]) -> Result<&'d Directive, CorefileError> {
    directives.first().copied().ok_or_else(CorefileError::repeated)
}

/// Others take what stands last.
fn last_of<'d>(directives: &[&'d Directive]) -> Result<&'d Directive, CorefileError> {
    directives.last().copied().ok_or_else(CorefileError::repeated)
}

/// Most plugins stand once per server block (plugin.ErrOnce).
fn once<'d>(directives: &[&'d Directive]) -> Result<&'d Directive, CorefileError> {
    match directives {
        [only] => Ok(only),
        _ => Err(CorefileError::repeated()),
    }
}
