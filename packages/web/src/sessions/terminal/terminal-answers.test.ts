import { Terminal } from "@xterm/xterm";
import { describe, expect, test } from "vitest";
import { isAnswer } from "./terminal-answers.ts";

describe("what a terminal answers by itself", () => {
  test.each(["\x1b[c", "\x1b[>c", "\x1b[5n", "\x1b[6n", "\x1b[?6n", "\x1b[?25$p", "\x1bP$qm\x1b\\"])(
    "is known when it is asked %j",
    async (question) => {
      const terminal = new Terminal({ allowProposedApi: true });
      const said: string[] = [];
      terminal.onData((text) => said.push(text));
      await new Promise<void>((resolve) => terminal.write(question, resolve));
      expect(said).toHaveLength(1);
      expect(said.map(isAnswer)).toEqual([true]);
    },
  );

  test.each([
    "e",
    "\r",
    "\x03",
    "\x1b",
    "\x1b[A",
    "\x1bOP",
    "\x1b[1;5C",
    "\x1b[3~",
    "\x1bx",
    "\x1b[200~a c\x1b[201~",
    "سلام",
  ])("is not what people type: %j", (typed) => expect(isAnswer(typed)).toBe(false));
});
