import { Switch } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { resourcesQuery, type SeenHost } from "../api/resources.ts";
import { changeSetting, type Setting, settingsQuery } from "../api/settings.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconAlertTriangle, IconCircleCheck, IconNetworkOff } from "../pieces/icons.ts";
import { Meter } from "../pieces/meter.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { When } from "../pieces/when.tsx";
import { apartOf } from "./feature-words.ts";
import classes from "./resources.module.css";

/** One machine: how it does, what its sessions may take, and whether it takes more. */
export function HostCard({ host }: { host: SeenHost }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const nameId = useId();
  const { now } = host;
  const state = host.problem !== null ? "trouble" : host.answers ? "well" : "silent";
  const Icon = { trouble: IconAlertTriangle, well: IconCircleCheck, silent: IconNetworkOff }[state];
  const cores = (value: number) => format.number(value, 1);
  return (
    <article className={classes.host} aria-labelledby={nameId}>
      <header className={classes.hostTop} data-state={state}>
        <Icon size={20} aria-hidden="true" className={classes.mark} />
        <strong id={nameId} dir="ltr">
          {host.node}
        </strong>
        <span>
          {t(`system.host.${state}`)}
          {state === "silent" && host.seen_at !== null && (
            <>
              {" "}
              (<When at={host.seen_at} />)
            </>
          )}
        </span>
        <span className={classes.live}>{t("system.liveSessions", { count: host.live })}</span>
        <Drain host={host} />
      </header>
      {host.problem !== null && (
        <p dir="ltr" lang="en">
          {host.problem}
        </p>
      )}
      {now !== null ? (
        <div className={classes.meters}>
          <Meter label={t("system.memoryUsed")} used={now.memory_total - now.memory_free} allowed={now.memory_total} />
          <Meter label={t("system.memoryPromised")} used={host.promised_memory} allowed={now.memory_total} warnAt={1} />
          <Meter label={t("system.load")} used={now.load} allowed={now.cores} figure={cores} warnAt={1} />
          <Meter
            label={t("system.coresPromised")}
            used={host.promised_cores}
            allowed={now.cores}
            figure={cores}
            warnAt={null}
          />
        </div>
      ) : (
        <p className="quiet">{t("system.elsewhere")}</p>
      )}
      {host.isolation !== null && (
        <p className="small quiet">
          {t("system.keptApart")} <Apart isolation={host.isolation} />
        </p>
      )}
    </article>
  );
}

function Apart({ isolation }: { isolation: string }) {
  const { t } = useTranslation();
  const { word, values } = apartOf(isolation);
  if (word !== null) return t(`system.apart.${word}`, values);
  return (
    <span dir="ltr" lang="en">
      {isolation}
    </span>
  );
}

const NAME = "STOA_SESSION_DRAINED";

/** Takes no new sessions: a setting, so that every server knows within a second. */
function Drain({ host }: { host: SeenHost }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const settings = useQuery(settingsQuery);
  const setting = settings.data?.items.find(({ name }) => name === NAME);
  // Stands at the click itself: a mutation tells of itself a moment later, and the switch would go back and forth.
  const [wanted, setWanted] = useState<boolean | null>(null);
  const change = useMutation({
    mutationFn: (setting: Setting) => changeSetting(setting, drainedWith(setting, host)),
    onSuccess: async (data) => {
      client.setQueryData(settingsQuery.queryKey, data);
      await client.invalidateQueries({ queryKey: resourcesQuery.queryKey });
    },
    onError: () => client.invalidateQueries({ queryKey: settingsQuery.queryKey }),
    // Done by now, or refused.
    onSettled: () => setWanted(null),
  });
  const isFixed = setting?.written_at != null;
  return (
    <div className={classes.drain}>
      <Switch
        label={t("system.takesSessions")}
        description={isFixed ? t("system.fixed") : undefined}
        checked={wanted ?? !host.drained}
        disabled={setting === undefined || isFixed || change.isPending}
        onChange={() => {
          if (setting === undefined) return;
          setWanted(host.drained);
          change.mutate(setting);
        }}
      />
      {change.isError && <ReasonCard error={change.error} />}
    </div>
  );
}

/** The list with this host in it, or without; null where nothing is left: the default. */
function drainedWith({ value }: Setting, { node, drained }: SeenHost): string | null {
  const others = (value ?? "").split(",").filter((one) => one !== "" && one !== node);
  const all = drained ? others : [...others, node];
  return all.length === 0 ? null : all.join(",");
}
