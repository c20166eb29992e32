import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import type { Command } from "commander";
import { act, type Context } from "../action.ts";
import { type Opened, requireCurrentSchema, withDatabase } from "../database.ts";
import { exitCodes } from "../exit-codes.ts";

interface Options {
  readonly log?: string;
  readonly json?: boolean;
}

type Head = { readonly seq: number; readonly hash: string };

/** `stoa audit verify` */
export function addAudit(program: Command, context: Context): void {
  program
    .command("audit")
    .description("Look after the audit log")
    .command("verify")
    .description("Prove that no entry was changed, removed or moved")
    .option("--log <file>", "a log of the server: the heads noted in it can't have been changed with the database")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExample:\n  npx stoa audit verify --log /var/log/stoa.jsonl")
    .action((options: Options) =>
      act(context, options.json === true, () =>
        withDatabase(context.terminal, "beside", (opened) => verify(context, opened, options)),
      ),
    );
}

async function verify({ terminal }: Context, opened: Opened, options: Options) {
  const { verifyAudit } = await import("@stoa/server/platform/audit/verify.ts");
  await requireCurrentSchema(opened);
  const heads = options.log === undefined ? [] : await readHeads(resolve(terminal.cwd, options.log));
  const result = await verifyAudit(opened.database.db, { heads });
  if (options.json) {
    terminal.out(JSON.stringify({ ...result, headsCompared: heads.length }));
  } else if (result.ok) {
    const waiting = result.entries - result.sealed;
    terminal.out(
      `${result.sealed} sealed entries are as they were written${waiting > 0 ? `; ${waiting} are not sealed yet` : ""}.`,
    );
    terminal.out(`Head: ${result.head.seq} ${result.head.hash}`);
    if (options.log !== undefined) terminal.out(`Compared with ${heads.length} heads of the log.`);
  } else {
    terminal.err("The audit log is not as it was written:");
    for (const { seq, what } of result.problems) terminal.err(`  at ${seq}: ${what}`);
    terminal.err("Keep the database as it is, compare it with a backup, and find out who could write to it.");
  }
  return result.ok ? exitCodes.done : exitCodes.fault;
}

/** Lines such as `{…,"auditHead":{"seq":12,"hash":"…"}}`; all others are passed over. */
async function readHeads(file: string): Promise<Head[]> {
  const heads: Head[] = [];
  try {
    for await (const line of createInterface({ input: createReadStream(file) })) {
      const head = line.includes('"auditHead"') ? headOf(line) : null;
      if (head !== null) heads.push(head);
    }
  } catch (cause) {
    throw new StartError(`The log ${file} can't be read.`, "Correct the path.", { cause });
  }
  return heads;
}

function headOf(line: string): Head | null {
  try {
    const { seq, hash } = JSON.parse(line).auditHead ?? {};
    return Number.isSafeInteger(seq) && typeof hash === "string" ? { seq, hash } : null;
  } catch {
    return null;
  }
}
