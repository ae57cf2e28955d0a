import { expressionsOf, type Workflow } from './read-workflow.ts';

/** Code that an expression would be pasted into before it runs. */
const CODE = /\.(?:run|shell|working-directory|with\.script)$/;

export function checkInjection({ texts }: Workflow): string[] {
  return texts
    .filter(({ path, text }) => CODE.test(path) && text.includes('${{'))
    .map(({ path }) => `${path} is put together from an expression`);
}

export function checkActors({ texts }: Workflow): string[] {
  return texts
    .filter((text) => expressionsOf(text).some((expression) => /\b(?:triggering_)?actor(?:_id)?\b|\[bot\]|\bsender\b/i.test(expression)))
    .map(({ path }) => `${path} trusts whoever started the run`);
}

/** `if` with anything around its `${{ }}` is a text, and a text that is not empty is true. */
export function checkConditions({ texts }: Workflow): string[] {
  const isConstant = (text: string) =>
    /^(?:\$\{\{)?\s*(?:true|always|'[^']*'|\d+)\s*(?:\}\})?$/.test(text) || /\|\|\s*(?:true|always\(\)|!false)/.test(text);
  return texts
    .filter(({ path }) => /\.if$/.test(path))
    .filter(({ text }) => (text.includes('${{') && !/^\$\{\{(?:(?!\}\})[\s\S])*\}\}$/.test(text)) || isConstant(text))
    .map(({ path }) => `${path} is always true`);
}

/** In a text `contains` finds a part of a word, so `main` is in `domain`; only a list has whole members. */
export function checkContains({ texts }: Workflow): string[] {
  return texts
    .filter((text) => expressionsOf(text).some((expression) => /\bcontains\s*\(\s*(?!fromJSON\s*\()/i.test(expression)))
    .map(({ path }) => `${path} looks for a part of a word`);
}

/** `a && b || c` is c whenever b is empty. */
export function checkTernaries({ texts }: Workflow): string[] {
  return texts
    .filter(
      (text) =>
        !/\.if$/.test(text.path) && expressionsOf(text).some((expression) => expression.includes('&&') && expression.includes('||')),
    )
    .map(({ path }) => `${path} chooses by && and ||`);
}
