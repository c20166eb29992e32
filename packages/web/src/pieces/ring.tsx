import type { ReactNode } from "react";
import classes from "./ring.module.css";

interface RingProps {
  readonly label: string;
  /** As it is read aloud. */
  readonly words: string;
  /** 0 to 1: what is left. */
  readonly share: number;
  readonly tone: "accent" | "warn" | "bad";
  readonly children: ReactNode;
}

const radius = 42;
const length = 2 * Math.PI * radius;

/** What is left of something, as a ring that empties; the figure stands in it. */
export function Ring({ label, words, share, tone, children }: RingProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: the element "meter" is no ring
    <div
      className={classes.ring}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={words}
      data-tone={tone}
    >
      <svg viewBox="0 0 100 100" aria-hidden="true">
        <circle cx="50" cy="50" r={radius} className={classes.all} />
        <circle
          cx="50"
          cy="50"
          r={radius}
          className={classes.left}
          strokeDasharray={length}
          strokeDashoffset={length * (1 - share)}
        />
      </svg>
      <div className={classes.inside}>{children}</div>
    </div>
  );
}
