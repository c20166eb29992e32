import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import many from "../../people/many.module.css";

interface ResultOfManyProps {
  readonly label: string;
  readonly children: ReactNode;
  onClose(): void;
}

/** What came of something that was begun for many, until it is closed. */
export function ResultOfMany({ label, children, onClose }: ResultOfManyProps) {
  const { t } = useTranslation();
  return (
    <section className={many.result} aria-label={label}>
      {children}
      <div className={many.ends}>
        <Button size="xs" variant="subtle" onClick={onClose}>
          {t("common.close")}
        </Button>
      </div>
    </section>
  );
}

/** In a list of whom it failed for: whose storage, and why. */
export function RefusedSubject({ id, name, children }: { id: number; name: string; children: ReactNode }) {
  return (
    <li>
      <Link to="/admin/storage/$subjectId" params={{ subjectId: String(id) }}>
        <bdi>{name}</bdi>
      </Link>{" "}
      {children}
    </li>
  );
}
