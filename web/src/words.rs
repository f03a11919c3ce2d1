//! Every text of the page itself, in both languages, in one table. Sentences about decisions are not here: they come
//! with the answers, from the core's `explain`.

use crate::language::Language;

/// Writes the table: each text with its English and its Japanese form; a missing one does not compile.
macro_rules! words {
    ($($(#[$about:meta])* $name:ident: $english:literal / $japanese:literal;)*) => {
        /// The texts of the page in one language.
        #[derive(Debug, PartialEq)]
        pub struct Words {
            $($(#[$about])* #[allow(missing_docs, reason = "each name is its text")] pub $name: &'static str,)*
        }

        static ENGLISH: Words = Words { $($name: $english,)* };
        static JAPANESE: Words = Words { $($name: $japanese,)* };

        impl Words {
            /// All texts with their names, for tests.
            pub fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }
    };
}

impl Words {
    /// The table of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}

words! {
    // The frame.
    tagline: "See which pod a request lands on, and why" / "リクエストがどの Pod に届くのか、その理由まで";
    examples: "Examples" / "例";
    examples_search: "Search the examples" / "例を検索";
    examples_theme: "Subject" / "分野";
    examples_none: "No example has these words." / "該当する例はありません。";
    new: "New" / "新規";
    empty_opened: "A new start. What you had before is one click away." / "新しく始めました。以前の内容にはワンクリックで戻せます。";
    examples_services: "Services inside the cluster" / "クラスター内の Service";
    examples_names: "Names and DNS" / "名前と DNS";
    examples_outside: "From outside" / "クラスターの外から";
    examples_ingress: "Ingress: hosts and paths" / "Ingress：ホストとパス";
    examples_leaving: "Leaving ingress-nginx" / "ingress-nginx から移る";
    examples_gateway: "Gateway API: routes" / "Gateway API：ルート";
    examples_policies: "NetworkPolicy: who may connect" / "NetworkPolicy：通信の許可";
    examples_pods: "Pods, nodes and settings" / "Pod、ノード、設定";
    share: "Share" / "共有";
    language_switch: "日本語" / "English";
    theme: "Colours" / "配色";
    theme_system: "System colours" / "システムの配色";
    theme_light: "Light colours" / "明るい配色";
    theme_dark: "Dark colours" / "暗い配色";
    close: "Close" / "閉じる";
    undo: "Undo" / "元に戻す";
    private: "Nothing leaves this browser" / "ブラウザーの外には何も送信されません";

    // Manifests.
    manifests: "Manifests" / "マニフェスト";
    objects_one: "object" / "オブジェクト";
    objects_many: "objects" / "オブジェクト";
    problems: "Problems" / "問題";
    problems_none: "No problems found" / "問題は見つかりません";
    error: "Error" / "エラー";
    warning: "Warning" / "警告";
    info: "Note" / "参考";
    line: "line" / "行";
    show_all: "Show all" / "すべて表示";
    escape_hint: "Tab indents. To leave the editor by keyboard, press Escape, then Tab." / "Tab は字下げです。キーボードでエディターを離れるには Escape を押してから Tab を押します。";

    // Files.
    files: "Files" / "ファイル";
    file_new: "New file" / "新しいファイル";
    file_rename: "Rename" / "名前を変更";
    file_name: "Name of the file" / "ファイル名";
    file_close: "Close file" / "ファイルを閉じる";
    files_open: "Open files…" / "ファイルを開く…";
    folder_open: "Open folder…" / "フォルダーを開く…";
    files_drop: "Drop files or folders here" / "ここにファイルやフォルダーをドロップ";
    tabs_hint: "Arrow keys choose a file, F2 renames it, Delete closes it." / "矢印キーでファイルを選び、F2 で名前を変更し、Delete で閉じます。";
    file_closed: "File closed." / "ファイルを閉じました。";
    files_opened: "Files opened. What you had before is one click away." / "ファイルを開きました。以前の内容にはワンクリックで戻せます。";
    files_refused: "Not everything was opened:" / "開けなかったものがあります：";
    refused_binary: "not a text in UTF-8" / "UTF-8 のテキストではありません";
    refused_large: "more than 20 MB together with what is open" / "開いているものと合わせて 20 MB を超えます";
    refused_empty: "no .yaml, .yml or .json file in it" / ".yaml、.yml、.json のファイルがありません";
    refused_unreadable: "the browser could not read it" / "ブラウザーが読み取れませんでした";

    // Workspaces.
    workspace: "Workspace" / "ワークスペース";
    workspace_first: "My manifests" / "自分のマニフェスト";
    workspace_name: "Name" / "名前";
    workspace_create: "Create" / "作成";
    workspace_delete: "Delete" / "削除";
    workspace_export: "Export" / "書き出す";
    workspace_import: "Import…" / "読み込む…";
    workspace_deleted: "Workspace deleted." / "ワークスペースを削除しました。";
    import_failed: "This file isn't a workspace. Use Export to make one; manifests are opened with Open files." / "このファイルにはワークスペースが入っていません。「書き出す」で作ったファイルを選んでください。マニフェストは「ファイルを開く」で開けます。";
    restarted: "The simulator stopped and was started again. Nothing was lost." / "シミュレーターが止まったため、再起動しました。失われたものはありません。";

    // The editor.
    fix: "Fix:" / "修正：";
    fix_whole: "Fix it" / "修正する";
    back: "Back" / "戻る";
    back_hint: "Back to where you came from (Alt-Left)" / "元の場所に戻る（Alt-←）";

    // Below the editor.
    modelled: "What is modelled" / "モデル化の範囲";
    modelled_page: "modelled/index.html" / "modelled/ja.html";
    keys: "Keyboard shortcuts" / "キーボードショートカット";
    keys_everywhere: "Everywhere" / "ページ全体";
    keys_editor: "Editor" / "エディター";
    keys_menus: "Menus and tabs" / "メニューとタブ";
    keys_setting: "Open this list with ?" / "? キーでこの一覧を開く";
    keys_mac: "On a Mac: Cmd in place of Ctrl, except Ctrl-Space and Ctrl-Alt-[ ]; Cmd-Alt-[ ] folds; Ctrl-- goes back; Cmd-Shift-Z redoes." / "Mac では Ctrl の代わりに Cmd を使います（Ctrl-Space と Ctrl-Alt-[ ] を除く）。折りたたみは Cmd-Alt-[ ]、戻るは Ctrl--、やり直しは Cmd-Shift-Z です。";
    key_keys: "this list, where nothing is being typed" / "この一覧（文字の入力中を除く）";
    key_close: "close the list, menu or dialog that is open" / "開いている候補、メニュー、ダイアログを閉じる";
    key_complete: "complete a field, value or name" / "フィールド、値、名前を補完";
    key_explain: "explain the field at the caret" / "カーソル位置のフィールドを説明";
    key_problem: "go to the next problem" / "次の問題へ移動";
    key_problems: "list the problems in the editor" / "問題の一覧をエディター内に表示";
    key_back: "back to where a jump came from" / "移動元に戻る";
    key_fold: "fold and unfold a block or a document" / "ブロックやドキュメントを折りたたむ、展開する";
    key_fold_all: "fold and unfold everything" / "すべて折りたたむ、展開する";
    key_search: "search and replace" / "検索と置換";
    key_found: "next and previous match" / "次の一致、前の一致";
    key_line: "go to a line" / "行番号を指定して移動";
    key_undo: "undo, redo" / "元に戻す、やり直す";
    key_indent: "indent, outdent" / "字下げ、字下げを戻す";
    key_comment: "comment lines out, and back in" / "行のコメントアウトと解除";
    key_move: "move the line" / "行を移動";
    key_leave: "one after the other: leave the editor" / "順に押す：エディターを離れる";
    key_file: "choose a file (on its tab)" / "ファイルを選ぶ（タブ上で）";
    key_file_name: "rename it" / "名前を変更";
    key_file_close: "close it" / "ファイルを閉じる";
    key_send: "send the question" / "質問を送信";
    key_offer: "show the ways to go on" / "入力候補を表示";
    key_take: "choose one of them and take it" / "候補を選んで入力";
    key_recall: "earlier questions, while nothing is offered" / "以前の質問（候補が出ていないとき）";
    key_spot: "go from box to box" / "枠から枠へ移動";
    key_press: "open the menu of a pod, or show the lines of what has none" / "Pod のメニューを開く、それ以外は該当行を表示";
    key_run: "run the command" / "コマンドを実行";
    key_earlier: "earlier commands" / "以前のコマンド";
    key_word: "complete; goes on where there is nothing to complete" / "補完（補完するものがなければ次へ進む）";
    key_menu: "go through an open menu" / "開いたメニューの中を移動";
    key_panel: "choose between console and tables" / "コンソールと一覧を切り替える";

    // Nothing pasted yet.
    empty_title: "Paste your manifests" / "マニフェストを貼り付けてください";
    empty_what: "YAML or JSON, as many documents as you like: Deployments, Services, Ingresses, NetworkPolicies… Pasting works anywhere on the page; files can be dropped."
        / "YAML でも JSON でも、いくつでもかまいません。Deployment、Service、Ingress、NetworkPolicy など。ページのどこに貼り付けても、ファイルをドロップしてもかまいません。";
    empty_paste: "Paste from the clipboard" / "クリップボードから貼り付け";
    empty_start: "Begin with something small" / "小さなものから始める";
    empty_cluster: "From a cluster, this prints everything that matters" / "クラスターからは、次のコマンドで必要なものをすべて書き出せます";
    empty_gateways: "And where the Gateway API is installed:" / "Gateway API があるクラスターでは、これも：";
    empty_secrets: "Both leave Secrets out, and what you paste stays in this browser." / "どちらにも Secret は含まれません。貼り付けた内容はこのブラウザーの外に出ません。";
    starter_service: "Deployment and Service" / "Deployment と Service";
    starter_ingress: "with an Ingress" / "Ingress 付き";
    starter_gateway: "with a Gateway" / "Gateway 付き";
    starter_policy: "with a NetworkPolicy" / "NetworkPolicy 付き";
    copy: "Copy" / "コピー";
    copied: "Copied" / "コピーしました";

    // The edges between the parts of the page.
    divider_left: "Width of the manifests" / "マニフェストの幅";
    divider_below: "Height of the tabs" / "タブの高さ";
    divider_hint: "Drag, or use the arrow keys; a double click resets" / "ドラッグまたは矢印キーで移動、ダブルクリックで元の位置へ";
    nothing_asked: "Nothing has been asked yet." / "まだ何も質問していません。";
    yaml: "YAML" / "マニフェスト";

    // The question.
    question: "Question" / "質問";
    from: "From" / "送信元";
    from_none: "Nobody of this name." / "この名前のものはありません。";
    command: "Command" / "コマンド";
    send: "Send" / "送信";
    outside: "outside the cluster" / "クラスターの外";
    nodes: "nodes" / "ノード";
    pods: "other pods" / "その他の Pod";
    more: "more" / "件（省略）";
    suggestions: "Try" / "試す";
    completions: "Suggestions" / "入力候補";
    requests: "requests" / "件のリクエスト";
    one_connection: "×10 and ×100 on one connection" / "×10・×100 を 1 つの接続で送る";
    command_missing: "Type a command, such as curl http://web/ or nslookup web." / "curl http://web/ や nslookup web などのコマンドを入力してください。";
    entrance_named: "INGRESS and GATEWAY(name) stand for the address of that entrance." / "INGRESS と GATEWAY(名前) は、その入口のアドレスを表します。";
    question_replaced: "The question made no sense with these manifests, so another one is asked." / "前の質問はこのマニフェストに合わないため、別の質問に変えました。";
    history: "History" / "質問の履歴";
    history_clear: "Forget these" / "履歴を消す";
    tally: "Tally" / "集計";
    tally_one: "request sent:" / "件のリクエストを送信：";
    tally_done: "requests sent:" / "件のリクエストを送信：";
    tally_of: "of" / "／";

    // An example.
    guide_try: "Try:" / "試す：";
    guide_notice: "Notice:" / "注目：";

    // The answer.
    answer: "Answer" / "答え";
    working: "Working it out…" / "計算しています…";
    starting: "Starting the simulator…" / "シミュレーターを起動しています…";
    stopped: "The simulator stopped on this input and was started again. Your manifests are untouched; change them a little, or ask something else." / "この入力でシミュレーターが止まったため、再起動しました。マニフェストはそのままです。少し変更するか、別の質問をしてください。";
    unanswered: "The simulator could not be loaded. Check the connection; a browser that blocks workers cannot run it." / "シミュレーターを読み込めませんでした。接続を確認してください。Worker をブロックするブラウザーでは実行できません。";
    try_again: "Try again" / "もう一度試す";
    stale: "Answer to the last command that could be read:" / "最後に読み取れたコマンドの答え：";
    local: "Answered on the spot, without the network" / "ネットワークを使わずにその場で応答";
    landings: "Pods reached" / "到達した Pod";
    on_node: "on" / "ノード";
    at_address: "at" / "アドレス";
    sees_source: "source seen:" / "Pod から見た送信元";
    proxy_speaks: "over" / "プロキシが話すのは";
    prints: "What the tool prints" / "コマンドの出力";
    exit: "exit status" / "終了ステータス";
    not_modelled: "Not modelled" / "未対応";
    delivered: "Delivered" / "到達";
    found: "Name found" / "名前解決";
    responded: "Answered by a proxy" / "プロキシが応答";
    refused: "Refused" / "接続拒否";
    dropped: "Timed out" / "タイムアウト";
    unroutable: "No way there" / "経路なし";
    tls_failed: "TLS fails" / "TLS 失敗";
    unanswered_lookup: "Name lookup failed" / "名前解決に失敗";
    unresolved: "Name not found" / "名前解決できず";
    external: "Leaves the cluster" / "クラスター外へ";
    unknown: "Not known" / "不明";
    mixed: "It depends" / "場合による";

    // The map.
    map: "Map" / "マップ";
    map_client: "Client" / "クライアント";
    map_name: "Name" / "名前";
    map_entrance: "Entrance" / "入口";
    map_route: "Route" / "ルート";
    map_service: "Service" / "Service";
    map_pod: "Nodes and pods" / "ノードと Pod";
    map_outside: "outside" / "クラスター外";
    map_load_balancer: "load balancer" / "ロードバランサー";
    map_on_path: "on the path" / "経路上";
    map_show: "Show in the manifests" / "マニフェストで表示";

    map_rest: "Show all" / "すべて表示";
    map_larger: "Larger" / "拡大";
    map_smaller: "Smaller" / "縮小";
    map_fit: "Fit" / "全体";
    map_hint: "Ctrl and the wheel zoom, dragging moves; click a pod to change it" / "Ctrl＋ホイールで拡大・縮小、ドラッグで移動、Pod をクリックで変更";
    map_take_back: "Undo the last change" / "最後の変更を元に戻す";
    map_fold: "Group the pods again" / "Pod をまとめ直す";
    map_unfold: "Show each pod" / "Pod を個別に表示";
    map_as_text: "The path as text" / "経路をテキストで表示";
    map_pods: "pods" / "個の Pod";
    map_more_services: "more Services" / "その他の Service";
    map_more_pods: "more pods are not drawn" / "個の Pod は省略されています";
    map_not_ready: "not ready" / "Ready でない";
    map_terminating: "terminating" / "終了中";
    map_actions: "What to do with" / "操作：";
    ask_from: "Ask from here" / "ここから質問する";
    make_ready: "Make ready" / "Ready にする";
    make_unready: "Make unready" / "Ready でなくする";
    terminate: "Start terminating" / "終了させる（応答は続く）";
    delete: "Delete" / "削除";
    replicas: "Replicas" / "レプリカ";
    scale_up: "One more replica" / "レプリカを 1 つ増やす";
    scale_down: "One replica fewer" / "レプリカを 1 つ減らす";
    made_ready: "is now ready (written at the end of the manifests)." / "を Ready にしました。マニフェストの末尾に書き込みました。";
    made_unready: "is now not ready (written at the end of the manifests)." / "を Ready でなくしました。マニフェストの末尾に書き込みました。";
    made_terminating: "is now terminating (written at the end of the manifests)." / "を終了中にしました。マニフェストの末尾に書き込みました。";
    deleted: "is now deleted (written at the end of the manifests)." / "を削除しました。マニフェストの末尾に書き込みました。";
    scaled_up: "was scaled up." / "のレプリカを増やしました。spec.replicas を書き換えてあります。";
    scaled_down: "was scaled down." / "のレプリカを減らしました。spec.replicas を書き換えてあります。";
    rollout: "Rollout of" / "ロールアウト：";
    rollout_step: "step" / "ステップ";
    rollout_of: "of" / "/";
    rollout_over: "over" / "完了";
    rollout_first: "First" / "最初";
    rollout_back: "Back" / "戻る";
    rollout_next: "Next" / "次へ";
    rollout_play: "Play" / "再生";
    rollout_last: "Last" / "最後";
    rollout_moved: "is now at another step of its rollout (written at the end of the manifests)." / "のロールアウトのステップを変えました。マニフェストの末尾に書き込みました。";
    cluster: "Cluster" / "クラスター";
    preset_chosen: "is now the kind of cluster (written at the end of the manifests)." / "のクラスターにしました。マニフェストの末尾に書き込みました。";
    version: "Kubernetes version" / "Kubernetes のバージョン";
    version_chosen: "is now the version of Kubernetes (written at the end of the manifests)." / "を Kubernetes のバージョンにしました。マニフェストの末尾に書き込みました。";
    command_written: "is written into the manifests." / "をマニフェストに書き込みました。";
    change_failed: "This could not be written: the manifests do not hold that object any more." / "書き込めませんでした。そのオブジェクトはもうマニフェストにありません。";
    legend: "What the colours mean" / "色の意味";

    // The walk.
    walk: "Walk" / "経路の各段階";
    walk_hint: "Each step, who decided it, and the line that settled it" / "各段階で何が判断し、どの行が決め手になったか";
    walk_folded: "nothing in the manifests decides here" / "マニフェストの記述とは関係のない段階";
    leg_resolve: "Name lookup" / "名前解決";
    leg_connect: "Connection" / "接続";
    leg_proxy: "Connection from the proxy" / "プロキシからの接続";
    answer_instead: "Nothing listens at this port of the node. The Ingresses are asked at their controller:" / "ノードのこのポートでは何も待ち受けていません。Ingress にはコントローラー経由で質問します：";
    because: "Because" / "決め手";
    considered: "Considered" / "候補";
    packet_source: "source" / "送信元";
    packet_destination: "destination" / "宛先";
    packet_host: "host" / "ホスト";
    packet_path: "path" / "パス";
    chosen: "chosen" / "選択";
    eligible: "possible" / "選ばれうる";
    rejected: "out" / "除外";
    turn_pass: "passes on" / "通過";
    turn_rewrite: "rewrites" / "書き換え";
    turn_answer: "answers" / "応答";
    turn_proxy: "proxies" / "中継";
    turn_deliver: "delivers" / "配達";
    turn_leave: "leaves" / "外へ";
    turn_drop: "drops" / "破棄";
    turn_refuse: "refuses" / "拒否";
    turn_fail: "fails" / "失敗";
    turn_unknown: "unknown" / "未対応";

    // The same under other circumstances.
    what_if: "What if" / "もしも";
    what_if_client: "Client" / "クライアント";
    what_if_controller: "Ingress controller" / "Ingress コントローラー";
    what_if_mode: "kube-proxy mode" / "kube-proxy のモード";
    as_it_is: "unchanged" / "変更なし";
    what_if_answer: "In that case" / "その場合";
    what_if_same: "The same landings, with the same shares, as in the answer above." / "到達先も割合も、上の答えと同じです。";
    what_if_now: "as it is" / "現状";
    what_if_then: "in that case" / "この場合";
    what_if_walk: "Steps in that case" / "その場合の各段階";
    what_if_back: "Back to the question as it is" / "元の質問に戻る";

    // Why not another pod.
    why_not: "Why not another pod?" / "なぜ別の Pod ではないのか";
    why_not_pod: "Expected pod" / "期待した Pod";
    why_not_choose: "Choose a pod…" / "Pod を選ぶ…";
    why_not_none: "Every pod is among the landings." / "すべての Pod が到達先に含まれています。";

    // Below: console and tables.
    panels: "Parts of the page" / "ページの各部";
    console: "Console" / "コンソール";
    console_output: "Console output" / "コンソールの出力";
    console_client: "Who types" / "実行元";
    console_line: "Prompt" / "プロンプト";
    console_words: "Completion" / "補完";
    console_keys: "Enter runs the command, up and down go through earlier ones, Tab completes. Where nothing more can be completed, Tab goes on." / "Enter で実行、上下キーで履歴、Tab で補完します。補完するものがなければ Tab で次へ進みます。";
    console_hint: "Type a command below, or take one of the words. Up and down go through earlier commands, Tab completes." / "下にコマンドを入力するか、候補から選んでください。上下キーで履歴、Tab で補完します。";
    console_outside: "outside" / "クラスター外";
    console_walk: "Show the walk" / "経路の各段階を見る";
    console_body: "(not known: a server's own page, or output that isn't modelled)" / "（出力は不明です。サーバー自身の応答本文か、モデル化していない出力です）";
    console_lost: "The simulator stopped on this command and was started again." / "このコマンドでシミュレーターが止まったため、再起動しました。";
    console_clear: "Clear" / "消去";
    compare: "Compare" / "比較";
    compare_with: "Compare with" / "比較の相手";
    compare_kept: "the manifests kept before" / "残しておいたマニフェスト";
    compare_controller: "Served by" / "コントローラー";
    compare_keep: "Keep these manifests" / "このマニフェストを残す";
    compare_swap: "Swap" / "入れ替える";
    compare_forget: "Forget" / "忘れる";
    compare_how: "Keep the manifests as they are, then edit them or paste others: every request that is answered differently is listed here. A link shares both." / "今のマニフェストを残してから編集するか別のものを貼り付けると、答えの変わるリクエストがすべてここに並びます。リンクには両方が入ります。";
    compare_before: "before" / "変更前";
    compare_now: "now" / "現在";
    compare_then: "then" / "変更後";
    compare_without: "without it" / "これがない場合";
    compare_others: "More of them" / "ほかのリクエスト";
    compare_not_asked: "Not asked:" / "調べていないもの：";
    entrances: "All entrances" / "すべての入口";
    entrances_none: "These manifests have no Ingress, no route and no Service." / "Ingress もルートも Service もありません。";
    tables: "Tables" / "一覧";
    tables_kind: "Kind" / "種類";
    tables_namespace: "Namespace" / "名前空間";
    tables_all: "all namespaces" / "すべての名前空間";
    tables_filter: "Filter rows" / "行を絞り込む";
    tables_columns: "All columns" / "すべての列";
    tables_sort: "Sort by this column" / "この列で並べ替え";
    tables_none: "Nothing of this kind here." / "この種類のものはありません。";

    // Links to examples.
    guide_next: "Next" / "次の例";
    guide_of: "of" / "/";
    guide_link: "Link to this example" / "この例へのリンク";
    guide_whole: "Open in whichpod" / "whichpod で開く";
    embed: "Part of another page" / "ほかのページへの埋め込み";
    embed_code: "Code to embed" / "埋め込みコード";
    embed_show: "Shows" / "表示するもの";
    embed_yaml: "Map and manifests" / "マップとマニフェスト";
    embed_language: "Language" / "言語";
    embed_readers: "as the reader's" / "閲覧者に合わせる";
    embed_height: "Height" / "高さ";

    // To take away.
    take: "Export" / "書き出し";
    take_walk: "Walk as Markdown (copy)" / "経路を Markdown でコピー";
    take_svg: "Map as SVG" / "マップを SVG で保存";
    take_png: "Map as PNG" / "マップを PNG で保存";
    take_test: "Routing test for whichpod test" / "whichpod test 用のテストを保存";
    take_manifests: "Manifests as one file" / "マニフェストを 1 つのファイルで保存";
    walk_copied: "The walk is copied, as Markdown." / "経路を Markdown でコピーしました。";
    copy_refused: "This browser does not let the page copy. Allow the clipboard for this page, and try again." / "このブラウザーではコピーが許可されていません。このページにクリップボードの使用を許可してから、もう一度お試しください。";
    picture_failed: "This browser could not draw the map as PNG. Save it as SVG." / "このブラウザーではマップを PNG にできませんでした。SVG で保存してください。";
    update: "A new version is ready. The page reloads for it; your manifests are kept." / "新しいバージョンを利用できます。切り替えるとページが再読み込みされます。マニフェストは保存されています。";
    update_now: "Use it now" / "今すぐ切り替える";

    // Links and storage.
    link_made: "Link copied" / "リンクをコピーしました";
    link_ready: "Copy this link" / "このリンクをコピーしてください";
    link_field: "Link" / "リンク";
    link_carries: "It carries the manifests and the question in the part after #, which browsers do not send to servers." / "# より後の部分にマニフェストと質問が入っています。この部分はサーバーに送信されません。";
    link_secrets: "Values of Secrets that are not in the link:" / "リンクに含めなかった Secret の値：";
    link_too_long: "These manifests are longer than a link carries (100 KB). This browser keeps them; to pass them on, send the file." / "マニフェストがリンクに入る大きさ（100 KB）を超えています。このブラウザーには保存されています。渡すときはファイルで送ってください。";
    link_broken: "This link is incomplete, so nothing was opened from it. Ask for it again, as one piece." / "リンクが途中で切れているため開けませんでした。リンク全体をもう一度受け取ってください。";
    link_opened: "Opened from a link. What you had before is one click away." / "リンクから開きました。以前の内容にはワンクリックで戻せます。";
    example_opened: "Example opened. What you had before is one click away." / "例を開きました。以前の内容にはワンクリックで戻せます。";
    example_missing: "there is no example of this name." / "この名前の例はありません。";
    example_failed: "The examples could not be loaded. Check the connection and reload the page." / "例を読み込めませんでした。接続を確認して、ページを再読み込みしてください。";
    open_elsewhere: "Another tab has this workspace open, and keeps what is changed there. What you change here stays in this tab's address alone. To keep it, create a workspace of its own, or close the other tab." / "このワークスペースは別のタブでも開いていて、保存されるのはそのタブの変更です。このタブの変更はアドレスバーのリンクにだけ残ります。保存するには、別のワークスペースを作るか、もう一方のタブを閉じてください。";
    record_unreadable: "What was kept in this workspace can't be read, and nothing is written over it. You are in another one." / "このワークスペースに保存されていた内容を読み込めません。内容は上書きされません。いまは別のワークスペースを開いています。";
    storage_failed: "This browser does not let the page store anything: a reload will lose what you typed. Share makes a link that keeps it." / "このブラウザーでは保存できないため、再読み込みすると入力が失われます。「共有」でリンクにしておけます。";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that are the same in both languages.
    const NAMES: [&str; 1] = ["map_service"];

    #[test]
    fn no_text_is_missing() {
        for table in [&ENGLISH, &JAPANESE] {
            for (name, text) in table.all() {
                assert!(!text.trim().is_empty(), "{name}");
            }
        }
    }

    #[test]
    fn japanese_texts_are_translated() {
        for ((name, english), (_, japanese)) in ENGLISH.all().into_iter().zip(JAPANESE.all()) {
            let same = NAMES.contains(&name) || matches!(name, "objects_one" | "objects_many");
            assert!(same || english != japanese, "{name}");
            assert!(english.is_ascii() || name == "language_switch" || english.contains(['…', '×']), "{name}");
        }
    }
}
