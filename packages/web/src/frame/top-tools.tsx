import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "../api/auth.ts";
import { Bell } from "./bell.tsx";
import classes from "./frame.module.css";
import { HealthDot } from "./health-dot.tsx";
import { LanguageSwitch } from "./language-switch.tsx";
import { SearchIcon } from "./search-door.tsx";

/** At the end of every page's top: search, what happened to one, the system's health and the language. */
export function TopTools() {
  const { data: session } = useQuery(sessionQuery);
  return (
    <div className={classes.tools}>
      {session?.account && <SearchIcon />}
      {session?.account && !session.must_change_password && <Bell />}
      {session?.account && !session.must_change_password && <HealthDot />}
      <LanguageSwitch />
    </div>
  );
}
