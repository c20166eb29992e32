import { setTimeout as sleep } from "node:timers/promises";
import { type Ground, type Person, unique } from "./ground.ts";

/** Ids of things that there are none of. */
export const NO_ID = 999_999_999;
export const NO_OPERATION = "00000000-0000-4000-8000-000000000000";
export const NO_TOKEN = "amber-falcon-quiet-river";

/** A workspace of the owner's with the file `a.txt`. */
export async function workspace(ground: Ground): Promise<{ id: number; name: string }> {
  const name = unique("workspace");
  const details = { files: [{ name: "a.txt", content: `of ${name}` }] };
  const body = { name, description: "", workspace_details: details };
  const made = await ground.call(ground.owner.jwt, "POST", "/workspaces/", body);
  return { id: made.json.data.workspace.id as number, name };
}

/** A file of the owner's, in the trash. */
export async function trashed(ground: Ground): Promise<{ id: number; path: string; workspace: string }> {
  const { id, name } = await workspace(ground);
  const file = unique("thrown");
  const at = `/api/stoa/v1/workspaces/${id}/files`;
  await ground.call(ground.owner.jwt, "PUT", `${at}/content?path=${file}`, "x", "text/plain");
  const answer = await ground.call(ground.owner.jwt, "DELETE", `${at}?path=${file}`);
  return { id: answer.json.id as number, path: file, workspace: name };
}

export interface SessionThing {
  readonly id: number;
  readonly workspace: { readonly id: number; readonly name: string };
}

/** A session of the owner's, ready to be used. */
export async function session(ground: Ground, jobType = "test_web"): Promise<SessionThing> {
  const made = await workspace(ground);
  const token = ground.owner.jwt;
  const started = await ground.call(token, "PUT", `/workspaces/${made.id}/start/`, { job_type: jobType });
  const id = started.json.data.job.id as number;
  for (const limit = Date.now() + 10_000; ; await sleep(30)) {
    const seen = (await ground.call(token, "GET", `/api/stoa/v1/sessions/${id}`)).json;
    if (seen.status === "running" && seen.ready) return { id, workspace: made };
    if (Date.now() > limit) throw new Error(`session ${id} is not ready: ${JSON.stringify(seen)}`);
  }
}

/** One session for all that only looks at it. */
export function readOnlySession(ground: Ground): Promise<SessionThing> {
  shared ??= session(ground);
  return shared;
}
let shared: Promise<SessionThing> | undefined;

/** An operation of the owner's: one that waits for ever, or one that has failed. */
export async function operation(ground: Ground, ends: "waits" | "failed"): Promise<{ id: string; subject: string }> {
  const { operations, db } = ground.stoa.platform;
  const subject = unique("subject");
  const { id } = await db.transaction().execute((trx) =>
    operations.enqueue(trx, {
      kind: ends === "waits" ? "test.wait" : "test.fail",
      subject: { kind: "test", id: subject },
      actor: { accountId: ground.owner.id, label: ground.owner.username },
      input: {},
      ...(ends === "waits" ? { startAfter: new Date(Date.now() + 3_600_000) } : {}),
    }),
  );
  if (ends === "failed") await operations.wait(id, 10_000);
  return { id, subject };
}

/** A personal access token of the owner's. */
export async function personalToken(ground: Ground): Promise<{ keyId: string; label: string }> {
  const label = unique("token");
  const made = await ground.call(ground.owner.jwt, "POST", "/api/stoa/v1/account/tokens", { label, scopes: [] });
  return { keyId: made.json.key_id as string, label };
}

/** The secret of a one-time link for a new password, as an administrator makes it. */
export async function resetToken(ground: Ground, person: Person): Promise<string> {
  const made = await ground.call(ground.admin.jwt, "POST", `/api/stoa/v1/people/${person.id}/reset-link`);
  return /#token=(\S+)/.exec(made.json.url as string)?.[1] ?? "";
}

/** A form with one file, as browsers send it. */
export async function uploadForm(name: string): Promise<{ body: Uint8Array; type: string }> {
  const form = new FormData();
  form.append("file", new Blob(["content"]), name);
  const encoded = new Response(form);
  const type = encoded.headers.get("content-type") ?? "";
  return { body: new Uint8Array(await encoded.arrayBuffer()), type };
}
