import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { myGroupsQuery } from "../../api/groups.ts";
import type { Check, Preflight } from "../../api/session-time.ts";
import { IconAlertTriangle, IconCircleCheck } from "../../pieces/icons.ts";
import { MeterBar } from "../../pieces/meter.tsx";
import { sayIn } from "../told.ts";
import { useFigure } from "./figure.ts";
import classes from "./start.module.css";

interface ChecksProps {
  readonly preflight: Preflight;
  readonly hours: number | null;
  /** Whether bars show what the start would take on top; else only what is used now. */
  readonly adds?: boolean;
}

/** Each limit that a start meets: used, allowed, by whom set; what stands in the way first, with its reason. */
export function Checks(props: ChecksProps) {
  const { preflight, hours, adds = true } = props;
  const { t } = useTranslation();
  const failing = preflight.checks.filter(({ ok }) => !ok);
  const counted = preflight.checks.filter(({ ok, used, allowed }) => ok && used !== null && allowed !== null);
  return (
    <section className={classes.checks} aria-label={t("startForm.checks")} aria-live="polite">
      <p className={classes.verdict} data-ok={preflight.may_start}>
        {preflight.may_start ? (
          <IconCircleCheck size={18} aria-hidden="true" />
        ) : (
          <IconAlertTriangle size={18} aria-hidden="true" />
        )}
        <strong>{t(preflight.may_start ? "startForm.mayStart" : "startForm.notNow")}</strong>
      </p>
      <ul className={classes.list}>
        {[...failing, ...counted].map((check) => (
          <CheckLine key={check.id} check={check} hours={hours} adds={adds} />
        ))}
      </ul>
    </section>
  );
}

/** One limit. @param hours core hours that the start would take, where that is known */
export function CheckLine(props: { check: Check; hours?: number | null; adds?: boolean }) {
  const { check, hours = null, adds = true } = props;
  const { t } = useTranslation();
  const figure = useFigure();
  const { used, allowed, unit, set_by: setBy, told } = check;
  const label = useLabel()(check.id);
  const words =
    used === null || allowed === null
      ? null
      : t("meter.usedOf", { used: figure(used, unit), allowed: figure(allowed, unit) });
  return (
    <li className={classes.check} data-ok={check.ok}>
      <div className={classes.checkTop}>
        <span>{label}</span>
        {words !== null && <span className="tabular quiet">{words}</span>}
      </div>
      {words !== null && (
        <MeterBar
          label={label}
          words={words}
          used={Number(used)}
          allowed={Number(allowed)}
          warnAt={null}
          adds={adds ? addsOf(check, hours) : 0}
        />
      )}
      {told !== null && (
        <p className={classes.why} dir="auto">
          {sayIn(t, told)}
        </p>
      )}
      {setBy !== null && told === null && (
        <p className="quiet small">
          {/^STOA_[A-Z_]+$/.test(setBy)
            ? t("startForm.setByOperator", { setting: setBy })
            : t("startForm.setBy", { name: setBy })}
        </p>
      )}
    </li>
  );
}

/** What is looked at, in words; a group's quota by the name of the group. */
function useLabel(): (id: string) => string {
  const { t } = useTranslation();
  const { data: groups } = useQuery(myGroupsQuery);
  return (id) => {
    const [kind = id, , group] = id.split(":");
    if (group === undefined) return t(`checks.${kind}`, { defaultValue: kind });
    const name = groups?.items.find((one) => String(one.id) === group)?.name ?? group;
    return t("coreHours.group", { name });
  };
}

/** What the start would put on top of what is used. */
function addsOf({ unit, told }: Check, hours: number | null): number {
  if (unit === "sessions") return 1;
  if (unit !== "core_hours") return 0;
  return hours ?? Number(told?.params?.needed ?? 0);
}
