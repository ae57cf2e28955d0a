import picocolors from 'picocolors';

/** How text is painted and how wide it may be. Whoever makes one has decided about colour; nobody asks again. */
export interface Style {
  readonly columns: number;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly magenta: Paint;
  readonly cyan: Paint;
}

export type Paint = (text: string) => string;

/** Below this, layout gives up and lines get as long as they must. */
const LEAST_COLUMNS = 40;

export function createStyle(colour: boolean, columns: number): Style {
  const { bold, dim, red, green, yellow, magenta, cyan } = picocolors.createColors(colour);
  return { columns: Math.max(columns, LEAST_COLUMNS), bold, dim, red, green, yellow, magenta, cyan };
}

/** In this order and by nothing else: NO_COLOR set and not empty, --no-color, FORCE_COLOR, whether it is a terminal. */
export function decideColour(from: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flagNoColor: boolean;
  readonly isTerminal: boolean;
}): boolean {
  if (from.env['NO_COLOR']) return false;
  if (from.flagNoColor) return false;
  const force = from.env['FORCE_COLOR'];
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  return from.isTerminal;
}
