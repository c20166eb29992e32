import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

/** Milliseconds between two looks at whether it is done, and after which nobody waits for it any more. */
const looksMs = 1_500;
const longestMs = 60_000;

const isOne = (what: unknown) => what === "overview" || what === "one" || what === "mine";

/**
 * Has use counted anew, in the background, and looks until the figure is a newer one.
 * @param asOf of the figure that is shown
 */
export function useRecount(recount: () => Promise<unknown>, asOf: string | null) {
  const client = useQueryClient();
  const [since, setSince] = useState<{ readonly asOf: string | null; readonly until: number } | null>(null);
  const counting = since !== null && since.asOf === asOf;
  const ask = useMutation({
    mutationFn: recount,
    onSuccess: () => setSince({ asOf, until: Date.now() + longestMs }),
  });
  useEffect(() => {
    if (since === null) return;
    if (!counting) {
      setSince(null);
      // Lists are long: they are read once, when there is something new.
      void client.invalidateQueries({ queryKey: ["storage"] });
      return;
    }
    const timer = setInterval(() => {
      void client.invalidateQueries({
        predicate: ({ queryKey: [domain, what] }) => domain === "storage" && isOne(what),
      });
      if (Date.now() > since.until) setSince(null);
    }, looksMs);
    return () => clearInterval(timer);
  }, [since, counting, client]);
  return { counting: ask.isPending || counting, error: ask.error, recount: () => ask.mutate() };
}
