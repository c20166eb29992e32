import { useTranslation } from "react-i18next";
import type { StorageCapabilities, StorageOverview } from "../../api/storage.ts";
import { Hint } from "../../pieces/hint.tsx";
import { IconAlertTriangle, IconCircleCheck } from "../../pieces/icons.ts";
import { MeterBar } from "../../pieces/meter.tsx";
import { Section } from "../../pieces/page.tsx";
import { useSize } from "../use-size.ts";
import classes from "./glance.module.css";

/** What storage stands on: whether it works, what it holds people to, and how full the disk is. */
export function BackEnd({ overview: { back_end: backEnd } }: { overview: StorageOverview }) {
  const { t } = useTranslation();
  return (
    <Section
      title={t("adminStorage.backEnd")}
      hint={<Hint about={t("adminStorage.backEnd")}>{t("adminStorage.backEndAbout")}</Hint>}
    >
      <div className={classes.backEnd}>
        <div className={classes.state} data-ok={backEnd.ok || undefined}>
          {backEnd.ok ? (
            <IconCircleCheck size={26} stroke={1.75} aria-hidden="true" />
          ) : (
            <IconAlertTriangle size={26} stroke={1.75} aria-hidden="true" />
          )}
          <div>
            <strong>{t(backEnd.ok ? "adminStorage.works" : "adminStorage.worksNot")}</strong>
            <Problem backEnd={backEnd} />
            {!backEnd.ok && <p className="quiet">{t("adminStorage.worksNotText")}</p>}
            {backEnd.about !== "" && (
              <p className="quiet small">
                <bdi dir="ltr">{backEnd.about}</bdi>
              </p>
            )}
          </div>
        </div>
        <Disk size={backEnd.size} free={backEnd.free} />
        {backEnd.ok && <Capabilities capabilities={backEnd.capabilities} />}
      </div>
    </Section>
  );
}

/** In the reader's language, by its code; the server's text where it has none that is known here. */
function Problem({ backEnd }: { backEnd: StorageOverview["back_end"] }) {
  const { t } = useTranslation();
  const { problem, problem_code: code, problem_params: params } = backEnd;
  if (problem === null) return null;
  const words = code === null ? "" : t(`adminStorage.backEndIs.${code}`, { ...params, defaultValue: "" });
  // Words of ours may begin with a path: only what is the server's shows its direction by its first letter.
  return words === "" ? <p dir="auto">{problem}</p> : <p>{words}</p>;
}

function Disk({ size: all, free }: { size: number | null; free: number | null }) {
  const { t } = useTranslation();
  const size = useSize();
  if (all === null || free === null || all === 0) return null;
  const words = t("adminStorage.freeOf", { free: size(free), size: size(all) });
  return (
    <div className={classes.disk}>
      <span>{words}</span>
      <MeterBar label={t("adminStorage.disk")} words={words} used={all - free} allowed={all} />
    </div>
  );
}

/** How firmly quotas hold, in words. */
function Capabilities({ capabilities }: { capabilities: StorageCapabilities }) {
  const { t } = useTranslation();
  const words = [
    t(`adminStorage.held_${capabilities.enforced_by ?? "none"}`),
    ...(capabilities.enforced_by === null
      ? []
      : [
          ...(capabilities.against_accident_only ? [t("adminStorage.accidentOnly")] : []),
          t(capabilities.binds_root ? "adminStorage.bindsRoot" : "adminStorage.rootFree"),
          t(capabilities.refuses_below_used ? "adminStorage.refusesBelow" : "adminStorage.takesBelow"),
        ]),
    t(`adminStorage.counts_${capabilities.usage_kind}`),
    t(capabilities.trash_outside_quota ? "adminStorage.trashOutside" : "adminStorage.trashInside"),
    ...(capabilities.snapshots ? [t("adminStorage.snapshots")] : []),
  ];
  return (
    <ul className={classes.capabilities} aria-label={t("adminStorage.capabilities")}>
      {words.map((word) => (
        <li key={word}>{word}</li>
      ))}
    </ul>
  );
}
