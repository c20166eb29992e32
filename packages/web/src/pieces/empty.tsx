import type { ReactNode } from "react";
import classes from "./empty.module.css";

/** Nothing here, and what to do next. */
export function Empty({ title, text, action }: { title?: string; text: string; action?: ReactNode }) {
  return (
    <div className={classes.empty}>
      {title && <strong>{title}</strong>}
      <p className="quiet">{text}</p>
      {action}
    </div>
  );
}
