// Things to take away: files to save, and the map as a picture of its own.

/** Has the browser save a text or a blob as a file. */
export function save(name, content, type) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** What the style sheet gives to a picture, as SVG's own attributes. */
const STYLES = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin",
  "stroke-opacity", "paint-order", "opacity", "font-family", "font-size", "font-weight", "text-anchor", "visibility", "display",
];

const MARGIN = 16;

/** The map as an SVG document that needs no style sheet; undefined without a map. */
export function mapAsSvg() {
  const shown = document.querySelector(".map .map-spot")?.ownerSVGElement;
  if (!shown) return undefined;
  const copy = shown.cloneNode(true);
  const originals = [shown, ...shown.querySelectorAll("*")];
  const copies = [copy, ...copy.querySelectorAll("*")];
  copies.forEach((element, at) => dress(element, getComputedStyle(originals[at])));
  const { x, y, width, height } = shown.getBBox();
  const box = [x - MARGIN, y - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN];
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", box.join(" "));
  copy.setAttribute("width", box[2]);
  copy.setAttribute("height", box[3]);
  copy.prepend(ground(box));
  return new XMLSerializer().serializeToString(copy);
}

function dress(element, style) {
  for (const name of ["class", "style", "tabindex", "role", "aria-label"]) element.removeAttribute(name);
  for (const name of element.getAttributeNames().filter((name) => name.startsWith("data-"))) element.removeAttribute(name);
  for (const name of STYLES) {
    const value = style.getPropertyValue(name);
    if (value) element.setAttribute(name, value);
  }
}

function ground([x, y, width, height]) {
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const fill = getComputedStyle(document.querySelector(".map")).backgroundColor;
  for (const [name, value] of Object.entries({ x, y, width, height, fill })) rect.setAttribute(name, value);
  return rect;
}

/** Saves the map; true if there was one. */
export function saveMapAsSvg(name) {
  const svg = mapAsSvg();
  if (svg) save(name, svg, "image/svg+xml");
  return Boolean(svg);
}

/** Saves the map in twice its size; true if there was one. */
export async function saveMapAsPng(name) {
  const svg = mapAsSvg();
  if (!svg) return false;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = 2 * image.width;
  canvas.height = 2 * image.height;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  save(name, blob, "image/png");
  return true;
}
