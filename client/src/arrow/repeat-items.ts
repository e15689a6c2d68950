/** Fills an array with the items of another, over and over, and returns it. */
export function repeatItems<Items extends Uint8Array | BigUint64Array>(items: Items, one: Items): Items {
  if (one.length === 0 || items.length === 0) return items;
  items.set(one as never);
  // What is there already is copied on: twice as much each time.
  for (let done = one.length; done < items.length; done *= 2) items.copyWithin(done, 0, done);
  return items;
}
