import { type ReactNode, useCallback, useState } from "react";
import type { TakenAnswer } from "./place-each.ts";
import { TakenQuestion } from "./taken-question.tsx";

interface Asked {
  readonly path: string;
  readonly more: number;
  resolve(answer: TakenAnswer): void;
}

interface Question {
  ask(path: string, more: number): Promise<TakenAnswer>;
  /** To be shown where the person looks; null while nothing is asked. */
  readonly question: ReactNode;
  /** Closes the question: everything from here on stays where it is. */
  stop(): void;
}

/** Asks what to do about a taken name, and waits for the answer. */
export function useTakenQuestion(): Question {
  const [asked, setAsked] = useState<Asked | null>(null);
  const ask = useCallback(
    (path: string, more: number) =>
      new Promise<TakenAnswer>((resolve) => {
        setAsked({ path, more, resolve });
      }),
    [],
  );
  const answer = (given: TakenAnswer) => {
    setAsked(null);
    asked?.resolve(given);
  };
  return {
    ask,
    stop: () => answer({ choice: "stop", all: true }),
    question: asked && <TakenQuestion key={asked.path} path={asked.path} more={asked.more} onAnswer={answer} />,
  };
}
