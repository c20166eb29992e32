import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { whichNotices } from "../account/which-notices.ts";
import { sessionQuery } from "../api/auth.ts";

const Notices = lazy(() => import("../account/notices.tsx").then((module) => ({ default: module.Notices })));

/** What stands between a person and the rest, on every page; loaded only when there is something to say. */
export function AccountNotices() {
  const { data: session } = useQuery(sessionQuery);
  if (!session?.account) return null;
  const { leavesAt, unproven } = whichNotices(session);
  if (leavesAt === null && !unproven) return null;
  return (
    <Suspense>
      <Notices session={session} account={session.account} />
    </Suspense>
  );
}
