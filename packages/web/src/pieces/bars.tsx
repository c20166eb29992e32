import type { ReactNode } from "react";
import classes from "./bars.module.css";

/** Entries under one another, each with a bar as long as its share. @param ordered their order says something */
export function Bars({ ordered = false, children }: { ordered?: boolean; children: ReactNode }) {
  const List = ordered ? "ol" : "ul";
  return <List className={classes.bars}>{children}</List>;
}

interface BarRowProps {
  readonly name: ReactNode;
  readonly figure: ReactNode;
  /** 0 to 1, of the longest. */
  readonly share: number;
  readonly tone?: "accent" | "good" | "bad" | "quiet";
}

/** What it is, how much, and the bar below both. */
export function BarRow({ name, figure, share, tone = "accent" }: BarRowProps) {
  return (
    <li>
      {name}
      <span className="tabular">{figure}</span>
      <svg className={classes.bar} data-tone={tone} viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect width={Math.max(1, share * 100)} height="1" />
      </svg>
    </li>
  );
}
