/**
 * Where what is known about a deployment lies: the stores of the library, and what one of your own is made of.
 *
 * @module
 */
export type { Runtime } from "./runtime.ts";
export { type BrowserStoreOptions, createBrowserStore } from "./store/browser-store.ts";
export type { CreateChannel } from "./store/channel-bell.ts";
export type { OpenDatabase } from "./store/open-database.ts";
export { type Platform, type PlatformScope, platformOf } from "./store/platform.ts";
export { SharedStore, type SharedStoreParts } from "./store/shared-store.ts";
export type { Bell, JoinBell, News, RowChange, StateRow, WatchPage } from "./store/state-row.ts";
export type { SharingPart, StoreEvent, StoreEventListener } from "./store/store-event.ts";
export type { RequestLock } from "./store/tab-lock.ts";
export { unknownStrategy } from "./strategy/strategy-state.ts";
export { createMemoryStore } from "./strategy/strategy-store.ts";
