// Adds the marks of a score sheet up while they are typed.
//
//   <form data-total> input[data-weight="2500"][data-max="1000000"] … <b data-total-sum>
//
// Weights and full marks are whole 1/10,000; the sum is in whole numbers too, and rounded
// once to two decimals, as the server does it. The server's sum counts.

const wide = { "．": ".", "－": "-", "−": "-" }

// points reads a mark in 1/10,000 point; undefined when it is none.
export function points(text, max) {
  const s = text.trim().replace(/[０-９]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/[．－−]/g, (c) => wide[c])
  const found = /^(\d{1,10})(?:\.(\d+?)0*)?$/.exec(s)
  if (!found || (found[2] ?? "").length > 4) return
  const p = BigInt(found[1]) * 10000n + BigInt((found[2] ?? "").padEnd(4, "0").slice(0, 4))
  return p <= max ? p : undefined
}

// sum of marks {text, weight, max}, as it is shown.
export function sum(marks) {
  let n = 0n
  let d = 1n
  for (const m of marks) {
    const p = points(m.text, m.max)
    if (p === undefined) continue
    n = n * m.max + p * m.weight * 100n * d
    d *= m.max
  }
  const hundredths = (2n * n + 100n * d) / (200n * d)
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, "0")}`
}

export function total(form) {
  const out = form.querySelector("[data-total-sum]")
  const marks = [...form.querySelectorAll("[data-weight]")]
  const add = () => {
    out.textContent = sum(marks.map((m) => ({ text: m.value, weight: BigInt(m.dataset.weight), max: BigInt(m.dataset.max) })))
  }
  form.addEventListener("input", add)
  add()
}
