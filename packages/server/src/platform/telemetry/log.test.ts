import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { loggableUrl } from "../http/request-log.ts";
import { createLog } from "./log.ts";

function capture() {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { log: createLog({ logLevel: "info" }, destination), lines };
}

it("hides secrets wherever they usually stand", () => {
  const { log, lines } = capture();
  log.info({ password: "hunter2", user: { password: "hunter2", token: "hunter2" } }, "one");
  log.info(
    { req: { headers: { authorization: "Bearer hunter2", cookie: "hunter2", "uws-authorization": "hunter2" } } },
    "two",
  );
  log.info(
    { body: { client_token: "hunter2", new_password: "hunter2" }, config: { mail: { smtpUrl: "hunter2" } } },
    "three",
  );
  expect(lines.join("")).not.toContain("hunter2");
  expect(lines).toHaveLength(3);
});

it("tells of a lost connection without the driver's whole client, and the key to cancel by", () => {
  const { log, lines } = capture();
  const lost = Object.assign(new Error("terminated"), {
    code: "57P01",
    client: { secretKey: "hunter2", connectionParameters: { host: "db.test" } },
  });
  log.warn({ err: lost }, "a database connection was lost");
  log.error(lost);
  for (const line of lines) {
    expect(JSON.parse(line).err).toMatchObject({ message: "terminated", code: "57P01", stack: expect.any(String) });
    expect(line).not.toMatch(/hunter2|db\.test|secretKey/);
  }
  expect(lines).toHaveLength(2);
});

it("leaves out the secrets of addresses", () => {
  expect(loggableUrl("/jobs/7/?token=hunter2&x=1")).toBe("/jobs/7/?token=…&x=1");
  expect(loggableUrl("/a?x=1&ticket=hunter2#t")).toBe("/a?x=1&ticket=…#t");
  expect(loggableUrl("/plain")).toBe("/plain");
});
