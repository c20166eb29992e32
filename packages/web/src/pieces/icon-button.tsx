import { UnstyledButton, type UnstyledButtonProps } from "@mantine/core";
import type { ComponentPropsWithRef } from "react";
import classes from "./icon-button.module.css";

type IconButtonProps = UnstyledButtonProps & ComponentPropsWithRef<"button">;

/** A picture to press, with its name in `aria-label`. Light enough for what stands on every page at once. */
export function IconButton({ className = "", ...others }: IconButtonProps) {
  return <UnstyledButton className={`${classes.button} ${className}`} {...others} />;
}
