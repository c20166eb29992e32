import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { sessionQuery } from "../api/auth.ts";
import { operatorWords } from "../locales/i18n.ts";

const OperatorPanel = lazy(async () => {
  const [module] = await Promise.all([import("./operator-panel.tsx"), operatorWords()]);
  return module;
});

/** On a session's page, what operators need to free it; nothing for everybody else. */
export function ForOperators({ session }: { session: { readonly id: number; readonly owner_id: number } }) {
  const { data: known } = useQuery(sessionQuery);
  const account = known?.account;
  if (!account?.is_admin) return null;
  return (
    <Suspense fallback={null}>
      <OperatorPanel sessionId={session.id} isOwn={session.owner_id === account.id} />
    </Suspense>
  );
}
