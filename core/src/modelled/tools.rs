//! The console's tools with their options: the table that completes command lines.

use super::{Label, ModelledEntry, ModelledGroup, Section};
use crate::console::TOOLS;
use crate::console::option::listed_options;
use crate::explain::BilingualText;
use crate::kubectl;
use crate::shell::builtin::xargs;
use crate::shell::{COMMANDS, load, machine, nginx, openssl, text, traceroute};

/// Every tool, with the options it takes.
pub(super) fn section() -> Section {
    let tools = TOOLS.iter().map(|tool| ModelledGroup {
        title: Label::Name(tool.name.to_owned()),
        detail: String::new(),
        entries: match tool.name {
            "kubectl" => kubectl::flags::verb_names().map(ModelledEntry::name).collect(),
            _ => (tool.options)().into_iter().map(ModelledEntry::name).collect(),
        },
    });
    let of_machine = machine::TOOLS.iter().map(|tool| (tool.name, (tool.options)()));
    let of_load = load::TOOLS.iter().map(|tool| (tool.name, tool.listed_options()));
    let traced = ["tracepath", "traceroute"].map(|tool| (tool, traceroute::listed_options()));
    let own = [("openssl", openssl::listed_options()), ("nginx", nginx::OPTIONS.to_vec())];
    let of_text = text::TOOLS.iter().map(|tool| (tool.name, tool.listed_options()));
    let of_text = of_text.chain([("xargs", listed_options(xargs::OPTIONS))]);
    let others = own.into_iter().chain(traced).chain(of_text);
    let of_shell = of_machine.chain(of_load).chain(others).map(|(tool, options)| ModelledGroup {
        title: Label::Name(tool.to_owned()),
        detail: String::new(),
        entries: options.into_iter().map(ModelledEntry::name).collect(),
    });
    let own = BilingualText::new("The shell's own commands", "シェルの組み込みコマンド");
    let own = ModelledGroup::of_names(own, COMMANDS);
    let verbs = kubectl::flags::verb_names().map(|verb| ModelledGroup {
        title: Label::Name(format!("kubectl {verb}")),
        detail: String::new(),
        entries: kubectl::flags::flags_of(verb).into_iter().map(ModelledEntry::name).collect(),
    });
    let kinds = BilingualText::new("Kinds that kubectl get prints", "kubectl get で表示できる種類");
    let kinds = ModelledGroup::of_names(kinds, kubectl::resources());
    let described = BilingualText::new(
        "Kinds that kubectl describe prints in words of their own; the IDs of containers and images, and what ephemeral volumes \
         ask for are left out",
        "kubectl describe が独自の書式で表示する種類。コンテナーとイメージの ID、ephemeral ボリュームの内容は省きます",
    );
    let described = ModelledGroup::of_names(described, kubectl::described_kinds());
    let formats = BilingualText::new(
        "Output formats of kubectl get; what only a running cluster knows (uid, managedFields) is left out; times and \
         resource versions are those of a session in which only sleep moves the clock",
        "kubectl get の出力形式。稼働中のクラスターだけが知るもの (uid、managedFields) は省きます。時刻と resourceVersion は、sleep でだけ時計が進むセッションのものです",
    );
    let formats = ModelledGroup::of_names(formats, kubectl::print::FORMATS);
    Section {
        id: "tools",
        title: BilingualText::new("Commands", "コマンド"),
        about: BilingualText::new(
            "The tools that can be asked with, and their options. Any other option is refused by name, never ignored.",
            "質問に使えるツールとオプションです。ほかのオプションは無視せず、名前を挙げて断ります。",
        ),
        groups: tools.chain(of_shell).chain([own]).chain(verbs).chain([kinds, described, formats]).collect(),
    }
}
