import { pino } from "pino";
import { expect, test } from "vitest";
import type { LeftAlone } from "../drivers/contract.ts";
import { createLeftAloneTeller } from "./left-alone.ts";

test("says once what is left alone, and again when that changes, twenty at most", async () => {
  const lines: { directories: string[]; of: number }[] = [];
  const log = pino({ level: "info" }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  let alone: LeftAlone[] = [];
  const tell = createLeftAloneTeller({ leftAlone: async () => alone }, log);
  await tell();
  expect(lines).toEqual([]);
  alone = [{ kind: "user", name: "a.b", because: "of its dot" }];
  await tell();
  await tell();
  expect(lines).toMatchObject([{ directories: ["user/a.b: of its dot"], of: 1 }]);
  alone = Array.from({ length: 25 }, (_, n) => ({ kind: "group", name: `g ${n}`, because: "of its space" }));
  await tell();
  expect(lines).toHaveLength(2);
  expect(lines[1]?.directories).toHaveLength(20);
  expect(lines[1]?.of).toBe(25);
  alone = [];
  await tell();
  alone = [{ kind: "user", name: "a.b", because: "of its dot" }];
  await tell();
  expect(lines).toHaveLength(3);
});
