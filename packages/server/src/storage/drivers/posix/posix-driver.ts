import type { StorageHost } from "../../hosts/contract.ts";
import { BackEndAway, type StorageDriver, type Subject } from "../contract.ts";
import { createAsk } from "./ask.ts";
import type { PosixContext, PosixOptions, Probed } from "./context.ts";
import { probeBase, unprobed } from "./probe.ts";
import { settleAll } from "./settle.ts";
import { discardedEntries, discardOne, purgeOne, restoreOne } from "./trash.ts";
import { countAll, countStrays, listAll, listLeftAlone, lookAtSome, measureBase, measureSome } from "./usage.ts";

/**
 * Folders below a base path, held to their quotas by the kernel where it can: by a project number on each folder (ext4,
 * xfs), or by their owner's uid. A write over the quota fails with EDQUOT, on xfs by project with ENOSPC.
 */
export function createPosixDriver({ host, ...options }: PosixOptions & { readonly host: StorageHost }): StorageDriver {
  const ask = createAsk(host, options.log);
  let first: Probed | null = null;
  let last: Probed | null = null;
  let probing: Promise<Probed> | null = null;

  /** Who asks in the meantime gets the same answer. */
  function probe(): Promise<Probed> {
    probing ??= probeBase(options, ask, first)
      .then((probed) => {
        if (probed.state.ok) first ??= probed;
        last = probed;
        return probed;
      })
      .finally(() => {
        probing = null;
      });
    return probing;
  }

  const context: PosixContext = {
    ...options,
    ask,
    probe,
    async ready() {
      const probed = last?.state.ok ? last : await probe();
      const { ok, problem, problemToldBy } = probed.state;
      if (!ok) throw new BackEndAway({ text: problem, toldBy: problemToldBy });
      return probed;
    },
  };

  return {
    backend: "posix",
    probe: async () => (await probe()).state,
    get state() {
      return (last ?? unprobed(options.base)).state;
    },
    list: () => listAll(context),
    leftAlone: () => listLeftAlone(context),
    look: (subjects) => lookAtSome(context, subjects),
    settle: (wanted) => settleAll(context, wanted),
    discard: (subject, entry) => discardOne(context, subject, entry),
    restore: (entry, subject) => restoreOne(context, entry, subject),
    purge: (entry, project, signal) => purgeOne(context, entry, project, signal),
    discarded: () => discardedEntries(context),
    get usage() {
      return last?.by ? () => countAll(context) : null;
    },
    measure: (places, signal) => measureSome(context, places, signal),
    measureBase: (signal) => measureBase(context, signal),
    get strays() {
      if (last?.by !== "project") return null;
      return (subject: Subject, signal: AbortSignal) => countStrays(context, subject, signal);
    },
    snapshots: null,
    close: () => host.close(),
  };
}
