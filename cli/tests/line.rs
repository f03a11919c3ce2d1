//! The command line as somebody types it: what each command prints, and how it exits.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own for a test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        // What an earlier run left.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder for the test");
        // Settings above the folder are somebody else's.
        let folder = Self(path);
        folder.write(".whichpod.yaml", "");
        folder
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).expect("a file")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().expect("the program runs")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_whichpod"));
        command
            .current_dir(&self.0)
            .env("LANG", "C")
            .env_remove("LC_ALL")
            .env_remove("LC_MESSAGES")
            .env_remove("COLUMNS");
        command
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

const SHOP: &str = include_str!("shop.yaml");

fn shop(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("shop.yaml", SHOP);
    folder
}

#[test]
fn the_answer_comes_first_and_is_short() {
    let folder = shop("short");
    let output = folder.run(&["trace", "-f", "shop.yaml", "--from", "deploy/front", "curl", "http://cart"]);
    let text = stdout(&output);
    let lines: Vec<&str> = text.lines().collect();
    has(lines[1], &["one of 2 pods, 50 % each", "pod default/cart-"]);
    has(lines[2], &["because service default/cart spec.selector"]);
    has(lines[3], &["shop.yaml:"]);
    assert!(lines.len() <= 14, "{text}");
    has(&text, &["objects in 1 file", "-v shows the walk"]);
    assert!(!text.contains("\u{1b}["), "colours in a pipe");
    has(
        &stdout(&folder.run(&["trace", "-v", "-f", "shop.yaml", "--from", "front", "http://cart"])),
        &["The connection", "kube-proxy"],
    );
}

#[test]
fn json_has_a_summary_and_a_reason() {
    let folder = shop("json");
    let output =
        folder.run(&["trace", "-f", "shop.yaml", "--from", "client", "-o", "json", "--", "curl", "http://cart"]);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(value["outcome"], "dropped");
    assert_eq!(value["summary"], "times out");
    has(value["why"].as_str().expect("a reason"), &["networkpolicy default/cart-only-front"]);
    assert_eq!(value["decidedBy"][0]["file"], "shop.yaml");
}

#[test]
fn an_untrusted_certificate_is_no_delivery() {
    let folder = shop("tls");
    let ask = |command: &[&str]| {
        let arguments = [&["trace", "-f", "shop.yaml", "-o", "json", "--"], command].concat();
        serde_json::from_slice::<serde_json::Value>(&folder.run(&arguments).stdout).expect("JSON")
    };
    let refused = ask(&["curl", "https://shop.example.com/"]);
    assert_eq!((&refused["outcome"], &refused["exit"]), (&"tls-failed".into(), &60.into()));
    has(refused["ifTrusted"].as_str().expect("what -k does"), &["pod default/front-"]);
    assert_eq!(ask(&["curl", "-k", "https://shop.example.com/"])["outcome"], "delivered");
    let wget = ask(&["wget", "-qO-", "https://shop.example.com/"]);
    assert_eq!((&wget["outcome"], &wget["exit"]), (&"tls-failed".into(), &5.into()));
}

#[test]
fn what_is_left_out_is_forgiven() {
    let folder = shop("forgiven");
    for arguments in [
        &["trace", "-f", "shop.yaml", "--from", "deploy/front", "curl", "http://cart"][..],
        &["trace", "shop.yaml", "--from", "svc/front", "http://cart"],
        &["trace", "--from", "front", "--", "curl", "http://cart"],
        &["trace", "-f", "*.yaml", "--from", "deploy/default/front", "curl", "http://cart"],
    ] {
        let output = folder.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
        has(&stdout(&output), &["one of 2 pods"]);
    }
}

#[test]
fn whoever_is_not_there_is_told_who_is() {
    let folder = shop("from");
    let output = folder.run(&["trace", "-f", "shop.yaml", "--from", "pod/nope", "curl", "http://cart"]);
    assert_eq!(output.status.code(), Some(2));
    has(&stderr(&output), &["deploy/cart", "deploy/front", "pod/client", "node/node-1"]);
    let psql = folder.run(&["trace", "-f", "shop.yaml", "psql", "-h", "cart"]);
    has(&stderr(&psql), &["nc -zv cart 5432"]);
    let outside = folder.run(&["trace", "-f", "shop.yaml", "curl", "http://cart"]);
    has(
        &stdout(&outside),
        &["default/cart is a Service", "--from deploy/", "from outside: curl -k https://shop.example.com/cart"],
    );
}

#[test]
fn why_not_another_pod() {
    let folder = shop("why-not");
    let output = folder.run(&[
        "trace",
        "-f",
        "shop.yaml",
        "--from",
        "deploy/front",
        "--why-not",
        "client",
        "curl",
        "http://cart",
    ]);
    has(&stdout(&output), &["not pod default/client: service default/cart spec.selector asks for app=cart"]);
}

#[test]
fn answers_in_japanese() {
    let folder = shop("japanese");
    let output =
        folder.run(&["--lang", "ja", "trace", "-f", "shop.yaml", "--from", "deploy/front", "curl", "http://cart"]);
    has(&stdout(&output), &["個の Pod のどれか", "理由:"]);
}

#[test]
fn other_forms_of_an_answer() {
    let folder = shop("forms");
    let form = |form: &str| {
        stdout(&folder.run(&["trace", "-f", "shop.yaml", "--from", "deploy/front", "-o", form, "curl", "http://cart"]))
    };
    has(&form("md"), &["**one of 2 pods", "| share | outcome |"]);
    has(&form("mermaid"), &["flowchart TD", "-->|50 %|"]);
    has(&form("svg"), &["<svg ", "</svg>"]);
    assert!(form("link").starts_with("#w1."));
    let test = form("test");
    has(&test, &["workload: [\"deployment/default/cart\"]", "files: [\"shop.yaml\"]"]);
    folder.write("routing-tests.yaml", &test);
    has(&stdout(&folder.run(&["test", "."])), &["1 passed, 0 failed"]);
}

#[test]
fn nothing_to_read_is_no_success() {
    let folder = Folder::new("nothing");
    folder.write("empty.yaml", "# nothing\n");
    folder.write("table.txt", "NAME   READY   STATUS\nweb-1  1/1     Running\n");
    for (file, said) in [("empty.yaml", "nothing to read"), ("table.txt", "add -o yaml")] {
        let output = folder.run(&["check", file]);
        assert_eq!(output.status.code(), Some(2), "{file}");
        has(&stderr(&output), &[said]);
    }
}

#[test]
fn folders_are_read_as_git_sees_them() {
    let folder = shop("folders");
    folder.write(".gitignore", "generated/\n");
    folder.write("generated/broken.yaml", "kind: [\n");
    folder.write("node_modules/x/broken.yaml", "kind: [\n");
    folder.write(".hidden/broken.yaml", "kind: [\n");
    folder.write("chart/Chart.yaml", "name: chart\n");
    folder.write("chart/templates/x.yaml", "kind: {{ .Values.kind }}\n");
    folder.write("base/kustomization.yaml", "resources: [pod.yaml]\npatches: [{path: patch.yaml}]\n");
    folder.write(
        "base/pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: own}\nspec: {containers: [{name: a, image: a}]}\n",
    );
    folder.write("base/patch.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: cart}\n");
    let output = folder.run(&["check", "-o", "json"]);
    let text = stdout(&output);
    assert!(!text.contains("broken.yaml") && !text.contains("patch.yaml"), "{text}");
    has(&stderr(&output), &["is a Helm chart and is left out: --helm", "lists as patches, left out"]);
}

#[test]
fn findings_have_frames_and_a_count() {
    let folder = Folder::new("frames");
    folder.write(
        "web.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  slector: {app: web}\n  ports: [{port: 80}]\n",
    );
    let output = folder.run(&["check"]);
    assert_eq!(output.status.code(), Some(1));
    has(
        &stdout(&output),
        &["error[unknown-field]: Service default/web", "web.yaml:5:3", "5 │   slector", "1 object in 1 file: 1 error"],
    );
    let coloured = folder.command().arg("check").env("CLICOLOR_FORCE", "1").output().expect("it runs");
    has(&stdout(&coloured), &["\u{1b}["]);
    let plain =
        folder.command().arg("check").env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().expect("it runs");
    assert!(!stdout(&plain).contains('\u{1b}'));
    has(&stdout(&folder.run(&["check", "-o", "github"])), &["::error file=web.yaml,line=5,col=3"]);
    has(&stdout(&folder.run(&["check", "-o", "gitlab"])), &["\"check_name\": \"unknown-field\"", "\"fingerprint\""]);
    has(&stdout(&folder.run(&["check", "-o", "junit"])), &["<testsuite name=\"web.yaml\"", "failures=\"1\""]);
    has(
        &stdout(&folder.run(&["check", "-o", "sarif"])),
        &["\"shortDescription\"", "Service default/web: ", "partialFingerprints"],
    );
    has(&stdout(&folder.run(&["check", "-o", "short"])), &["web.yaml:5:3: error: Service default/web: "]);
}

#[test]
fn what_can_be_mended_is_mended() {
    let folder = Folder::new("fix");
    folder.write("web.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: 1\n  b: true\n");
    let difference = folder.run(&["check", "--diff"]);
    has(&stdout(&difference), &["--- web.yaml", "-  a: 1", "+  a: \"1\"", "+  b: \"true\""]);
    assert!(folder.read("web.yaml").contains("a: 1"));
    let output = folder.run(&["check", "--fix"]);
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    has(&stderr(&output), &["2 mended"]);
    assert_eq!(
        folder.read("web.yaml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: \"1\"\n  b: \"true\"\n"
    );
}

#[test]
fn findings_can_be_silenced() {
    const SERVICE: &str =
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: web}\n  ports: [{port: 80}]\n";
    let folder = Folder::new("silence");
    let found = |arguments: &[&str]| stdout(&folder.run(&[&["check", "-o", "short"], arguments].concat()));
    folder.write("web.yaml", SERVICE);
    has(&found(&[]), &["selects-nothing"]);
    has(&found(&["--ignore", "selects-nothing"]), &["nothing found"]);
    assert_eq!(folder.run(&["check", "--fail-on", "warning"]).status.code(), Some(1));
    assert_eq!(folder.run(&["check", "--ignore", "selects-nohting"]).status.code(), Some(2));
    folder.write("web.yaml", &SERVICE.replace("{app: web}\n", "{app: web} # whichpod: ignore=selects-nothing\n"));
    has(&found(&[]), &["nothing found"]);
    folder.write(
        "web.yaml",
        &SERVICE.replace("{name: web}", "{name: web, annotations: {whichpod.dev/ignore: selects-nothing}}"),
    );
    has(&found(&[]), &["nothing found"]);
    folder.write("web.yaml", SERVICE);
    folder.write(".whichpod.yaml", "perFileIgnores: {'web.yaml': [selects-nothing]}\n");
    has(&found(&[]), &["nothing found"]);
    folder.write(".whichpod.yaml", "ignore: [selects-nothing]\n");
    has(&found(&[]), &["nothing found"]);
    folder.write(".whichpod.yaml", "ingore: []\n");
    assert_eq!(folder.run(&["check"]).status.code(), Some(2));
}

#[test]
fn a_corefile_by_itself() {
    let folder = Folder::new("corefile");
    folder.write("Corefile", ".:53 {\n    forwrd . 1.1.1.1\n}\n");
    let output = folder.run(&["check", "-o", "short", "Corefile"]);
    has(&stdout(&output), &["Corefile:2:5: ", "forwrd"]);
}

#[test]
fn the_cluster_can_be_said() {
    let folder = shop("cluster");
    let nodes = |arguments: &[&str]| {
        stdout(&folder.run(&[&["exec", "-f", "shop.yaml"], arguments, &["--", "kubectl", "get", "nodes"]].concat()))
    };
    has(&nodes(&["--cluster", "kind"]), &["kind-control-plane"]);
    has(&nodes(&["--kubernetes-version", "1.35", "--pod-network", "masquerade"]), &["node-1"]);
    assert_eq!(folder.run(&["check", "--kubernetes-version", "1.2"]).status.code(), Some(2));
}

#[test]
fn who_reaches_whom_by_workload() {
    let folder = shop("matrix");
    let text = stdout(&folder.run(&["matrix", "shop.yaml"]));
    has(&text, &["deployment/default", "cart-only-front", "https://"]);
    has(&stdout(&folder.run(&["matrix", "-o", "md"])), &["| from | default/cart:80 |"]);
    has(
        &stdout(&folder.run(&["matrix", "-o", "dot"])),
        &["\"deployment/default/front\" -> \"deployment/default/cart\""],
    );
    has(&stdout(&folder.run(&["matrix", "-o", "svg"])), &["<svg"]);
    has(&stdout(&folder.run(&["matrix", "-o", "csv"])), &["from,service,port,address,outcome,pods,source"]);
    has(&stdout(&folder.run(&["matrix", "--exposure"])), &["from outside", "deployment/default/front"]);
    let focus = stdout(&folder.run(&["matrix", "--focus", "orphan", "-o", "csv", "--by", "workload"]));
    assert!(focus.lines().skip(1).all(|line| line.contains("orphan")), "{focus}");
}

#[test]
fn tests_are_written_and_held() {
    let folder = shop("init");
    folder.write("routing-tests.yaml", &stdout(&folder.run(&["test", "--init", "shop.yaml"])));
    let output = folder.run(&["test", "routing-tests.yaml"]);
    assert!(output.status.success(), "{}", stdout(&output));
    // A template that changes gives other pods, and the tests hold.
    folder.write("shop.yaml", &SHOP.replace("image: example.com/cart", "image: example.com/cart:2"));
    assert!(folder.run(&["test", "routing-tests.yaml"]).status.success());
    folder.write("shop.yaml", &SHOP.replace("selector: {app: cart}", "selector: {app: front}"));
    let failed = folder.run(&["test", "routing-tests.yaml"]);
    assert_eq!(failed.status.code(), Some(1));
    has(&stdout(&failed), &["workload: expected", "routing-tests.yaml:"]);
    has(&stdout(&folder.run(&["test", "-o", "tap", "*.yaml", "routing-tests.yaml"])), &[]);
    has(&stdout(&folder.run(&["test", "-o", "tap", "routing-tests.yaml"])), &["TAP version 14", "not ok"]);
    has(&stdout(&folder.run(&["test", "-o", "junit", "routing-tests.yaml"])), &["<failure message=\"", "time=\""]);
    let json: serde_json::Value =
        serde_json::from_slice(&folder.run(&["test", "-o", "json", "routing-tests.yaml"]).stdout).expect("JSON");
    assert_eq!(json["schema"], "whichpod.dev/test/v1");
    has(&json["cases"][0]["file"].to_string(), &["routing-tests.yaml"]);
}

#[test]
fn tests_that_cannot_fail_are_refused() {
    let folder = shop("bad-tests");
    folder.write("empty.yaml", "");
    folder.write("map.yaml", "id: a\n");
    folder.write("bad.yaml", "- id: a\n  files: [shop.yaml]\n  requests:\n  - run: curl http://x\n    expect: {outcome: deliverd}\n  - run: curl http://x\n    expect: {}\n");
    for (file, said) in
        [("empty.yaml", "no case"), ("map.yaml", "is a list of cases"), ("bad.yaml", "did you mean `delivered`?")]
    {
        let output = folder.run(&["test", file]);
        assert_eq!(output.status.code(), Some(2), "{file}");
        has(&stderr(&output), &[said]);
    }
    has(&stderr(&folder.run(&["test", "bad.yaml"])), &["bad.yaml:6: [0].requests[1].expect: nothing is expected"]);
}

#[test]
fn two_sets_are_compared() {
    let folder = shop("diff");
    folder.write("new.yaml", &SHOP.replace("name: front, port: {number: 80}", "name: cart, port: {number: 80}"));
    let output = folder.run(&["diff", "shop.yaml", "new.yaml", "--exit-code"]);
    assert_eq!(output.status.code(), Some(1));
    has(&stdout(&output), &["curl -k https://shop.example.com/", "before", "after", "because"]);
    let same = folder.run(&["diff", "shop.yaml", "shop.yaml", "--exit-code"]);
    assert!(same.status.success());
    has(&stdout(&same), &["requests are answered alike"]);
    has(&stdout(&folder.run(&["diff", "-o", "md", "shop.yaml", "new.yaml"])), &["| what changed | requests |"]);
    has(&stdout(&folder.run(&["diff", "-o", "sarif", "shop.yaml", "new.yaml"])), &["\"ruleId\""]);
    has(&stdout(&folder.run(&["diff", "-o", "json", "shop.yaml", "new.yaml"])), &["whichpod.dev/diff/v1"]);
    has(&stdout(&folder.run(&["diff", "--as", "nginx", "--as", "traefik", "shop.yaml"])), &["another redirect"]);
    folder.write(
        "access.log",
        "shop.example.com:443 192.0.2.7 - - [29/Nov/2026:10:00:00 +0000] \"GET /deep/x HTTP/2.0\" 200 12 \"-\" \"-\"\n",
    );
    has(
        &stdout(&folder.run(&["diff", "--requests", "access.log", "shop.yaml", "new.yaml"])),
        &["The one request is answered differently.", "/deep/x"],
    );
}

#[test]
fn completion_and_manual() {
    let folder = shop("completion");
    has(&stdout(&folder.run(&["completion", "bash"])), &["whichpod"]);
    has(&stdout(&folder.run(&["man"])), &[".TH whichpod"]);
    has(&stdout(&folder.run(&["schema", "routing-tests"])), &["\"workload\""]);
    has(&stdout(&folder.run(&["schema", "world"])), &["\"preset\""]);
    let mut live = folder.command();
    live.args(["--", "whichpod", "trace", "-f", "shop.yaml", "--from", "deploy/"]);
    let live = live.env("COMPLETE", "fish").env("_CLAP_COMPLETE_INDEX", "5").output().expect("it runs");
    has(&stdout(&live), &["deploy/cart", "deploy/front"]);
}

const TWO_PATHS: &str = "apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http: {paths: [{path: /cart, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web}]}
";

#[test]
fn revisions_are_read_with_every_option() {
    let folder = Folder::new("revisions");
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .current_dir(&folder.0)
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"])
            .args(arguments)
            .output()
            .expect("git runs");
        assert!(output.status.success(), "{}", stderr(&output));
    };
    folder.write("k8s/shop.yaml", TWO_PATHS);
    folder.write("k8s/Chart/Chart.yaml", "apiVersion: v2\nname: a\n");
    git(&["init", "-q", "."]);
    git(&["add", "."]);
    git(&["commit", "-qm", "a"]);
    folder.write(
        "k8s/shop.yaml",
        &TWO_PATHS.replace("path: /cart", "path: /basket").replace("nodePort: 30080", "nodePort: 30081"),
    );
    git(&["commit", "-qam", "b"]);
    let output = folder.run(&["diff", "--git", "HEAD~1..HEAD", "k8s", "--cluster", "k3s", "--exit-code"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    has(
        &stdout(&output),
        &["http://shop.example.com/cart", "http://shop.example.com/basket", "(k8s/shop.yaml:", " 30080"],
    );
    has(&stderr(&output), &["k8s/Chart is a Helm chart and is left out"]);
    assert_eq!(folder.run(&["diff", "--git", "HEAD", "k8s", "--exit-code"]).status.code(), Some(0));
    has(&stderr(&folder.run(&["diff", "--git", "nowhere", "k8s"])), &["nowhere is no revision of this repository"]);
    has(&stderr(&folder.run(&["diff", "--git", "HEAD~1..HEAD", "elsewhere"])), &["elsewhere: HEAD~1 has no such file"]);
    // Neither the working tree nor the index is touched.
    let status = Command::new("git").current_dir(&folder.0).args(["status", "--porcelain"]).output().expect("git runs");
    assert_eq!(stdout(&status), "");
}

#[test]
fn kustomizations_of_a_folder_are_no_manifests() {
    let folder = Folder::new("kustomizations");
    folder.write(
        "base/pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a}]}\n",
    );
    folder.write("base/kustomization.yaml", "resources: [pod.yaml]\n");
    folder.write("over/kustomization.yaml", "resources: [../base]\nnamePrefix: x-\n");
    let output = folder.run(&["check"]);
    assert_eq!((output.status.code(), stdout(&output).lines().count()), (Some(0), 1), "{}", stdout(&output));
    has(&stderr(&output), &["over/kustomization.yaml changes what it lists: -k over reads what it makes"]);
    assert!(!stderr(&output).contains("base/"), "{}", stderr(&output));
}

#[test]
fn tables_speak_japanese() {
    let folder = Folder::new("japanese-tables");
    folder.write("a.yaml", TWO_PATHS);
    folder.write("b.yaml", &TWO_PATHS.replace("path: /cart", "path: /basket"));
    let japanese = |arguments: &[&str]| {
        let output = folder.command().args(["--lang", "ja"]).args(arguments).output().expect("the program runs");
        stdout(&output)
    };
    has(&japanese(&["diff", "a.yaml", "b.yaml"]), &["ステータスが変わる", "変更前", "件中"]);
    has(&japanese(&["matrix", "--exposure", "a.yaml"]), &["ワークロード", "外部から"]);
    has(&japanese(&["entrances", "a.yaml"]), &["発信元 external"]);
    has(&japanese(&["check", "a.yaml"]), &["1 ファイル、4 オブジェクト"]);
    has(&japanese(&["trace", "a.yaml", "http://web"]), &["内部からは: --from", "経路は -v で表示"]);
}

#[test]
fn the_order_of_policies_is_told() {
    let folder = Folder::new("policies");
    let policy = |name: &str, tier: &str, priority: u8, action: &str| {
        format!(
            "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {{name: {name}}}\nspec: {{tier: {tier}, priority: {priority}, subject: {{namespaces: {{}}}}, ingress: [{{name: a, action: {action}, from: [{{namespaces: {{}}}}]}}]}}\n---\n"
        )
    };
    let pod = |name: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, labels: {{app: {name}}}}}\nspec: {{containers: [{{name: a, image: a}}]}}\n---\n"
        )
    };
    let isolating = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: closed}\nspec: {podSelector: {matchLabels: {app: a}}}\n---\n";
    let text = [
        policy("late", "Admin", 20, "Deny"),
        policy("early", "Admin", 10, "Accept"),
        policy("last", "Baseline", 1, "Deny"),
    ];
    folder.write("a.yaml", &(text.concat() + &pod("a") + &pod("b") + isolating));
    let csv = stdout(&folder.run(&["matrix", "a.yaml", "--policies", "-o", "csv"]));
    let lines: Vec<&str> = csv.lines().collect();
    let places: Vec<Option<usize>> = ["early", "late", "default/closed", "last"]
        .iter()
        .map(|name| lines.iter().position(|line| line.contains(&format!("Policy {name},"))))
        .collect();
    assert!(places.is_sorted() && !places.contains(&None), "{csv}");
    has(&csv, &["never asked, after ClusterNetworkPolicy early ingress[0] (Accept)"]);
    let table = stdout(&folder.run(&["matrix", "a.yaml", "--policies"]));
    has(&table, &["Admin 10", "Baseline 1", "never asked"]);
    has(&stdout(&folder.run(&["matrix", "a.yaml", "--policies", "-o", "json"])), &["\"relations\""]);
    assert_eq!(folder.run(&["matrix", "a.yaml", "--policies", "-o", "svg"]).status.code(), Some(2));
}

#[test]
fn a_matrix_takes_clients_as_trace_does() {
    let folder = Folder::new("matrix-from");
    let deployment = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec: {selector: {matchLabels: {app: app}}, template: {metadata: {labels: {app: app}}, spec: {containers: [{name: a, image: a}]}}}\n";
    folder.write("a.yaml", &(TWO_PATHS.to_owned() + deployment));
    for from in ["deploy/app", "deployment/default/app", "deploy/default/app"] {
        has(&stdout(&folder.run(&["matrix", "a.yaml", "--from", from])), &["deployment/default/app"]);
        has(&stdout(&folder.run(&["matrix", "a.yaml", "--from", from, "-o", "csv"])), &["pod/default/app-"]);
    }
    let refused = folder.run(&["matrix", "a.yaml", "--from", "deploy/nobody"]);
    has(&stderr(&refused), &["there are external, node/node-1", "pod/default/web"]);
}

/// What can't be written is a failure, whatever it would have said; a reader that goes away is none.
#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_fails() {
    let folder = Folder::new("full");
    folder.write("web.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n");
    folder.write("routing-tests.yaml", "- id: any\n  requests: [{run: 'dig a.test', expect: {rcode: NXDOMAIN}}]\n");
    for arguments in [
        &["check", "web.yaml"][..],
        &["check", "-o", "json", "web.yaml"],
        &["trace", "-f", "web.yaml", "--", "dig", "a.test"],
        &["exec", "-f", "web.yaml", "--", "kubectl", "get", "cm"],
        &["matrix", "web.yaml"],
        &["entrances", "-o", "json", "web.yaml"],
        &["test", "routing-tests.yaml"],
        &["modelled"],
        &["schema", "trace"],
        &["completion", "bash"],
        &["man"],
        &["--help"],
        &["--version"],
    ] {
        let full = || fs::File::options().write(true).open("/dev/full").expect("a full device");
        let output = folder.command().args(arguments).stdout(full()).output().expect("the program runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        has(&stderr(&output), &["can't be written"]);
    }
}

/// Names and texts of others never reach the terminal as they are, in no form and no message.
#[test]
fn nothing_moves_the_cursor() {
    let folder = Folder::new("cursor");
    let evil = "e\u{1b}[31m\u{9b}2J\u{202e}.yaml";
    folder.write(evil, "apiVersion: v1\nkind: Service\nmetadata: {name: \"a\\e[2J\"}\nspec: {type: \"\\u009b\\u202e\"}\n---\nkind: [\n");
    folder.write(
        "map.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: \"\\e[31m\\u202e\\u009b\"}\n",
    );
    let case = "- id: \"a\\e[31m\\u202e\"\n  title: \"\\u009b\"\n  requests: [{run: \"curl http://a\\e[1m/\", expect: {outcome: delivered}}]\n";
    folder.write("routing-tests.yaml", case);
    let mut runs: Vec<Vec<&str>> = vec![
        vec!["check", "--diff", evil],
        vec!["check", "nope\u{1b}[31m\u{202e}"],
        vec!["trace", "-f", evil, "--", "curl", "http://a\u{1b}[31m\u{202e}/"],
        vec!["trace", "-v", "-f", "map.yaml", "--", "curl", "-H", "X: \u{202e}", "http://a.test/\u{9b}"],
        vec!["exec", "-f", "map.yaml", "--", "kubectl", "get", "cm", "a", "-o", "jsonpath={.data.k}"],
        vec!["exec", "-f", "map.yaml", "--", "kubectl", "get", "cm", "\u{1b}[31m"],
        vec!["exec", "-f", "map.yaml", "--", "echo", "\u{1b}[31m"],
        vec!["trace", "--\u{1b}[31m", "-f", "map.yaml", "--", "dig", "a"],
        vec!["\u{1b}[31m"],
        vec!["matrix", evil],
        vec!["entrances", evil],
        vec!["diff", evil, "map.yaml"],
    ];
    runs.extend(
        ["text", "short", "github", "gitlab", "sarif", "junit", "json"].map(|form| vec!["check", "-o", form, evil]),
    );
    runs.extend(["text", "tap", "junit", "json"].map(|form| vec!["test", "-o", form, "routing-tests.yaml"]));
    for arguments in runs {
        let output = folder.run(&arguments);
        let printed = stdout(&output) + &stderr(&output);
        let obeyed = printed.chars().find(|letter| {
            letter.is_control() && !matches!(letter, '\n' | '\t') || matches!(letter, '\u{202a}'..='\u{202e}')
        });
        assert_eq!(obeyed, None, "{arguments:?}: {printed:?}");
    }
}

/// Manifests that no reader takes say nothing about a cluster: the case fails, and says why.
#[test]
fn a_case_whose_manifests_cannot_be_read_fails() {
    let folder = Folder::new("unread");
    let request = "requests: [{run: 'dig a.test', expect: {rcode: NXDOMAIN}}]";
    folder.write("good.yaml", &format!("- id: good\n  manifests: ''\n  {request}\n"));
    assert_eq!(folder.run(&["test", "good.yaml"]).status.code(), Some(0));
    for manifests in ["'kind: ['", "'just words'", "'{spec: {}}'", "'{kind: Pod}'"] {
        folder.write("bad.yaml", &format!("- id: bad\n  manifests: {manifests}\n  {request}\n"));
        let output = folder.run(&["test", "bad.yaml"]);
        assert_eq!(output.status.code(), Some(1), "{manifests}");
        has(&stdout(&output), &["the manifests can't be read", "0 passed, 1 failed"]);
    }
}

#[test]
fn completion_knows_who_asks_and_what_leads_somewhere() {
    let folder = Folder::new("completion-live");
    folder.write("a.yaml", TWO_PATHS);
    let complete = |words: &[&str]| {
        let mut all = vec!["--", "whichpod"];
        all.extend(words);
        stdout(&folder.command().env("COMPLETE", "fish").args(all).output().expect("the program runs"))
    };
    has(&complete(&["trace", "-f", "a.yaml", "--from", ""]), &["external", "pod/web", "node/node-1"]);
    has(&complete(&["trace", "-f", "a.yaml", "curl", "http://"]), &["http://shop.example.com/cart", "http://web/"]);
    has(&complete(&["trace", "-f", "a.yaml", "--", "cur"]), &["curl"]);
    has(&complete(&["trace", "a.yaml", "curl", "http://shop"]), &["http://shop.example.com/cart"]);
    has(&complete(&["check", "a."]), &["a.yaml"]);
    has(&complete(&["check", "--ignore", "selects"]), &["selects-nothing"]);
}

#[test]
fn tests_of_everything_that_is_promised_leave_nothing_out_in_silence() {
    let folder = Folder::new("init-many");
    let rules: String = (0..310)
        .map(|number| format!("  - host: h{number}.example.com\n    http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}]}}\n"))
        .collect();
    let ingress = format!(
        "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: many}}\nspec:\n  ingressClassName: nginx\n  rules:\n{rules}"
    );
    folder.write("a.yaml", &(TWO_PATHS.to_owned() + &ingress));
    has(
        &stdout(&folder.run(&["test", "--init", "a.yaml"])),
        &["http://h309.example.com/", "http://shop.example.com/cart"],
    );
    has(&stdout(&folder.run(&["entrances", "a.yaml"])), &["http://h309.example.com/", "curl http://web/"]);
}
