import { type ReactNode, useEffect, useState } from "react";
import { afterPaint } from "./after-paint.ts";

/** What stands at a page's end, drawn once the page is on the screen: nobody who has just come waits for it. */
export function Later({ children }: { children: ReactNode }) {
  const [due, setDue] = useState(false);
  useEffect(() => afterPaint(() => setDue(true)), []);
  return due && children;
}
