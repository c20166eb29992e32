import { type Actor, sha256 } from "../stage.ts";

/** Takes over what an old service has got meanwhile; the import is killed with the round. */
export const importer: Actor = async ({ old, ledger, stopped, over }, random) => {
  while (!stopped()) {
    const added = Array.from({ length: random.between(1, 4) }, () => old.addWorkspace());
    for (const { id, content } of added) {
      const thing = { kind: "import" as const, name: String(id), state: "there", sha256: sha256(content) };
      ledger.write({ what: "thing", stage: "intend", ...thing });
    }
    const run = old.import();
    const ended = await Promise.race([run.ended, over.then(() => run.kill())]);
    if (ended !== "done") return;
    for (const { id, content } of added) {
      const thing = { kind: "import" as const, name: String(id), state: "there", sha256: sha256(content) };
      ledger.write({ what: "thing", stage: "ack", ...thing });
    }
  }
};
