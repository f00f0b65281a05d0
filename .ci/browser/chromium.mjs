// Headless Chromium, and a tab that remembers what a reader would never see: errors, and requests that leave the book.
import { chromium } from "playwright-core";

const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const QUIET_SCHEMES = ["data:", "blob:", "about:"];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });

/** Opens `url`; `complaints` fills with what the page does wrong. `inside` is the address below which a request may go. */
export async function open(browser, url, inside, { width = 1440, height = 900, theme = "light", scripts = true } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, javaScriptEnabled: scripts, reducedMotion: "reduce" });
  const page = await context.newPage();
  const complaints = [];
  listen(page, inside, complaints);
  await page.goto(url, { waitUntil: "load" });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  return { page, complaints, close: () => context.close() };
}

function listen(page, inside, complaints) {
  page.on("console", (message) => message.type() === "error" && complaints.push(`console error “${message.text()}”: mend what raises it`));
  page.on("pageerror", (error) => complaints.push(`page error “${error.message}”: mend the script that throws it`));
  page.on("request", (request) => {
    const address = request.url();
    const stays = address.startsWith(inside) || QUIET_SCHEMES.some((scheme) => address.startsWith(scheme));
    if (!stays) complaints.push(`request outside the book, ${address}: ship the file in book/theme or book/src`);
  });
  page.on("requestfailed", (request) => complaints.push(`nothing could be loaded from ${request.url()}: correct the path or ship the file`));
  page.on("response", (response) => response.status() >= 400 && complaints.push(`status ${response.status()} for ${response.url()}: correct the path or ship the file`));
}
