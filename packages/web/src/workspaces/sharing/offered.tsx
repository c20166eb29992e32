import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { acceptShare, offeredSharesQuery, type Share } from "../../api/shares.ts";
import { allWords } from "../../locales/i18n.ts";
import { IconShare } from "../../pieces/icons.ts";
import { Section } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import rows from "../../pieces/rows.module.css";
import { When } from "../../pieces/when.tsx";
import { useSize } from "../../storage/use-size.ts";
import classes from "./sharing.module.css";

const DeclineShare = lazy(async () => {
  const [module] = await Promise.all([import("./decline-share.tsx"), allWords()]);
  return { default: module.DeclineShare };
});

/** What others share and wait for an answer to. Nothing at all while there is nothing: it is no place, but a question. */
export function OfferedShares() {
  const { t } = useTranslation();
  const offered = useQuery(offeredSharesQuery);
  const items = offered.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Section title={t("offers.offered")}>
      <ul className={rows.rows}>
        {items.map((share) => (
          <Offer key={share.id} share={share} />
        ))}
      </ul>
    </Section>
  );
}

function Offer({ share }: { share: Share }) {
  const { t } = useTranslation();
  const size = useSize();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [declining, setDeclining] = useState(false);
  const sender = share.sender.full_name || share.sender.username;
  const { name } = share;
  const accept = useMutation({
    mutationFn: () => acceptShare(share.id),
    onSuccess: async () => {
      await navigate({ to: "/workspaces/$workspaceId", params: { workspaceId: String(share.id) } });
    },
    onSettled: () => Promise.all(["shares", "workspaces"].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  return (
    <li className={`${rows.row} ${classes.offer}`}>
      <IconShare size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <bdi className="clip">{name}</bdi>
        <span className={rows.under}>
          {t("offers.from", { name: sender })}
          {" · "}
          <When at={share.ready_at ?? share.created_at} />
          {share.copy.bytes !== null && ` · ${size(share.copy.bytes)}`}
        </span>
        {accept.isError && <ReasonCard error={accept.error} />}
      </div>
      <div className={classes.answers}>
        <Button
          size="xs"
          aria-label={t("offers.acceptOne", { name })}
          loading={accept.isPending}
          onClick={() => accept.mutate()}
        >
          {t("offers.accept")}
        </Button>
        <Button
          size="xs"
          variant="default"
          aria-label={t("offers.declineOne", { name })}
          onClick={() => setDeclining(true)}
        >
          {t("offers.decline")}
        </Button>
      </div>
      {declining && (
        <Suspense>
          <DeclineShare share={share} onClose={() => setDeclining(false)} />
        </Suspense>
      )}
    </li>
  );
}
