import { useQuery } from "@tanstack/react-query";
import { Navigate, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { sessionQuery } from "../api/auth.ts";
import { adopt, look, storedLook } from "../locales/look.ts";
import { isBeforeSignIn } from "../routes/next-page.ts";
import { Frame } from "./frame.tsx";

/** The frame while somebody is signed in; when the session ends elsewhere, the way back here by signing in. */
export function SignedIn() {
  const { data: session } = useQuery(sessionQuery);
  const display = session?.display ?? null;
  const acting = Boolean(session?.acting);
  // Chosen in another window, or another browser; of somebody whom one only acts as, nothing stays.
  useEffect(() => {
    if (display) adopt(display, !acting);
    else if (!acting) look.set(storedLook(), false);
  }, [display, acting]);
  if (!session) return null;
  if (!session.account) return <BackBySignIn />;
  if (session.must_change_password) return <Navigate to="/change-password" />;
  if (session.limitation === "second-factor") return <Navigate to="/second-factor" />;
  return <Frame account={session.account} />;
}

function BackBySignIn() {
  const path = useRouterState({ select: ({ location }) => location.pathname + location.searchStr });
  return isBeforeSignIn(path) ? null : <Navigate to="/sign-in" search={{ next: path }} />;
}
