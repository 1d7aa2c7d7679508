/* What moves on a page that is open: numbers, the stream, clocks. The page is whole without it. */

const body = document.body;
let tempo = Number(body.dataset.tempo || 1);
let flowThen = Number(body.dataset.now), then = performance.now();
const flowNow = () => flowThen + (performance.now() - then) * tempo;

// --- a lead's picture opens where it stands
function toStand(frame) {
  const here = frame.querySelector(".here")?.getBoundingClientRect(), room = frame.getBoundingClientRect();
  if (here && room.width) frame.scrollLeft += here.left + here.width / 2 - room.left - room.width / 2;
}
document.querySelectorAll(".picture").forEach(toStand);
addEventListener("toggle", ({ target }) => target.querySelectorAll(".picture").forEach(toStand), true);

// --- numbers: as kweek.draw writes them, nothing for nothing in a picture, a thin space between thousands
const thin = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u2009");

function write(counts, all) {
  for (const place of document.querySelectorAll("[data-count]")) {
    const key = place.dataset.count;
    const known = Object.hasOwn(counts, key);
    if (!known && !all) continue;
    const n = known ? counts[key] : 0;
    const text = n || !place.ownerSVGElement ? thin(n) : "";
    if (place.textContent !== text) place.textContent = text;
    place.closest("[data-hides]")?.toggleAttribute("data-none", !n);
  }
  document.querySelectorAll(".flow tbody").forEach(fill);
  document.querySelectorAll("[data-work]").forEach(offer);
}

// the few rows of a flow's card: where somebody stands takes the place of where nobody does
function fill(steps) {
  const empty = (row) => row.querySelector("[data-count]").textContent === "0";
  const free = [...steps.rows].filter((row) => !row.hidden && empty(row) && !row.contains(document.activeElement));
  for (const row of [...steps.rows].filter((row) => row.hidden && !empty(row)).slice(0, free.length)) {
    const old = free.shift(), here = row.nextSibling;
    old.replaceWith(row);
    steps.insertBefore(old, here === old ? row.nextSibling : here);
    [row.hidden, old.hidden] = [false, true];
  }
}

// --- what waits for somebody: rows keep their places, and change what stands in them; not under anybody's hand
const lists = new Map(), mouse = matchMedia("(hover: hover)");

function known(box) {
  if (!lists.has(box)) {
    const rows = [...box.querySelectorAll("[data-key]")];
    lists.set(box, { order: rows.map((row) => row.dataset.key), html: new Map(rows.map((row) => [row.dataset.key, row.innerHTML])) });
    for (const event of ["pointerleave", "focusout"]) box.addEventListener(event, () => setTimeout(place, 0, box));
  }
  return lists.get(box);
}

function wait(work) {
  for (const [name, { order, rows }] of Object.entries(work)) {
    const box = document.querySelector(`[data-work="${name}"]`);
    if (!box) continue;
    const list = known(box);
    list.order = order;
    list.html = new Map(order.map((key) => [key, rows[key] ?? list.html.get(key)]));
    place(box);
    const oldest = document.querySelector(`[data-oldest="${name}"]`), first = document.createElement("template");
    if (!oldest) continue;
    first.innerHTML = `<table><tr>${list.html.get(order[0]) ?? ""}</tr></table>`;
    oldest.parentElement.toggleAttribute("data-none", !order.length);
    if (order.length) oldest.dataset.since = first.content.querySelector("[data-since]").dataset.since;
  }
}

// how many the style sheet keeps room for: rows below their heads, or cards
const narrow = matchMedia("(max-width: 40rem)");
const roomIn = (box) => narrow.matches ? Math.min(box.dataset.slots - 1, 5) : Number(getComputedStyle(box).getPropertyValue("--slots"));

function place(box) {
  const held = document.activeElement !== box && box.contains(document.activeElement);
  if (held || (mouse.matches && box.matches(":hover"))) return;
  const { order, html } = known(box), table = box.querySelector("table"), body = table.tBodies[0];
  const more = Math.min(order.length + 1, 10);
  if (more > box.dataset.slots && box.getBoundingClientRect().top > innerHeight) box.dataset.slots = more;  // where nobody looks
  const room = roomIn(box);
  while (body.rows.length > order.length) body.lastElementChild.remove();
  while (body.rows.length < order.length) body.append(document.createElement("tr"));
  order.forEach((key, n) => {
    const row = body.rows[n];
    if (row.dataset.key === key && (row.made ?? row.innerHTML) === html.get(key)) return;
    row.innerHTML = row.made = html.get(key);
    row.dataset.key = key;
  });
  [...body.rows].forEach((row, n) => row.classList.toggle("beyond", n >= room));
  table.hidden = !order.length;
  box.querySelector(".empty").hidden = !!order.length;
  offer(box);
}

// what is there to be shown beyond its room: all that waits, or the first of it
function offer(box) {
  const list = box.parentElement, label = list.querySelector(".all"), rows = box.querySelectorAll("tbody tr").length;
  label.querySelector("[data-rows]").textContent = thin(rows);
  label.toggleAttribute("data-beyond", Number(list.querySelector("[data-count]").textContent.replace(/\D/g, "")) > rows);
}

// --- the stream: its lines keep their places, and change their words
function tell(lines) {
  const list = document.querySelector("[data-stream]");
  if (!list) return;
  list.parentElement.querySelector(".empty")?.remove();
  while (lines.length && list.children.length < Number(list.dataset.stream)) list.append(document.createElement("li"));
  [...list.children].forEach((item, n) => {
    const line = lines[n];
    if (!line || item.contains(document.activeElement)) return;
    const link = document.createElement("a"), time = document.createElement("time"), words = document.createElement("span");
    link.href = `/leads/${encodeURIComponent(line.lead)}`;
    link.textContent = link.title = line.who;
    time.textContent = line.at;
    words.textContent = words.title = "flows" in list.dataset && line.flow ? `${line.words} · ${line.flow}` : line.words;
    words.className = line.kind;
    item.replaceChildren(link, " ", time, words);
  });
}

// --- the catcher: nothing moves under its reader's eyes; how many more there are is said, in a place kept for it
function arrive(more) {
  const place = document.querySelector("[data-arrived]");
  if (!place) return;
  place.textContent = place.dataset.arrived.replace("{count}", thin(more));
  place.toggleAttribute("data-none", !more);
}

// --- clocks: in the time of the flows, which may run faster than ours
function span(milliseconds) {
  const minutes = Math.floor(Math.abs(milliseconds) / 60000);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const units = [[days, "day"], [hours, "hour"], [days ? 0 : rest, "minute"]].filter(([n]) => n);
  const say = ([n, unit]) => body.dataset[unit].replace("{count}", n);
  return (units.length ? units : [[0, "minute"]]).map(say).join(" ");
}

function tick() {
  const now = flowNow();
  for (const clock of document.querySelectorAll("[data-due]")) {
    const left = Number(clock.dataset.due) - now;
    const text = (left < 0 ? body.dataset.overdue : body.dataset.left).replace("{span}", span(left));
    if (clock.textContent !== text) clock.textContent = text;
    clock.classList.toggle("overdue", left < 0);
  }
  for (const clock of document.querySelectorAll("[data-since]")) {
    const text = span(now - Number(clock.dataset.since));
    if (clock.textContent !== text) clock.textContent = text;
  }
}
if (document.querySelector("[data-due], [data-since], [data-part]")) setInterval(tick, 1000);

// --- the line to the house: opened while the page is seen, and again when it was lost
const address = body.dataset.watch;
let source, again, lastHeard = 0, still = "";
const state = (word) => { for (const one of document.querySelectorAll("[data-live]")) one.dataset.live = word; };

function open() {
  close();
  source = new EventSource(address);
  still = "";
  lastHeard = performance.now();
  source.onmessage = ({ data }) => {
    lastHeard = performance.now();
    const news = JSON.parse(data);
    still = news.still ?? still;
    state(news.away ? "away" : still || "on");
    if (news.away) return;
    if (news.now) [flowThen, then] = [news.now, performance.now()];
    tempo = news.tempo ?? tempo;
    if (news.moment) for (const one of document.querySelectorAll("[data-moment]")) one.textContent = news.moment;
    if ("files" in news) for (const one of document.querySelectorAll("[data-live]")) one.dataset.files = news.files;
    if (news.counts) write(news.counts, news.all);
    if (news.work) wait(news.work);
    if (news.lines) tell(news.lines);
    if ("mails" in news) arrive(news.mails);
    if ("about" in news) import("./parts.js").then(({ renew }) => renew()).then(tick);
  };
  source.onerror = () => {
    state("off");
    if (source.readyState === EventSource.CLOSED) again = setTimeout(open, 3000);  // refused: it does not come back itself
  };
}
function close() {
  clearTimeout(again);
  source?.close();
}
if (address) {
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  setInterval(() => {  // a line that is open and says nothing, as behind a proxy that has died
    if (!document.hidden && performance.now() - lastHeard > 25000) { state("off"); open(); }
  }, 5000);
  if (!document.hidden) open();
}
