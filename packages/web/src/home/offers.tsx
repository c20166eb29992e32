import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { offeredSharesQuery } from "../api/shares.ts";
import { allWords } from "../locales/i18n.ts";

const OfferedShares = lazy(async () => {
  const [module] = await Promise.all([import("../workspaces/sharing/offered.tsx"), allWords()]);
  return { default: module.OfferedShares };
});

/** What others share and wait for an answer to; loaded only when there is something. */
export function Offers() {
  const { data } = useQuery(offeredSharesQuery);
  if (!data?.items.length) return null;
  return (
    <Suspense>
      <OfferedShares />
    </Suspense>
  );
}
