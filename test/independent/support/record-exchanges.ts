import type { Http } from '../../../src/ports.ts';
import type { Exchange } from './check-exchange.ts';

/** Remembers what passes between rollcall and a vendor. */
export interface Recorder {
  readonly wrap: (http: Http) => Http;
  readonly exchanges: readonly Exchange[];
}

export function recordExchanges(): Recorder {
  const exchanges: Exchange[] = [];
  return {
    exchanges,
    wrap: (http) => ({
      send: async (request) => {
        const reply = await http.send(request);
        exchanges.push({ request, reply });
        return reply;
      },
      close: () => http.close(),
    }),
  };
}
