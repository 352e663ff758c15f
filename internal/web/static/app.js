// Every page loads this one module. Every page works without it.
import { text, element, button } from "./texts.js"

const all = (selector) => [...document.querySelectorAll(selector)]

// Focus goes to the error summary, so that it is read first.
document.querySelector(".err-sum")?.focus()

for (const b of all("[data-print]")) b.addEventListener("click", () => print())

// A button with data-confirm="sentence" asks first, once more with the same button when
// the answer is yes.
let confirmed
document.addEventListener("click", (e) => {
  const asker = e.target.closest("[data-confirm]")
  if (!asker || asker === confirmed) return
  e.preventDefault()
  ask(asker.dataset.confirm, asker.textContent.trim(), () => {
    confirmed = asker
    asker.click()
    confirmed = undefined
  })
})

function ask(sentence, label, yes) {
  const dialog = element("dialog", "")
  const answer = (act) => () => {
    dialog.close()
    act()
  }
  const words = element("p", "", sentence)
  words.id = "asked"
  dialog.setAttribute("aria-labelledby", words.id)
  const go = button(label, answer(yes))
  go.classList.add("btn-primary")
  dialog.append(words, element("div", "actions", button(text("confirm.no"), answer(() => {})), go))
  dialog.addEventListener("close", () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
}

// A form is sent once: its buttons rest until the page is shown anew. They are made to
// rest after the event, or the pressed one's name and value would not be sent.
document.addEventListener("submit", (e) => {
  const form = e.target
  if (e.defaultPrevented || form.getAttribute("target") || form.getAttribute("method")?.toLowerCase() !== "post") return
  if (form.dataset.sent) return e.preventDefault()
  form.dataset.sent = "yes"
  for (const b of buttons(form)) b.setAttribute("aria-disabled", "true")
  setTimeout(() => rested(form), 15000) // the answer was a download
})
addEventListener("pageshow", () => all("form[data-sent]").forEach(rested))

function rested(form) {
  delete form.dataset.sent
  for (const b of buttons(form)) b.removeAttribute("aria-disabled")
}

function buttons(form) { return [...form.elements].filter((c) => c.type === "submit") }

// The modules that the page has use for.
const parts = [
  ["textarea[data-limit]", "./count.js", "counter"],
  ["form[data-autosave]", "./autosave.js", "autosave"],
  ["[data-list]", "./list.js", "list"], // after autosave, which is to hear of its changes
  ["form[data-upload]", "./upload.js", "upload"],
  ["form[data-live-form]", "./live.js", "live"],
  ["form[data-total]", "./total.js", "total"],
]
const used = parts.map(([selector, module, name]) => ({ found: all(selector), module, name })).filter((p) => p.found.length)
const modules = await Promise.all(used.map((p) => import(p.module)))
used.forEach((p, i) => p.found.forEach((e) => modules[i][p.name](e)))

// A page of a meeting lies open on a tablet: it is fetched anew when the meeting went on,
// unless something has been chosen or written in it.
const meeting = document.querySelector("[data-meeting]")
let touched = false
if (meeting) {
  addEventListener("input", () => { touched = true })
  const look = async () => {
    try {
      const r = await fetch(meeting.dataset.meeting, { headers: { Accept: "application/json" } })
      if (r.ok && (await r.json()).stamp !== meeting.dataset.stamp && !touched && !document.querySelector("dialog[open]")) return location.reload()
    } catch { /* the network comes back */ }
    setTimeout(look, 4000)
  }
  setTimeout(look, 4000)
}
