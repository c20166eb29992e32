import { randomBytes } from "node:crypto";
import type { Answer, PortalClient } from "../../support/portal-client.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { type Actor, isDone, type Stage, sha256 } from "../stage.ts";

interface Unfinished {
  readonly url: string;
  readonly name: string;
  readonly content: Buffer;
}

/** What a kill left, for the next round to go on with: as a browser does whose tab stayed open. */
const unfinished: Unfinished[] = [];

const TUS = { "Tus-Resumable": "1.0.0" };

/** Uploads in pieces; one that was cut off goes on after the next start. */
export const resumer: Actor = async (stage, random) => {
  while (!stage.stopped()) {
    const upload = unfinished.shift() ?? (await begin(stage, random));
    if (upload === null) continue;
    try {
      if (!(await goOn(stage, upload, random))) unfinished.push(upload);
    } catch (error) {
      unfinished.push(upload);
      throw error;
    }
  }
};

async function begin({ client, places, ledger }: Stage, random: SeededRandom): Promise<Unfinished | null> {
  const name = `tus-${ledger.round}-${random.between(0, 1e9)}.bin`;
  const content = randomBytes(random.pick([1, 50_000, 3_000_000]));
  ledger.write({ what: "thing", stage: "intend", kind: "tus", name, state: "there", sha256: sha256(content) });
  const answer = await client.call("POST", `/api/stoa/v1/workspaces/${places.resumable}/uploads`, undefined, {
    ...TUS,
    "Upload-Length": String(content.length),
    "Upload-Metadata": `path ${Buffer.from(name).toString("base64")}`,
  });
  if (!isDone("begin of an upload", answer)) return null;
  return { url: answer.headers.get("location") ?? "", name, content };
}

/** False: not now. */
async function goOn(stage: Stage, { url, name, content }: Unfinished, random: SeededRandom): Promise<boolean> {
  const { client, ledger, stopped } = stage;
  let offset = await standing(client, url);
  if (offset === null) return false;
  while (offset < content.length) {
    if (stopped()) return false;
    const end = Math.min(content.length, offset + random.pick([1_000, 200_000, 1_000_000]));
    const answer: Answer = await client.call("PATCH", url, content.subarray(offset, end), {
      ...TUS,
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(offset),
    });
    if (answer.status === 423) return false;
    if (!isDone("bytes of an upload", answer)) return false;
    offset = end;
    ledger.write({ what: "offset", stage: "ack", url, name, bytes: offset });
  }
  ledger.write({ what: "thing", stage: "ack", kind: "tus", name, state: "there", sha256: sha256(content) });
  return true;
}

async function standing(client: PortalClient, url: string): Promise<number | null> {
  const answer = await client.call("HEAD", url, undefined, TUS);
  // The writer that was cut off may not have let go yet.
  if (answer.status === 423) return null;
  return isDone("look at an upload", answer) ? Number(answer.headers.get("upload-offset")) : null;
}
