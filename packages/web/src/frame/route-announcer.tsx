import { useRouterState } from "@tanstack/react-router";
import { useEffect, useState } from "react";

/** Milliseconds in which a page takes the focus to its heading, and is read out by that. */
const headingMs = 400;

/** Says where one has come to, where no heading took the focus: a page that could not be drawn, a place within one. */
export function RouteAnnouncer() {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const [words, setWords] = useState("");
  useEffect(() => {
    if (path === undefined) return;
    const timer = setTimeout(() => {
      const isHeading = document.activeElement?.matches("[data-page-title]") ?? false;
      setWords(isHeading ? "" : document.title);
    }, headingMs);
    return () => clearTimeout(timer);
  }, [path]);
  return (
    <div role="status" className="visually-hidden">
      {words}
    </div>
  );
}
