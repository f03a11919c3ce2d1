// The examples' list, a file of its own beside the manifests.

/** Rows of texts: id, theme, from, command, then title, what to try and what to notice, each in English and in Japanese. */
export async function load() {
  const response = await fetch(new URL("examples/index.json", document.baseURI));
  if (!response.ok) throw new Error(`examples/index.json: ${response.status}`);
  return (await response.json()).map((example) => [
    example.id,
    example.theme,
    example.from,
    example.command,
    ...["title", "try", "notice"].flatMap((text) => [example[text].en, example[text].ja]),
  ]);
}
