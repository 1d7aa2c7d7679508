/* A page about one lead: its parts are exchanged for those of the same page as it is now, by their ids. Nothing moves
   under its reader's eyes, nor is taken from under a hand; what has to wait for that is said. */

const parts = (page) => [...page.querySelectorAll("[data-part]")];
const shown = new Map(parts(document).map((part) => [part.id, part.innerHTML]));  // as the house wrote it
let fresh, asking = false, again = false;

export async function renew() {
  again = asking;
  if (asking) return;
  asking = true;
  const answer = await fetch(location.pathname + location.search).catch(() => null);
  if (answer?.ok && !answer.redirected) {
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    settle();
  }
  asking = false;
  if (again) renew();
}

function settle() {
  if (!fresh) return;
  const now = parts(fresh), ids = (some) => some.map((part) => part.id).join();
  const left = now.filter((part) => part.innerHTML !== shown.get(part.id) && !exchange(part));
  if (!left.length && ids(now) === ids(parts(document))) fresh = undefined;
  for (const one of document.querySelectorAll("[data-live]")) one.toggleAttribute("data-news", !!fresh);
}
setInterval(settle, 1000);

const lines = "main :is(h2, h3, p, li, dt, iframe, form)";
// what stands beside the text is read only where no text is seen
const firstSeen = () => {
  const seen = [...document.querySelectorAll(lines)].filter((one) => {
    const { top } = one.getBoundingClientRect();
    return top >= 0 && top < innerHeight && !one.closest("nav");
  });
  return seen.find((one) => !one.closest("aside")) ?? seen[0];
};

// false: not now
function exchange(now) {
  const part = document.getElementById(now.id);
  if (!part || held(part)) return false;
  const { top, bottom, height } = part.getBoundingClientRect(), seen = top < innerHeight && bottom > 0;
  const read = seen ? null : firstSeen(), at = read?.getBoundingClientRect().top;
  const before = [...part.childNodes], open = new Set([...part.querySelectorAll("details[open]")].map(name));
  const room = part.style.minHeight;
  part.replaceChildren(...now.cloneNode(true).childNodes);
  for (const one of part.querySelectorAll("details")) one.open ||= open.has(name(one));
  part.style.minHeight = "";
  const grown = part.getBoundingClientRect().height - height;
  if (seen && grown > .5 && part.dataset.part !== "end") {
    part.replaceChildren(...before);
    part.style.minHeight = room;
    return false;
  }
  if (seen && grown < 0) part.style.minHeight = `${height}px`;
  if (read) scrollBy(0, read.getBoundingClientRect().top - at);
  shown.set(now.id, now.innerHTML);
  return true;
}

const name = (details) => details.querySelector("summary > :first-child")?.textContent;

function held(part) {
  const hand = document.activeElement !== part && part.contains(document.activeElement), words = getSelection();
  return hand || (!words.isCollapsed && words.containsNode(part, true)) || !!part.querySelector(":is(a, button, summary):hover");
}
