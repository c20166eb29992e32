import { type Actor, isDone } from "../stage.ts";

/** Starts terminals and stops most of them. */
export const starterAndStopper: Actor = async ({ client, ledger, places, stopped }, random) => {
  while (!stopped()) {
    const workspaceId = random.pick(places.playgrounds);
    ledger.write({ what: "start", stage: "intend", workspaceId });
    const started = await client.call("PUT", `/workspaces/${workspaceId}/start/`, { job_type: "terminal" });
    if (!isDone("start", started)) continue;
    const jobId = started.json.data.job.id as number;
    ledger.write({ what: "start", stage: "ack", workspaceId, jobId });
    await new Promise((resolve) => setTimeout(resolve, random.between(0, 250)));
    if (stopped() || random.next() < 0.15) continue;
    ledger.write({ what: "stop", stage: "intend", jobId });
    if (isDone("stop", await client.call("PUT", `/jobs/${jobId}/stop/`)))
      ledger.write({ what: "stop", stage: "ack", jobId });
  }
};
