// Keeps the page: it opens without a network once it was opened with one. Files that are checked never come here.
const VERSION = "@VERSION@";
const FILES = [/*FILES*/];
const POLICY = "@POLICY@";

// A worker has the policy that its own answer brings, not that of its page.
const kept = async (name) => {
  const answer = await fetch(name, {cache: "no-cache"});
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  const headers = new Headers(answer.headers);
  headers.set("content-security-policy", POLICY);
  return new Response(answer.body, {headers});
};

self.addEventListener("install", (event) => event.waitUntil((async () => {
  const cache = await caches.open(VERSION);
  await Promise.all(FILES.map(async (name) => cache.put(name, await kept(name))));
})()));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith("jwstprod-") && name !== VERSION);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
})()));

self.addEventListener("fetch", (event) => event.respondWith((async () => {
  const cache = await caches.open(VERSION);
  const found = await cache.match(event.request, {ignoreSearch: true});
  return found ?? fetch(event.request);
})()));
