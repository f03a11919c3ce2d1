// CodeMirror's own texts (search, folding, completion, problems) in the language of the page: it knows English by itself.

import { closeSearchPanel, openSearchPanel, searchPanelOpen } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { type EditorView, ViewPlugin } from "@codemirror/view";

const JAPANESE = {
  Find: "検索",
  Replace: "置換",
  next: "次へ",
  previous: "前へ",
  all: "すべて選択",
  "match case": "大文字と小文字を区別",
  regexp: "正規表現",
  "by word": "単語単位",
  replace: "置換",
  "replace all": "すべて置換",
  close: "閉じる",
  "current match": "現在の一致",
  "on line": "行",
  "replaced $ matches": "$ 件を置換しました",
  "replaced match on line $": "$ 行目の一致を置換しました",
  "Go to line": "行へ移動",
  go: "移動",
  "Folded lines": "折りたたんだ行",
  "Unfolded lines": "展開した行",
  to: "～",
  "folded code": "折りたたまれた部分",
  unfold: "展開",
  "Fold line": "この行を折りたたむ",
  "Unfold line": "この行を展開",
  Completions: "入力候補",
  Diagnostics: "問題",
  "No diagnostics": "問題なし",
  "Selection deleted": "選択範囲を削除しました",
  "Control character": "制御文字",
};

const language = new Compartment();

const spoken = () => document.documentElement.lang;

const texts = (): Extension => (spoken() === "ja" ? EditorState.phrases.of(JAPANESE) : []);

/** Puts the texts into the page's language; an open search panel, which has its texts from its beginning, is made anew. */
function translate(view: EditorView) {
  const focused = document.activeElement;
  const searching = searchPanelOpen(view.state);
  if (searching) closeSearchPanel(view);
  view.dispatch({ effects: language.reconfigure(texts()) });
  if (searching) openSearchPanel(view);
  if (searching && focused instanceof HTMLElement) focused.focus();
}

const follow = ViewPlugin.define((view) => {
  let known = spoken();
  const observer = new MutationObserver(() => {
    if (known === spoken()) return;
    known = spoken();
    translate(view);
  });
  observer.observe(document.documentElement, { attributeFilter: ["lang"] });
  // A file that was left in one language may be shown again in the other.
  const stale = (view.state.facet(EditorState.phrases).length > 0) !== (known === "ja");
  if (stale) queueMicrotask(() => translate(view));
  return { destroy: () => observer.disconnect() };
});

/** For one state of the editor. */
export function phrases(): Extension {
  return [language.of(texts()), follow];
}
