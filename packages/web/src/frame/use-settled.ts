import { useEffect, useState } from "react";

/** Milliseconds in which a second tap still means what stood there before. */
const settlesAfter = 300;

/** Whether what opened under a finger has been there long enough to be meant. */
export function useSettled(): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), settlesAfter);
    return () => clearTimeout(timer);
  }, []);
  return settled;
}
