// The page's sentences for scripts: one <script type="application/json" id="texts"> with
// everything that the catalogue has under "browser.", in the page's language.

let all

// text is the sentence of key with {word} replaced from words.
export function text(key, words = {}) {
  all ??= JSON.parse(document.getElementById("texts")?.textContent || "{}")
  return (all[key] ?? "⟦" + key + "⟧").replace(/\{(\w+)\}/g, (whole, word) => words[word] ?? whole)
}

// element makes <tag class="…"> holding children (strings become text, never markup).
export function element(tag, className, ...children) {
  const e = document.createElement(tag)
  if (className) e.className = className
  e.append(...children)
  return e
}

// button makes a small button that does act and never sends the form.
export function button(label, act) {
  const b = element("button", "btn btn-sm", label)
  b.type = "button"
  b.addEventListener("click", act)
  return b
}
