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

function say(words) {
  says.textContent = words
  says.hidden = !words
}

// --- sending ---------------------------------------------------------------------------------------------

function body(one) {
  const ago = Math.max(0, Math.round((Date.now() - one.at) / 1000))
  return new URLSearchParams([...one.fields, ["ago", String(ago)]])
}

// 201, 200: it is there. 422: it was refused. Anything else: later.
async function send(one) {
  try {
    const answer = await fetch("/spot", { method: "POST", body: body(one), headers: { Accept: "application/json" } })
    const wrong = answer.status === 422 ? ((await answer.json()).faults ?? []) : undefined
    return { status: answer.status, wrong }
  } catch {
    return { status: 0 }
  }
}

const there = (status) => status === 200 || status === 201

let sending = false

async function sendAll() {
  if (sending) return
  sending = true
  let refused = false
  let last = 200
  for (const one of waiting()) {
    const { status, wrong } = await send(one)
    last = status
    if (there(status)) drop(one.id)
    else if (status === 422) keep({ ...one, wrong })
    else if (status === 0 || status === 401) break
    refused ||= status === 422
  }
  sending = false
  list()
  const left = waiting().length
  if (refused) say(told.refused)
  else if (left) say((last === 401 ? told.signIn : told.waits).replace("{count}", left))
  else if (!says.hidden && says.textContent !== told.refused) say(told.sent)
}

// --- the form --------------------------------------------------------------------------------------------

const OF_ALL = ["by", "campaign"] // whoever comes next comes from there as well
const holds = (field) => OF_ALL.includes(field.name) || field.type === "hidden"
const isFact = (field) => field.name.startsWith("data.") && field.name !== "data.note"
const inputs = () => [...form.querySelectorAll("input, textarea, select")]
const typed = () => [...new FormData(form)].map(([name, value]) => [name, String(value)])
const facts = () => JSON.stringify(inputs().filter(isFact).map((field) => field.value))
let begun = facts()

// Is there nothing in it but what stays from one to the next?
function isEmpty() {
  const own = inputs().filter((field) => !holds(field) && !isFact(field))
  return facts() === begun && own.every((field) => (field.type === "checkbox" ? !field.checked : !field.value))
}

// Only what stands in it: no tick of somebody else stays.
function fill(one) {
  const said = new Map(one.fields)
  for (const field of inputs()) {
    if (field.type === "checkbox") field.checked = said.has(field.name)
    else if (field.name && field.name !== "kind") field.value = said.get(field.name) ?? ""
  }
  list()
}

const of = (one, name) => new Map(one.fields).get(name) ?? ""
const fits = (one) => of(one, "kind") === form.elements.kind.value && of(one, "lead") === (form.elements.lead?.value ?? "")

form.addEventListener("submit", async (event) => {
  event.preventDefault()
  const button = form.querySelector("button")
  if (button.disabled) return
  button.disabled = true
  const one = { id: form.elements.id.value, at: Date.now(), fields: typed() }
  const { status, wrong } = await send(one)
  button.disabled = false
  if (there(status)) {
    drop(one.id)
    next()
    say(told.sent)
  } else if (status === 422) {
    if (kept().some((other) => other.id === one.id)) keep({ ...one, wrong })
    form.submit() // the page says what is wrong
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
  form.elements.id.value = Array.from(crypto.getRandomValues(new Uint8Array(8)), (n) => n.toString(16).padStart(2, "0")).join("")
  begun = facts()
  localStorage.removeItem(TYPED)
  list()
  form.querySelector("input[type=text], textarea").focus()
}

form.addEventListener("input", ({ target }) => {
  write(TYPED, { id: form.elements.id.value, at: Date.now(), fields: typed() })
  if (OF_ALL.includes(target.name)) write(STAYS, { ...read(STAYS, {}), [target.name]: target.value })
})

// --- what must be mended ---------------------------------------------------------------------------------

// All that was refused or put aside, but what stands in the form.
function list() {
  const those = kept().filter((one) => one.wrong && one.id !== form.elements.id.value)
  mend.hidden = !those.length
  mend.querySelector("ul").replaceChildren(...those.map(line))
}

function line(one) {
  const item = mend.querySelector("template").content.firstElementChild.cloneNode(true)
  const who = ["name", "company", "phone", "email", "note"].map((name) => of(one, name)).filter(Boolean)
  const [words, why, open, away] = item.children
  words.textContent = who.join(", ") || "–"
  const reasons = JSON.parse(mend.dataset.why)
  why.textContent = one.wrong.map((name) => reasons[name] ?? reasons[name.startsWith("data.") ? "data" : "other"]).join(" ") || told.aside
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
    write(TYPED, one)
    form.querySelector("input[type=text], textarea").focus()
  }
}

function aside() {
  const before = kept().find((one) => one.id === form.elements.id.value)
  if (!isEmpty() || before) keep({ id: form.elements.id.value, at: before?.at ?? Date.now(), fields: typed(), wrong: before?.wrong ?? [] })
}

// --- as he left it ---------------------------------------------------------------------------------------

function again() {
  const asks = new URLSearchParams(location.search).get("mend")
  const chosen = kept().find((one) => one.wrong && one.id === asks)
  const left = read(TYPED, null)
  if (chosen && fits(chosen) && isEmpty()) fill(chosen)
  else if (left && left.id !== form.elements.id.value) {
    if (isEmpty() && of(left, "lead") === (form.elements.lead?.value ?? "")) fill(left)
    else if (!kept().some((one) => one.id === left.id)) keep({ ...left, wrong: [] })
  }
  for (const [name, value] of Object.entries(read(STAYS, {}))) form.elements[name].value ||= value
}

again()
list()
addEventListener("online", sendAll)
setInterval(() => waiting().length && navigator.onLine && sendAll(), 30_000)
sendAll()
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/spot/worker.js", { scope: "/spot" })
