import test from "node:test"
import assert from "node:assert/strict"
import { encode, decode, compact, renamed } from "../../static/rows.js"
import { size, worthRetrying } from "../../static/upload.js"

test("rows in which nothing stands are no answer", () => {
  assert.equal(encode([{ 年度: "", 金额: " " }]), "")
  assert.equal(encode([{ 年度: "2016", 金额: "" }, { 年度: "", 金额: "" }]), '[{"年度":"2016"}]')
  assert.deepEqual(compact([{ a: "" }, { a: "x" }]), [{ a: "x" }])
})

test("an answer that is no list of rows has none", () => {
  for (const bad of ["", "文字", "{}", "3", "null", '["a"]']) assert.deepEqual(decode(bad), [], bad)
  assert.deepEqual(decode('[{"年度":"2016"}]'), [{ 年度: "2016" }])
})

test("a control that moves is called by its new row", () => {
  assert.equal(renamed("funds.3.year", 0), "funds.0.year")
  assert.equal(renamed("f-经费_12_年度", 1), "f-经费_1_年度")
  assert.equal(renamed("f-7-2-year", 10), "f-7-10-year")
})

test("sizes are said as people read them", () => {
  assert.deepEqual([999, 2048, 3355443].map(size), ["999 B", "2.0 KB", "3.2 MB"])
})

test("a refusal of an upload stays one, an interruption is tried again", () => {
  assert.deepEqual([0, 423, 429, 502].map(worthRetrying), [true, true, true, true])
  assert.deepEqual([400, 401, 403, 413, 422].map(worthRetrying), [false, false, false, false, false])
})
