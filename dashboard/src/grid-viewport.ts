import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/** What a scrolled element shows, in pixels. */
export interface GridViewport {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  /** The width of a digit in the element's font. */
  readonly characterWidth: number;
}

/** Follows how an element is scrolled and how large it is. Until the element is there, nothing is visible. */
export function useGridViewport(element: RefObject<HTMLElement | null>): Signal<GridViewport> {
  const viewport = useSignal<GridViewport>({ top: 0, left: 0, height: 0, width: 0, characterWidth: 8 });
  useLayoutEffect(() => {
    const target = element.current;
    if (target === null) return undefined;
    const measure = () => {
      viewport.value = readViewport(target, viewport.peek());
    };
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    target.addEventListener("scroll", measure, { passive: true });
    return () => {
      observer.disconnect();
      target.removeEventListener("scroll", measure);
    };
  }, [element, viewport]);
  return viewport;
}

function readViewport(element: HTMLElement, before: GridViewport): GridViewport {
  const { scrollTop: top, scrollLeft: left, clientHeight: height, clientWidth: width } = element;
  // A font changes its size with the window's zoom, never by scrolling.
  const resized = height !== before.height || width !== before.width;
  return { top, left, height, width, characterWidth: resized ? digitWidth(element) : before.characterWidth };
}

function digitWidth(element: HTMLElement): number {
  // Not the shorthand `font`: browsers leave it empty where it cannot hold everything that is set.
  const { fontFamily, fontSize } = getComputedStyle(element);
  const digits = document.createElement("span");
  digits.textContent = "0".repeat(100);
  Object.assign(digits.style, { position: "absolute", visibility: "hidden", fontFamily, fontSize });
  document.body.append(digits);
  const { width } = digits.getBoundingClientRect();
  digits.remove();
  return width / 100;
}
