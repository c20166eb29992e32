import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { sessionQuery } from "../api/auth.ts";

const Notices = lazy(() => import("../account/notices.tsx").then((module) => ({ default: module.Notices })));

/** What stands between a person and the rest, on every page; loaded only when there is something to say. */
export function AccountNotices() {
  const { data: session } = useQuery(sessionQuery);
  const account = session?.account;
  if (!account) return null;
  const unproven = session.features.mail === true && !account.email_verified;
  if (session.limitation === null && !unproven && account.deletion_due_at === null) return null;
  return (
    <Suspense>
      <Notices session={session} account={account} />
    </Suspense>
  );
}
