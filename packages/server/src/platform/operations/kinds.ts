import type { OperationKind } from "./contract.ts";

/** What this process can run, by name. */
export interface Kinds {
  add(kind: OperationKind): void;
  /** @throws Error when nobody registered it: a defect. */
  get(name: string): OperationKind;
  find(name: string): OperationKind | undefined;
  all(): readonly OperationKind[];
}

export function createKinds(): Kinds {
  const kinds = new Map<string, OperationKind>();
  return {
    add(kind) {
      if (!/^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/.test(kind.kind)) throw new Error(`"${kind.kind}" is no name for a kind`);
      if (kinds.has(kind.kind)) throw new Error(`the operation kind ${kind.kind} was registered twice`);
      for (const name of ["attempts", "heartbeatSeconds", "expireSeconds", "concurrency"] as const) {
        if (!(kind[name] >= 1)) throw new Error(`${kind.kind}: ${name} must be 1 or more`);
      }
      kinds.set(kind.kind, kind);
    },
    get(name) {
      const kind = kinds.get(name);
      if (!kind) throw new Error(`no operation kind ${name} is registered`);
      return kind;
    },
    find: (name) => kinds.get(name),
    all: () => [...kinds.values()],
  };
}

/** The queue of a kind, or of a kind on one node. Other characters than pg-boss allows are replaced by their code. */
export function queueName(kind: string, nodeId?: string): string {
  if (nodeId === undefined) return kind;
  return `${kind}/${nodeId.replaceAll(/[^A-Za-z0-9_.-]/g, (char) => `_${char.codePointAt(0)?.toString(16)}_`)}`;
}

/** The kind that a queue belongs to. */
export function kindOfQueue(queue: string): string {
  return queue.split("/", 1)[0] ?? queue;
}
