import { type Actor, isDone } from "../stage.ts";

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
  const { client, mate, mateId, ledger, places, stopped } = stage;
  while (!stopped()) {
    const body = { original_workspace_id: places.shared, shared_user_ids: [mateId] };
    const made = await client.call("POST", "/shared_workspaces/", body);
    // As many as may wait for this receiver's answer do.
    if (made.status === 409 && made.text.includes("has not answered")) continue;
    if (!isDone("share", made)) continue;
    const id = made.json.data.shared_workspaces[0].shared_workspace_id.id as number;
    const thing = { what: "thing" as const, kind: "share" as const, name: String(id), sha256: "" };
    ledger.write({ ...thing, stage: "ack", state: "offered" });
    await new Promise((resolve) => setTimeout(resolve, random.between(0, 200)));
    const choice = random.next();
    if (stopped() || choice < 0.3) continue;
    const state = choice < 0.65 ? "accepted" : "ended";
    ledger.write({ ...thing, stage: "intend", state });
    const path = `/shared_workspaces/${id}/`;
    const answer = state === "accepted" ? mate.call("PUT", `${path}accept/`) : client.call("DELETE", path);
    if (isDone(`share ${id} to be ${state}`, await answer)) ledger.write({ ...thing, stage: "ack", state });
  }
};
