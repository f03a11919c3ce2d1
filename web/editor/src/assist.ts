// Completion and explanations of fields: what the worker knows of a position, and the API's own descriptions beside it.

import { autocompletion, type Completion, type CompletionContext, type CompletionResult, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { type Extension, StateEffect, StateField } from "@codemirror/state";
import { type EditorView, hoverTooltip, keymap, showTooltip, type Tooltip } from "@codemirror/view";

/** [from, to, items] in UTF-16 units; of each item label, insert, kind, detail, structure, field. */
export type Offer = [number, number, [string, string, string, string, number, string][]];

/** [from, to, path, type, values, structure, field]. */
export type Explanation = [number, number, string, string, string, number, string];

/** Asks the worker; null if it knows nothing, or does not answer. */
export interface Assistant {
  complete(position: number): Promise<Offer | null>;
  explain(position: number): Promise<Explanation | null>;
}

interface Structure {
  fields: Record<string, string>;
}

let descriptions: Promise<Structure[]> | undefined;

/** What the API says of a field; the file is loaded when the first one is wanted, and again if that failed. */
async function description(structure: number, field: string): Promise<string> {
  if (structure < 0) return "";
  descriptions ??= fetch(new URL("schema/descriptions.json", document.baseURI)).then((response) => {
    if (!response.ok) throw new Error(`schema/descriptions.json: ${response.status}`);
    return response.json();
  });
  try {
    return (await descriptions)[structure]?.fields[field] ?? "";
  } catch {
    descriptions = undefined;
    return "";
  }
}

function element(name: string, of: string, text = ""): HTMLElement {
  const made = document.createElement(name);
  made.className = of;
  made.textContent = text;
  return made;
}

/** Whole objects to begin with, files beside the page; by what one types for them. */
const SNIPPETS: [string, string][] = [
  ["deployment + service", "service"],
  ["deployment + service + ingress", "ingress"],
  ["deployment + service + gateway", "gateway"],
  ["deployment + service + networkpolicy", "policy"],
];

/** Offered where a document begins. */
function snippets(context: CompletionContext): Completion[] {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.number > 1 ? context.state.doc.line(line.number - 1).text : "---";
  if (!/^[\w+ ]*$/.test(line.text) || !/^(---.*|#.*|\s*)$/.test(before)) return [];
  const begun = context.state.sliceDoc(Math.max(0, line.from - 400), line.from).split(/^---/m).pop() ?? "";
  if (/^[a-zA-Z]/m.test(begun)) return [];
  return SNIPPETS.map(([label, id]) => ({
    label,
    type: "snippet",
    boost: -1,
    apply: async (view, _completion, from, to) => {
      const response = await fetch(new URL(`starters/${id}.yaml`, document.baseURI)).catch(() => null);
      if (!response?.ok) return;
      const insert = await response.text();
      view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, userEvent: "input.complete" });
    },
  }));
}

async function completions(assistant: Assistant, context: CompletionContext): Promise<CompletionResult | null> {
  const word = context.matchBefore(/[\w."'/-]+/);
  const afterColon = context.matchBefore(/:\s+/);
  if (!context.explicit && !word && !afterColon) return null;
  const offer = await assistant.complete(context.pos);
  if (context.aborted) return null;
  const [from, , items] = offer ?? [word?.from ?? context.pos, context.pos, []];
  const whole = snippets(context);
  const options = items.map(([label, insert, kind, detail, structure, field]): Completion => ({
    label,
    detail,
    type: kind,
    apply: (view, _completion, start, end) => {
      view.dispatch({ changes: { from: start, to: end, insert }, selection: { anchor: start + insert.length }, userEvent: "input.complete" });
      if (kind === "field" && insert.endsWith(": ")) startCompletion(view);
    },
    info: async () => {
      const text = await description(structure, field);
      return text ? element("div", "cm-described", text) : null;
    },
  }));
  options.push(...whole);
  return options.length ? { from, options, validFor: /^[\w./-]*$/ } : null;
}

async function explanation(assistant: Assistant, position: number): Promise<Tooltip | null> {
  const found = await assistant.explain(position);
  if (!found) return null;
  const [from, to, path, type, values, structure, field] = found;
  const text = await description(structure, field);
  return {
    pos: from,
    end: to,
    above: true,
    create: () => {
      const dom = element("div", "cm-explained");
      dom.setAttribute("role", "status");
      dom.append(element("code", "cm-explained-path", path), " ", element("code", "cm-explained-type", type));
      if (values) dom.append(element("p", "cm-explained-values", values));
      if (text) dom.append(element("p", "cm-described", text));
      return { dom };
    },
  };
}

const explain = StateEffect.define<Tooltip | null>();

/** What F1 asked for, until the caret moves or Escape. */
const explained = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(explain)) return effect.value;
    return transaction.docChanged || transaction.selection ? null : shown;
  },
  provide: (field) => showTooltip.from(field),
});

/** Completion while typing and with Ctrl-Space; explanations under the pointer and with F1. */
export function assistance(assistant: Assistant): Extension {
  const show = (view: EditorView) => {
    const position = view.state.selection.main.head;
    explanation(assistant, position).then((tooltip) => {
      if (view.state.selection.main.head === position) view.dispatch({ effects: explain.of(tooltip) });
    });
    return true;
  };
  const hide = (view: EditorView) => {
    if (!view.state.field(explained)) return false;
    view.dispatch({ effects: explain.of(null) });
    return true;
  };
  return [
    autocompletion({ override: [(context) => completions(assistant, context)], icons: false, defaultKeymap: false, maxRenderedOptions: 60 }),
    hoverTooltip((_view, position) => explanation(assistant, position)),
    explained,
    keymap.of([...completionKeymap, { key: "F1", run: show }, { key: "Escape", run: hide }]),
  ];
}
