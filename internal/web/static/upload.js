// Sends files in pieces, so that an interruption, even a closed page, costs one piece.
//
//   <form data-upload="/uploads" data-upload-list="/…/evidence" data-upload-into="evidence" data-person="id"
//         method="post" enctype="multipart/form-data" action="…">
//     <input type="file" name="file" multiple> and named controls, which go along as metadata
//
// Without script the form is sent as it is. What the server refuses is its own sentence:
// a JSON body {message}, or plain text. After each file the element with the id of
// data-upload-into is filled from data-upload-list; without them the page is loaded anew
// after the last.
import "./tus.min.js" // sets window.tus
import { text, element, button } from "./texts.js"

const chunk = 1 << 20

export function upload(form) {
  const input = form.querySelector("input[type=file]")
  const lines = element("ul", "up")
  lines.hidden = true
  lines.setAttribute("aria-label", text("upload.files"))
  form.append(lines)
  let open = 0
  const done = () => {
    open--
    if (form.dataset.uploadInto) refresh(form)
    else if (open === 0) location.reload()
  }
  form.addEventListener("submit", (e) => {
    e.preventDefault()
    if (!input.files.length) {
      input.focus()
      return
    }
    const meta = metadata(form)
    lines.hidden = false
    for (const file of input.files) {
      open++
      send(file, form, meta, lines, done)
    }
    input.value = ""
  })
}

// metadata are the form's other controls.
function metadata(form) {
  return Object.fromEntries([...new FormData(form)].filter(([, v]) => typeof v === "string"))
}

function send(file, form, meta, lines, done) {
  const bar = element("progress", "")
  bar.max = file.size || 1
  bar.value = 0
  bar.setAttribute("aria-label", text("upload.progress", { name: file.name }))
  const state = element("span", "", text("upload.waiting"))
  state.setAttribute("aria-live", "polite")
  const act = element("span", "actions")
  const line = element("li", "", element("span", "", file.name), bar, state, act)
  lines.append(line)

  const say = (sentence, className = "") => {
    state.textContent = sentence
    state.className = className
  }
  const pause = button(text("upload.pause"), async () => {
    await up.abort()
    say(text("upload.paused", { percent: percent(bar) }))
    act.replaceChildren(again, drop)
    again.focus()
  })
  const go = () => {
    act.replaceChildren(pause)
    up.start()
  }
  const again = button(text("upload.resume"), go)
  const drop = button(text("upload.drop"), () => {
    up.abort(true).catch(() => {}) // what was sent of it the server forgets by itself
    line.remove()
    done()
  })
  const up = new tus.Upload(file, {
    endpoint: form.dataset.upload,
    chunkSize: chunk,
    retryDelays: [0, 1000, 3000, 5000, 10000, 20000],
    metadata: { ...meta, filename: file.name, filetype: file.type },
    headers: { Accept: "application/json" },
    removeFingerprintOnSuccess: true,
    fingerprint: async () => fingerprint(file, form, meta),
    onShouldRetry: (err) => worthRetrying(err.originalResponse?.getStatus() ?? 0),
    onProgress: (sent) => {
      bar.value = sent
      state.textContent = percent(bar) + "%"
    },
    onError: (err) => {
      say(sentence(err), "err")
      act.replaceChildren(again, drop)
    },
    onSuccess: () => {
      bar.value = bar.max
      say(text("upload.done", { size: size(file.size) }), "text-success")
      act.replaceChildren()
      done()
    },
  })
  up.findPreviousUploads().then((before) => {
    if (before.length) up.resumeFromPreviousUpload(before[0])
    go()
  })
}

// worthRetrying: a refusal stays one. 409 and 423 say that the server still holds the
// last piece.
export function worthRetrying(status) { return status === 0 || status === 409 || status === 423 || status === 429 || status >= 500 }

// fingerprint finds an interrupted upload again: the same file, by the same person, for
// the same purpose.
function fingerprint(file, form, meta) {
  return JSON.stringify(["shenbao", form.dataset.upload, form.dataset.person ?? "", file.name, file.type, file.size, file.lastModified, meta])
}

function sentence(err) {
  const response = err.originalResponse
  if (!response || response.getStatus() === 0) return text("upload.offline")
  if (response.getStatus() === 401) return text("upload.signin")
  const body = response.getBody() ?? ""
  try {
    return JSON.parse(body).message ?? text("upload.failed")
  } catch {
    return body && !body.includes("<") ? body.trim() : text("upload.failed")
  }
}

function percent(bar) { return Math.floor((100 * bar.value) / bar.max) }

// size is a length as people read it: 3.2 MB.
export function size(bytes) {
  if (bytes < 1024) return bytes + " B"
  if (bytes < 1024 * 1024) return (bytes / 1024).toFixed(1) + " KB"
  return (bytes / 1024 / 1024).toFixed(1) + " MB"
}

async function refresh(form) {
  const into = document.getElementById(form.dataset.uploadInto)
  const response = await fetch(form.dataset.uploadList, { redirect: "manual" }).catch(() => undefined)
  if (!response?.ok) return // the file is there all the same, and shows on the next visit
  const part = document.createElement("template")
  part.innerHTML = await response.text() // the server's own page, from this origin
  into.replaceChildren(part.content)
}
