import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { heldStorageQuery } from "../api/storage.ts";
import { Section } from "../pieces/page.tsx";
import { StorageMeter } from "./storage-meter.tsx";

export interface HeldStorageProps {
  readonly holder: { readonly account_id: number } | { readonly group_id: number };
  readonly name: string;
}

/** On a person's or a group's page, for administrators: what they have, and the way to it; nothing where they have none. */
export function HeldStorage({ holder, name }: HeldStorageProps) {
  const { t } = useTranslation();
  const { data: subject } = useQuery(heldStorageQuery(holder));
  if (!subject) return null;
  return (
    <Section
      title={t("frame.allStorage")}
      action={
        <Link to="/admin/storage/$subjectId" params={{ subjectId: String(subject.id) }}>
          {t("storage.more")}
        </Link>
      }
    >
      <StorageMeter subject={subject} label={t("storage.ofGroup", { name })} brief />
    </Section>
  );
}
