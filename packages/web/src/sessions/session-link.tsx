import { useRouter } from "@tanstack/react-router";
import type { MouseEvent, ReactNode } from "react";

interface SessionLinkProps {
  readonly id: number;
  readonly className: string | undefined;
  readonly children: ReactNode;
}

/**
 * The way to a session from a row of a long list. The router's own link follows where one is, to mark itself when that
 * is its page: each of the rows that fly by would pay for what none of them shows.
 */
export function SessionLink({ id, className, children }: SessionLinkProps) {
  const router = useRouter();
  const there = { to: "/sessions/$sessionId", params: { sessionId: String(id) } } as const;
  const onClick = (event: MouseEvent) => {
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (event.defaultPrevented || !isPlain) return;
    event.preventDefault();
    void router.navigate(there);
  };
  return (
    <a
      href={`${router.basepath}/sessions/${id}`}
      className={className}
      onClick={onClick}
      onPointerEnter={() => void router.preloadRoute(there).catch(() => {})}
    >
      {children}
    </a>
  );
}
