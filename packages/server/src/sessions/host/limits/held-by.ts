import type { JobFile, Means } from "../job-file.ts";

/** By what a session is held to its limits, and by what nothing of it is left after its end. */
export function heldBy({ allowance, enclosure }: JobFile): Pick<Means, "limits" | "ending"> {
  const group = allowance?.cgroup ?? null;
  return {
    limits: group?.limits === "v2" ? "cgroup-v2" : group?.limits === "v1" ? "cgroup-v1" : "watching",
    ending: group?.ending === "kill" ? "cgroup-kill" : group?.ending === "freezer" ? "cgroup-freezer" : without(),
  };

  /** A process namespace ends with its first process. */
  function without(): Means["ending"] {
    return enclosure === undefined ? "proc-scan" : "pid-namespace";
  }
}
