import type { JobFile, Means } from "./job-file.ts";
import { heldBy } from "./limits/held-by.ts";

/** By what a session is kept from others. */
export type KeptApart = Pick<Means, "isolation" | "network">;

/** What a session's page tells: how it is kept apart, held to its limits, and ended. */
export function meansOf(job: JobFile, apart: KeptApart = keptApart(job)): Means {
  return { ...apart, ...heldBy(job) };
}

/** As the job's description says it. */
function keptApart({ account, enclosure }: JobFile): KeptApart {
  if (enclosure === undefined) return { isolation: account ? "account" : "none", network: "shared" };
  const { network } = enclosure;
  return {
    isolation: account ? "account-and-sandbox" : "sandbox",
    network: typeof network === "string" ? network : network.by,
  };
}
