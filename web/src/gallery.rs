//! The examples: manifests as plain files under `static/examples/`, each with the question it opens with. The same
//! questions stand as routing tests in `static/examples/index.yaml`.

use crate::language::Language;
use crate::workspace::Workspace;

/// One example.
#[derive(Debug, PartialEq)]
pub struct Example {
    /// Its name in the index, and its file's without `.yaml`.
    pub id: &'static str,
    /// Who asks.
    pub from: &'static str,
    /// The question.
    pub command: &'static str,
    english: &'static str,
    japanese: &'static str,
}

/// The one that the page opens with; its text travels with the page, so that the first answer waits for nothing.
pub const FIRST: &str = include_str!("../../static/examples/shop.yaml");

impl Example {
    /// What it is called.
    pub fn title(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Japanese => self.japanese,
        }
    }

    /// Where its manifests are, relative to the page.
    pub fn url(&self) -> String {
        format!("examples/{}.yaml", self.id)
    }

    /// The example with its manifests.
    pub fn workspace(&self, manifests: &str) -> Workspace {
        Workspace::of(manifests, self.from, self.command)
    }
}

/// What a newcomer sees first.
pub fn first() -> Workspace {
    EXAMPLES.first().map_or_else(|| Workspace::of(FIRST, "external", ""), |example| example.workspace(FIRST))
}

/// The example of a name.
pub fn find(id: &str) -> Option<&'static Example> {
    EXAMPLES.iter().find(|example| example.id == id)
}

macro_rules! examples {
    ($($id:literal $from:literal $command:literal $english:literal / $japanese:literal;)*) => {
        /// All examples, in the order of the list.
        pub const EXAMPLES: &[Example] = &[
            $(Example { id: $id, from: $from, command: $command, english: $english, japanese: $japanese },)*
        ];
    };
}

examples! {
    "shop" "external" "curl http://shop.example.com/cart"
        "Ingress: host and path choose the Service" / "Ingress：ホストとパスで Service を選ぶ";
    "clusterip" "pod/default/client" "curl http://sample-clusterip:8080/"
        "ClusterIP: one address for three pods" / "ClusterIP：3 つの Pod に 1 つのアドレス";
    "nodeport" "external" "curl http://192.168.3.32:30080/"
        "NodePort: a port on every node" / "NodePort：全ノードで同じポート";
    "nodeport-local" "external" "curl http://192.168.3.32:30080/"
        "NodePort with externalTrafficPolicy Local: time-outs" / "NodePort と externalTrafficPolicy: Local：タイムアウト";
    "externalip" "external" "curl http://192.168.3.33:8080/"
        "externalIPs: a node's address as entrance" / "externalIPs：ノードのアドレスを入口に";
    "loadbalancer" "external" "curl http://192.0.2.127/"
        "LoadBalancer with a given address" / "アドレスが決まっている LoadBalancer";
    "headless" "pod/default/client" "nslookup sample-headless"
        "Headless Service: a record for every pod" / "Headless Service：Pod ごとのレコード";
    "externalname" "pod/default/client" "dig sample-externalname.default.svc.cluster.local"
        "ExternalName: another name" / "ExternalName：別名";
    "no-selector" "pod/default/client" "curl http://sample-none-selector:8080/"
        "Service without selector: addresses outside" / "セレクターのない Service：クラスター外のアドレス";
    "no-endpoints" "pod/default/client" "curl http://web/"
        "Connection refused: a selector that matches nothing" / "接続拒否：どの Pod にも合わないセレクター";
    "names" "pod/test/debugger" "nslookup nginx"
        "Names and search lists across namespaces" / "Namespace をまたぐ名前と検索リスト";
    "reach" "external" "curl http://172.17.0.13:31592/"
        "Where a Service can be reached from" / "Service にどこから到達できるか";
    "wildcard" "external" "curl -H 'Host: a.foo.com' http://INGRESS/foo/x"
        "Ingress: wildcard hosts" / "Ingress：ワイルドカードのホスト";
    "traefik" "external" "curl http://192.168.56.11/"
        "Ingress through Traefik on host ports" / "hostPort の Traefik を通る Ingress";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in the index and what the page offers are the same.
    #[test]
    fn the_index_says_the_same() {
        let index = include_str!("../../static/examples/index.yaml");
        let ids = index.lines().filter_map(|line| line.strip_prefix("- id: "));
        assert_eq!(ids.collect::<Vec<_>>(), EXAMPLES.iter().map(|example| example.id).collect::<Vec<_>>());
        for example in EXAMPLES {
            assert!(index.contains(&format!("files: [{}.yaml]", example.id)), "{}", example.id);
            assert!(index.contains(&format!("run: {}\n", example.command)), "{}", example.id);
        }
    }

    #[test]
    fn every_example_has_manifests() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../static/examples");
        for example in EXAMPLES {
            let text = std::fs::read_to_string(format!("{folder}/{}.yaml", example.id));
            assert!(text.is_ok_and(|text| text.contains("kind: Service")), "{}", example.id);
        }
    }
}
