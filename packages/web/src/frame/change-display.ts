import { useQueryClient } from "@tanstack/react-query";
import { updateDisplay } from "../api/account.ts";
import { sessionQuery } from "../api/auth.ts";
import type { Display } from "../api/types.ts";
import { adopt, asItComes, look } from "../locales/look.ts";

/**
 * Changes the look here at once, and keeps it with the account of whoever is signed in. What the server refuses
 * (an account about to go) holds in this browser all the same.
 */
export function useChangeDisplay(): (changes: Partial<Display>) => void {
  const client = useQueryClient();
  return (changes) => {
    const { calendar, digits, scheme } = look.get();
    const session = client.getQueryData(sessionQuery.queryKey);
    const before = session?.display ?? { ...asItComes, tour_done: false };
    const display: Display = { ...before, calendar, digits, color_scheme: scheme, ...changes };
    adopt(display, !session?.acting);
    if (!session?.account) return;
    client.setQueryData(sessionQuery.queryKey, { ...session, display });
    void updateDisplay(changes).catch(() => {});
  };
}
