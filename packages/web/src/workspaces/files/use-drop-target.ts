import { type DragEvent, useRef, useState } from "react";

interface DropTarget {
  /** By the kinds of what is dragged: the things themselves are not known before they fall. */
  accepts(types: readonly string[]): boolean;
  /** Something comes over it, or leaves. */
  onOver?(isOver: boolean): void;
  onDrop(transfer: DataTransfer): void;
}

/** An element that takes what is dragged onto it. Enter and leave come for every child: they are counted. */
export function useDropTarget({ accepts, onOver, onDrop }: DropTarget) {
  const depth = useRef(0);
  const [over, setOver] = useState(false);
  const taken = (event: DragEvent) => {
    if (event.defaultPrevented || !accepts(event.dataTransfer.types)) return false;
    event.preventDefault();
    return true;
  };
  const rest = (inside: number) => {
    if (inside > 0 !== depth.current > 0) onOver?.(inside > 0);
    depth.current = inside;
    setOver(inside > 0);
  };
  return {
    over,
    handlers: {
      onDragEnter: (event: DragEvent) => {
        if (accepts(event.dataTransfer.types)) {
          event.preventDefault();
          rest(depth.current + 1);
        }
      },
      onDragLeave: (event: DragEvent) => {
        if (accepts(event.dataTransfer.types)) rest(Math.max(0, depth.current - 1));
      },
      onDragOver: (event: DragEvent) => void taken(event),
      onDrop: (event: DragEvent) => {
        rest(0);
        if (taken(event)) onDrop(event.dataTransfer);
      },
    },
  };
}
