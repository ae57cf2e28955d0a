/** Words below a country's domain that say what kind of name stands before them, such as `co` in acme.co.uk. */
const KINDS = new Set(['ac', 'co', 'com', 'edu', 'gov', 'net', 'org']);
const MOST_CHARACTERS = 56;

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** A file's name for a domain: its own word, `acme` of mail.acme.example and of acme.co.uk, or the whole of it where that is taken. */
export function nameDomain(domain: string, taken: Set<string>): string {
  const labels = domain.toLowerCase().split('.').slice(0, -1);
  const last = labels.at(-1) ?? '';
  const word = labels.length > 1 && KINDS.has(last) ? (labels.at(-2) ?? last) : last;
  const whole = domain.toLowerCase().replaceAll('.', '-').slice(0, MOST_CHARACTERS);
  const name = taken.has(word) || word.length > MOST_CHARACTERS ? whole : word;
  taken.add(name);
  return name;
}
