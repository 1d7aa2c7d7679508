// Who looks at this website? Nothing is kept and nothing told until it is agreed to.
//
//   <script src="https://leads.example.com/v.js" async></script>
//   kweek.agree("the words that were shown")   from now on; data-agreed="the words" on the script does the same
//   kweek.forget()                             no longer
//   kweek.asks                                 is there anything to ask? Not once it is agreed to, and not of who
//                                              wants none of it anywhere (Global Privacy Control, Do Not Track)
//
// Served without what is for readers: 3,000 bytes at most.
(() => {
  const doc = document, { dataset, src } = doc.currentScript, base = new URL(".", src).href, on = addEventListener
  const never = navigator.globalPrivacyControl || navigator.doNotTrack == 1
  const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => (byte + 256).toString(16).slice(1)).join("")
  // another tab may have asked meanwhile; where there are no cookies, it is known as long as this page is there
  const known = () => navigator.cookieEnabled ? doc.cookie.match(/\bkweek=([0-9a-f]{32})/)?.[1] : visitor
  let visitor, agreed, page, depth, shown, since

  // what a link in a mail brought along goes out of the address at once, whether it is followed or not
  const [, who] = location.search.match(/[?&]kweek=([\w.-]+)/) || []
  if (who) history.replaceState(history.state, "", location.href.replace(/([?&])kweek=[\w.-]+&?/, "$1"))

  const go_on = other => {
    visitor = other
    doc.cookie = `kweek=${other};Max-Age=${other ? 31536e3 : 0};Path=/;SameSite=Lax${isSecureContext ? ";Secure" : ""}`
  }
  const message = (did, more) => JSON.stringify({ did, visitor, ...more })
  const tell = (did, more) => fetch(base + "v", { method: "POST", body: message(did, more), keepalive: true, credentials: "omit" })
    .then(answer => answer.status == 200 && answer.json())
    .then(told => told && visitor && go_on(told.visitor || ""), () => {})

  const look = () => {
    if (doc.readyState == "loading") return on("DOMContentLoaded", look)
    if (doc.prerendering) return doc.addEventListener("prerenderingchange", look)
    const about = doc.querySelector("meta[name='kweek:topic'],[data-kweek-topic]"), topic = about?.content || about?.dataset.kweekTopic
    page = fresh(), depth = shown = since = 0
    tell("page.viewed", { id: page, path: location.pathname, title: doc.title, topic, utm: location.search.match(/utm_[^&]+/g), referrer: doc.referrer, agreed, who })
    sum()
    scrolled()
  }
  const scrolled = () => depth = Math.max(depth, Math.round(100 * (scrollY + innerHeight) / doc.documentElement.scrollHeight))
  const sum = () => {
    const now = Date.now()
    if (since) shown += now - since
    since = !doc.hidden && now
  }
  const took = ({ target, button }) => {
    const link = target.closest?.("a[href]")
    if (visitor && button < 2 && link?.host == location.host && /\.(pdf|zip|csv|docx?|xlsx?|pptx?|epub|dwg|step)$/i.test(link.pathname)) tell("download.taken", { id: fresh(), path: link.pathname })
  }
  on("scroll", scrolled)
  on("visibilitychange", sum)
  on("pagehide", () => {
    sum()
    if (visitor && page) navigator.sendBeacon(base + "v", message("page.left", { id: page, seconds: Math.round(shown / 1000), depth }))
  })
  on("pageshow", ({ persisted }) => persisted && (visitor = known()) && look())
  on("click", took)
  on("auxclick", took)
  on("formdata", ({ target, formData }) => {
    if (target.getAttribute("action")?.startsWith(base + "forms/") && (visitor = known())) formData.set("visitor", visitor)
  })

  window.kweek = {
    get asks() { return !never && !known() },
    agree(words) {
      if (!words || never || visitor && known()) return
      agreed = words
      go_on(known() || fresh())
      look()
    },
    forget() {
      if (visitor = known()) tell("forget"), go_on("")
    },
  }
  if (never) known() && go_on("")
  else if (visitor = known()) look()
  else kweek.agree(dataset.agreed)
})()
