import { createHash, randomBytes } from "node:crypto";
import type { PortalClient } from "../support/portal-client.ts";
import type { Ledger } from "./ledger.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** What a round's actors share. */
export interface Stage {
  readonly client: PortalClient;
  readonly ledger: Ledger;
  /** Where uploads go; never deleted. */
  readonly uploadsId: number;
  /** Workspaces in which sessions are started; never deleted. */
  readonly playgroundIds: readonly number[];
  /** Sessions that no actor may stop. */
  readonly keptJobs: ReadonlySet<number>;
  readonly stopped: () => boolean;
}

type Actor = (stage: Stage, random: SeededRandom) => Promise<void>;

/** Each acts again and again until the server is gone; a call cut off by that is an intent without an answer. */
export const actors: Readonly<Record<string, Actor>> = { uploader, makerAndDeleter, starterAndStopper };

async function uploader({ client, ledger, uploadsId, stopped }: Stage, random: SeededRandom): Promise<void> {
  while (!stopped()) {
    const path = `file-${random.between(1, 6)}.bin`;
    const content = randomBytes(random.pick([0, 1, 900, 70_000, 1_500_000]));
    const sha256 = createHash("sha256").update(content).digest("hex");
    ledger.write({ what: "upload", stage: "intend", path, sha256 });
    const answer = await client.call(
      "PUT",
      `/api/stoa/v1/workspaces/${uploadsId}/files/content?path=${encodeURIComponent(path)}`,
      content,
      { "Content-Type": "application/octet-stream" },
    );
    if (answer.status < 300) ledger.write({ what: "upload", stage: "ack", path, sha256 });
    else expectUnavailable("upload", answer.status, answer.text);
  }
}

async function makerAndDeleter({ client, ledger, stopped }: Stage, random: SeededRandom): Promise<void> {
  while (!stopped()) {
    const name = `made-${ledger.round}-${random.between(0, 1e9)}`;
    ledger.write({ what: "create", stage: "intend", name });
    const files = [{ name: "note.txt", content: `the note of ${name}` }];
    const made = await client.call("POST", "/workspaces/", { name, description: "", workspace_details: { files } });
    if (made.status !== 200) {
      expectUnavailable("create", made.status, made.text);
      continue;
    }
    const id = made.json.data.workspace.id as number;
    ledger.write({ what: "create", stage: "ack", name, id });
    if (random.next() < 0.3) continue;
    ledger.write({ what: "delete", stage: "intend", id });
    const deleted = await client.call("DELETE", `/workspaces/${id}/`);
    if (deleted.status === 200) ledger.write({ what: "delete", stage: "ack", id });
    else expectUnavailable("delete", deleted.status, deleted.text);
  }
}

async function starterAndStopper(stage: Stage, random: SeededRandom): Promise<void> {
  const { client, ledger, stopped } = stage;
  while (!stopped()) {
    const workspaceId = random.pick(stage.playgroundIds);
    ledger.write({ what: "start", stage: "intend", workspaceId });
    const started = await client.call("PUT", `/workspaces/${workspaceId}/start/`, { job_type: "terminal" });
    if (started.status !== 200) {
      expectUnavailable("start", started.status, started.text);
      continue;
    }
    const jobId = started.json.data.job.id as number;
    ledger.write({ what: "start", stage: "ack", workspaceId, jobId });
    await new Promise((resolve) => setTimeout(resolve, random.between(0, 250)));
    if (stopped() || random.next() < 0.15) continue;
    ledger.write({ what: "stop", stage: "intend", jobId });
    const ended = await client.call("PUT", `/jobs/${jobId}/stop/`);
    if (ended.status === 200) ledger.write({ what: "stop", stage: "ack", jobId });
    else expectUnavailable("stop", ended.status, ended.text);
  }
}

function expectUnavailable(what: string, status: number, text: string): void {
  if (status !== 503) throw new Error(`${what} was answered ${status}: ${text}`);
}
