// A form[data-live-form] shows what its choices come to while they are made: the page is
// asked for as its button “look” would ask, nothing is kept, and what has data-live="NAME"
// in it takes the place of what has the same name here. The server alone computes.
export function live(form) {
  let asked = 0
  let pause
  const look = async () => {
    const mine = ++asked
    const body = new URLSearchParams(new FormData(form))
    body.set("do", "look")
    try {
      const r = await fetch(form.action, { method: "POST", body })
      if (!r.ok || mine !== asked) return
      const page = new DOMParser().parseFromString(await r.text(), "text/html")
      for (const e of document.querySelectorAll("[data-live]")) {
        const to = page.querySelector(`[data-live="${CSS.escape(e.dataset.live)}"]`)
        if (to) e.replaceChildren(...to.childNodes)
      }
    } catch { /* the network comes back; the button is there */ }
  }
  form.addEventListener("change", () => {
    clearTimeout(pause)
    pause = setTimeout(look, 150)
  })
}
