import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { type HubHealth, hubHealthQuery } from "../../api/hub-admin.ts";
import { shownError } from "../../api/query-trouble.ts";
import { Empty } from "../../pieces/empty.tsx";
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconHourglass } from "../../pieces/icons.ts";
import { Section } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { SideBySide } from "../../pieces/side-by-side.tsx";
import { When } from "../../pieces/when.tsx";
import { type ChipLook, WordChip } from "../../pieces/word-chip.tsx";
import { CallFailures, LaunchFailures } from "./failures.tsx";
import { Functions } from "./functions.tsx";
import classes from "./hub-admin.module.css";
import { HubFrame } from "./hub-frame.tsx";
import { HubSaid } from "./hub-said.tsx";
import { Launches } from "./launches.tsx";

// With the library that draws: only who looks at curves fetches it.
const HealthCurves = lazy(() => import("./health-curves.tsx"));

/** Whether the hub does its part, and where not: why. */
export function HubHealthPage() {
  const { t } = useTranslation();
  const health = useQuery(hubHealthQuery);
  const { data } = health;
  const failed = shownError(health);
  return (
    <HubFrame title={t("frame.hub")} beside={data?.configured && <Chips health={data} />}>
      {health.isPending && <RowsLoading rows={4} height={110} />}
      {failed !== null && <ReasonCard error={failed} onRetry={() => void health.refetch()} />}
      {data && !data.configured && <Empty title={t("adminHub.none")} text={t("adminHub.noneText")} />}
      {data?.configured && <Shown health={data} />}
    </HubFrame>
  );
}

function Shown({ health }: { health: HubHealth }) {
  const { t } = useTranslation();
  return (
    <>
      <Problem health={health} />
      <Section title={t("adminHub.course")}>
        <Suspense fallback={<RowsLoading rows={1} height={190} />}>
          <HealthCurves health={health} />
        </Suspense>
      </Section>
      <SideBySide>
        <Launches launches={health.launches} />
        <Functions functions={health.functions} />
      </SideBySide>
      <LaunchFailures launches={health.failed_launches} />
      <CallFailures failures={health.failures} calls={health.calls.day} />
    </>
  );
}

const breakers: Readonly<Record<NonNullable<HubHealth["breaker"]>, ChipLook>> = {
  closed: { tone: "good", icon: IconCircleCheck },
  open: { tone: "bad", icon: IconAlertTriangle },
  "half-open": { tone: "warn", icon: IconHourglass },
};

function Chips({ health }: { health: HubHealth }) {
  const { t } = useTranslation();
  const { reachable, checked_at: at, version, breaker } = health;
  return (
    <span className={classes.chips}>
      <WordChip
        tone={reachable ? "good" : "bad"}
        icon={reachable ? IconCircleCheck : IconCircleX}
        state={reachable ? "reachable" : "away"}
        word={t(reachable ? "adminHub.answers" : "adminHub.silent")}
        since={at}
      />
      {breaker !== null && breaker !== "closed" && (
        <WordChip {...breakers[breaker]} state={breaker} word={t(`adminHub.breaker.${breaker}`)} />
      )}
      {version !== null && <span className="quiet small">{t("adminHub.version", { version })}</span>}
    </span>
  );
}

/** What is out of order, and what to do about it. */
function Problem({ health: { problem, breaker, token, checked_at: at } }: { health: HubHealth }) {
  const { t } = useTranslation();
  return (
    <>
      {problem !== null && (
        <section className={classes.problem} role="alert" aria-label={t("adminHub.problem")}>
          <IconAlertTriangle size={20} aria-hidden="true" />
          <div>
            <strong>{t(`adminHub.problemIs.${problem.code}`, { defaultValue: t("adminHub.problem") })}</strong>
            <p>{problem.fix}</p>
            <p className="quiet small" dir="ltr">
              <code>{problem.address}</code>
            </p>
            <HubSaid words={problem.said} label={t("adminHub.wasSeen")} />
          </div>
        </section>
      )}
      {breaker !== null && breaker !== "closed" && <p className="quiet">{t("adminHub.breakerText")}</p>}
      <p className={`quiet small ${classes.token}`}>
        {token !== null && (
          <span>
            {t(token.kind === "service" ? "adminHub.asService" : "adminHub.asUser")} <bdi>{token.name}</bdi>
          </span>
        )}
        {at !== null && (
          <span>
            {t("adminHub.looked")} <When at={at} />
          </span>
        )}
      </p>
    </>
  );
}
