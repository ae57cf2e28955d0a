import type { Part } from '../model.ts';
import { visible } from '../text/encode.ts';

/** One request of a change of several: `give developer`, `take administrator`, `activate`. */
export function describePart(part: Part): string {
  switch (part.do) {
    case 'assign':
      return `give ${visible(part.role)}`;
    case 'unassign':
      return `take ${visible(part.role)}`;
    case 'invite':
      return 'make the login';
    case 'delete':
      return 'end the login';
    case 'patch':
      return patchWords(part.fields);
    default:
      return part satisfies never;
  }
}

function patchWords({ active, name, roles }: Extract<Part, { readonly do: 'patch' }>['fields']): string {
  const words = [
    ...(active === true ? ['activate'] : []),
    ...(name === undefined ? [] : [`name ${visible(name)}`]),
    ...(roles === undefined ? [] : [`roles ${roles.map((role) => visible(role)).join(', ')}`]),
  ];
  return words.join(' and ');
}
