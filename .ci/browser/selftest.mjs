// Proves the checks red: small broken books in a temporary folder, and the sentence that each must raise.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { brokenLinks, checkPages, look } from "./check.mjs";
import { launch } from "./chromium.mjs";
import { follows, prints, printsEvery, readsWithoutScripts, searches } from "./reader.mjs";
import { local } from "./site.mjs";

const FONT = new URL("../../book/theme/fonts/latinmodern-math.woff2", import.meta.url);
const STYLE = `@font-face { font-family: "Latin Modern Math"; src: url("math.woff2"); } math { font-family: "Latin Modern Math"; } body { font: 20px/1.5 serif; color: #000; background: #fff; }`;

const html = (body, style = STYLE) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><style>${style}</style><main><h1>A page</h1>${body}</main>`;
const WORDS = "<title>a title</title><desc>a description</desc>";
const LABEL = `<text x="9" y="40" font-size="13">a label</text>`;
const figure = (inside, attributes = `style="width:100%"`) => `<figure id="figure-f"><svg class="plot" role="img" viewBox="0 0 340 100" ${attributes}>${inside}</svg><figcaption>A caption.</figcaption></figure>`;
const FRACTION = `<math display="block"><mrow><mo stretchy="true" fence="true">(</mo><mfrac><mfrac><mi>a</mi><mi>b</mi></mfrac><mfrac><mi>c</mi><mi>d</mi></mfrac></mfrac><mo stretchy="true" fence="true">)</mo></mrow></math>`;
const claim = (id) => `<section class="claim"><h2 id="${id}">A claim</h2><p>Its prose.</p></section>`;
const versions = (shown, was) => `<style>.version:not(.shown) { display: none }</style><figure class="versions" id="figure-v"><input type="radio" name="v" class="was"><div class="version was ${shown[0]}"><svg class="plot" role="img" viewBox="0 0 340 100" style="width:100%">${WORDS}${was}</svg></div><div class="version ${shown[1]}"><svg class="plot" role="img" viewBox="0 0 340 100" style="width:100%">${WORDS}${LABEL}</svg></div><figcaption>A caption.</figcaption></figure>`;
const CHOSEN = "<style>.versions:has(input.was:checked) .version { display: none } .versions:has(input.was:checked) .version.was { display: block }</style>";
const FAR = `<p style="height:3000px">far</p>`;

const DESK = { width: 1440, height: 900, smallest: 11 };
const PHONE = { width: 390, height: 844, smallest: 9.5 };
const whatIsSeen = (window) => async (browser, site) => {
  const { access, ...seen } = await look(browser, site, "index.html", window);
  return Object.values(seen).flat();
};
const reached = async (browser, site) => (await look(browser, site, "index.html", DESK)).access;
const desk = whatIsSeen(DESK);
const phone = whatIsSeen(PHONE);
const linked = async (browser, site, folder) => [...(await brokenLinks(browser, site, folder, ["index.html", "other.html"])).values()].flat();
const followed = (browser, site) => follows(browser, site, "index.html", "claim_a");
const searched = (browser, site) => searches(browser, site, "index.html", { id: "claim_a", title: "A claim" });
const scriptless = (browser, site) => readsWithoutScripts(browser, site, "index.html", DESK);
const onPaper = (browser, site) => prints(browser, site, "index.html", "dark");
const alone = async (_, __, folder) => (await checkPages(folder)).faults;
const printed = (browser, site) => printsEvery(browser, site, ["claim_a", "claim_b"]);

/** What is wrong, who must notice, the sentence to be heard (nothing: silence), the page, and another page beside it. */
const CASES = [
  ["nothing, at a desk", desk, null, `<p>Prose, ${FRACTION}</p>${figure(WORDS + LABEL)}${claim("claim_a")}`],
  ["nothing, on a phone", phone, null, `<p>Prose, ${FRACTION}</p>${figure(WORDS + LABEL)}${claim("claim_a")}`],
  ["a console error", desk, "console error “boom”", `<p>p</p><script>console.error("boom")</script>`],
  ["a script that throws", desk, "page error “boom”", `<p>p</p><script>throw new Error("boom")</script>`],
  ["an image from elsewhere", desk, "request outside the book, http://127.0.0.1:9/a.png", `<img alt="a" src="http://127.0.0.1:9/a.png">`],
  ["an image that is missing", desk, "nothing could be loaded from", `<img alt="a" src="missing.png">`],
  ["an error box for a formula", desk, "is an error box", `<p><math><merror><mtext>bad</mtext></merror></math></p>`],
  ["a formula without size", desk, "is not laid out", `<p><math style="display:none"><mi>x</mi></math></p>`],
  ["a formula in another font", desk, "must give it Latin Modern Math", `<p><math style="font-family:serif"><mi>x</mi></math></p>`],
  ["a font at a wrong address", desk, "Latin Modern Math is not loaded", html(`<p>${FRACTION}</p>`, STYLE.replace("math.woff2", "lost.woff2"))],
  ["a fence that does not stretch", desk, "it does not stretch", `<p>${FRACTION.replaceAll("<mo ", '<mo style="display:inline-block;height:9px" ')}</p>`],
  ["a figure without size", desk, "0 of its 1 drawings are shown", figure(WORDS, `style="display:none"`)],
  ["a figure of height zero", desk, "0 of its 1 drawings are shown", figure(WORDS, `style="height:0"`)],
  ["two drawings at once", desk, "2 of its 2 drawings are shown", figure(WORDS + LABEL).replace("<figcaption>", `<svg class="plot" role="img" viewBox="0 0 9 9" width="9">${WORDS}</svg><figcaption>`)],
  ["a figure without title", desk, "has no title", figure("<desc>d</desc>")],
  ["a figure without description", desk, "has no description", figure("<title>t</title><desc> </desc>")],
  ["a figure without caption", desk, "has no caption", figure(WORDS).replace("A caption.", "")],
  ["a figure in versions", desk, null, versions(["", "shown"], LABEL) + CHOSEN],
  ["two versions at once", desk, "2 of its 2 drawings are shown", versions(["shown", "shown"], LABEL)],
  ["no version after a choice", desk, "0 of its 2 drawings are shown, 1 must be", versions(["", "shown"], LABEL) + CHOSEN.replace("display: block", "display: none")],
  ["small labels in a version that is not chosen", desk, "draw it at 11 px or more", versions(["", "shown"], LABEL.replace("13", "2")) + CHOSEN],
  ["both versions on paper", onPaper, null, html(versions(["shown", "shown"], LABEL))],
  ["a version missing its drawing on paper", onPaper, "1 of its 2 drawings are shown, 2 must be", html(versions(["shown", "shown"], LABEL), `${STYLE} @media print { .was svg { display: none } }`)],
  ["small labels", desk, "draw it at 11 px or more", figure(WORDS + LABEL, `width="200"`)],
  ["small labels on a phone", phone, "draw it at 9.5 px or more", figure(WORDS + LABEL, `width="200"`)],
  ["a label cut off", desk, "is cut off", figure(WORDS + LABEL.replace("a label", "a label ".repeat(20)))],
  ["labels in a heap", desk, "lies over “another”", figure(`${WORDS}${LABEL}<text x="20" y="42" font-size="13">another</text>`)],
  ["a label on its own colour", desk, "has a contrast of 1.6", figure(`${WORDS}<rect width="340" height="100" fill="#333"/>${LABEL}`)],
  ["pale text", desk, "has a contrast of 1.6", `<p style="color:#ccc">pale</p>`],
  ["translucent text", desk, "has a contrast of 2.", `<p style="opacity:.4">pale</p>`],
  ["a page too wide for a phone", phone, "px wide where there are 3", `<p style="width:600px;margin:0">wide</p>`],
  ["a page too wide in its scrolling box", phone, "makes the page 600 px wide", html(`<p style="width:600px;margin:0">wide</p>`).replace(/<main>.*<\/main>/, '<div style="overflow-y:auto">$&</div>')],
  ["small prose", desk, "prose needs 16", `<p style="font-size:10px">small</p>`],
  ["text cut off in a claim", phone, "is clipped", `<section class="claim"><p style="overflow:hidden;white-space:nowrap">${"long ".repeat(40)}</p></section>`],
  ["text beyond its claim", desk, "sticks out of its claim", `<section class="claim" style="width:300px"><p style="width:400px">wide</p></section>`],
  ["a folded table too wide", phone, "makes the page", `<details><summary>folded</summary><table style="width:700px"><tr><td>wide</td></tr></table></details>`],
  ["a page that everybody can read", reached, null, `<p>Prose, ${FRACTION} <a href="#c">to c</a></p>${figure(WORDS + LABEL)}<h2 id="c">c</h2><table><tr><th>a</th></tr><tr><td>b</td></tr></table>`],
  ["two first headings", reached, "2 headings of the first level", `<h1>Another</h1>`],
  ["an image without words", reached, "(image-alt)", `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">`],
  ["a link without words", reached, "(link-name)", `<p id="a">p <a href="#a"><math><mi>x</mi></math></a></p>`],
  ["a button without a name", reached, "(button-name)", `<button></button>`],
  ["a header without words", reached, "(empty-table-header)", `<table><tr><th></th></tr><tr><td>b</td></tr></table>`],
  ["a heading skipped", reached, "(heading-order)", `<h3>Too deep</h3>`],
  ["what scrolls and cannot be reached", reached, "(scrollable-region-focusable)", `<pre style="width:300px;overflow-x:auto">${"long ".repeat(60)}</pre>`],
  ["text outside landmarks", reached, "(region)", html(`<p>in</p>`).replace("<main>", "<p>out</p><main>")],
  ["an anchor twice", desk, "the id “a” stands on 2 elements", `<p id="a">one</p><p id="a">two</p>`],
  ["links that lead somewhere", linked, null, `<p id="a"><a href="other.html#b">b</a> <a href="#a">a</a> <a href="http://127.0.0.1:9/">elsewhere</a></p>`, "other.html", `<p id="b">b</p>`],
  ["a fragment that is missing here", linked, "index.html has no anchor “lost”", `<p><a href="#lost">go</a></p>`, "other.html", `<p>p</p>`],
  ["a fragment that is missing there", linked, "other.html has no anchor “lost”", `<p><a href="other.html#lost">go</a></p>`, "other.html", `<p>p</p>`],
  ["a page that is missing", linked, "there is no lost.html", `<p><a href="lost.html">go</a></p>`, "other.html", `<p>p</p>`],
  ["a deep link that lands", followed, null, `${FAR}${claim("claim_a")}${FAR}`],
  ["a deep link to nothing", followed, "there is no element “claim_a”", `${FAR}${claim("claim_b")}`],
  ["a heading under a bar", followed, "is hidden under <div id=\"bar\">", `<div id="bar" style="position:fixed;inset:0 0 auto;height:90px;background:#fff"></div>${FAR}${claim("claim_a")}${FAR}`],
  ["a heading out of the window", followed, "in a window of 900", `${FAR}${claim("claim_a")}${FAR}<script>addEventListener("load", () => setTimeout(() => scrollTo(0, 0), 60))</script>`],
  ["no search bar", searched, "there is no search bar", claim("claim_a")],
  ["a search that finds nothing", searched, "does not offer the claim", `<input id="mdbook-searchbar"><ul id="mdbook-searchresults"></ul>${claim("claim_a")}`],
  ["a search that finds", searched, null, `<input id="mdbook-searchbar"><p id="mdbook-searchresults"><a href="#claim_a">A claim</a></p>${FAR}${claim("claim_a")}${FAR}`],
  ["a page made by scripts", scriptless, "nothing of the text is shown", html(`<script>document.write("<p>here</p>")</script>`).replace("<h1>A page</h1>", "")],
  ["pale ink on paper", onPaper, "has a contrast of 1.6", html(`<p>pale</p>`, `${STYLE} @media print { p { color: #ccc; } }`)],
  ["a sheet too narrow", onPaper, "does not hold the page's", `<p style="width:900px">wide</p>`],
  ["pages that stand alone", alone, null, `<p>Prose, ${FRACTION} <a href="#c">c</a></p>${figure(WORDS + LABEL)}<p id="c">c</p>`, "other.html", `<p>p</p>`],
  ["a fault in one of them", alone, "other.html (file, dark, 390 px), contrast", `<p>p</p>`, "other.html", `<p style="color:#ccc">pale</p>`],
  ["a link to one that is not there", alone, "there is no lost.html", `<p>p</p>`, "other.html", `<p><a href="lost.html">go</a></p>`],
  ["no search bar is needed there", alone, null, claim("claim_a"), "other.html", `<p>p</p>`],
  ["a claim that is not printed", printed, "the claim “claim_b” is missing", claim("claim_a"), "print.html", claim("claim_a")],
];

function write(folder, name, body) {
  writeFileSync(join(folder, name), body.startsWith("<!doctype") ? body : html(body));
}

async function heard(browser, [, notice, , body, other, otherBody]) {
  const folder = mkdtempSync(join(tmpdir(), "broken-book-"));
  copyFileSync(FONT, join(folder, "math.woff2"));
  write(folder, "index.html", body);
  if (other) write(folder, other, otherBody);
  try {
    return await notice(browser, local(folder), folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const browser = await launch();
let missed = 0;
for (const example of CASES) {
  const [name, , expected] = example;
  const faults = await heard(browser, example);
  const right = expected === null ? faults.length === 0 : faults.some((fault) => fault.includes(expected));
  if (right) continue;
  missed += 1;
  console.error(`✗ ${name}: expected ${expected === null ? "silence" : `“${expected}”`}, heard ${JSON.stringify(faults)}`);
}
await browser.close();
console.log(`self-test of the browser check: ${CASES.length - missed} of ${CASES.length} examples judged rightly`);
process.exit(missed > 0 ? 1 : 0);
