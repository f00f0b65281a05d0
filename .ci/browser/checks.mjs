// What a reader would notice, as functions that run inside a page and return sentences; an empty list is a good page.

/** Formulas: laid out, none of them an error box, set in the font whose fences stretch. */
export function formulas() {
  const faults = [];
  for (const math of document.querySelectorAll("main math")) {
    if (math.closest("details:not([open])")) continue;
    const box = math.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) faults.push(`a formula is not laid out: ${math.textContent.slice(0, 40)}`);
    if (math.querySelector("merror")) faults.push(`a formula is an error box: ${math.textContent.slice(0, 60)}`);
  }
  if (document.querySelector("main math") && !document.fonts.check('16px "Latin Modern Math"')) faults.push("Latin Modern Math is not loaded: see book/theme/fonts");
  // A fence around a fraction must be taller than one line.
  for (const fence of document.querySelectorAll('main math[display="block"] mrow > mo[stretchy="true"]')) {
    const inner = fence.parentElement.querySelector("mfrac");
    if (inner && fence.getBoundingClientRect().height < 0.8 * inner.getBoundingClientRect().height) faults.push("a fence does not stretch around its fraction");
  }
  return faults;
}

/** Figures: one drawing of each shown, with words, and text that can be read. */
export function figures({ smallest }) {
  const faults = [];
  for (const figure of document.querySelectorAll("main figure")) {
    const name = figure.id || "a figure";
    const drawings = [...figure.querySelectorAll("svg[role=img]")];
    const shown = drawings.filter((svg) => svg.getBoundingClientRect().width > 0 && svg.getBoundingClientRect().height > 0);
    if (shown.length !== 1) faults.push(`${name}: ${shown.length} of its ${drawings.length} drawings are shown, there must be one`);
    for (const svg of drawings) {
      if (!svg.querySelector("title")?.textContent.trim() || !svg.querySelector("desc")?.textContent.trim()) faults.push(`${name}: a drawing has no title or no description`);
    }
    if (!figure.querySelector("figcaption")?.textContent.trim()) faults.push(`${name}: it has no caption`);
    for (const svg of shown) {
      const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      const frame = svg.getBoundingClientRect();
      for (const text of svg.querySelectorAll("text")) {
        const size = parseFloat(getComputedStyle(text).fontSize) * scale;
        if (size < smallest) faults.push(`${name}: “${text.textContent}” is ${size.toFixed(1)} px high, at least ${smallest} is asked`);
        const box = text.getBoundingClientRect();
        if (box.right > frame.right + 1 || box.left < frame.left - 1) faults.push(`${name}: “${text.textContent}” is cut off at the edge of the drawing`);
      }
    }
  }
  return faults;
}

/** The page: no sideways scrolling, prose large enough, every text against its background at 4.5 : 1. */
export function legibility() {
  const faults = [];
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth + 1) {
    const wide = [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, pre, .table-wrapper, p:has(> math[display=block])"));
    faults.push(`the page is ${page.scrollWidth} px wide in a window of ${innerWidth}: see <${wide[0]?.tagName.toLowerCase() ?? "?"} class="${wide[0]?.className ?? ""}">`);
  }
  const paragraph = document.querySelector("main > p:not([class]), main > section > p:not([class])");
  if (paragraph && parseFloat(getComputedStyle(paragraph).fontSize) < 16) faults.push("prose is smaller than 16 px");
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const background = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = rgba(getComputedStyle(e).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const seen = new Set();
  for (const element of document.querySelectorAll("main :is(p, td, th, a, figcaption, summary, code, span, text, h1, h2, h3, li, i, b), nav a")) {
    if (!element.textContent.trim() || element.getBoundingClientRect().width === 0) continue;
    const style = getComputedStyle(element);
    const ink = rgba(element.tagName === "text" ? style.fill : style.color);
    const paper = background(element);
    const [low, high] = [luminance(ink), luminance(paper)].sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    const key = `${ink}/${paper}`;
    if (contrast < 4.5 && !seen.has(key)) faults.push(`contrast ${contrast.toFixed(2)} : 1 of <${element.tagName.toLowerCase()} class="${element.getAttribute("class") ?? ""}"> “${element.textContent.trim().slice(0, 30)}”`);
    seen.add(key);
  }
  return faults;
}

/** Links inside the book, as far as the page itself can tell: fragments of this page. */
export function fragments() {
  const own = [...document.querySelectorAll('main a[href*="#"]')].map((a) => new URL(a.href)).filter((url) => url.pathname === location.pathname && url.hash);
  return own.filter((url) => !document.getElementById(decodeURIComponent(url.hash.slice(1)))).map((url) => `the fragment ${url.hash} leads nowhere`);
}
