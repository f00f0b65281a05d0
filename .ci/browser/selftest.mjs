// Proves the checks red: broken pages, and the sentence that each must raise.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { figures, formulas, fragments, legibility } from "./checks.mjs";
import { launch, open } from "./chromium.mjs";

const svg = (inside, attributes = "") => `<figure id="f"><svg role="img" viewBox="0 0 680 100" width="680" height="100" ${attributes}>${inside}</svg><figcaption>c</figcaption></figure>`;
const words = "<title>t</title><desc>d</desc>";
const cases = [
  ["a clean page", `<p>fine</p>${svg(`${words}<text x="9" y="40" font-size="13">text</text>`)}`, null],
  ["an external image", `<img alt="a" src="http://127.0.0.1:9/a.png">`, "request outside the book"],
  ["a script that fails", `<script>throw new Error("boom")</script>`, "page error: boom"],
  ["a console error", `<script>console.error("boom")</script>`, "console error: boom"],
  ["a drawing without size", svg(words, `style="display:none"`), "0 of its 1 drawings are shown"],
  ["a drawing without description", svg("<title>t</title>"), "has no title or no description"],
  ["tiny text", svg(`${words}<text x="9" y="40" font-size="6">text</text>`), "px high, at least 11"],
  ["a label cut off", svg(`${words}<text x="660" y="40" font-size="13">a long label</text>`), "is cut off"],
  ["a page too wide", `<p style="width:3000px">wide</p>`, "px wide in a window of 1440"],
  ["small prose", `<p style="font-size:10px">small</p>`, "prose is smaller than 16 px"],
  ["pale text", `<p style="color:#ccc">pale</p>`, "contrast 1.6"],
  ["a lost fragment", `<p><a href="#lost">go</a></p>`, "the fragment #lost leads nowhere"],
  ["an error box", `<p><math><merror><mtext>bad</mtext></merror></math></p>`, "a formula is an error box"],
  ["a formula without size", `<p><math style="display:none"><mi>x</mi></math></p>`, "a formula is not laid out"],
];

const folder = mkdtempSync(join(tmpdir(), "selftest-"));
const inside = pathToFileURL(folder).href;
const browser = await launch();
let failed = 0;
for (const [name, body, expected] of cases) {
  writeFileSync(join(folder, "page.html"), `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><style>p{font-size:20px}text{fill:#000}</style><main>${body}</main>`);
  const { page, complaints, close } = await open(browser, `${inside}/page.html`, inside);
  const faults = [...complaints, ...(await page.evaluate(formulas)), ...(await page.evaluate(figures, { smallest: 11 })), ...(await page.evaluate(legibility)), ...(await page.evaluate(fragments))].filter((fault) => !fault.includes("Latin Modern Math is not loaded"));
  const right = expected === null ? faults.length === 0 : faults.some((fault) => fault.includes(expected));
  if (!right) {
    failed += 1;
    console.error(`✗ ${name}: expected ${expected ?? "silence"}, heard ${JSON.stringify(faults)}`);
  }
  await close();
}
await browser.close();
rmSync(folder, { recursive: true });
console.log(`${cases.length - failed} faults noticed, ${failed} missed`);
process.exit(failed > 0 ? 1 : 0);
