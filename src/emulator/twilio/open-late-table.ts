/** Rows by SID: the truth, which writes are judged by, and what reads show of it, some time late. */
export interface LateTable<Row> {
  get(sid: string): Row | undefined;
  all(): readonly Row[];
  put(sid: string, row: Row): void;
  /** A row that was always there. */
  plant(sid: string, row: Row): void;
  delete(sid: string): void;
  seen(sid: string): Row | undefined;
  allSeen(): readonly Row[];
}

export function openLateTable<Row>(now: () => number, lagMs: () => number): LateTable<Row> {
  const truth = new Map<string, Row>();
  const late = new Map<string, Row>();
  const waiting: { readonly at: number; readonly sid: string; readonly row: Row | undefined }[] = [];
  const write = (rows: Map<string, Row>, sid: string, row: Row | undefined): void => {
    if (row === undefined) rows.delete(sid);
    else rows.set(sid, row);
  };
  const change = (sid: string, row: Row | undefined): void => {
    write(truth, sid, row);
    waiting.push({ at: now() + lagMs(), sid, row });
  };
  const catchUp = (): Map<string, Row> => {
    const due = waiting.findIndex(({ at }) => at > now());
    for (const { sid, row } of waiting.splice(0, due < 0 ? waiting.length : due)) write(late, sid, row);
    return late;
  };
  return {
    get: (sid) => truth.get(sid),
    all: () => [...truth.values()],
    put: (sid, row) => change(sid, row),
    plant: (sid, row) => {
      truth.set(sid, row);
      late.set(sid, row);
    },
    delete: (sid) => change(sid, undefined),
    seen: (sid) => catchUp().get(sid),
    allSeen: () => [...catchUp().values()],
  };
}
