let gate: PromiseWithResolvers<void> | undefined;

/** `fetch`, whose answers wait where they are held. */
export const fetchHeld: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  await gate?.promise;
  return response;
};

/** Keeps the answers of the gateway from the client until {@link releaseAnswers}: those of many calls then come at once. */
export function holdAnswers(): void {
  gate = Promise.withResolvers();
}

/** Lets all of them through. */
export function releaseAnswers(): void {
  gate?.resolve();
  gate = undefined;
}
