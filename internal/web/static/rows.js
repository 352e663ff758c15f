// Rows of a list field as plain values, without the page: what list.js does to them.

// compact is rows without those in which nothing stands, as the server keeps them.
export function compact(rows) {
  return rows.filter((r) => Object.values(r).some((v) => v.trim() !== ""))
}

// encode is the answer that rows are: a JSON array, or nothing.
export function encode(rows) {
  const full = compact(rows).map((r) => Object.fromEntries(Object.entries(r).filter(([, v]) => v !== "")))
  return full.length ? JSON.stringify(full) : ""
}

// decode reads an answer; what is no list of rows is none.
export function decode(answer) {
  try {
    const rows = JSON.parse(answer)
    return Array.isArray(rows) ? rows.filter((r) => r && typeof r === "object") : []
  } catch {
    return []
  }
}

// renamed is the name or id of a control that moves to row n: the figure before the
// column changes, funds.3.year → funds.0.year. A column's own part has no . - _ in it.
export function renamed(name, n) { return name.replace(/([._-])\d+([._-][^._-]*)$/, `$1${n}$2`) }
