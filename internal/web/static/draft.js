// A Draft is what autosave knows of a form, without the page: which fields wait, are
// being saved, were changed by someone else, or are kept on this machine because the
// server could not be reached. Every text typed is at any moment in at least one of
// three places: on the server, in a local copy, or in front of the person as an offer.

const pause = 800 // ms without typing before a field is saved
const firstRetry = 2000
const lastRetry = 60000

// same reports whether two answers say the same: line ends differ between a form and
// its text, and the spelling of JSON between the server and the browser.
export function same(a, b) {
  return a === b || plain(a) === plain(b)
}

function plain(answer) {
  if (answer === "[]") return ""
  if (answer.startsWith("[")) {
    try {
      return JSON.stringify(JSON.parse(answer), (_, v) =>
        v && typeof v === "object" && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v)
    } catch { /* a text that begins with a bracket */ }
  }
  return answer.replaceAll("\r\n", "\n")
}

export class Draft {
  // send(field, value, version) answers {status, body} and rejects when nothing was
  // reached. keep has get, set (false when this machine can't keep) and remove; later is
  // setTimeout; clock is the time of day as text. tell(what, field, detail) is told:
  //   set       show detail, a text, in the field      state     f.state changed
  //   conflict  detail {value, version, name, at}      settled   the conflict is over
  //   refused   detail: the server's sentence          accepted  that sentence is over
  //   offer     detail {value, at}: an unsaved text of an earlier visit
  //   trouble   detail "offline", "signin" or ""       editors   detail: who else writes
  constructor({ send, keep, tell, later, clock }) {
    Object.assign(this, { send, keep, tell, later, clock })
    this.fields = new Map()
    this.trouble = ""
    this.kept = true // the last local copy could be written
    this.retry = firstRetry
    this.savedAt = ""
  }

  // add takes a field as the server gave it, and offers back what an earlier visit left
  // unsaved on this machine.
  add(name, value, version) {
    const f = { name, value, base: value, version, state: "saved", sending: undefined, unsure: false, theirs: undefined, touch: 0 }
    this.fields.set(name, f)
    const offers = this.keep.get(name + "!") ?? []
    const left = this.keep.get(name)
    if (left && !offers.some((o) => same(o.value, left.value))) offers.push(left)
    f.offers = offers.filter((o) => !same(o.value, value))
    this.#keepOffers(f)
    this.keep.remove(name)
    for (const o of f.offers) this.tell("offer", f, o)
  }

  // edit takes what the person typed.
  edit(name, value) {
    const f = this.fields.get(name)
    const touch = ++f.touch
    f.value = value
    if ((f.state === "saved" || f.state === "dirty") && !f.unsure && same(value, f.base)) return this.#saved(f)
    this.kept = this.keep.set(name, { value, version: f.version, at: this.clock() })
    if (f.state === "conflict") return
    if (f.state === "refused") this.tell("accepted", f)
    if (f.state !== "saving") this.#state(f, "dirty")
    this.later(() => touch === f.touch && this.#save(f), pause)
  }

  // flush saves at once whatever waits: on leaving a field or the page.
  flush() {
    if (this.trouble) return
    for (const f of this.fields.values()) this.#save(f)
  }

  // resume tries again after trouble: the network is back, or the person comes from
  // signing in.
  resume() {
    for (const f of this.fields.values()) if (f.state === "dirty") this.#save(f)
  }

  // choose ends a conflict with "mine" or "theirs".
  choose(name, whose) {
    const f = this.fields.get(name)
    const theirs = f.theirs
    f.theirs = undefined
    f.version = theirs.version
    f.base = theirs.value
    this.tell("settled", f)
    if (whose === "theirs") this.#take(f, theirs.value)
    else {
      this.#state(f, "dirty")
      this.#save(f)
    }
  }

  // restore puts an offered text back into its field; what stood there can be read in
  // the field's history on the server.
  restore(name, offer) {
    const f = this.fields.get(name)
    this.#drop(f, offer)
    this.tell("set", f, offer.value)
    this.edit(name, offer.value)
  }

  discard(name, offer) { this.#drop(this.fields.get(name), offer) }

  // learn takes what others did: fields untouched here follow, the others are flagged.
  // busy(f) says that the person stands in the field.
  learn({ changes = [], editors = [] }, busy = () => false) {
    for (const c of changes) {
      const f = this.fields.get(c.field)
      if (!f || c.version <= f.version || f.state === "saving") continue // a save's own answer tells
      if (f.state === "conflict") {
        if (c.version > f.theirs.version) this.#conflict(f, c)
      } else if (same(c.value, f.value)) this.#take(f, f.value, c)
      else if (f.state === "saved" && !busy(f)) this.#take(f, c.value, c)
      else this.#conflict(f, c)
    }
    this.tell("editors", undefined, editors)
    if (!this.trouble) return
    this.#trouble("") // the server was reached
    this.resume()
  }

  // lost reports whether leaving now would lose a text: this machine can't keep it, and
  // the server does not have it.
  lost() { return !this.stopped && !this.kept && this.count("saved") < this.fields.size }

  // fail takes the status of a look for news that brought none.
  fail(status) {
    if (status === 0) this.#trouble("offline")
    if (status === 401) this.#trouble("signin")
  }

  // stop ends all saving: the form itself is being sent.
  stop() { this.stopped = true }

  // count is the number of fields in a state.
  count(state) {
    let n = 0
    for (const f of this.fields.values()) if (f.state === state) n++
    return n
  }

  async #save(f) {
    if (this.stopped || f.state !== "dirty") return
    f.sending = f.value
    this.#state(f, "saving")
    let answer
    try {
      answer = await this.send(f.name, f.sending, f.version)
    } catch {
      answer = { status: 0 }
    }
    this.#answered(f, answer.status, answer.body ?? {})
  }

  #answered(f, status, body) {
    const edited = !same(f.value, f.sending)
    if (status === 0 || status === 429 || status >= 500) return this.#wait(f, "offline")
    if (status === 401) return this.#wait(f, "signin")
    const over = this.trouble !== ""
    this.retry = firstRetry
    this.#trouble("")
    f.unsure = false
    if (status === 200) {
      f.version = body.version
      f.base = f.sending
      this.savedAt = body.at
      this.#state(f, "dirty")
      if (edited) this.#save(f)
      else this.#saved(f)
    } else if (status === 409 && typeof body.value === "string") {
      if (same(body.value, f.value)) this.#take(f, f.value, body)
      else this.#conflict(f, body)
    } else { // 403, 422 and whatever else is final: said at the field, kept on this machine
      this.#state(f, "refused")
      this.tell("refused", f, body.message)
      if (edited) this.edit(f.name, f.value)
    }
    if (over) this.resume() // what waited for the same trouble
  }

  #wait(f, trouble) {
    f.unsure = true // the server may have it all the same
    this.kept = this.keep.set(f.name, { value: f.value, version: f.version, at: this.clock() })
    this.#state(f, "dirty")
    this.#trouble(trouble)
    if (trouble === "offline" && !this.waiting) {
      this.waiting = true
      this.later(() => {
        this.waiting = false
        this.resume()
      }, this.retry)
      this.retry = Math.min(2 * this.retry, lastRetry)
    }
  }

  #trouble(what) {
    if (what === this.trouble) return
    this.trouble = what
    this.tell("trouble", undefined, what)
  }

  #conflict(f, theirs) {
    f.theirs = theirs
    this.#state(f, "conflict")
    this.kept = this.keep.set(f.name, { value: f.value, version: f.version, at: this.clock() })
    this.tell("conflict", f, theirs)
  }

  // take makes value, which the server has, the field's text.
  #take(f, value, { version = f.version } = {}) {
    f.version = version
    f.base = value
    if (f.value !== value) {
      f.value = value
      this.tell("set", f, value)
    }
    this.#saved(f)
  }

  #saved(f) {
    this.keep.remove(f.name)
    this.#state(f, "saved")
  }

  #drop(f, offer) {
    f.offers = f.offers.filter((o) => o !== offer)
    this.#keepOffers(f)
  }

  #keepOffers(f) {
    if (f.offers.length) this.keep.set(f.name + "!", f.offers)
    else this.keep.remove(f.name + "!")
  }

  #state(f, state) {
    f.state = state
    this.tell("state", f)
  }
}
