// What a reader does: follows a deep link, searches, reads without scripts, prints.
import { open } from "./chromium.mjs";
import { contrast, figures, formulas, room, unfold } from "./looks.mjs";

/** The claims of a page: the anchor and the words of each heading. */
export const claims = (page) => page.evaluate(() => [...document.querySelectorAll("section.claim > :is(h2, h3)[id]")].map((heading) => ({ id: heading.id, title: heading.textContent.trim() })));

/** Follows `page#id`: the heading is within the window and nothing lies over it. */
export async function follows(browser, site, name, id, options = {}) {
  const { page, close } = await open(browser, `${site}${name}#${encodeURIComponent(id)}`, site, options);
  const faults = await landing(page, id);
  await close();
  return faults;
}

/** Where a page that was opened at an anchor stands, once it has stopped scrolling. */
async function landing(page, id) {
  await settled(page);
  return page.evaluate((id) => {
    const heading = document.getElementById(id);
    if (!heading) return [`there is no element “${id}”: the link and the heading must agree`];
    const box = heading.getBoundingClientRect();
    if (box.top < -1 || box.bottom > innerHeight + 1) return [`“${id}” lies from ${Math.round(box.top)} to ${Math.round(box.bottom)} px in a window of ${innerHeight}: see scroll-margin-top in book/theme/book.css`];
    const words = document.createRange();
    words.selectNodeContents(heading);
    const line = words.getClientRects()[0];
    const top = document.elementFromPoint(line.x + Math.min(line.width, 20) / 2, line.y + line.height / 2);
    return heading.contains(top) ? [] : [`“${id}” is hidden under <${top?.localName ?? "nothing"} id="${top?.id ?? ""}">: raise scroll-margin-top in book/theme/book.css`];
  }, id);
}

const settled = (page) => page.evaluate(async () => {
  for (let last = NaN; last !== scrollY; await new Promise((done) => setTimeout(done, 120))) last = scrollY;
});

/** Types the first words of a claim's title into the search bar, follows the result, and looks where it led. */
export async function searches(browser, site, name, { id, title }) {
  const { page, close } = await open(browser, `${site}${name}`, site);
  const words = title.replace(/[^\p{L}\p{N} ]/gu, " ").split(/\s+/).filter((word) => word.length > 1).slice(0, 5).join(" ");
  const faults = await found(page, words, id);
  await close();
  return faults;
}

async function found(page, words, id) {
  const bar = page.locator("#mdbook-searchbar");
  if ((await bar.count()) === 0) return ["there is no search bar: enable output.html.search in book/book.toml"];
  await page.keyboard.press("s");
  await bar.pressSequentially(words, { delay: 5 });
  const result = page.locator(`#mdbook-searchresults a[href$="#${id}"]`).first();
  if (!(await appears(result))) return [`a search for “${words}” does not offer the claim “${id}”: is its heading in the search index?`];
  await result.click();
  await page.waitForURL((url) => url.hash === `#${id}`);
  return landing(page, id);
}

const appears = (locator) => locator.waitFor({ timeout: 5000 }).then(() => true, () => false);

/** Without scripts: the prose is there, in the colours of the theme, with formulas and figures. */
export async function readsWithoutScripts(browser, site, name, options) {
  const { page, complaints, close } = await open(browser, `${site}${name}`, site, { ...options, scripts: false });
  const shown = await page.evaluate(() => [...document.querySelectorAll("main :is(h1, h2, p)")].filter((element) => element.checkVisibility() && element.getBoundingClientRect().height > 0).length);
  const faults = shown > 0 ? [] : ["nothing of the text is shown: the page must not need its scripts"];
  await page.evaluate(unfold);
  for (const look of [formulas, room, contrast]) faults.push(...(await page.evaluate(look)));
  faults.push(...(await page.evaluate(figures, { smallest: options.smallest })), ...complaints);
  await close();
  return faults;
}

/** On paper, whatever the theme: black on white, one drawing a figure, nothing wider than the sheet. */
export async function prints(browser, site, name, theme) {
  const A4 = 794;
  const { page, complaints, close } = await open(browser, `${site}${name}`, site, { width: A4, theme });
  await page.emulateMedia({ media: "print", colorScheme: theme });
  await page.evaluate(unfold);
  const faults = [...complaints];
  for (const look of [formulas, contrast]) faults.push(...(await page.evaluate(look)));
  faults.push(...(await page.evaluate(figures, { smallest: 8 })));
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  if (width > A4) faults.push(`a sheet of ${A4} px does not hold the page's ${width}: see @media print in book/theme/book.css`);
  await close();
  return faults;
}

/** The print page holds every claim of the book. */
export async function printsEvery(browser, site, ids) {
  const { page, close } = await open(browser, `${site}print.html`, site);
  const printed = new Set((await claims(page)).map(({ id }) => id));
  await close();
  return ids.filter((id) => !printed.has(id)).map((id) => `the claim “${id}” is missing: is its chapter in SUMMARY.md?`);
}
