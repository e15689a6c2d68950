import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Gives an element the focus when it comes into the page: whoever uses the keyboard goes on where the page goes on. */
export function useFocusOnce<Target extends HTMLElement>(): RefObject<Target | null> {
  const target = useRef<Target>(null);
  useEffect(() => target.current?.focus(), []);
  return target;
}
