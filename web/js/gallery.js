// The examples' list, a file of its own beside the manifests.

/**
 * Rows of texts: id, theme, from, command, the manifests' first comment in Japanese; then title, what to try and what to
 * notice, each in English and in Japanese; then pairs of words of what to try and the questions that they stand for.
 */
export async function load() {
  const response = await fetch(new URL("examples/index.json", document.baseURI));
  if (!response.ok) throw new Error(`examples/index.json: ${response.status}`);
  return (await response.json()).map((example) => [
    example.id,
    example.theme,
    example.from,
    example.command,
    example.comment_ja ?? "",
    ...["title", "try", "notice"].flatMap((text) => [example[text].en, example[text].ja]),
    ...Object.entries(example.asks ?? {}).flat(),
  ]);
}
