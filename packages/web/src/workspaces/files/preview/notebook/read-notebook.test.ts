import { describe, expect, test } from "vitest";
import { plainText } from "./plain-text.ts";
import { readNotebook } from "./read-notebook.ts";

const notebook = (cells: readonly unknown[]) =>
  readNotebook(JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
const outputOf = (output: unknown) =>
  notebook([{ cell_type: "code", source: "", outputs: [output] }])?.cells[0]?.outputs[0];

describe("nbformat 4", () => {
  test("cells, their turn, and texts in lines", () => {
    const read = notebook([
      { cell_type: "markdown", source: ["# a\n", "b"] },
      { cell_type: "code", source: "1+1", execution_count: 3, outputs: [] },
      { cell_type: "raw", source: "x" },
    ]);
    expect(read?.cells).toMatchObject([
      { kind: "markdown", source: "# a\nb" },
      { kind: "code", source: "1+1", turn: 3 },
      { kind: "raw", source: "x", turn: null },
    ]);
  });

  test("an output is a picture before it is words, and words before HTML", () => {
    const data = { "text/html": "<b>x</b>", "text/plain": "x", "image/png": "aGk=\n" };
    expect(outputOf({ output_type: "display_data", data })).toEqual({
      kind: "image",
      address: "data:image/png;base64,aGk=",
      alt: "x",
    });
    expect(outputOf({ output_type: "execute_result", data: { ...data, "image/png": "" } })).toMatchObject({
      kind: "text",
    });
    expect(outputOf({ output_type: "display_data", data: { "text/html": "<b>x</b>" } })).toMatchObject({
      kind: "html",
    });
    expect(outputOf({ output_type: "display_data", data: { "application/x-own": "x" } })).toEqual({
      kind: "unknown",
      types: "application/x-own",
    });
  });

  test("streams and errors lose their colours", () => {
    expect(outputOf({ output_type: "stream", name: "stderr", text: ["\u001b[31mred\u001b[0m"] })).toEqual({
      kind: "stream",
      name: "stderr",
      text: "red",
    });
    expect(outputOf({ output_type: "error", ename: "E", evalue: "v", traceback: [] })).toMatchObject({ text: "E: v" });
  });
});

test("nbformat 3 is read with its own names", () => {
  const cells = [
    { cell_type: "heading", level: 2, source: "Title" },
    {
      cell_type: "code",
      input: "a",
      prompt_number: 1,
      outputs: [
        { output_type: "pyout", text: ["1"] },
        { output_type: "pyerr", traceback: ["boom"] },
        { output_type: "display_data", png: "aGk=" },
      ],
    },
  ];
  const read = readNotebook(JSON.stringify({ nbformat: 3, worksheets: [{ cells }] }));
  expect(read?.cells).toMatchObject([
    { source: "## Title" },
    {
      source: "a",
      turn: 1,
      outputs: [{ kind: "text", text: "1" }, { kind: "error", text: "boom" }, { kind: "image" }],
    },
  ]);
});

describe("a notebook that is none, or means harm", () => {
  test.each(["", "[]", "null", '{"cells":[]}', '{"nbformat":"4"}'])("%s is no notebook", (text) => {
    expect(readNotebook(text)).toBeNull();
  });

  test("whatever stands where it should not is left out", () => {
    const read = notebook([null, 7, { cell_type: "code", source: { a: 1 }, outputs: [null, { output_type: 4 }] }]);
    expect(read?.cells.map(({ source }) => source)).toEqual(["", "", ""]);
  });

  test("data of brackets within brackets does not become a hundred times as long", () => {
    const deep = JSON.parse("[".repeat(3_000) + "]".repeat(3_000));
    const output = outputOf({ output_type: "display_data", data: { "application/json": deep } });
    expect(JSON.stringify(output).length).toBeLessThan(10_000);
    const flat = outputOf({ output_type: "display_data", data: { "application/json": { a: 1 } } });
    expect(flat).toEqual({ kind: "text", text: '{\n  "a": 1\n}' });
  });

  test("a picture's letters can't end its address and begin another one", () => {
    const data = { "image/png": 'x" onerror="alert(1)', "text/plain": "safe" };
    expect(outputOf({ output_type: "display_data", data })).toEqual({ kind: "text", text: "safe" });
    const svg = outputOf({ output_type: "display_data", data: { "image/svg+xml": '<svg onload="alert(1)"/>' } });
    expect(svg).toMatchObject({ kind: "image", address: "data:image/svg+xml,%3Csvg%20onload%3D%22alert(1)%22%2F%3E" });
  });
});

test("a progress bar shows what it said last", () => {
  expect(plainText("10%\r50%\r100%\nok\r\n")).toBe("100%\nok\n");
  expect(plainText("\u001b]0;title\u0007a\u001b[2Kb")).toBe("ab");
});
