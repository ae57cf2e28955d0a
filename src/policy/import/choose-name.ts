import { isPerson } from '../edit/name-for.ts';

/** What two people of one name are told apart by is no part of it. */
const PART = /^\p{L}{2,}(?:-\p{L}{2,})*$/u;

/**
 * A name that people/ can hold: of those that vendors have the first that looks whole, or else the first; then what the address says,
 * where `ada.lovelace` is two names and anything else stays as it is. Null when people/ cannot hold the address.
 */
export function chooseName(principal: string, vendors: readonly string[]): string | null {
  const names = vendors.map((name) => name.trim()).filter((name) => name.toLowerCase() !== principal && isPerson(principal, name));
  const local = principal.split('@')[0] ?? '';
  const spelled = names.find((name) => name.includes(' ')) ?? names[0] ?? nameOfLocal(local);
  return [spelled, local].find((name) => isPerson(principal, name)) ?? null;
}

function nameOfLocal(local: string): string {
  const parts = local.split(/[._]/);
  if (parts.length < 2 || parts.length > 4 || !parts.every((part) => PART.test(part))) return local;
  return parts.map((part) => part.replace(/(^|-)\p{L}/gu, (letter) => letter.toUpperCase())).join(' ');
}
