import { useCallback, useMemo, useState } from "react";
import type { AnyServer } from "../../api/hub-admin.ts";

const keyOf = ({ user, server }: AnyServer) => `${user}/${server}`;

/** Servers that were selected to be stopped; those that have ended meanwhile are none of them. */
export function useChosenServers(rows: readonly AnyServer[]) {
  const [keys, setKeys] = useState<ReadonlyMap<string, AnyServer>>(new Map());
  const choose = useCallback((servers: readonly AnyServer[], isChosen: boolean) => {
    setKeys((before) => {
      const after = new Map(before);
      for (const server of servers) {
        if (isChosen) after.set(keyOf(server), server);
        else after.delete(keyOf(server));
      }
      return after;
    });
  }, []);
  const chosen = useMemo(() => {
    const now = new Map(rows.map((row) => [keyOf(row), row]));
    const left = [...keys].flatMap(([key, was]): [string, AnyServer][] => {
      const server = now.get(key) ?? was;
      return server.state === "stopped" || server.stop_wanted !== null ? [] : [[key, server]];
    });
    return new Map(left);
  }, [keys, rows]);
  const clear = useCallback(() => setKeys(new Map()), []);
  return { chosen, choose, clear };
}
