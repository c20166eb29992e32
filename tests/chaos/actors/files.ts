import { randomBytes } from "node:crypto";
import { type Actor, bring, isDone, put, sha256 } from "../stage.ts";

/** Uploads over the same few names, again and again. */
export const uploader: Actor = async ({ client, ledger, places, stopped }, random) => {
  while (!stopped()) {
    const path = `file-${random.between(1, 6)}.bin`;
    const content = randomBytes(random.pick([0, 1, 900, 70_000, 1_500_000]));
    const hash = sha256(content);
    ledger.write({ what: "upload", stage: "intend", path, sha256: hash });
    const answer = await put(client, places.uploads, path, content);
    if (isDone("upload", answer)) ledger.write({ what: "upload", stage: "ack", path, sha256: hash });
  }
};

/** Files on their way to the trash and back. */
export const restorer: Actor = async (stage, random) => {
  const { client, places, ledger, stopped } = stage;
  const files = `/api/stoa/v1/workspaces/${places.bin}/files`;
  while (!stopped()) {
    const name = `bin-${ledger.round}-${random.between(0, 1e9)}.txt`;
    const content = randomBytes(random.pick([10, 5_000, 200_000]));
    const thing = { kind: "bin" as const, name, sha256: sha256(content) };
    if (!(await bring(stage, { ...thing, state: "there" }, () => put(client, places.bin, name, content)))) continue;
    if (!(await bring(stage, { ...thing, state: "trash" }, () => client.call("DELETE", `${files}?path=${name}`))))
      continue;
    if (random.next() < 0.3) continue;
    const trash = await client.call("GET", "/api/stoa/v1/trash?limit=50");
    if (!isDone("trash", trash)) continue;
    const entry = trash.json.items.find((item: { path: string }) => item.path === name);
    if (entry === undefined) throw new Error(`${name} was deleted and is not in the trash`);
    await bring(stage, { ...thing, state: "there" }, () =>
      client.call("POST", `/api/stoa/v1/trash/${entry.id}/restore`),
    );
  }
};

/** Files from one name to another, and copies of them. */
export const mover: Actor = async (stage, random) => {
  const { client, places, ledger, stopped } = stage;
  const files = `/api/stoa/v1/workspaces/${places.moves}/files`;
  while (!stopped()) {
    const name = `m-${ledger.round}-${random.between(0, 1e9)}`;
    const content = randomBytes(random.pick([10, 60_000, 900_000]));
    const thing = { kind: "move" as const, name, sha256: sha256(content) };
    if (!(await bring(stage, { ...thing, state: "from" }, () => put(client, places.moves, name, content)))) continue;
    if (random.next() < 0.5) {
      const copy = { ...thing, kind: "copy" as const, state: "there" };
      await bring(stage, copy, () => client.call("POST", `${files}/copy`, { path: name, to: `copies/${name}` }));
    } else {
      const body = { path: name, to: `to/${name}` };
      await bring(stage, { ...thing, state: "to" }, () => client.call("POST", `${files}/move`, body));
    }
  }
};
