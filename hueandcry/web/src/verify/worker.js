// The service worker of /verify/, and of nothing else: after one visit the page opens without a network. It asks the
// network first, and gives what it kept where that fails or takes too long. What it keeps is fetched as by a stranger: of
// a page that somebody signed in saw nothing stays on the device. `self.KEEP` stands before this in /verify/worker.js.
const { version, page, fresh, files } = self.KEEP;
const KIND = "hueandcry-verify-";
const NAME = KIND + version;
const PATIENCE = 4_000; // milliseconds
const kept = new Set([page, ...fresh, ...files]);

async function keep(path) {
  const response = await fetch(path, { credentials: "omit", cache: "no-cache", redirect: "error" });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  await (await caches.open(NAME)).put(path, response);
}

/** What the network says is kept in its turn: the page as a stranger gets it, all else as it came. */
async function again(cache, path, response) {
  await (path === page ? keep(path) : cache.put(path, response.clone()));
}

async function answer(event, path) {
  const cache = await caches.open(NAME);
  const held = await cache.match(path, { ignoreVary: true });
  if (!held) return fetch(event.request);
  const asked = fetch(event.request).then((response) => {
    if (!response.ok) return held;
    event.waitUntil(again(cache, path, response).catch(() => undefined));
    return response;
  });
  const late = new Promise((done) => setTimeout(done, PATIENCE, held));
  return Promise.race([asked.catch(() => held), late]);
}

self.addEventListener("install", (event) => event.waitUntil(Promise.all([...kept].map(keep)).then(() => self.skipWaiting())));

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(KIND) && name !== NAME).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method === "GET" && origin === self.location.origin && kept.has(pathname)) event.respondWith(answer(event, pathname));
});
