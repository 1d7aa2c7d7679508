// What is typed on the spot and cannot be sent stays in the telephone, and is sent when there is a way.
// What was refused stays as well, on a list beside the form, until somebody mends it: nothing takes the place of another.
const KEPT = "kweek-spot"
const TYPED = "kweek-spot-typed"
const STAYS = "kweek-spot-stays"
const form = document.getElementById("spot")
const says = document.getElementById("waits")
const told = says.dataset
const mend = document.getElementById("mend")

const read = (key, otherwise) => JSON.parse(localStorage.getItem(key) || "null") ?? otherwise
const write = (key, what) => localStorage.setItem(key, JSON.stringify(what))

// Each: id, at, fields, and what was wrong with it, `wrong`; without that it waits to be sent.
const kept = () => read(KEPT, [])
const waiting = () => kept().filter((one) => !one.wrong)
const drop = (id) => write(KEPT, kept().filter((other) => other.id !== id))
const keep = (one) => write(KEPT, [...kept().filter((other) => other.id !== one.id), one])
const isKept = (id) => kept().some((one) => one.id === id)
const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), (n) => n.toString(16).padStart(2, "0")).join("")

let stands = false

// stays: until something else is saved
function say(words, stays = false) {
  stands = stays
  says.textContent = words
  says.hidden = !words
}

// --- which event ------------------------------------------------------------------------------------------

// The address says so, also where the page was kept with another one. false: it is about what this page does not have.
function fitsAddress() {
  const address = new URLSearchParams(location.search)
  if (address.get("lead") && !form.elements.lead) return false
  const links = [...document.querySelectorAll(".kinds nav a")]
  const names = links.map((link) => new URL(link.href).searchParams.get("kind"))
  const link = links[Math.max(0, names.indexOf(address.get("kind")))]
  const kind = names[links.indexOf(link)] ?? ""
  if (kind === form.elements.kind.value) return true
  const asks = document.querySelector(`template[data-kind="${CSS.escape(kind)}"]`)
  if (!asks) return false
  document.getElementById("asks").replaceChildren(asks.content.cloneNode(true))
  form.elements.kind.value = kind
  document.querySelector(".kinds summary strong").textContent = link.textContent
  for (const other of links) other === link ? other.setAttribute("aria-current", "page") : other.removeAttribute("aria-current")
  return true
}

const answered = "answered" in form.dataset // it is what was sent just now, with what is wrong with it
if (!answered) form.elements.id.value = fresh() // the page may come from the telephone, where its own was used before
const usable = answered || fitsAddress()
form.hidden = !usable
document.getElementById("absent")?.toggleAttribute("hidden", usable)

// --- sending ---------------------------------------------------------------------------------------------

function body(one) {
  const ago = Math.max(0, Math.round((Date.now() - one.at) / 1000))
  const said = new URLSearchParams(one.fields)
  said.set("id", one.id)
  said.set("ago", String(ago))
  return said
}

const there = (status) => status === 200 || status === 201
const LATER = [401, 408, 425, 429] // signed out, or too much at once
const isRefusal = (status) => status >= 400 && status < 500 && !LATER.includes(status)

// 201, 200: it is there. A refusal says what is wrong. Anything else: later.
async function send(one) {
  try {
    const answer = await fetch("/spot", { method: "POST", body: body(one), headers: { Accept: "application/json" } })
    const { status } = answer
    const faults = status === 422 ? (await answer.json()).faults : undefined
    return { status, wrong: isRefusal(status) ? (faults ?? [String(status)]) : undefined }
  } catch {
    return { status: 0 }
  }
}

// Its id is that of something else: it gets one of its own.
const refused = (one, status, wrong) => ({ ...one, id: status === 409 ? fresh() : one.id, wrong })

function why(wrong) {
  const reasons = JSON.parse(mend.dataset.why)
  const otherwise = (name) => (name.startsWith("data.") ? reasons.data : isRefusal(Number(name)) ? (reasons.refused ?? "").replace("{status}", name) : reasons.other)
  return wrong.map((name) => reasons[name] ?? otherwise(name)).join(" ") || told.aside
}

let sending = false

async function sendAll() {
  if (sending) return
  sending = true
  let some = false
  let last = 200
  for (const one of waiting()) {
    const { status, wrong } = await send(one)
    last = status
    if (there(status)) drop(one.id)
    else if (wrong && isKept(one.id)) {
      drop(one.id)
      keep(refused(one, status, wrong))
    } else if (status === 0 || status === 401) break
    some ||= Boolean(wrong)
  }
  sending = false
  list()
  const left = waiting().length
  if (some) say(told.refused, true)
  else if (left) say((last === 401 ? told.signIn : told.waits).replace("{count}", left))
  else if (!says.hidden && !stands) say(told.sent)
}

// --- the form --------------------------------------------------------------------------------------------

const OF_ALL = ["by", "campaign"] // whoever comes next comes from there as well
const holds = (field) => OF_ALL.includes(field.name) || field.type === "hidden"
const isFact = (field) => field.name.startsWith("data.") && field.name !== "data.note"
const inputs = () => [...form.querySelectorAll("input, textarea, select")]
const typed = () => [...new FormData(form)].map(([name, value]) => [name, String(value)])
const isTyping = (id) => form.elements.id.value === id
const facts = () => JSON.stringify(inputs().filter(isFact).map((field) => field.value))
let begun = facts()

// Is there nothing in it but what stays from one to the next?
function isEmpty() {
  const own = inputs().filter((field) => !holds(field) && !isFact(field))
  return facts() === begun && own.every((field) => (field.type === "checkbox" ? !field.checked : !field.value))
}

// As he leaves it; this tab, and no other, goes on with it under its id.
function remember(one) {
  write(TYPED, one)
  sessionStorage.setItem(TYPED, one.id)
}

// Only what stands in it: no tick of somebody else stays.
function fill(one) {
  const said = new Map(one.fields)
  for (const field of inputs()) {
    if (field.type === "checkbox") field.checked = said.has(field.name)
    else if (field.name && field.name !== "kind") field.value = said.get(field.name) ?? ""
  }
  form.elements.id.value = one.id
  list()
}

const of = (one, name) => new Map(one.fields).get(name) ?? ""
const fits = (one) => usable && of(one, "kind") === form.elements.kind.value && of(one, "lead") === (form.elements.lead?.value ?? "")

form.addEventListener("submit", async (event) => {
  event.preventDefault()
  const button = form.querySelector("button")
  if (button.disabled) return
  button.disabled = true
  if (waiting().some((one) => isTyping(one.id))) form.elements.id.value = fresh() // nothing takes its place
  const one = { id: form.elements.id.value, at: Date.now(), fields: typed() }
  const { status, wrong } = await send(one)
  button.disabled = false
  if (there(status)) {
    drop(one.id)
    next()
    say(told.sent)
  } else if (status === 422) {
    if (isKept(one.id)) keep({ ...one, wrong })
    form.submit() // the page says what is wrong
  } else if (wrong) {
    const again = refused(one, status, wrong)
    drop(one.id)
    keep(again)
    form.elements.id.value = again.id
    remember(again)
    say(why(wrong), true)
  } else {
    keep(one)
    next()
    say((status === 401 ? told.signIn : told.waits).replace("{count}", waiting().length))
  }
})

// An empty form for whoever comes next; what holds for him as well, stays.
function next() {
  for (const field of inputs()) {
    if (field.type === "checkbox") field.checked = false
    else if (!holds(field) && !isFact(field)) field.value = ""
  }
  for (const [name, value] of Object.entries(read(STAYS, {}))) form.elements[name].value = value
  form.elements.id.value = fresh()
  begun = facts()
  localStorage.removeItem(TYPED)
  list()
  form.querySelector("input[type=text], textarea").focus()
}

form.addEventListener("input", ({ target }) => {
  remember({ id: form.elements.id.value, at: Date.now(), fields: typed() })
  if (OF_ALL.includes(target.name)) write(STAYS, { ...read(STAYS, {}), [target.name]: target.value })
})

// --- what must be mended ---------------------------------------------------------------------------------

// All that was refused or put aside, but what stands in the form.
function list() {
  const those = kept().filter((one) => one.wrong && !isTyping(one.id))
  mend.hidden = !those.length
  mend.querySelector("ul").replaceChildren(...those.map(line))
}

function line(one) {
  const item = mend.querySelector("template").content.firstElementChild.cloneNode(true)
  const who = ["name", "company", "phone", "email", "note"].map((name) => of(one, name)).filter(Boolean)
  const [words, reason, open, away] = item.children
  words.textContent = who.join(", ") || "–"
  reason.textContent = why(one.wrong)
  open.addEventListener("click", () => isEmpty() ? bring(one) : asked(open, () => bring(one)))
  away.addEventListener("click", () => asked(away, () => { drop(one.id); list() }))
  return item
}

// It is done once he presses again: by then the button says what that means.
function asked(button, deed) {
  if (button.dataset.asked) return deed()
  button.dataset.asked = "yes"
  button.textContent = button.dataset.sure
}

// Into the form; what is being typed goes onto the list in its place.
function bring(one) {
  aside()
  if (!fits(one)) {
    localStorage.removeItem(TYPED)
    const query = new URLSearchParams({ kind: of(one, "kind"), lead: of(one, "lead"), mend: one.id })
    location.assign(`/spot?${query}`)
  } else {
    fill(one)
    remember(one)
    form.querySelector("input[type=text], textarea").focus()
  }
}

function aside() {
  const before = kept().find((one) => isTyping(one.id))
  if (!isEmpty() || before) keep({ id: form.elements.id.value, at: before?.at ?? Date.now(), fields: typed(), wrong: before?.wrong ?? [] })
}

// --- as he left it ---------------------------------------------------------------------------------------

function again() {
  const asks = new URLSearchParams(location.search).get("mend")
  const chosen = kept().find((one) => one.wrong && one.id === asks)
  const left = read(TYPED, null)
  if (chosen && fits(chosen) && isEmpty()) fill(chosen)
  else if (left && !isTyping(left.id)) {
    const mine = sessionStorage.getItem(TYPED) === left.id // else another tab may be at it still
    if (isEmpty() && of(left, "lead") === (form.elements.lead?.value ?? "")) fill(mine ? left : { ...left, id: fresh() })
    else if (!isKept(left.id)) keep({ ...left, wrong: [] })
  }
  for (const [name, value] of Object.entries(read(STAYS, {}))) form.elements[name].value ||= value
}

if (usable) again()
list()
addEventListener("online", sendAll)
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return
  if (!isTyping(read(TYPED, null)?.id)) form.elements.id.value = fresh() // what stands in it was saved meanwhile
  list()
  sendAll()
})
setInterval(() => waiting().length && navigator.onLine && sendAll(), 30_000)
sendAll()
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/spot/worker.js", { scope: "/spot" })
