import test from "node:test"
import assert from "node:assert/strict"
import { Draft, same } from "../../static/draft.js"

// A world is a draft with a server, a local store and a clock in the test's hands.
function world(fields = { name: ["旧", 1] }, kept = new Map()) {
  const w = { kept, sent: [], told: [], waits: [] }
  w.draft = new Draft({
    send: (field, value, version) => new Promise((resolve, reject) => {
      w.sent.push({ field, value, version, answer: (status, body) => resolve({ status, body }), lose: reject })
    }),
    keep: {
      get: (k) => structuredClone(kept.get(k)),
      set: (k, v) => (w.full ? false : (kept.set(k, structuredClone(v)), true)),
      remove: (k) => kept.delete(k),
    },
    tell: (what, f, detail) => w.told.push([what, f?.name, detail]),
    later: (f, ms) => w.waits.push({ f, ms }),
    clock: () => "10:00:00",
  })
  for (const [name, [value, version]] of Object.entries(fields)) w.draft.add(name, value, version)
  w.pass = () => { for (const { f } of w.waits.splice(0)) f() }
  w.settle = () => new Promise((r) => setImmediate(r))
  w.said = (what) => w.told.filter((t) => t[0] === what)
  w.state = (name = "name") => w.draft.fields.get(name).state
  return w
}

test("a pause in typing saves once, over the version the page had", async () => {
  const w = world()
  w.draft.edit("name", "新")
  w.draft.edit("name", "新的")
  assert.equal(w.sent.length, 0)
  w.pass()
  assert.deepEqual(w.sent.map(({ value, version }) => [value, version]), [["新的", 1]])
  assert.ok(w.kept.has("name"), "kept on this machine until the server has it")
  w.sent[0].answer(200, { version: 2, at: "10:00:01" })
  await w.settle()
  assert.equal(w.state(), "saved")
  assert.equal(w.kept.size, 0)
  assert.equal(w.draft.savedAt, "10:00:01")
})

test("what is typed while a save is under way follows it, over the new version", async () => {
  const w = world()
  w.draft.edit("name", "一")
  w.pass()
  w.draft.edit("name", "一二")
  w.pass()
  assert.equal(w.sent.length, 1)
  w.sent[0].answer(200, { version: 2, at: "" })
  await w.settle()
  assert.deepEqual([w.sent[1].value, w.sent[1].version], ["一二", 2])
  assert.equal(w.kept.get("name").value, "一二")
})

test("taking an edit back before it was sent leaves nothing to save", () => {
  const w = world()
  w.draft.edit("name", "新")
  w.draft.edit("name", "旧")
  w.pass()
  assert.equal(w.sent.length, 0)
  assert.equal(w.kept.size, 0)
})

test("somebody else's change keeps both texts until one is chosen", async () => {
  for (const whose of ["mine", "theirs"]) {
    const w = world()
    w.draft.edit("name", "我的")
    w.pass()
    w.sent[0].answer(409, { value: "对方的", version: 5, name: "王丽娜", at: "09:59" })
    await w.settle()
    assert.equal(w.said("conflict")[0][2].name, "王丽娜")
    assert.equal(w.kept.get("name").value, "我的")
    w.draft.edit("name", "我的二")
    w.pass()
    assert.equal(w.sent.length, 1, "nothing is sent before the choice")
    w.draft.choose("name", whose)
    if (whose === "theirs") {
      assert.deepEqual(w.said("set").at(-1), ["set", "name", "对方的"])
      assert.equal(w.state(), "saved")
      assert.equal(w.kept.size, 0)
    } else assert.deepEqual([w.sent[1].value, w.sent[1].version], ["我的二", 5])
  }
})

test("a conflict over the same text is none", async () => {
  const w = world()
  w.draft.edit("name", "同样\n两行")
  w.pass()
  w.sent[0].answer(409, { value: "同样\r\n两行", version: 5 })
  await w.settle()
  assert.equal(w.state(), "saved")
  assert.equal(w.said("conflict").length, 0)
})

test("a lost network keeps the text here and tries again, ever more slowly", async () => {
  const w = world()
  w.draft.edit("name", "新")
  w.pass()
  const waits = []
  for (let i = 0; i < 7; i++) {
    w.sent.at(-1).lose(new TypeError("network"))
    await w.settle()
    assert.equal(w.kept.get("name").value, "新")
    waits.push(w.waits[0].ms)
    w.pass()
  }
  assert.deepEqual(waits, [2000, 4000, 8000, 16000, 32000, 60000, 60000])
  assert.deepEqual(w.said("trouble").map((t) => t[2]), ["offline"])
  w.sent.at(-1).answer(200, { version: 2, at: "" })
  await w.settle()
  assert.deepEqual(w.said("trouble").map((t) => t[2]), ["offline", ""])
  assert.equal(w.kept.size, 0)
})

test("an edit that may have reached the server is not forgotten by taking it back", async () => {
  const w = world()
  w.draft.edit("name", "新")
  w.pass()
  w.sent[0].lose(new TypeError("network"))
  await w.settle()
  w.draft.edit("name", "旧")
  w.pass()
  assert.equal(w.sent.at(-1).value, "旧")
})

test("an expired session is said once and saving goes on after signing in", async () => {
  const w = world({ a: ["", 0], b: ["", 0] })
  w.draft.edit("a", "甲")
  w.draft.edit("b", "乙")
  w.pass()
  w.sent[0].answer(401)
  w.sent[1].answer(401)
  await w.settle()
  assert.deepEqual(w.said("trouble").map((t) => t[2]), ["signin"])
  assert.equal(w.kept.get("b").value, "乙")
  w.draft.resume()
  assert.equal(w.sent.length, 4)
  w.sent[2].answer(200, { version: 1, at: "" })
  w.sent[3].answer(200, { version: 1, at: "" })
  await w.settle()
  assert.equal(w.draft.trouble, "")
  assert.equal(w.kept.size, 0)
})

test("a refusal is shown at the field and not repeated until it is edited", async () => {
  const w = world()
  w.draft.edit("name", "坏")
  w.pass()
  w.sent[0].answer(422, { message: "不是有效的日期" })
  await w.settle()
  assert.deepEqual(w.said("refused"), [["refused", "name", "不是有效的日期"]])
  w.draft.flush()
  w.draft.resume()
  assert.equal(w.sent.length, 1)
  assert.equal(w.kept.get("name").value, "坏")
  w.draft.edit("name", "好")
  w.pass()
  assert.equal(w.said("accepted").length, 1)
  assert.equal(w.sent[1].value, "好")
})

test("a text left on this machine is offered back, not put back", () => {
  const kept = new Map([["name", { value: "没存上的", version: 1, at: "昨天" }]])
  const w = world({ name: ["旧", 1] }, kept)
  const [, , offer] = w.said("offer")[0]
  assert.equal(w.draft.fields.get("name").value, "旧")
  w.draft.edit("name", "另写的")
  assert.equal(kept.get("name!")[0].value, "没存上的", "writing on does not lose the offer")
  w.draft.restore("name", offer)
  assert.deepEqual(w.said("set").at(-1)[2], "没存上的")
  assert.equal(kept.has("name!"), false)
  w.pass()
  assert.deepEqual([w.sent.at(-1).value, w.sent.at(-1).version], ["没存上的", 1])
})

test("two visits' left texts are both offered, one that the server has is not", () => {
  const kept = new Map([["name!", [{ value: "第一次" }, { value: "旧" }]], ["name", { value: "第二次" }]])
  const w = world({ name: ["旧", 3] }, kept)
  assert.deepEqual(w.said("offer").map((t) => t[2].value), ["第一次", "第二次"])
  for (const [, , o] of w.said("offer")) w.draft.discard("name", o)
  assert.equal(kept.size, 0)
})

test("others' changes reach untouched fields and flag touched ones", () => {
  const w = world({ a: ["", 1], b: ["", 1], c: ["", 1], d: ["同", 1] })
  w.draft.edit("b", "我写的")
  const change = (field, value) => ({ field, value, version: 2, name: "王丽娜", at: "10:00" })
  const busy = (f) => f.name === "c"
  w.draft.learn({ changes: [change("a", "新"), change("b", "对方的"), change("c", "对方的"), change("d", "同"), change("x", "")], editors: ["王丽娜"] }, busy)
  assert.deepEqual(w.said("set"), [["set", "a", "新"]])
  assert.deepEqual(w.said("conflict").map((t) => t[1]), ["b", "c"])
  assert.equal(w.draft.fields.get("d").version, 2)
  assert.deepEqual(w.said("editors").at(-1)[2], ["王丽娜"])
  w.told.length = 0
  w.draft.learn({ changes: [change("a", "新")] })
  assert.deepEqual(w.said("set"), [], "news that the page has is no news")
})

test("leaving is only warned of when a text is nowhere else", async () => {
  const w = world()
  w.draft.edit("name", "新")
  assert.equal(w.draft.lost(), false)
  w.full = true
  w.draft.edit("name", "新的")
  assert.equal(w.draft.lost(), true)
  w.pass()
  w.sent[0].answer(200, { version: 2, at: "" })
  await w.settle()
  assert.equal(w.draft.lost(), false)
})

test("nothing is saved any more once the form itself is sent", () => {
  const w = world()
  w.draft.edit("name", "新")
  w.draft.stop()
  w.pass()
  w.draft.flush()
  assert.equal(w.sent.length, 0)
})

test("same: line ends and the spelling of JSON do not matter, words do", () => {
  assert.ok(same("一\r\n二", "一\n二"))
  assert.ok(same('[{"b":"1","a":"\\u003c"}]', '[{"a":"<","b":"1"}]'))
  assert.ok(same("[]", ""))
  assert.ok(!same('["a","b"]', '["b","a"]'))
  assert.ok(!same("[注] 甲", "[注] 乙"))
})

test("a pause begins anew with every key", () => {
  const w = world()
  w.draft.edit("name", "一")
  w.draft.edit("name", "一二")
  w.waits.shift().f()
  assert.equal(w.sent.length, 0)
  w.pass()
  assert.equal(w.sent[0].value, "一二")
})

test("when one field gets through, those that waited for the same trouble follow", async () => {
  const w = world({ a: ["", 0], b: ["", 0] })
  w.draft.edit("a", "甲")
  w.draft.edit("b", "乙")
  w.pass()
  w.sent[0].answer(401)
  w.sent[1].answer(401)
  await w.settle()
  w.draft.edit("a", "甲甲")
  w.pass()
  w.sent[2].answer(200, { version: 1, at: "" })
  await w.settle()
  assert.deepEqual([w.sent[3].field, w.sent[3].value], ["b", "乙"])
})

test("news as old as what the page has is ignored", () => {
  const w = world({ name: ["新", 7] })
  w.draft.learn({ changes: [{ field: "name", value: "更早的", version: 7 }, { field: "name", value: "最早的", version: 3 }] })
  assert.equal(w.said("set").length, 0)
  assert.equal(w.draft.fields.get("name").version, 7)
})

test("what was typed while a save was refused is tried on its own", async () => {
  const w = world()
  w.draft.edit("name", "坏")
  w.pass()
  w.draft.edit("name", "好")
  w.sent[0].answer(422, { message: "不行" })
  await w.settle()
  w.pass()
  assert.equal(w.sent[1].value, "好")
})
