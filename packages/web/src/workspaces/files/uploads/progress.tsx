import classes from "./uploads.module.css";

/** A thin bar; `percent` from 0 to 100. */
export function Progress({ label, percent }: { label: string; percent: number }) {
  const whole = Math.round(Math.min(100, percent));
  return (
    <div
      className={classes.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={whole}
    >
      <div style={{ inlineSize: `${whole}%` }} />
    </div>
  );
}
