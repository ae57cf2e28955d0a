import type { Http } from '../ports.ts';
import type { ClockSight } from '../setup/check-clock.ts';
import type { Run } from './run-context.ts';

/** Who answers from this machine has its clock, or a story's. */
const HERE = /^(?:127\.[\d.]+|\[::1\])$/;

/** The same run, whose answers are looked at for the time that they name. */
export function doctorClock(run: Run): { readonly watched: Run; readonly sights: readonly ClockSight[] } {
  const sights: ClockSight[] = [];
  const openHttp = async (): Promise<Http> => {
    const http = await run.world.openHttp();
    return {
      send: async (request) => {
        const reply = await http.send(request);
        const { hostname: host } = new URL(request.url);
        const named = reply.kind === 'reply' ? Date.parse(reply.headers['date'] ?? '') : Number.NaN;
        if (!Number.isNaN(named) && !HERE.test(host)) sights.push({ host, aheadMs: run.clock.now() - named });
        return reply;
      },
      close: () => http.close(),
    };
  };
  return { watched: { ...run, world: { ...run.world, openHttp } }, sights };
}
