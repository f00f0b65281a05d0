// Reads the built book as a reader would: `node check.mjs BOOK [--screens DIR]`; or pages that stand alone, such as reviews and
// reports, each by itself: `node check.mjs --pages FOLDER [--screens DIR]`. Exit code 1 when something would disturb a reader.
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import { access } from "./access.mjs";
import { launch, open } from "./chromium.mjs";
import { broken, survey } from "./links.mjs";
import { anchors, choose, contrast, figures, formulas, room, unfold, VERSIONS } from "./looks.mjs";
import { claims, follows, prints, printsEvery, readsWithoutScripts, searches } from "./reader.mjs";
import { local, pages, serve } from "./site.mjs";

/** A desk and a phone; labels in figures may not be smaller than this many CSS pixels. */
const WINDOWS = [{ width: 1440, height: 900, smallest: 11 }, { width: 390, height: 844, smallest: 9.5 }];
const THEMES = ["light", "dark"];

/** Everything that can be seen on one page in one window: a list of faults by what was looked at. */
export async function look(browser, site, name, { width, height, smallest, theme = "light", screens }) {
  const { page, complaints, close } = await open(browser, `${site}${name}`, site, { width, height, theme });
  if (screens) await page.screenshot({ path: join(screens, `${name.replace(/\.html$/, "").replaceAll("/", "-")}-${theme}-${width}.png`), fullPage: true });
  await page.evaluate(unfold);
  const seen = {
    formulas: await page.evaluate(formulas),
    figures: await page.evaluate(figures, { smallest }),
    room: await page.evaluate(room),
    contrast: await page.evaluate(contrast),
    anchors: await page.evaluate(anchors),
  };
  for (const version of VERSIONS) {
    if (await page.evaluate(choose, version)) seen[`figures, ${version}`] = await page.evaluate(figures, { smallest });
  }
  // Its rules do not depend on the theme, except for contrast, which is looked at above.
  if (theme === "light") seen.access = await access(page);
  seen.quiet = complaints;
  await close();
  return seen;
}

/** Every page's links, resolved over the whole book. */
export async function brokenLinks(browser, site, folder, names) {
  const surveys = new Map();
  for (const name of names) {
    const { page, close } = await open(browser, `${site}${name}`, site);
    surveys.set(name, await page.evaluate(survey));
    await close();
  }
  return new Map(names.map((name) => [name, broken(name, surveys, site, (target) => existsSync(join(folder, target)))]));
}

class Tally {
  passed = 0;
  faults = [];
  note(place, faults) {
    if (faults.length === 0) this.passed += 1;
    this.faults.push(...faults.map((fault) => `${place}: ${fault}`));
  }
}

/** Every check on the book in `folder`. */
export async function check(folder, screens) {
  const tally = new Tally();
  const browser = await launch();
  const { origin, stop } = await serve(folder);
  const file = local(folder);
  const visit = { browser, folder, origin, file, sites: { file, served: origin }, tally, screens, ...pages(folder) };
  try {
    await seesEveryPage(visit);
    await seesTheOthers(visit);
    // The page for lost readers takes its links from the root of a site, wherever it is shown.
    await resolvesLinks(visit, origin, visit.all.filter((name) => name !== "404.html"));
    await findsClaims(visit);
  } finally {
    await browser.close();
    stop();
  }
  return tally;
}

/** What holds of every page in `folder`, opened from the disk. Search, deep links and the print page are the book's alone. */
export async function checkPages(folder, screens) {
  const tally = new Tally();
  const browser = await launch();
  const file = local(folder);
  const { all } = pages(folder);
  const visit = { browser, folder, file, sites: { file }, tally, screens, chapters: all };
  tally.note(folder, all.length > 0 ? [] : ["there is no page: run the tests that leave them there"]);
  try {
    await seesEveryPage(visit);
    await resolvesLinks(visit, file, all);
  } finally {
    await browser.close();
  }
  return tally;
}

async function seesEveryPage({ browser, file, sites, tally, screens, chapters }) {
  for (const [way, site] of Object.entries(sites)) {
    for (const theme of THEMES) {
      for (const window of WINDOWS) {
        for (const name of chapters) {
          const seen = await look(browser, site, name, { ...window, theme, screens: site === file ? screens : undefined });
          for (const [what, faults] of Object.entries(seen)) tally.note(`${name} (${way}, ${theme}, ${window.width} px), ${what}`, faults);
        }
      }
    }
  }
  for (const theme of THEMES) {
    for (const window of WINDOWS) for (const name of chapters) tally.note(`${name} (${theme}, ${window.width} px), without scripts`, await readsWithoutScripts(browser, file, name, { ...window, theme }));
    for (const name of chapters) tally.note(`${name} (${theme}), on paper`, await prints(browser, file, name, theme));
  }
}

async function seesTheOthers({ browser, origin, tally, chapters, all }) {
  for (const name of all.filter((name) => !chapters.includes(name))) {
    const { complaints, close } = await open(browser, `${origin}${name}`, origin);
    tally.note(`${name}, quiet`, complaints);
    await close();
  }
}

async function resolvesLinks({ browser, folder, tally }, site, names) {
  for (const [name, faults] of await brokenLinks(browser, site, folder, names)) tally.note(`${name}, links`, faults);
}

async function findsClaims({ browser, origin, file, tally, chapters }) {
  const ids = [];
  for (const name of chapters) {
    const { page, close } = await open(browser, `${origin}${name}`, origin);
    const own = await claims(page);
    await close();
    for (const { id } of own) {
      for (const window of WINDOWS) tally.note(`${name}#${id} (served, ${window.width} px), deep link`, await follows(browser, origin, name, id, window));
      tally.note(`${name}#${id} (file), deep link`, await follows(browser, file, name, id));
    }
    if (own.length > 0) tally.note(`${name}, search`, await searches(browser, origin, name, own[0]));
    ids.push(...own.map(({ id }) => id));
  }
  tally.note("the book", ids.length > 0 ? [] : ["no page holds a claim: section.claim > h2[id] finds nothing"]);
  tally.note("print.html", await printsEvery(browser, origin, ids));
}

const USAGE = "usage: node check.mjs BOOK [--screens DIR]\n       node check.mjs --pages FOLDER [--screens DIR]";

async function main(words) {
  const alone = words[0] === "--pages";
  const [folder, flag, screens = alone ? undefined : "target/screens", ...rest] = alone ? words.slice(1) : words;
  if (!folder || (flag && flag !== "--screens") || rest.length > 0) {
    console.error(USAGE);
    return 2;
  }
  if (!existsSync(alone ? folder : join(folder, "index.html"))) {
    console.error(alone ? `there is no ${folder}: run \`cargo test\`` : `${folder} holds no book: build it with \`cargo run\``);
    return 2;
  }
  if (screens) mkdirSync(screens, { recursive: true });
  const { passed, faults } = await (alone ? checkPages : check)(resolve(folder), screens && resolve(screens));
  for (const fault of faults) console.error(`✗ ${fault}`);
  console.log(`${passed} checks passed, ${faults.length} failed`);
  return faults.length > 0 ? 1 : 0;
}

if (process.argv[1] === new URL(import.meta.url).pathname) process.exit(await main(process.argv.slice(2)));
