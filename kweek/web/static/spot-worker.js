// Keeps the page for typing leads in, so that it opens without a network. What is typed, the page itself keeps.
const SHELF = "kweek-spot-3"
const KEPT = ["/static/kweek.css", "/static/picture.css", "/static/kweek.svg", "/static/live.js", "/static/spot.js"]

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELF).then((shelf) => Promise.all([shelf.addAll(KEPT), keepPage(shelf)])).then(() => self.skipWaiting()))
})
self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("kweek-spot") && name !== SHELF).map((name) => caches.delete(name))))
  event.waitUntil(old.then(() => self.clients.claim()))
})
self.addEventListener("fetch", (event) => {
  const { request } = event
  if (request.method !== "GET") return
  const path = new URL(request.url).pathname
  if (path !== "/spot" && !path.startsWith("/static/")) return
  event.respondWith(fresh(request, path))
})

// The page itself was there before its worker was; whoever is signed out meanwhile gets another one, which is not kept.
async function keepPage(shelf) {
  const page = await fetch("/spot")
  if (page.ok && !page.redirected) await shelf.put("/spot", page)
}

// From the house; without it, as it was seen last. A page with somebody's answers in it is not kept. One page is enough
// for all events: its script shows the one that the address names.
async function fresh(request, path) {
  const shelf = await caches.open(SHELF)
  try {
    const answer = await fetch(request)
    const query = new URL(request.url).searchParams
    const plain = path === "/spot" && [...query.keys()].every((name) => name === "kind")
    if (answer.ok && !query.has("done") && !query.has("lead") && !query.has("mend")) await shelf.put(plain ? "/spot" : request, answer.clone())
    return answer
  } catch (error) {
    const known = (await shelf.match(request)) || (path === "/spot" && (await shelf.match("/spot")))
    if (known) return known
    throw error
  }
}
