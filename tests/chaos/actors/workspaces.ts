import type { SeededRandom } from "../seeded-random.ts";
import { type Actor, bring, isDone, type Stage } from "../stage.ts";

/** Makes workspaces, and deletes most of them. */
export const makerAndDeleter: Actor = async ({ client, ledger, stopped }, random) => {
  while (!stopped()) {
    const name = `made-${ledger.round}-${random.between(0, 1e9)}`;
    ledger.write({ what: "create", stage: "intend", name });
    const files = [{ name: "note.txt", content: `the note of ${name}` }];
    const made = await client.call("POST", "/workspaces/", { name, description: "", workspace_details: { files } });
    if (!isDone("create", made)) continue;
    const id = made.json.data.workspace.id as number;
    ledger.write({ what: "create", stage: "ack", name, id });
    if (random.next() < 0.3) continue;
    ledger.write({ what: "delete", stage: "intend", id });
    if (isDone("delete", await client.call("DELETE", `/workspaces/${id}/`)))
      ledger.write({ what: "delete", stage: "ack", id });
  }
};

/** Shares one workspace again and again; the other accepts, the sender cancels, or nobody does anything. */
export const sharer: Actor = async (stage, random) => {
  const { client, mateId, ledger, places, stopped } = stage;
  while (!stopped()) {
    const body = { original_workspace_id: places.shared, shared_user_ids: [mateId] };
    const made = await client.call("POST", "/shared_workspaces/", body);
    // As many as may wait for this receiver's answer do: one of them is cancelled now.
    if (made.status === 409 && made.text.includes("has not answered")) {
      await cancelOne(stage, random);
      continue;
    }
    if (!isDone("share", made)) continue;
    const id = made.json.data.shared_workspaces[0].shared_workspace_id.id as number;
    ledger.write({ what: "thing", kind: "share", name: String(id), sha256: "", stage: "ack", state: "offered" });
    await new Promise((resolve) => setTimeout(resolve, random.between(0, 200)));
    if (!stopped() && random.next() < 0.7) await end(stage, random.next() < 0.5 ? "accepted" : "ended", id);
  }
};

/** Cancels one of those that nobody has answered, whoever got it. */
async function cancelOne(stage: Stage, random: SeededRandom): Promise<void> {
  const listed = await stage.client.call("GET", "/shared_workspaces/?is_accepted=false");
  if (!isDone("list of shares", listed)) return;
  const open = listed.json.data.original_workspaces as { shared_workspace_id: { id: number } }[];
  const chosen = open[random.between(0, open.length - 1)];
  if (chosen !== undefined) await end(stage, "ended", chosen.shared_workspace_id.id);
}

/** The receiver accepts it, or the sender cancels it. */
async function end(stage: Stage, state: "accepted" | "ended", id: number): Promise<void> {
  const path = `/shared_workspaces/${id}/`;
  await bring(stage, { kind: "share", name: String(id), state, sha256: "" }, () =>
    state === "accepted" ? stage.mate.call("PUT", `${path}accept/`) : stage.client.call("DELETE", path),
  );
}
