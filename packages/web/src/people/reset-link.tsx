import { Button, Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { makeResetLink } from "../api/people.ts";
import type { Person } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { ShownOnce } from "../pieces/shown-once.tsx";

/** Makes a link when it opens, once; earlier ones end. */
export function ResetLink({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const name = person.full_name || person.username;
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
      title={t("people.resetLinkTitle", { name })}
      secret={link.data?.url ?? null}
      label={t("people.resetLink")}
      told={link.isSuccess && t("people.resetLinkText", { name, until: format.dateTime(link.data.expires_at) })}
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
