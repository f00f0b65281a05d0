// Chromium as the check starts it, and a page with its complaints collected.
import { chromium } from "playwright-core";

const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const launch = () => chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGUMENTS });

/** Opens `url` and returns the page with `complaints`: console errors, page errors, and requests outside `inside`. */
export async function open(browser, url, inside, { width = 1440, height = 900, theme = "light", scripts = true } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, javaScriptEnabled: scripts });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(`console error: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`page error: ${error.message}`));
  page.on("request", (request) => {
    const target = request.url();
    if (!target.startsWith(inside) && !target.startsWith("data:")) complaints.push(`request outside the book: ${target}`);
  });
  page.on("requestfailed", (request) => complaints.push(`request failed: ${request.url()}`));
  await page.goto(url, { waitUntil: "load" });
  if (scripts) await page.evaluate(() => document.fonts.ready.then(() => undefined));
  return { page, complaints, close: () => context.close() };
}
