import { isLast, type QueryEvent } from "./query-event.ts";

/** A listener that is a loop's source at the same time: see {@link queryEvents}. */
export interface QueryEvents extends AsyncIterable<QueryEvent> {
  (event: QueryEvent): void;
}

/** Events of different kinds that wait for a reader, at most: more than a query has, unless stacks take turns. */
const mostWaiting = 32;

/**
 * The events of one query as a loop. Give it to the query as `onEvent`, and read it, once:
 *
 * ```ts
 * const events = queryEvents();
 * const result = connection.query("select * from orders", undefined, { onEvent: events });
 * for await (const event of events) show(event);
 * ```
 *
 * The loop ends after the query's last event, which always comes, also where the query is refused before it begins. It holds up nothing: for
 * a reader who is slow, an event takes the place of one of the same type that waits. Leaving the loop lets go of all events; the query
 * goes on.
 */
export function queryEvents(): QueryEvents {
  const waiting: QueryEvent[] = [];
  let ended = false;
  let news = Promise.withResolvers<void>();
  const tell = () => {
    news.resolve();
    news = Promise.withResolvers();
  };
  const listen = (event: QueryEvent) => {
    if (ended) return;
    ended = isLast(event);
    if (waiting.at(-1)?.type === event.type) waiting.pop();
    else if (waiting.length === mostWaiting) waiting.shift();
    waiting.push(event);
    tell();
  };
  const iterator: AsyncIterableIterator<QueryEvent> = {
    async next() {
      while (waiting.length === 0 && !ended) await news.promise;
      const value = waiting.shift();
      return value === undefined ? { done: true, value } : { done: false, value };
    },
    return() {
      ended = true;
      waiting.length = 0;
      tell();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return Object.assign(listen, { [Symbol.asyncIterator]: () => iterator });
}
