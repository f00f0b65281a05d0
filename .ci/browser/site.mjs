// The built book as a folder and as an address on the loopback interface.
import { createServer } from "node:http";
import { readFileSync, readdirSync } from "node:fs";
import { extname, join, sep } from "node:path";
import { pathToFileURL } from "node:url";

const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain", ".woff2": "font/woff2" };

/** Pages by role: chapters have the whole furniture; the print page, the bare contents and the page for lost readers do not. */
export function pages(folder) {
  const all = readdirSync(folder, { recursive: true }).map((name) => name.split(sep).join("/")).filter((name) => name.endsWith(".html")).sort();
  const special = ["print.html", "toc.html", "404.html"];
  return { all, chapters: all.filter((name) => !special.includes(name)) };
}

/** The folder as a `file:` address, with the slash below which every request must stay. */
export const local = (folder) => `${pathToFileURL(folder).href}/`;

/** Serves the folder; answers the address and how to stop. */
export function serve(folder) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname).replace(/\/$/, "/index.html");
    const bytes = contents(join(folder, path));
    // Chromium asks for it where a page names no icon; no reader sees those pages by themselves.
    if (path === "/favicon.ico") response.writeHead(204).end();
    else if (bytes) response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(bytes);
    else response.writeHead(404).end();
  });
  return new Promise((done) => {
    server.listen(0, "127.0.0.1", () => done({ origin: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() }));
  });
}

function contents(path) {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
