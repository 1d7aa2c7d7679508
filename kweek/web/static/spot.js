// What is typed on the spot and cannot be sent stays in the telephone, and is sent when there is a way.
const KEPT = "kweek-spot"
const form = document.getElementById("spot")
const says = document.getElementById("waits")
const told = says.dataset

const kept = () => JSON.parse(localStorage.getItem(KEPT) || "[]")
const keep = (all) => localStorage.setItem(KEPT, JSON.stringify(all))

function say(words) {
  says.textContent = words
  says.hidden = !words
}

function body(one) {
  const ago = Math.max(0, Math.round((Date.now() - one.at) / 1000))
  return new URLSearchParams([...one.fields, ["ago", String(ago)]])
}

// 201, 200: it is there. 422: it was refused. Anything else: later.
async function send(one) {
  try {
    return (await fetch("/spot", { method: "POST", body: body(one), headers: { Accept: "application/json" } })).status
  } catch {
    return 0
  }
}

let sending = false

async function sendAll() {
  if (sending) return
  sending = true
  let status = 200
  for (const one of kept()) {
    status = await send(one)
    if (status === 422) again(one)
    if (status !== 200 && status !== 201) break
    drop(one)
  }
  sending = false
  const left = kept().length
  if (status === 422) say(told.refused)
  else if (left) say((status === 401 ? told.signIn : told.waits).replace("{count}", left))
  else if (!says.hidden) say(told.sent)
}

const drop = (one) => keep(kept().filter((other) => other.id !== one.id))

// What was refused comes back into the form, to be mended; the others wait behind it.
function again(one) {
  drop(one)
  for (const [name, value] of one.fields) {
    const field = form.elements[name]
    if (field?.type === "checkbox") field.checked = true
    else if (field) field.value = value
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault()
  const fields = [...new FormData(form)].map(([name, value]) => [name, String(value)])
  const one = { id: form.elements.id.value, at: Date.now(), fields }
  const status = await send(one)
  if (status === 200 || status === 201) {
    next()
    say(told.sent)
  } else if (status === 422) form.submit() // the page says what is wrong
  else {
    drop(one)
    keep([...kept(), one])
    next()
    say((status === 401 ? told.signIn : told.waits).replace("{count}", kept().length))
  }
})

// An empty form for whoever comes next; what holds for him as well, stays.
function next() {
  const stays = ["by", "kind", "campaign"]
  for (const field of form.querySelectorAll("input, textarea")) {
    if (field.type === "checkbox") field.checked = false
    else if (!stays.includes(field.name) && !(field.name.startsWith("data.") && field.name !== "data.note")) field.value = ""
  }
  form.elements.id.value = Array.from(crypto.getRandomValues(new Uint8Array(8)), (n) => n.toString(16).padStart(2, "0")).join("")
  form.querySelector("input[type=text], textarea").focus()
}

addEventListener("online", sendAll)
setInterval(() => kept().length && navigator.onLine && sendAll(), 30_000)
sendAll()
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/spot/worker.js", { scope: "/spot" })
