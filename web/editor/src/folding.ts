// Folding: blocks as YAML nests them, and whole documents at their `---`, told by kind and name when folded.

import { codeFolding, foldGutter, foldService } from "@codemirror/language";
import type { EditorState, Extension, Text } from "@codemirror/state";

/** A document longer than this folds by its blocks only: the gutter asks again on every key. */
const LONGEST = 5000;

const SEPARATOR = /^---(\s|$)/;

/** From the end of a document's first line to the end of its last one. */
function document(state: EditorState, start: number): { from: number; to: number } | null {
  const { doc } = state;
  const first = doc.lineAt(start);
  // Lines behind the last one cannot be asked for.
  if (first.number === doc.lines || (first.number !== 1 && !SEPARATOR.test(first.text))) return null;
  let last = first.number;
  for (const text of doc.iterLines(first.number + 1, Math.min(doc.lines, first.number + LONGEST) + 1)) {
    if (SEPARATOR.test(text)) break;
    last++;
  }
  if (last - first.number >= LONGEST) return null;
  while (last > first.number && !doc.line(last).text.trim()) last--;
  return last > first.number ? { from: first.to, to: doc.line(last).to } : null;
}

/** `Service web` of a folded document; nothing of a folded block. */
function named(doc: Text, from: number, to: number): string {
  const head = doc.lineAt(from);
  if (head.number !== 1 && !SEPARATOR.test(head.text)) return "";
  const text = doc.sliceString(head.from, Math.min(to, from + 4000));
  const kind = /^kind:\s*["']?([\w.-]+)/m.exec(text)?.[1];
  const name = /^metadata:\s*(?:\{\s*|(?:\n[ ]+.*)*?\n[ ]+)name:\s*["']?([\w.-]+)/m.exec(text)?.[1];
  return [kind, name].filter(Boolean).join(" ");
}

export const folding: Extension = [
  foldGutter(),
  foldService.of(document),
  codeFolding({
    preparePlaceholder: (state, range) => named(state.doc, range.from, range.to),
    placeholderDOM: (view, onclick, prepared: string) => {
      const placeholder = window.document.createElement("span");
      placeholder.className = "cm-foldPlaceholder";
      placeholder.textContent = prepared ? `… ${prepared}` : "…";
      placeholder.setAttribute("aria-label", `${view.state.phrase("folded code")} ${prepared}`.trim());
      placeholder.title = view.state.phrase("unfold");
      placeholder.onclick = onclick;
      return placeholder;
    },
  }),
];
