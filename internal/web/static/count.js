// 字 as hanzi.Count counts them, to be seen while typing; hanzi's test runs both over
// the same vectors. The server's count decides. A text over its limit is marked and
// said, never cut.
import { text } from "./texts.js"

const ignored = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\p{Variation_Selector}\p{Mn}\p{Me}]/u
const space = /\p{White_Space}/u
const eastAsian = /[“”‘’—…·※\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u{20000}-\u{3ffff}]/u

// count is the number of 字 in text: every East Asian character is one, and every run
// of other visible characters is one.
export function count(text) {
  let n = 0
  let word = false // the run we are in has been counted
  for (const c of text.normalize("NFC")) {
    if (ignored.test(c)) continue
    if (space.test(c)) word = false
    else if (eastAsian.test(c)) {
      n++
      word = false
    } else if (!word) {
      n++
      word = true
    }
  }
  return n
}

// counter keeps the element #<id>-count of a textarea[data-limit] up to date, in the
// words of data-count-text="已填 {n} 字，上限 {limit} 字". The figure follows every key; what
// a screen reader hears waits for a pause, in a live region of its own.
export function counter(area) {
  const shown = document.getElementById(area.id + "-count")
  if (!shown) return
  const limit = Number(area.dataset.limit)
  const heard = document.createElement("span")
  heard.className = "visually-hidden"
  heard.setAttribute("aria-live", "polite")
  shown.after(heard)
  let pause
  const update = () => {
    const n = count(area.value)
    const over = n > limit
    const sentence = area.dataset.countText.replace("{n}", n).replace("{limit}", limit) +
      (over ? text("count.over", { n: n - limit }) : "")
    shown.textContent = sentence
    shown.classList.toggle("over", over)
    return sentence
  }
  area.addEventListener("input", () => {
    const sentence = update()
    clearTimeout(pause)
    pause = setTimeout(() => { heard.textContent = sentence }, 1500)
  })
  area.addEventListener("refill", update) // a script set the text
  update()
}
