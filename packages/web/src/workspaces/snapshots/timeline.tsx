import { ActionIcon } from "@mantine/core";
import { type KeyboardEvent, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useLocale } from "../../locales/use-locale.tsx";
import { IconChevronLeft, IconChevronRight } from "../../pieces/icons.ts";
import { When } from "../../pieces/when.tsx";
import { daysOf, type Moment, movedTo } from "./moments.ts";
import classes from "./snapshots.module.css";

interface TimelineProps {
  /** Oldest first. */
  readonly moments: readonly Moment[];
  /** Undefined: what is looked for isn't among them. */
  readonly chosen: Moment | undefined;
  /** Whether who has come here by keyboard stands on it at once. */
  readonly focus: boolean;
  /** @param passing on the way along, by keyboard */
  onChoose(moment: Moment, passing: boolean): void;
}

/** The moments that can be looked back at, days side by side with a mark for each; the newest at the reading end. */
export function Timeline({ moments, chosen, focus, onChoose }: TimelineProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const strip = useRef<HTMLDivElement>(null);
  const days = useMemo(() => daysOf(moments), [moments]);
  const at = chosen === undefined ? -1 : moments.indexOf(chosen);
  const stop = at < 0 ? moments.length - 1 : at;
  const told = ({ at: when, period }: Moment) =>
    t(`snapshots.moment_${period ?? "byHand"}`, { when: format.dateTime(when) });

  useEffect(() => {
    const mark = markOf(strip.current, stop);
    if (!strip.current || !mark) return;
    const [box, own] = [strip.current.getBoundingClientRect(), mark.getBoundingClientRect()];
    strip.current.scrollLeft += own.left + own.width / 2 - (box.left + box.width / 2);
  }, [stop]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it has come
  useEffect(() => {
    if (focus) markOf(strip.current, stop)?.focus({ preventScroll: true });
  }, []);

  const go = (to: number | undefined, passing: boolean) => {
    const moment = to === undefined ? undefined : moments[to];
    if (moment !== undefined && to !== at) onChoose(moment, passing);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = movedTo(event.key, stop, moments.length, document.dir === "rtl");
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(to, true);
    markOf(strip.current, to)?.focus({ preventScroll: true });
  };
  return (
    <>
      <div className={classes.chosen}>
        <Step label={t("snapshots.earlier")} icon={IconChevronLeft} to={stop - 1} of={moments.length} go={go} />
        <p className={classes.when} role="status">
          {chosen === undefined ? (
            t("snapshots.notKept")
          ) : (
            <>
              <strong>{format.dateTime(chosen.at)}</strong>{" "}
              <span className="quiet small">
                <When at={chosen.at} />
              </span>
            </>
          )}
        </p>
        <Step label={t("snapshots.later")} icon={IconChevronRight} to={stop + 1} of={moments.length} go={go} />
      </div>
      <div className={classes.strip} ref={strip}>
        <div
          role="listbox"
          aria-label={t("snapshots.moments")}
          aria-orientation="horizontal"
          className={classes.days}
          tabIndex={-1}
          onKeyDown={onKeyDown}
        >
          {days.map((day) => (
            // biome-ignore lint/a11y/useSemanticElements: options of a list box, by days
            <div key={day.at} role="group" aria-label={format.date(day.at)} className={classes.day} data-gap={day.gap}>
              <div className={classes.marks}>
                {day.moments.map((moment) => {
                  const index = moments.indexOf(moment);
                  return (
                    <button
                      key={moment.name}
                      type="button"
                      role="option"
                      aria-selected={moment === chosen}
                      aria-label={told(moment)}
                      title={told(moment)}
                      data-mark={index}
                      data-period={moment.period ?? "byHand"}
                      tabIndex={index === stop ? 0 : -1}
                      className={classes.mark}
                      onClick={() => go(index, false)}
                    />
                  );
                })}
              </div>
              <span className={classes.dayName} aria-hidden="true">
                {format.day(day.at)}
              </span>
            </div>
          ))}
        </div>
      </div>
    </>
  );
}

const markOf = (strip: HTMLElement | null, at: number) => strip?.querySelector<HTMLElement>(`[data-mark="${at}"]`);

interface StepProps {
  readonly label: string;
  readonly icon: typeof IconChevronLeft;
  readonly to: number;
  readonly of: number;
  go(to: number, passing: boolean): void;
}

function Step({ label, icon: Arrow, to, of, go }: StepProps) {
  return (
    <ActionIcon aria-label={label} title={label} disabled={to < 0 || to >= of} onClick={() => go(to, false)}>
      <Arrow size={18} className="along" />
    </ActionIcon>
  );
}
