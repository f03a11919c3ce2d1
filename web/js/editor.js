// Loads the editor's bundle when it is asked for, so that the first answer need not wait for it.

export async function mount(parent, name, text, label, caret, onedit, onassist, onback) {
  const { Editor } = await import(new URL("editor.js", document.baseURI).href);
  return new Editor(parent, { name, text, label, caret, onedit, onassist, onback });
}
