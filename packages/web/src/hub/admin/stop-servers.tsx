import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type AnyServer, stopAnyServer } from "../../api/hub-admin.ts";
import { useErrorText } from "../../locales/error-text.ts";
import { nameOfPerson } from "../../pieces/person-name.ts";
import { StopChosen } from "../../pieces/stop-chosen.tsx";

export const canStop = ({ state, stop_wanted: wanted }: AnyServer): boolean => state !== "stopped" && wanted === null;

interface Refused {
  readonly key: string;
  readonly name: string;
  readonly error: unknown;
}

/** Stops those that were selected, one after the other, once it was said whom it hits; with a word to them. */
export function StopServers({ servers, onDone }: { servers: readonly AnyServer[]; onDone: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const tell = useErrorText();
  const stop = useMutation({
    mutationFn: async (reason: string) => {
      const refused: Refused[] = [];
      for (const server of servers) {
        await stopAnyServer(server, reason).catch((error: unknown) => {
          refused.push({ key: `${server.user}/${server.server}`, name: nameOf(server), error });
        });
      }
      return { count: servers.length - refused.length, refused };
    },
    onSuccess: async () => {
      onDone();
      await client.invalidateQueries({ queryKey: ["hub"] });
    },
  });
  const { length: count } = servers;
  return (
    <>
      {count > 0 && (
        <>
          <strong className="tabular">{t("adminHub.chosen", { count })}</strong>
          <StopChosen
            verb={t("adminHub.stop")}
            title={t("adminHub.stopTitle", { count })}
            text={t("adminHub.stopText")}
            word={{ label: t("adminHub.reason"), hint: t("adminHub.reasonHint"), most: 300 }}
            pending={stop.isPending}
            error={stop.error}
            onStop={stop.mutateAsync}
          >
            {servers.map((server) => (
              <li key={`${server.user}/${server.server}`}>
                <bdi>{nameOf(server)}</bdi>
              </li>
            ))}
          </StopChosen>
          <Button variant="subtle" onClick={onDone}>
            {t("adminSessions.unchoose")}
          </Button>
        </>
      )}
      <div role="status">
        {stop.data && stop.data.count > 0 && t("adminHub.stoppedSome", { count: stop.data.count })}
        {stop.data && stop.data.refused.length > 0 && (
          <ul>
            {stop.data.refused.map(({ key, name, error }) => (
              <li key={key}>{t("adminHub.refused", { name, why: tell(error).text })}</li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

const nameOf = ({ account, user, server }: AnyServer): string =>
  [account === null ? user : nameOfPerson(account), server].filter((part) => part !== "").join(" · ");
