//! CoreDNS and the client's resolver: from plugin.cfg's table and the libraries that are told apart.

use strum::VariantArray;

use super::{ModelledGroup, NOT_MODELLED, Section, WITHOUT_EFFECT};
use crate::dns::plugins::{PLUGINS, PluginEffect};
use crate::explain::BilingualText;
use crate::request::ClientLibc;

/// The plugins by what they mean for answers, and the resolvers.
pub(super) fn section() -> Section {
    let plugins = |title, effect| {
        let names = PLUGINS.iter().filter(move |(_, of)| *of == effect).map(|(name, _)| *name);
        ModelledGroup::of_names(title, names)
    };
    let resolvers = ClientLibc::VARIANTS.iter().map(<&str>::from);
    Section {
        id: "dns",
        title: BilingualText::new("DNS", "DNS"),
        about: BilingualText::new(
            "The client's resolver with its search list and its order of questions, and CoreDNS with its plugins. A plugin \
             that CoreDNS isn't built with keeps it from starting, here too.",
            "クライアントのリゾルバー（検索リストと問い合わせの順序を含む）と、CoreDNS のプラグインです。CoreDNS に組み込まれていないプラグインがあると、実物と同じく起動しません。",
        ),
        groups: vec![
            plugins(
                BilingualText::new("CoreDNS plugins that are modelled", "モデル化している CoreDNS プラグイン"),
                PluginEffect::Modelled,
            ),
            plugins(WITHOUT_EFFECT, PluginEffect::None),
            plugins(NOT_MODELLED, PluginEffect::NotModelled),
            ModelledGroup::of_names(BilingualText::new("Resolvers", "リゾルバー"), resolvers),
        ],
    }
}
