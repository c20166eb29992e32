import { randomBytes } from "node:crypto";
import pg from "pg";
import { type Check, fail, ok } from "./check.ts";

const PATIENCE_MS = 3_000;

/** Sends itself a notification the way servers do: by the pool's address, heard at the direct one. */
export async function checkListener(url: string, directUrl: string): Promise<Check> {
  const channel = `stoa_doctor_${randomBytes(6).toString("hex")}`;
  const [listener, sender] = [directUrl, url].map(
    (connectionString) => new pg.Client({ connectionString, application_name: "stoa-tool/doctor" }),
  ) as [pg.Client, pg.Client];
  for (const client of [listener, sender]) client.on("error", () => undefined);
  try {
    await Promise.all([listener.connect(), sender.connect()]);
    const started = performance.now();
    const heard = new Promise<boolean>((resolve) => {
      listener.once("notification", () => resolve(true));
      setTimeout(resolve, PATIENCE_MS, false);
    });
    await listener.query(`listen ${channel}`);
    await sender.query("select pg_notify($1, '')", [channel]);
    if (await heard) return ok("listener", `a notification took ${Math.round(performance.now() - started)} ms`);
    return fail(
      "listener",
      `a notification did not arrive within ${PATIENCE_MS / 1000} s: pages learn of changes by polling only`,
      "A pooler in transaction mode swallows LISTEN: set DATABASE_DIRECT_URL to PostgreSQL's own address.",
    );
  } catch (error) {
    return fail("listener", error instanceof Error ? error.message : String(error), "Correct DATABASE_DIRECT_URL.");
  } finally {
    await Promise.all([listener.end(), sender.end()].map((ended) => ended.catch(() => undefined)));
  }
}
