// Links inside the book, from the pages as the browser parsed them: a file that exists, a fragment that is there.

/** Runs inside a page: where its links lead, and which anchors it offers. */
export function survey() {
  const links = [...document.querySelectorAll("a[href], area[href]")].map((link) => ({ href: new URL(link.getAttribute("href"), link.baseURI).href, written: link.getAttribute("href"), words: link.textContent.trim().slice(0, 40) }));
  return { links, ids: [...document.querySelectorAll("[id], a[name]")].map((element) => element.id || element.name) };
}

/** Sentences for the links of page `name` that lead nowhere. `surveys` holds every page by its name below `inside`. */
export function broken(name, surveys, inside, exists) {
  return surveys.get(name).links.flatMap(({ href, written, words }) => {
    if (!href.startsWith(inside)) return [];
    const [address, fragment] = href.slice(inside.length).split("#");
    const target = decodeURIComponent(address.split("?")[0]) || "index.html";
    const link = `link “${words}” to ${written}`;
    if (!exists(target)) return [`${link}: there is no ${target}: correct the link or write the page`];
    const ids = surveys.get(target)?.ids;
    // Chromium gives #top to every page.
    const lands = !fragment || fragment === "top" || !ids || ids.includes(decodeURIComponent(fragment));
    return lands ? [] : [`${link}: ${target} has no anchor “${decodeURIComponent(fragment)}”: correct the fragment`];
  });
}
