// Adds, removes and moves the rows of a list field.
//
//   <div class="field" data-list>
//     <input type="hidden" data-field="funds" data-version="3" value='[{"year":"2016"}]'>  (no name: not sent)
//     <table class="rows"><thead>…<th><span class="visually-hidden">操作</span></th></thead>
//       <tbody><tr data-row><td><input name="funds.0.year" id="funds-0-year" data-col="year" aria-label="年度"></td>…
//         <td class="act"></td></tr>…</tbody></table>
//   </div>
//
// The server makes at least one row, three where nothing is filled in yet, and reads
// FIELD.N.COLUMN from the sent form, with or without script. For autosave the hidden
// control holds the rows as JSON.
import { same } from "./draft.js"
import { encode, decode, renamed } from "./rows.js"
import { text, element, button } from "./texts.js"

export function list(box) {
  const answer = box.querySelector("input[type=hidden]")
  const body = box.querySelector("tbody")
  const blank = body.querySelector("[data-row]").cloneNode(true)
  clear(blank)
  const heard = element("p", "hint")
  heard.setAttribute("aria-live", "polite")
  const more = button(text("list.add"), () => add().querySelector("[data-col]").focus())
  box.append(element("div", "actions", more, heard))

  const rows = () => [...body.querySelectorAll("[data-row]")]
  const cells = (row) => [...row.querySelectorAll("[data-col]")]
  const values = (row) => Object.fromEntries(cells(row).map((c) => [c.dataset.col, c.value]))

  function add(value = {}) {
    const row = blank.cloneNode(true)
    for (const c of cells(row)) c.value = value[c.dataset.col] ?? ""
    body.append(row)
    dress(row)
    number()
    return row
  }

  // dress gives a row its buttons.
  function dress(row) {
    row.querySelector(".act").replaceChildren(
      button("↑", (e) => move(row, -1, e.currentTarget)),
      button("↓", (e) => move(row, 1, e.currentTarget)),
      button(text("list.remove"), () => remove(row)))
  }

  function move(row, by, pressed) {
    const all = rows()
    const other = all[all.indexOf(row) + by]
    if (!other) return
    if (by < 0) other.before(row)
    else other.after(row)
    changed()
    pressed.focus()
    heard.textContent = text("list.moved", { n: rows().indexOf(row) + 1 })
  }

  function remove(row) {
    const at = rows().indexOf(row)
    row.remove()
    if (rows().length === 0) add()
    changed()
    const back = button(text("list.undo"), () => {
      const next = rows()[at]
      if (next) next.before(row)
      else body.append(row)
      changed()
      heard.textContent = ""
      cells(row)[0].focus()
    })
    heard.replaceChildren(text("list.removed", { n: at + 1 }) + " ", back)
    cells(rows()[Math.min(at, rows().length - 1)])[0].focus()
  }

  // number makes names, ids and labels say the row in which a control stands.
  function number() {
    rows().forEach((row, n) => {
      for (const c of cells(row)) {
        c.name = renamed(c.name, n)
        c.id = renamed(c.id, n)
        c.dataset.label ??= c.getAttribute("aria-label") ?? c.dataset.col
        c.setAttribute("aria-label", text("list.cell", { n: n + 1, label: c.dataset.label }))
      }
      const labels = ["list.up", "list.down", "list.remove-row"]
      row.querySelectorAll(".act button").forEach((b, i) => b.setAttribute("aria-label", text(labels[i], { n: n + 1 })))
    })
  }

  function changed() {
    number()
    answer.value = encode(rows().map(values))
    answer.dispatchEvent(new Event("input", { bubbles: true }))
  }

  // The rows' own events stay here: autosave listens to the hidden control.
  body.addEventListener("input", (e) => {
    if (!e.isComposing) changed()
  })
  body.addEventListener("compositionend", changed)
  answer.addEventListener("refill", () => {
    for (const row of rows()) row.remove()
    const full = decode(answer.value)
    for (const value of full.length ? full : [{}]) add(value)
  })
  rows().forEach(dress)
  number()
  if (!same(encode(rows().map(values)), encode(decode(answer.value)))) changed() // typed before this ran
}

// clear makes a row of the page one in which nothing stands and nothing is wrong.
function clear(row) {
  for (const c of row.querySelectorAll("[data-col]")) {
    c.value = ""
    c.removeAttribute("value")
    c.removeAttribute("aria-invalid")
    c.removeAttribute("aria-describedby")
    c.classList.remove("is-invalid")
  }
  for (const err of row.querySelectorAll(".err")) err.remove()
}
