import { useLocale } from "../locales/use-locale.tsx";
import classes from "./timeline.module.css";

export interface TimelineStep {
  readonly at: string;
  readonly text: string;
  /** In the reader's language; left out: in any, and shown in its own direction. */
  readonly translated?: boolean;
}

interface TimelineProps {
  readonly label: string;
  readonly steps: readonly TimelineStep[];
  /** The last step goes on. */
  readonly running?: boolean;
  /** The last step is where it failed. */
  readonly failed?: boolean;
  /** 0 to 100, of the step that goes on. */
  readonly progress?: number | null;
}

/** What was done, oldest first: each step with its moment and how long it took. */
export function Timeline({ label, steps, running = false, failed = false, progress = null }: TimelineProps) {
  const { format } = useLocale();
  return (
    <ol className={classes.timeline} aria-label={label} aria-live={running ? "polite" : "off"}>
      {steps.map((step, at) => {
        const next = steps[at + 1];
        const last = next === undefined;
        const look = last && failed ? "bad" : last && running ? "busy" : "done";
        const took = next ? (Date.parse(next.at) - Date.parse(step.at)) / 1000 : 0;
        return (
          <li key={`${step.at}${step.text}`} className={classes.step} data-look={look}>
            <span dir={step.translated ? undefined : "auto"}>{step.text}</span>
            {last && running && progress !== null && <span className="tabular"> {format.percent(progress)}</span>}
            <span className={classes.moment}>
              <time dateTime={step.at}>{format.dateTime(step.at)}</time>
              {took >= 1 && <span> · {format.duration(took)}</span>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
