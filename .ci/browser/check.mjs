// Reads the built book in headless Chromium: `node check.mjs BOOK [--screens DIR]`. Exit code 1 when a reader would complain.
import { createServer } from "node:http";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { figures, formulas, fragments, legibility } from "./checks.mjs";
import { launch, open } from "./chromium.mjs";

const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2" };
const SIZES = [{ width: 1440, smallest: 11 }, { width: 390, smallest: 9.5 }];

const tally = { passed: 0, faults: [] };
export function report(place, faults) {
  if (faults.length === 0) tally.passed += 1;
  for (const fault of faults) tally.faults.push(`${place}: ${fault}`);
}

/** Serves a folder on the loopback interface; returns its address and how to stop. */
function serve(folder) {
  const server = createServer((request, response) => {
    const path = join(folder, decodeURIComponent(new URL(request.url, "http://localhost").pathname).replace(/\/$/, "/index.html"));
    try {
      const bytes = readFileSync(path);
      response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done({ origin: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() })));
}

/** A page in one theme at one width, from an address. */
async function read(browser, name, address, inside, { width, smallest, theme, screens }) {
  const { page, complaints, close } = await open(browser, `${address}/${name}`, inside, { width, theme });
  const place = `${name} (${width} px, ${theme})`;
  report(`${place}: formulas`, await page.evaluate(formulas));
  report(`${place}: figures`, await page.evaluate(figures, { smallest }));
  report(`${place}: legibility`, await page.evaluate(legibility));
  report(`${place}: links`, await page.evaluate(fragments));
  report(`${place}: quiet`, complaints);
  if (screens) await page.screenshot({ path: join(screens, `${name.replace(".html", "")}-${theme}-${width}.png`), fullPage: true });
  await close();
}

/** Claims of a page: the anchors of their headings, with the headings' words. */
const claims = (page) => page.evaluate(() => [...document.querySelectorAll("section.claim > h2[id]")].map((h2) => ({ id: h2.id, title: h2.textContent.trim() })));

async function landsOn(page, id) {
  await page.waitForTimeout(300);
  const box = await page.locator(`[id="${id}"]`).boundingBox();
  const bar = (await page.locator("#mdbook-menu-bar").boundingBox())?.height ?? 0;
  const height = page.viewportSize().height;
  return box && box.y >= bar * 0.5 && box.y < height ? [] : [`the heading is at ${box ? Math.round(box.y) : "?"} px of ${height}, not in view`];
}

async function findsClaims(browser, site, pages) {
  for (const name of pages) {
    const { page, close } = await open(browser, `${site}/${name}`, site);
    const [claim] = await claims(page);
    await close();
    if (!claim) continue;
    const deep = await open(browser, `${site}/${name}#${claim.id}`, site);
    report(`${name}#${claim.id}: deep link`, await landsOn(deep.page, claim.id));
    await deep.page.keyboard.press("s");
    await deep.page.locator("#mdbook-searchbar").pressSequentially(claim.title.replace(/[^\p{L} ]/gu, ""), { delay: 5 });
    const hit = deep.page.locator(`#mdbook-searchresults a[href*="#${claim.id}"]`).first();
    const found = await hit.waitFor({ timeout: 5000 }).then(() => true, () => false);
    report(`search for “${claim.title}”`, found ? [] : ["no result leads to the claim"]);
    if (found) {
      await hit.click();
      report(`search result ${claim.id}`, await landsOn(deep.page, claim.id));
    }
    await deep.close();
  }
}

async function withoutScripts(browser, address, inside, name) {
  const { page, close } = await open(browser, `${address}/${name}`, inside, { scripts: false });
  const visible = await page.locator("main h1").first().isVisible();
  report(`${name} without script`, visible ? [] : ["the page shows nothing"]);
  await close();
}

async function printsEverything(browser, site, pages) {
  const all = [];
  for (const name of pages) {
    const { page, close } = await open(browser, `${site}/${name}`, site);
    all.push(...(await claims(page)));
    await close();
  }
  const { page, close } = await open(browser, `${site}/print.html`, site);
  const printed = new Set((await claims(page)).map(({ id }) => id));
  report("print.html", all.filter(({ id }) => !printed.has(id)).map(({ id }) => `the claim ${id} is missing`));
  report("the book", all.length > 0 ? [] : ["no page holds a claim"]);
  await close();
}

/** Every check on the book in `folder`; returns what passed and what is wrong. */
export async function check(folder, screens) {
  const root = resolve(folder);
  const pages = readdirSync(root).filter((name) => name.endsWith(".html") && !["toc.html", "404.html", "print.html"].includes(name));
  if (screens) mkdirSync(screens, { recursive: true });
  const browser = await launch();
  const { origin, stop } = await serve(root);
  const local = pathToFileURL(root).href;
  try {
    for (const name of pages) {
      for (const theme of ["light", "dark"]) {
        for (const size of SIZES) await read(browser, name, local, local, { ...size, theme, screens });
      }
      await withoutScripts(browser, local, local, name);
    }
    await findsClaims(browser, origin, pages);
    await printsEverything(browser, origin, pages);
  } finally {
    await browser.close();
    stop();
  }
  return tally;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [folder, flag, screens] = process.argv.slice(2);
  if (!folder || (flag && flag !== "--screens")) {
    console.error("usage: node check.mjs BOOK [--screens DIR]");
    process.exit(2);
  }
  const { passed, faults } = await check(folder, screens);
  faults.forEach((fault) => console.error(`✗ ${fault}`));
  console.log(`${passed} checks passed, ${faults.length} failed`);
  process.exit(faults.length > 0 ? 1 : 0);
}
