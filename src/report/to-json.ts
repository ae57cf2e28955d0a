const RISKY = /##\[|[\u007f-\u009f\u2028\u2029]|\p{Default_Ignorable_Code_Point}|[\u202a-\u202e\u2066-\u2069]/gu;

/** JSON for a person or a program, ending in a newline: characters that a terminal would obey or hide are escaped, the meaning stays. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replace(RISKY, escapeUnits)}\n`;
}

function escapeUnits(risky: string): string {
  if (risky === '##[') return '\\u0023\\u0023[';
  return Array.from({ length: risky.length }, (_, at) => `\\u${risky.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
}
