// How the editor looks: only the page's own custom properties, so that light and dark follow by themselves.

import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { StyleModule } from "style-mod";

/** CodeMirror writes <style> elements, which the page's Content-Security-Policy refuses; a constructed sheet is allowed. */
export function adoptStyles() {
  const sheet = new CSSStyleSheet();
  const mounted: StyleModule[] = [];
  document.adoptedStyleSheets.push(sheet);
  StyleModule.mount = (_root, modules) => {
    // Later modules win: a module that is mounted again moves to the end, as in style-mod's own mount.
    const added = Array.isArray(modules) ? modules : [modules];
    if (added.every((module, index) => mounted.at(index - added.length) === module)) return;
    const kept = mounted.filter((module) => !added.includes(module));
    mounted.splice(0, mounted.length, ...kept, ...added);
    sheet.replaceSync(mounted.map((module) => module.getRules()).join("\n"));
  };
}

export const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "var(--text-s)", color: "var(--ink)", backgroundColor: "var(--surface)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--accent)", paddingBlock: "var(--space-2)" },
  ".cm-cursor": { borderLeftColor: "var(--accent)" },
  ".cm-gutters": { color: "var(--ink-soft)", backgroundColor: "var(--surface)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--line-active)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selection)",
  },
  ".cm-decided": { backgroundColor: "var(--mark)", boxShadow: "inset 3px 0 0 var(--accent)" },
  ".cm-pointed": { boxShadow: "inset 3px 0 0 var(--edge-strong)", backgroundColor: "var(--accent-soft)" },
  ".cm-lintRange-error": { textDecoration: "underline wavy var(--refused) 1px", backgroundImage: "none" },
  ".cm-lintRange-warning": { textDecoration: "underline wavy var(--timed-out) 1px", backgroundImage: "none" },
  ".cm-lintRange-info": { textDecoration: "underline dotted var(--ink-soft) 1px", backgroundImage: "none" },
  ".cm-lintRange-active": { backgroundColor: "var(--mark)" },
  ".cm-tooltip": {
    color: "var(--ink)",
    backgroundColor: "var(--raised)",
    border: "1px solid var(--edge)",
    borderRadius: "var(--radius)",
    maxWidth: "32rem",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxWidth: "min(32rem, 90vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "2px var(--space-2)", lineHeight: "1.6" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { color: "var(--accent-ink)", backgroundColor: "var(--accent)" },
  ".cm-completionDetail": { marginInlineStart: "var(--space-3)", fontStyle: "normal", opacity: "0.8" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionInfo, .cm-explained": { padding: "var(--space-2) var(--space-3)", maxWidth: "min(32rem, 90vw)", maxHeight: "16rem", overflow: "auto" },
  ".cm-described": { margin: "0", whiteSpace: "pre-line", lineHeight: "1.5" },
  ".cm-explained-path": { fontWeight: "600" },
  ".cm-explained-type, .cm-explained-values": { margin: "0", color: "var(--ink-soft)" },
  ".cm-diagnostic": { borderLeft: "none", paddingBlock: "var(--space-1)", whiteSpace: "normal" },
  ".cm-panels": { color: "var(--ink)", backgroundColor: "var(--raised)", borderColor: "var(--edge)" },
  ".cm-panel.cm-search": {
    display: "flex",
    flexWrap: "wrap",
    gap: "var(--space-1) var(--space-2)",
    alignItems: "center",
    padding: "var(--space-2) var(--space-6) var(--space-2) var(--space-3)",
    fontFamily: "var(--sans)",
    "& br": { display: "none" },
    "& input, & button, & label": { margin: "0" },
    "& label": { display: "inline-flex", gap: "var(--space-1)", alignItems: "center", fontSize: "var(--text-xs)" },
    "& input[type=checkbox]": { width: "1rem", minHeight: "1.5rem", accentColor: "var(--accent)" },
    "& [name=close]": { minWidth: "1.5rem", minHeight: "1.5rem", insetBlockStart: "var(--space-2)", color: "var(--ink-soft)" },
  },
  ".cm-textfield": { flex: "0 1 9rem", fontSize: "var(--text-s)", border: "1px solid var(--edge-strong)", backgroundColor: "var(--surface)" },
  ".cm-button": {
    minHeight: "1.75rem",
    padding: "0 var(--space-2)",
    fontSize: "var(--text-s)",
    color: "var(--ink)",
    backgroundColor: "var(--surface)",
    backgroundImage: "none",
    border: "1px solid var(--edge-strong)",
    borderRadius: "var(--radius)",
    "&:active": { backgroundImage: "none" },
  },
  ".cm-searchMatch": { backgroundColor: "var(--mark)" },
  ".cm-searchMatch.cm-searchMatch-selected": { backgroundColor: "var(--mark)", outline: "1px solid var(--accent)" },
  ".cm-selectionMatch": { backgroundColor: "var(--accent-soft)" },
  ".cm-panel.cm-panel-lint ul [aria-selected]": { color: "var(--ink)", backgroundColor: "var(--selection)" },
  ".cm-panel.cm-panel-lint [name=close]": { minWidth: "1.5rem", minHeight: "1.5rem", color: "var(--ink-soft)" },
  ".cm-foldPlaceholder": { color: "var(--ink-soft)", backgroundColor: "var(--raised)", border: "1px solid var(--edge)" },
});

export const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--code-key)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--code-number)" },
  { tag: [tags.comment, tags.meta], color: "var(--ink-soft)" },
  { tag: [tags.separator, tags.punctuation, tags.squareBracket, tags.brace], color: "var(--ink-soft)" },
]);
