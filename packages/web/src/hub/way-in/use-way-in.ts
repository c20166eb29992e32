import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { type HubServer, hubQuery } from "../../api/hub.ts";
import { launchServer, openServer } from "../../api/hub-verbs.ts";
import { lookOf } from "../server-look.ts";
import { forgetSent, isBackFrom, noteSent } from "./sent-mark.ts";
import { type Stage, type Step, serverNamed, stageOf } from "./stage.ts";

interface WayIn {
  readonly stage: Stage;
  /** Null: not known, or there is none yet. */
  readonly server: HubServer | null;
  /** Starts it, where it does not run, and enters. */
  again(): void;
  /** Into one that is there. @param bare without a token: the hub asks who one is */
  enter(bare?: boolean): void;
}

/**
 * The way into a server: started where it does not run, entered once it is ready, and left for exactly once. Whoever
 * is back within a moment is not sent there again before they have said so.
 * @param name empty: the default one
 */
export function useWayIn(name: string): WayIn {
  const client = useQueryClient();
  const [step, setStep] = useState<Step>(() => ({ done: isBackFrom(name) ? "came-back" : "nothing" }));
  // Events tell of each change; asking now and then is for a stream that is down.
  const hub = useQuery({ ...hubQuery, refetchInterval: 3_000, staleTime: 0 });
  const known = hub.isFetchedAfterMount ? hub.data : undefined;
  const server = serverNamed(known, name);

  const enter = useCallback(
    async (bare = false) => {
      setStep({ done: "knocked" });
      try {
        const { url } = await openServer(name);
        noteSent(name);
        const to = bare ? withoutToken(url) : url;
        setStep({ done: "left", url: to });
        leaveFor(to);
      } catch (error) {
        setStep({ done: "refused", error });
      }
    },
    [name],
  );
  const begin = useCallback(async () => {
    setStep({ done: "asked" });
    try {
      await launchServer(name);
      // What was known before is of an earlier start.
      await client.invalidateQueries({ queryKey: hubQuery.queryKey });
      setStep({ done: "began" });
    } catch (error) {
      setStep({ done: "refused", error });
    }
  }, [client, name]);

  const stage = stageOf(known, name, step);
  const isReady = server !== null && lookOf(server) === "ready";
  const acts = useRef<Step | null>(null);
  useEffect(() => {
    // Each step leads on once, however often it is drawn.
    if (acts.current === step) return;
    const looks = stage.at === "looking" && step.done === "nothing" && known !== undefined;
    const arrived = stage.at === "opening" && step.done === "began";
    if (!looks && !arrived) return;
    acts.current = step;
    void (arrived || isReady ? enter() : begin());
  }, [step, stage.at, known, isReady, enter, begin]);

  const again = useCallback(() => {
    forgetSent();
    // Also where it is said to run: what is known here may be older than what was just found. One that runs is adopted.
    void begin();
  }, [begin]);
  const trouble = known === undefined && hub.isError ? hub.error : null;
  return {
    stage: trouble === null ? stage : { at: "trouble", error: trouble },
    server,
    again,
    enter: (bare) => void enter(bare),
  };
}

/** Where the hub is on the portal's own origin, too, it is not told where somebody came from. */
function leaveFor(url: string): void {
  document.querySelector("meta[name=referrer]")?.setAttribute("content", "no-referrer");
  window.location.replace(url);
}

/** The same place, where whoever comes says themselves who they are. */
function withoutToken(url: string): string {
  const bare = new URL(url);
  bare.searchParams.delete("token");
  return bare.href;
}
