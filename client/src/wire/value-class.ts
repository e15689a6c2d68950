// A registered symbol, not `instanceof`: a value from a second copy of the package is as good as one of this copy.
const valueClass = /* @__PURE__ */ Symbol.for("e6data-web.valueClass");

/** The classes of exact values. */
export type ValueClass = "CalendarDate" | "Decimal" | "Interval" | "Timestamp";

/** Marks what is made of a class. */
export function markValues(prototype: object, name: ValueClass): void {
  Object.defineProperty(prototype, valueClass, { value: name });
}

/** The class of an exact value, also of one from another copy of this package or another realm; nothing for any other object. */
export function valueClassOf(value: object): unknown {
  return Reflect.get(value, valueClass);
}
