// Whether everybody can read the page: axe-core's rules for landmarks, names, headings, tables and what a keyboard reaches.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/** One sentence for each element that breaks a rule. Folds must be open. */
export async function access(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    // A formula that is wider than a phone scrolls; Chromium and Firefox let a keyboard reach what scrolls, and a stop at every formula would help nobody.
    const exclude = [['p:has(> math[display="block"])']];
    // mdBook's contents button is a label, which works without scripts too; with them a key presses it like a button.
    const rules = { "aria-allowed-role": { enabled: false } };
    const { violations } = await axe.run({ exclude }, { resultTypes: ["violations"], rules, preload: false });
    const first = document.querySelectorAll("h1").length;
    const headings = first === 1 ? [] : [`${first} headings of the first level: a page has one`];
    return headings.concat(violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${target.join(" ")}: ${help} (${id})`)));
  });
}
