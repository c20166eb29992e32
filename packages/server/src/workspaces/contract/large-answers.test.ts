import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { createLargeAnswers } from "./large-answers.ts";

const BIG = 2 << 20;
const response = () =>
  new EventEmitter() as EventEmitter & Parameters<ReturnType<typeof createLargeAnswers>["admit"]>[2];

it("lets one person have four large answers under way, and everybody any number of small ones", () => {
  const answers = createLargeAnswers();
  const first = response();
  answers.admit(1, BIG, first);
  for (let count = 0; count < 3; count += 1) answers.admit(1, BIG, response());
  expect(() => answers.admit(1, BIG, response())).toThrow("still being sent");
  for (let count = 0; count < 20; count += 1) answers.admit(1, 1_000, response());
  answers.admit(2, BIG, response());
  first.emit("finish");
  first.emit("close");
  answers.admit(1, BIG, response());
  expect(() => answers.admit(1, BIG, response())).toThrow("still being sent");
});
