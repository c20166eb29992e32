import { Button, Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { makeResetLink } from "../api/people.ts";
import type { Person } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { ShownOnce } from "../pieces/shown-once.tsx";
import { LinkOnlyHere } from "./link-only-here.tsx";

/** What the link is called: who has never signed in has nothing to reset. */
export const linkWord = ({ last_login }: Pick<Person, "last_login">) =>
  last_login === null ? "people.firstSignInLink" : "people.resetLink";

/** Makes a link when it opens, once; earlier ones end. */
export function ResetLink({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { username } = person;
  const name = person.full_name || username;
  // It stays what it was when it was asked for.
  const [word] = useState(() => linkWord(person));
  const link = useQuery({
    queryKey: ["reset-link", person.id],
    queryFn: () => makeResetLink(person.id),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  return (
    <ShownOnce
      title={t(`${word}Title`, { name })}
      secret={link.data?.url ?? null}
      label={t(word)}
      told={link.isSuccess && t(`${word}Text`, { name, username, until: format.dateTime(link.data.expires_at) })}
      below={<LinkOnlyHere url={link.data?.url} />}
      onClose={onClose}
    >
      <Stack>
        {link.isPending && <RowsLoading rows={1} />}
        {link.isError && <ReasonCard error={link.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common.close")}
          </Button>
        </Group>
      </Stack>
    </ShownOnce>
  );
}
