// The manifests' editor: CodeMirror 6 behind a few functions. Loaded after the first answer; a plain textarea stands in
// until then. Lines and columns count from 1, in Unicode characters, as everywhere in whichpod.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldKeymap, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorSelection, EditorState, type Extension, StateEffect, StateField, type Text } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  type ViewUpdate,
} from "@codemirror/view";
import { type Assistant, assistance, type Explanation, type Offer } from "./assist";
import { folding } from "./folding";
import { phrases } from "./phrases";
import { adoptStyles, colours, theme } from "./styles";

export interface Start {
  name: string;
  text: string;
  label: string;
  /** Where the caret stood in the textarea before; -1 if it had no focus. */
  caret: number;
  /**
   * What stands in a file between two positions now, and the length of its whole text after that. False if that is not the
   * length of the text as the page follows it.
   */
  onedit: (name: string, from: number, to: number, insert: string, length: number) => boolean;
  /** Asks what the worker knows of a position in a file; `told` brings the answer. */
  onassist: (ticket: number, wants: "complete" | "explain", name: string, position: number) => void;
  /** Somebody went back to where a jump came from. */
  onback: () => void;
}

/** A position beyond every text. */
const LAST = 0xffff_ffff;

/** So many lines of what is pointed at come into sight. */
const AIMED_LINES = 12;

/** How long something must be pointed at for its lines to come into sight. */
const AIM_MS = 250;

/** How long an answer about a position is waited for. */
const PATIENCE_MS = 5000;

/** Line, column, end line, end column, severity, message. */
export type Problem = [number, number, number, number, "error" | "warning" | "info", string];

adoptStyles();

const decide = StateEffect.define<{ from: number; to: number } | null>();

/** The lines that decided a step of the walk, marked until the next edit there. */
const decided = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(decide)) next = markLines(transaction.state.doc, effect.value);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const aim = StateEffect.define<{ from: number; to: number } | null>();

/** The lines of what is pointed at in the walk or on the map. */
const aimed = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(aim)) return markLines(transaction.state.doc, effect.value, "cm-pointed");
    }
    return marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function markLines(doc: Text, range: { from: number; to: number } | null, name = "cm-decided"): DecorationSet {
  if (!range) return Decoration.none;
  const lines = [];
  for (let line = range.from; line <= Math.min(range.to, doc.lines); line++) {
    lines.push(Decoration.line({ class: name }).range(doc.line(line).from));
  }
  return Decoration.set(lines);
}

/** The position of a line and a column in characters: a line may hold characters of two UTF-16 units. */
function position(doc: Text, line: number, column: number): number {
  const found = doc.line(Math.max(1, Math.min(line, doc.lines)));
  const before = [...found.text.slice(0, 2 * column)].slice(0, column - 1).join("");
  return Math.min(found.to, found.from + before.length);
}

/** A range that can be underlined: one without any text takes that of its line. */
function visible(doc: Text, from: number, to: number): [number, number] {
  if (doc.sliceString(from, to).trim()) return [from, to];
  const line = doc.lineAt(from);
  return [line.from + line.text.search(/\S|$/), line.to];
}

/**
 * Long texts that come as one keystroke (dictation, input methods, programs that drive the browser): the browser would
 * put them into the page line by line, which takes seconds.
 */
function typeAtOnce(event: InputEvent, view: EditorView): boolean {
  const text = event.inputType === "insertText" && event.data?.includes("\n") ? event.data : null;
  const selection = getSelection();
  if (text === null || !selection?.rangeCount || !view.contentDOM.contains(selection.anchorNode)) return false;
  const range = selection.getRangeAt(0);
  const from = view.posAtDOM(range.startContainer, range.startOffset);
  const to = view.posAtDOM(range.endContainer, range.endOffset);
  const insert = view.state.toText(text);
  view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length }, userEvent: "input.type" });
  return true;
}

/** Dropped files become tabs (the page sees to that), not text at the caret. */
function leaveFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

export class Editor {
  private readonly view: EditorView;
  private readonly attributes = new Compartment();
  private replacing = false;
  private ticket = 0;
  private aiming = 0;
  private readonly asked = new Map<number, (answer: Offer | Explanation | null) => void>();
  /** What led to the lines that are shown, and what was pressed last: Safari focuses no buttons. */
  private origin: HTMLElement | null = null;
  private pressed: HTMLElement | null = null;
  private readonly press = (event: Event) => {
    this.pressed = event.target instanceof Element ? event.target.closest<HTMLElement>("button, a, [tabindex]") : null;
  };
  /** The file in the editor, and the others as they were left, each with its own history and caret. */
  private name: string;
  private readonly left = new Map<string, EditorState>();

  constructor(parent: HTMLElement, private readonly start: Start) {
    this.name = start.name;
    this.view = new EditorView({ parent, state: this.state(start.text) });
    document.addEventListener("click", this.press, true);
    if (start.caret >= 0) {
      this.view.dispatch({ selection: { anchor: Math.min(start.caret, this.view.state.doc.length) } });
      this.view.focus();
    }
  }

  /**
   * Puts a file into the editor: one that was there before as it was left, unless its text was replaced since.
   * `names` are those of all files; what stands under another name is forgotten, or was renamed.
   */
  show(names: string[], name: string, text: string) {
    const here = this.view.state;
    const renamed = !names.includes(this.name) && same(here.doc, text);
    if (name !== this.name && !renamed) {
      this.left.set(this.name, here);
      const known = this.left.get(name);
      this.view.setState(known ?? this.state(text));
      this.view.dispatch({ effects: [this.attributes.reconfigure(named(this.start.label)), decide.of(null)] });
      if (known) this.view.dispatch({ effects: EditorView.scrollIntoView(known.selection.main.head, { y: "center" }) });
    }
    this.name = name;
    this.left.delete(name);
    for (const other of [...this.left.keys()].filter((other) => !names.includes(other))) this.left.delete(other);
    if (!same(this.view.state.doc, text)) this.replace(text);
  }

  /** The whole text by another one (an example, a link): can be undone like an edit, and is not reported as one. */
  private replace(text: string) {
    this.replacing = true;
    const before = this.view.state.doc;
    const [from, to, insert] = difference(before.toString(), text.replace(/\r\n?/g, "\n"));
    const edit = to - from < before.length / 2;
    this.view.dispatch({
      changes: { from, to, insert },
      // An edit from outside the editor leaves the caret where it is, another text begins at its top.
      selection: edit ? undefined : { anchor: 0 },
      effects: edit ? decide.of(null) : [decide.of(null), EditorView.scrollIntoView(0)],
    });
    this.replacing = false;
  }

  /** Scrolls to the lines, marks them and puts the caret there; the focus goes with it if the caller wants that. */
  reveal(line: number, column: number, endLine: number, focus: boolean) {
    const focused = document.activeElement;
    const led = focused instanceof HTMLElement || focused instanceof SVGElement ? (focused as HTMLElement) : null;
    if (!this.view.hasFocus) this.origin = led && led !== document.body ? led : this.pressed;
    const anchor = position(this.view.state.doc, line, column);
    this.view.dispatch({
      selection: { anchor },
      effects: [decide.of({ from: Math.min(line, this.view.state.doc.lines), to: endLine }), EditorView.scrollIntoView(anchor, { y: "center" })],
    });
    if (focus) this.view.focus();
  }

  /** Marks lines for as long as something is pointed at; 0 for none. They come into sight if the pointer stays. */
  point(line: number, endLine: number) {
    clearTimeout(this.aiming);
    const { doc } = this.view.state;
    const there = line > 0 && line <= doc.lines;
    this.view.dispatch({ effects: aim.of(there ? { from: line, to: endLine } : null) });
    if (!there) return;
    this.aiming = window.setTimeout(() => {
      if (this.view.state.doc !== doc) return;
      const last = doc.line(Math.min(endLine, line + AIMED_LINES, doc.lines));
      const lines = EditorSelection.range(doc.line(line).from, last.to);
      this.view.dispatch({ effects: EditorView.scrollIntoView(lines, { y: "nearest", yMargin: 20 }) });
    }, AIM_MS);
  }

  /** Puts the focus back to what led here; false if it is gone. */
  back(): boolean {
    const origin = this.origin?.isConnected ? this.origin : null;
    this.origin = null;
    this.view.dispatch({ effects: decide.of(null) });
    origin?.scrollIntoView({ block: "nearest" });
    origin?.focus();
    return origin !== null;
  }

  /** The worker's answer to a ticket. */
  told(ticket: number, answer: Offer | Explanation | null) {
    this.asked.get(ticket)?.(answer);
    this.asked.delete(ticket);
  }

  /** Underlines problems where they are. */
  problems(problems: Problem[]) {
    const doc = this.view.state.doc;
    const found: Diagnostic[] = problems.map(([line, column, endLine, endColumn, severity, message]) => {
      const start = position(doc, line, column);
      // Of a whole mapping, its first line: more would underline half of the document.
      const end = Math.min(position(doc, endLine, endColumn), doc.lineAt(start).to);
      const [from, to] = visible(doc, start, end);
      return { from, to, severity, message };
    });
    this.view.dispatch(setDiagnostics(this.view.state, found));
  }

  /** The accessible name, when the language changes. */
  label(label: string) {
    this.start.label = label;
    this.view.dispatch({ effects: this.attributes.reconfigure(named(label)) });
  }

  destroy() {
    document.removeEventListener("click", this.press, true);
    this.view.destroy();
  }

  private state(text: string): EditorState {
    return EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        folding,
        history(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        bracketMatching(),
        search({ top: true }),
        indentUnit.of("  "),
        EditorState.tabSize.of(2),
        yaml(),
        syntaxHighlighting(colours),
        theme,
        phrases(),
        decided,
        aimed,
        assistance(this.assistant()),
        this.attributes.of(named(this.start.label)),
        EditorView.domEventHandlers({ beforeinput: typeAtOnce, drop: leaveFiles }),
        EditorView.updateListener.of((update) => update.docChanged && this.edited(update)),
        // Escape, then Tab leaves the editor: CodeMirror's own rule for keyboard users.
        keymap.of([
          { key: "Alt-ArrowLeft", mac: "Ctrl--", run: () => this.goBack() },
        ]),
        keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap, indentWithTab]),
      ],
    });
  }

  private goBack(): boolean {
    if (!this.origin) return false;
    this.back();
    this.start.onback();
    return true;
  }

  private assistant(): Assistant {
    return {
      complete: (position) => this.ask("complete", position) as Promise<Offer | null>,
      explain: (position) => this.ask("explain", position) as Promise<Explanation | null>,
    };
  }

  /** Asks the worker after it has got what was typed: the page hands texts over between two tasks. */
  private async ask(wants: "complete" | "explain", position: number): Promise<Offer | Explanation | null> {
    await new Promise((resolve) => setTimeout(resolve));
    const ticket = ++this.ticket;
    return new Promise((resolve) => {
      this.asked.set(ticket, resolve);
      setTimeout(() => this.told(ticket, null), PATIENCE_MS);
      this.start.onassist(ticket, wants, this.name, position);
    });
  }

  /** Tells what changed: everything between the first and the last change, if there are several. */
  private edited({ changes, state }: ViewUpdate) {
    if (this.replacing) return;
    let [from, to, end] = [Number.POSITIVE_INFINITY, 0, 0];
    changes.iterChangedRanges((fromBefore, toBefore, _from, toNow) => {
      from = Math.min(from, fromBefore);
      [to, end] = [toBefore, toNow];
    });
    const { doc } = state;
    if (!this.start.onedit(this.name, from, to, doc.sliceString(from, end), doc.length)) {
      this.start.onedit(this.name, 0, LAST, doc.toString(), doc.length);
    }
  }
}

/** What must change for one text to become another: from, to, and what stands there instead. */
function difference(before: string, after: string): [number, number, string] {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from++;
  let end = 0;
  while (end < most - from && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return [from, before.length - end, after.slice(from, after.length - end)];
}

/** Whether a document holds this text, whatever its line ends. */
function same(doc: Text, text: string): boolean {
  return doc.eq(EditorState.create({ doc: text }).doc);
}

function named(label: string): Extension {
  // The tabindex changes nothing for people; axe finds the scrolling region's keyboard access by it.
  return EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: "false", autocapitalize: "off" });
}
