// What the engine's clock shows: the page counts days by it, not by the browser's, which may be wrong or elsewhere.

let told = { engine: Date.now(), here: performance.now(), stands: false };

/** Keeps what the engine said its time was; a test clock stands until it is moved. */
export function tell(now: string, stands = told.stands) {
  told = { engine: Date.parse(now), here: performance.now(), stands };
}

export function now(): Date {
  return new Date(told.stands ? told.engine : told.engine + (performance.now() - told.here));
}
