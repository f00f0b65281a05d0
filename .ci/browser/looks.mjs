// What a reader would see wrong on one page. Each function runs inside the page, alone, and returns sentences: element, fault, cure.

/** Folded parts count too: whoever unfolds them must be able to read them. */
export function unfold() {
  for (const details of document.querySelectorAll("main details")) details.open = true;
}

/** The versions of a figure on the page of a review, besides the one that is chosen already. */
export const VERSIONS = ["was", "is"];

/** Chooses a version in every figure that has it; whether there was one. */
export function choose(version) {
  const buttons = [...document.querySelectorAll(`.versions input.${version}`)];
  for (const button of buttons) button.checked = true;
  return buttons.length > 0;
}

/** Formulas are laid out, none is an error box, and their font is the shipped one, in which fences stretch. */
export function formulas() {
  const faults = [];
  const formulas = [...document.querySelectorAll("math")].filter((math) => !math.closest("[hidden], .hidden"));
  const source = (math) => `formula “${(math.querySelector("annotation") ?? math).textContent.trim().slice(0, 60)}”`;
  for (const math of formulas) {
    const box = math.getBoundingClientRect();
    if (!(box.width > 0 && box.height > 0)) faults.push(`${source(math)} is not laid out: look for display:none around it, or for an empty formula`);
    if (math.querySelector("merror")) faults.push(`${source(math)} is an error box: correct its LaTeX`);
    const family = getComputedStyle(math).fontFamily;
    if (!/^["']?Latin Modern Math/.test(family)) faults.push(`${source(math)} is set in ${family}: book/theme/math.css must give it Latin Modern Math`);
  }
  // fonts.check() answers true for a family that nobody declared; only a loaded face proves that the file was found.
  const loaded = [...document.fonts].some((face) => face.family.includes("Latin Modern Math") && face.status === "loaded");
  if (formulas.length > 0 && !loaded) faults.push("Latin Modern Math is not loaded: check the address of its file in book/theme/fonts/fonts.css");
  for (const fence of document.querySelectorAll('math[display="block"] mo[stretchy="true"]')) {
    const row = [...fence.parentElement.children].filter((part) => part !== fence && part.localName !== "mo");
    const tallest = Math.max(0, ...row.map((part) => part.getBoundingClientRect().height));
    const height = fence.getBoundingClientRect().height;
    if (height < 0.8 * tallest) faults.push(`${source(fence.closest("math"))}: the fence ${fence.textContent} is ${Math.round(height)} px high around ${Math.round(tallest)} px: it does not stretch, check the font of the formula`);
  }
  return faults;
}

/** Of each figure one drawing is shown, it has words for those who cannot see it, and its labels are large enough and whole. */
export function figures({ smallest }) {
  const faults = [];
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility === "visible";
  };
  const words = (svg, name) => svg.querySelector(`:scope > ${name}`)?.textContent.trim();
  for (const figure of document.querySelectorAll("figure")) {
    const name = `figure “${figure.id || "without id"}”`;
    const drawings = [...figure.querySelectorAll("svg.plot, svg[role]")];
    const visible = drawings.filter(shown);
    // Where a figure has versions one is shown, on paper all; of each that is shown one drawing.
    const versions = [...figure.querySelectorAll(".version")].filter((version) => version.querySelector("svg"));
    const wanted = figure.matches(".versions") && matchMedia("print").matches ? versions.length : 1;
    if (visible.length !== wanted || visible.length === 0) faults.push(`${name}: ${visible.length} of its ${drawings.length} drawings are shown, ${wanted} must be: see .has-narrow in book/theme/book.css`);
    if (!figure.querySelector("figcaption")?.textContent.trim()) faults.push(`${name} has no caption: write one in the claim's prose`);
    for (const svg of drawings) {
      if (!words(svg, "title")) faults.push(`${name} has no title: give the drawing a <title>`);
      if (!words(svg, "desc")) faults.push(`${name} has no description: give the drawing a <desc> written from its numbers`);
      // Links inside an image cannot be reached.
      const role = svg.querySelector("a") ? "group" : "img";
      if (svg.getAttribute("role") !== role) faults.push(`${name} is not announced as it is: give the drawing role="${role}"`);
    }
    for (const svg of visible) faults.push(...labels(svg, name));
  }
  return faults;

  function labels(svg, name) {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim());
    const found = [];
    for (const text of texts) {
      const label = `${name}, label “${text.textContent.trim()}”`;
      const size = parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a;
      if (size < smallest) found.push(`${label} is ${size.toFixed(1)} px at a width of ${innerWidth}: draw it at ${smallest} px or more`);
      const box = text.getBoundingClientRect();
      const cut = box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 2 || box.bottom > frame.bottom + 2;
      if (cut) found.push(`${label} is cut off at the edge of the drawing: move it inward`);
      const other = texts.slice(texts.indexOf(text) + 1).find((other) => collide(box, other.getBoundingClientRect()));
      if (other) found.push(`${label} lies over “${other.textContent.trim()}”: move one of them`);
    }
    return found;
  }

  /** Boxes of text include the space above and below the letters, which may touch. */
  function collide(one, other) {
    const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    return across > 1 && down > 0.4 * Math.min(one.height, other.height);
  }
}

/** The page fits its window, its prose is large enough, nothing in a claim is cut off. */
export function room() {
  const faults = [];
  const describe = (element) => {
    const kind = [element.localName, ...element.classList].join(".");
    return `<${kind}${element.id ? ` id="${element.id}"` : ""}> “${element.textContent.trim().replace(/\s+/g, " ").slice(0, 40)}”`;
  };
  const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
  const main = document.querySelector("main");
  const inScroller = (element) => element !== main && (scrolls(element) || inScroller(element.parentElement));
  const contents = [...main.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().width > 0 && !inScroller(element));
  // mdBook puts the text into a box that scrolls by itself: a page too wide shows there and not in the window.
  for (let outer = main.parentElement; outer; outer = outer.parentElement) {
    const room = outer === document.documentElement ? innerWidth : outer.clientWidth;
    if (outer.scrollWidth <= room || getComputedStyle(outer).display === "inline") continue;
    const edge = outer.getBoundingClientRect().left + room;
    const culprit = contents.find((element) => element.getBoundingClientRect().right > edge + 0.5);
    faults.push(`${culprit ? describe(culprit) : "the page"} makes the page ${outer.scrollWidth} px wide where there are ${room}: let it wrap or scroll in its own box`);
    break;
  }
  for (const paragraph of document.querySelectorAll("main > p:not([class]), section > p:not([class])")) {
    const size = parseFloat(getComputedStyle(paragraph).fontSize);
    if (size < 16) faults.push(`${describe(paragraph)} is set in ${size} px: prose needs 16`);
  }
  for (const element of contents) {
    const hidden = ["hidden", "clip"].includes(getComputedStyle(element).overflowX);
    if (hidden && element.scrollWidth > element.clientWidth + 1) faults.push(`${describe(element)} is clipped: let it wrap or scroll`);
  }
  for (const claim of document.querySelectorAll("section.claim")) {
    const frame = claim.getBoundingClientRect();
    const out = contents.filter((element) => claim.contains(element) && !element.closest(".aside")).find((element) => element.getBoundingClientRect().right > frame.right + 0.5);
    if (out) faults.push(`${describe(out)} sticks out of its claim: let it wrap or scroll`);
  }
  return faults;
}

/** Every text stands out from what is painted beneath it, 4.5 : 1, labels in drawings included. */
export function contrast() {
  const faults = new Map();
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  /** A CSS colour as red, green, blue and opacity, each up to 1. */
  const colour = (css) => {
    if (!known.has(css)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = css;
      canvas.fillRect(0, 0, 1, 1);
      known.set(css, [...canvas.getImageData(0, 0, 1, 1).data].map((value) => value / 255));
    }
    return known.get(css);
  };
  const over = ([r, g, b, a], paper, opacity = 1) => [r, g, b].map((value, i) => value * a * opacity + paper[i] * (1 - a * opacity));
  const luminance = (rgb) => rgb.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (one, other) => {
    const [dark, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const ancestors = (element) => (element ? [...ancestors(element.parentElement), element] : []);
  const translucency = (element) => ancestors(element).reduce((product, outer) => product * parseFloat(getComputedStyle(outer).opacity), 1);
  const paper = (element) => ancestors(element).reduce((below, outer) => over(colour(getComputedStyle(outer).backgroundColor), below), [1, 1, 1]);

  const judge = (element, ink, below) => {
    const seen = ratio(over(colour(ink), below, translucency(element)), below);
    if (seen >= 4.5) return;
    const place = element.closest("figure")?.id ? ` in figure “${element.closest("figure").id}”` : "";
    const kind = [element.localName, ...element.classList].join(".");
    faults.set(`${kind}${ink}`, `<${kind}>${place} “${element.textContent.trim().replace(/\s+/g, " ").slice(0, 30)}” has a contrast of ${seen.toFixed(2)} : 1: change its colour or its background in book/theme/book.css to reach 4.5`);
  };
  const ownText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const visible = (element) => element.getBoundingClientRect().width > 0 && getComputedStyle(element).visibility === "visible";
  for (const element of document.querySelectorAll("body *:not(svg, svg *, script, style, noscript, annotation)")) {
    if (ownText(element) && visible(element)) judge(element, getComputedStyle(element).color, paper(element));
  }
  for (const text of document.querySelectorAll("figure svg text")) {
    if (visible(text) && text.textContent.trim()) judge(text, getComputedStyle(text).fill, beneath(text));
  }
  return [...faults.values()];

  /** What is painted under the middle of a label: the page, then the filled shapes of the drawing from the lowest up. */
  function beneath(text) {
    text.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = text.getBoundingClientRect();
    const shapes = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2).filter((shape) => text.ownerSVGElement.contains(shape) && !shape.closest("text") && shape.localName !== "svg");
    const fill = (shape) => {
      const style = getComputedStyle(shape);
      return style.fill === "none" ? [0, 0, 0, 0] : colour(style.fill).map((value, i) => (i === 3 ? value * parseFloat(style.fillOpacity) * parseFloat(style.opacity) : value));
    };
    return shapes.reverse().reduce((below, shape) => over(fill(shape), below), paper(text.ownerSVGElement));
  }
}

/** An anchor that exists twice leads half of its readers astray. */
export function anchors() {
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  return [...new Set(twice)].map((id) => `the id “${id}” stands on ${ids.filter((other) => other === id).length} elements: prefix it with the name of its figure or claim`);
}
