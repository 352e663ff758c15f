// Saves a form while it is being filled in. The rules are in draft.js; this is the page.
//
//   <form data-autosave="URL" data-person="id" data-since="token" data-signin="/sign-in" …>
//     every control with data-field="name" data-version="3"; for radios and check boxes
//     their <fieldset data-field data-version>: radios are their value, check boxes a
//     JSON array, one check box by itself its value or nothing
//     <p class="saved" data-autosave-status aria-live="polite"></p>
//     <p data-editors aria-live="polite"></p>
//
// POST URL field=&value=&version= (Accept: application/json)
//   200 {version, at}   409 {value, version, name, at}   401   403/422 {message}
// GET URL?since=token, every 15 s while the page is seen
//   200 {changes: [{field, value, version, name, at}], editors: [name], since: token}
//   The token is the server's; what is not newer than the page knows is ignored.
//
// Without script the form is sent as any form.
import { Draft } from "./draft.js"
import { text, element, button } from "./texts.js"

const poll = 15000
const keepalive = 60000 // bytes: browsers let 64 KiB outlive the page

export function autosave(form) {
  const url = form.dataset.autosave
  const controls = new Map([...form.querySelectorAll("[data-field]")].map((c) => [c.dataset.field, c]))
  const page = new Page(form, controls)
  const draft = new Draft({
    send: (field, value, version) => post(url, new URLSearchParams({ field, value, version })),
    keep: localCopies(`shenbao ${url} ${form.dataset.person ?? ""} `),
    tell: (what, field, detail) => page[what](field, detail),
    later: (f, ms) => setTimeout(f, ms),
    clock: () => new Date().toLocaleTimeString("zh-CN", { hour12: false }),
  })
  page.draft = draft
  for (const [name, c] of controls) {
    draft.add(name, served(c), Number(c.dataset.version))
    if (read(c) !== served(c)) draft.edit(name, read(c)) // typed before this ran, or put back by the browser
    const edit = (e) => { if (!e.isComposing) draft.edit(name, read(c)) } // half a pinyin is no text
    c.addEventListener("input", edit)
    c.addEventListener("compositionend", edit)
    whole(c).addEventListener("focusout", () => draft.flush())
  }
  document.addEventListener("visibilitychange", () => { if (document.hidden) draft.flush() })
  addEventListener("pagehide", () => draft.flush())
  addEventListener("beforeunload", (e) => { if (draft.lost()) e.preventDefault() })
  addEventListener("online", () => draft.resume())
  addEventListener("focus", () => draft.resume())
  form.addEventListener("submit", (e) => { if (!e.defaultPrevented) draft.stop() })
  watch(url, form.dataset.since ?? "", draft, controls)
}

async function post(url, body) {
  const small = body.toString().length < keepalive
  return answer(await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", keepalive: small }))
}

// answer is {status, body}. A redirect leads to the sign-in page, and is what 401 is.
async function answer(response) {
  if (response.type === "opaqueredirect") return { status: 401 }
  const json = response.headers.get("Content-Type")?.includes("json")
  return { status: response.status, body: json ? await response.json() : {} }
}

function watch(url, since, draft, controls) {
  const busy = (f) => whole(controls.get(f.name)).contains(document.activeElement)
  setInterval(async () => {
    if (document.hidden || draft.stopped) return
    const got = await fetch(url + (url.includes("?") ? "&" : "?") + new URLSearchParams({ since }), { headers: { Accept: "application/json" }, redirect: "manual" })
      .then(answer).catch(() => ({ status: 0 }))
    if (got.status !== 200) return draft.fail(got.status)
    since = got.body.since ?? since
    draft.learn(got.body, busy)
  }, poll)
}

// localCopies keeps texts in this browser, under one page and person.
function localCopies(prefix) {
  const guarded = (f) => {
    try {
      return f(localStorage)
    } catch { // switched off, or full
      return false
    }
  }
  return {
    get: (key) => guarded((s) => JSON.parse(s.getItem(prefix + key))) || undefined,
    set: (key, value) => guarded((s) => (s.setItem(prefix + key, JSON.stringify(value)), true)),
    remove: (key) => guarded((s) => s.removeItem(prefix + key)),
  }
}

// whole is all of a field: of a list, whose control is hidden, its rows (list.js).
function whole(c) { return c.closest("[data-list]") ?? c }

function boxes(c) { return [...c.querySelectorAll("input[type=radio], input[type=checkbox]")] }

function read(c) {
  if (c.type === "checkbox") return c.checked ? c.value : ""
  if (c.tagName !== "FIELDSET") return c.value
  return chosen(c, (b) => b.checked)
}

// served is the answer that the page came with, whatever stands in the control by now.
function served(c) {
  if (c.type === "checkbox") return c.defaultChecked ? c.value : ""
  if (c.tagName === "SELECT") return ([...c.options].find((o) => o.defaultSelected) ?? c.options[0])?.value ?? ""
  if (c.tagName !== "FIELDSET") return c.defaultValue
  return chosen(c, (b) => b.defaultChecked)
}

function chosen(c, is) {
  const on = boxes(c).filter(is).map((b) => b.value)
  if (boxes(c).some((b) => b.type === "radio")) return on[0] ?? ""
  return on.length ? JSON.stringify(on) : ""
}

function write(c, value) {
  if (c.type === "checkbox") c.checked = value === c.value
  else if (c.tagName !== "FIELDSET") c.value = value
  else {
    const on = value.startsWith("[") ? JSON.parse(value) : [value]
    for (const b of boxes(c)) b.checked = on.includes(b.value)
  }
  c.dispatchEvent(new Event("refill"))
}

// readable is an answer as people read it: rows of a list, one a line.
function readable(value) {
  if (!value) return text("autosave.empty")
  try {
    const rows = JSON.parse(value)
    if (Array.isArray(rows)) return rows.map((r) => (typeof r === "string" ? r : Object.values(r).join(" · "))).join("\n")
  } catch { /* plain text */ }
  return value
}

// Page shows what the draft tells.
class Page {
  constructor(form, controls) {
    this.form = form
    this.controls = controls
    this.status = form.querySelector("[data-autosave-status]")
    this.writers = form.querySelector("[data-editors]")
    this.conflicts = new Map()
  }

  place(f) {
    const c = this.controls.get(f.name)
    return c.closest(".field") ?? c.parentElement
  }

  state() {
    const d = this.draft
    if (!this.status || d.trouble) return
    const words = { at: d.savedAt, n: d.count("conflict") + d.count("refused") }
    const bad = words.n > 0
    this.status.classList.toggle("bad", bad)
    if (bad) this.say("autosave.attention", words)
    else if (d.count("saving") + d.count("dirty") > 0) this.status.textContent = ""
    else if (d.savedAt) this.say("autosave.saved", words)
  }

  say(key, words) {
    const sentence = text(key, words)
    if (this.status.textContent !== sentence) this.status.textContent = sentence
  }

  set(f, value) { write(this.controls.get(f.name), value) }

  trouble(_, what) {
    this.banner?.remove()
    this.banner = undefined
    if (!what) return this.state()
    const key = `autosave.${what}` + (this.draft.kept ? "" : "-unkept")
    this.banner = element("div", "note note-warn", text(key) + " ")
    this.banner.setAttribute("role", "alert")
    if (what === "signin") {
      const link = element("a", "", text("autosave.signin-link"))
      Object.assign(link, { href: this.form.dataset.signin ?? "/sign-in", target: "_blank" })
      this.banner.append(link)
    }
    this.form.prepend(this.banner)
    if (this.status) {
      this.status.classList.add("bad")
      this.say(key)
    }
  }

  conflict(f, theirs) {
    this.settled(f)
    const words = { name: theirs.name, at: theirs.at }
    const box = this.box(text("autosave.conflict", words), theirs.value, [
      button(text("autosave.use-theirs"), () => this.draft.choose(f.name, "theirs")),
      button(text("autosave.use-mine"), () => this.draft.choose(f.name, "mine")),
    ])
    this.conflicts.set(f.name, box)
    this.place(f).append(box)
  }

  settled(f) {
    this.conflicts.get(f.name)?.remove()
    this.conflicts.delete(f.name)
  }

  offer(f, offer) {
    const done = (act) => () => {
      act(f.name, offer)
      box.remove()
      const c = whole(this.controls.get(f.name))
      const first = c.querySelector("input:not([type=hidden]), textarea, select") ?? c
      first.focus()
    }
    const box = this.box(text("autosave.offer", { at: offer.at }), offer.value, [
      button(text("autosave.restore"), done((n, o) => this.draft.restore(n, o))),
      button(text("autosave.discard"), done((n, o) => this.draft.discard(n, o))),
    ])
    this.place(f).append(box)
  }

  box(sentence, value, buttons) {
    const box = element("div", "theirs", element("div", "", sentence), element("blockquote", "", readable(value)), element("div", "actions", ...buttons))
    box.setAttribute("role", "group")
    box.setAttribute("aria-label", sentence)
    return box
  }

  // The server's own error, if the page came with one, gives way to the new sentence.
  refused(f, message) {
    this.accepted(f)
    const c = this.controls.get(f.name)
    const err = element("div", "err", message ?? text("autosave.refused"))
    err.id = `${c.id || f.name}-saving`
    err.setAttribute("role", "alert")
    const legend = c.querySelector("legend")
    if (legend) legend.after(err)
    else c.before(err)
    c.setAttribute("aria-invalid", "true")
    c.setAttribute("aria-describedby", `${c.getAttribute("aria-describedby") ?? ""} ${err.id}`.trim())
  }

  accepted(f) {
    const c = this.controls.get(f.name)
    const id = `${c.id || f.name}-saving`
    const err = document.getElementById(id)
    if (!err) return
    err.remove()
    c.removeAttribute("aria-invalid")
    c.setAttribute("aria-describedby", c.getAttribute("aria-describedby").replace(id, "").trim())
  }

  editors(_, names) {
    if (!this.writers) return
    this.writers.hidden = names.length === 0
    const sentence = names.length ? text("autosave.editors", { names: names.join("、") }) : ""
    if (this.writers.textContent !== sentence) this.writers.textContent = sentence
  }
}
