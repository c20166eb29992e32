import type { ReactNode } from "react";
import classes from "./side-by-side.module.css";

/** Sections beside one another where there is room, else under one another. */
export function SideBySide({ children }: { children: ReactNode }) {
  return <div className={classes.pair}>{children}</div>;
}
