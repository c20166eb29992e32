import { Popover } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./hint.module.css";

/** What a hint says, wherever there is room beside its mark. */
export function HintBubble({ children }: { children: ReactNode }) {
  return (
    <Popover
      opened
      withinPortal={false}
      withRoles={false}
      width={280}
      position="bottom-start"
      offset={6}
      withArrow={false}
    >
      <Popover.Target>
        <span className={classes.anchor} />
      </Popover.Target>
      <Popover.Dropdown className={classes.bubble}>{children}</Popover.Dropdown>
    </Popover>
  );
}
