import { groupBy } from '../group-by.ts';

/** What a shell needs to know of one command. */
export interface CommandOutline {
  /** `''` for rollcall itself, `ledger show` for a command of a group. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  readonly flags: readonly { readonly flag: string; readonly about: string; readonly takes: Taken | null }[];
  /** What stands behind the command without a flag. */
  readonly argument: Taken | null;
}

/** What may be typed: one of these words, a place on disk, an account of the policies, or something that nobody can guess. */
export type Taken = readonly string[] | 'file' | 'folder' | 'account' | 'anything';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * A script that completes commands, flags and their values. All it needs stands in it, so that a Tab starts no process; account names are
 * the file names under the folder of policies. Nothing that stands in a name is ever run: names of another shape are left out.
 */
export function renderCompletion(shell: Shell, outline: readonly CommandOutline[]): string {
  return { bash: renderBash, zsh: renderZsh, fish: renderFish }[shell](outline);
}

function renderBash(outline: readonly CommandOutline[]): string {
  const take = (taken: Taken) =>
    typeof taken !== 'string'
      ? `offer ${taken.join(' ')}`
      : { file: 'files=-f', folder: 'files=-d', account: 'offer $(_rollcall_accounts "$policies")', anything: ':' }[taken];
  return `# rollcall completion for bash. In ~/.bashrc: source <(rollcall completion bash)
_rollcall_accounts() {
  local file name
  for file in "$1"/accounts/*.yaml "$1"/accounts/*.yml; do
    name=\${file##*/}
    name=\${name%.*}
    [[ $name =~ ^[a-z0-9][a-z0-9-]*$ ]] && echo "$name"
  done
}
_rollcall() {
  local at='' flag='' policies=policies files='' cur=\${COMP_WORDS[COMP_CWORD]} word i
  offer() {
    local one
    for one in "$@"; do [[ $one == "$cur"* ]] && COMPREPLY+=("$one"); done
  }
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    [[ $word == '=' ]] && continue
    if [[ -n $flag ]]; then
      [[ $flag == --policies ]] && policies=$word
      flag=''
      continue
    fi
    case $word in
      ${valueFlags(outline).join(' | ')}) flag=$word ;;
      -*) ;;
      *) case "$at $word" in ${paths(outline)
        .map((path) => `' ${path}'`)
        .join(' | ')}) at="$at $word" ;; esac ;;
    esac
  done
  [[ $cur == '=' ]] && cur=''
  if [[ -n $flag ]]; then
    case "$at $flag" in
${flagCases(outline, 6, take)}
    esac
  elif [[ $cur == -* ]]; then
    case $at in
${outline.map(({ path, flags }) => `      ${caseOf(path)}) offer ${flags.map(({ flag }) => flag).join(' ')} ;;`).join('\n')}
    esac
  else
    case $at in
${argumentCases(outline, 6, ({ commands, argument }) => (commands.length > 0 ? `offer ${commands.map(({ name }) => name).join(' ')}` : take(argument ?? 'anything')))}
    esac
  fi
  unset -f offer
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$files" -- "$cur")
  fi
}
complete -F _rollcall rollcall
`;
}

function renderZsh(outline: readonly CommandOutline[]): string {
  const take = (taken: Taken) =>
    typeof taken !== 'string'
      ? `compadd -- ${taken.join(' ')}`
      : { file: '_files', folder: '_files -/', account: 'compadd -- $(_rollcall_accounts "$policies")', anything: ':' }[taken];
  const list = (rows: readonly (readonly [string, string])[]) => rows.map(([name, about]) => quote(`${name}:${about}`)).join(' ');
  return `#compdef rollcall
# rollcall completion for zsh. In ~/.zshrc, after compinit: source <(rollcall completion zsh)
_rollcall_accounts() {
  local file
  for file in "$1"/accounts/*.(yaml|yml)(N:t:r); do
    [[ $file =~ '^[a-z0-9][a-z0-9-]*$' ]] && print -r -- "$file"
  done
}
_rollcall() {
  local at='' flag='' policies=policies word
  local -a offered
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n $flag ]]; then
      [[ $flag == --policies ]] && policies=$word
      flag=''
      continue
    fi
    case $word in
      ${valueFlags(outline).join('|')}) flag=$word ;;
      --policies=*) policies=\${word#*=} ;;
      -*) ;;
      *) case "$at $word" in ${paths(outline)
        .map((path) => `' ${path}'`)
        .join('|')}) at="$at $word" ;; esac ;;
    esac
  done
  if [[ -z $flag && $words[CURRENT] == --*=* ]]; then
    flag=\${words[CURRENT]%%=*}
    compset -P '*='
  fi
  if [[ -n $flag ]]; then
    case "$at $flag" in
${flagCases(outline, 6, take)}
    esac
  elif [[ $words[CURRENT] == -* ]]; then
    case $at in
${outline.map(({ path, flags }) => `      ${caseOf(path)}) offered=(${list(flags.map(({ flag, about }) => [flag, about]))}) ;;`).join('\n')}
    esac
    _describe -o flag offered
  else
    case $at in
${argumentCases(outline, 6, ({ commands, argument }) => (commands.length > 0 ? `offered=(${list(commands.map(({ name, about }) => [name, about]))}); _describe command offered` : take(argument ?? 'anything')))}
    esac
  fi
}
if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then _rollcall "$@"; else compdef _rollcall rollcall; fi
`;
}

function renderFish(outline: readonly CommandOutline[]): string {
  const take = (taken: Taken | null) => {
    if (taken === null) return '';
    if (typeof taken !== 'string') return ` -x -a '${taken.join(' ')}'`;
    return {
      file: ' -r -F',
      folder: ` -x -a '(__fish_complete_directories)'`,
      account: ` -x -a '(__rollcall_accounts)'`,
      anything: ' -x',
    }[taken];
  };
  const lines = outline.flatMap(({ path, commands, flags, argument }) => {
    const at = `complete -c rollcall -n "__rollcall_at '${path}'"`;
    return [
      ...commands.map(({ name, about }) => `${at} -a ${name} -d ${quoteFish(about)}`),
      ...flags.map(({ flag, about, takes }) => `${at} -l ${flag.slice(2)}${take(takes)} -d ${quoteFish(about)}`),
      ...(argument === null || argument === 'anything' ? [] : [`${at}${take(argument).replace(' -x', '')}`]),
    ];
  });
  return `# rollcall completion for fish: rollcall completion fish > ~/.config/fish/completions/rollcall.fish
function __rollcall_walk
  set -g __rollcall_policies policies
  set -l at
  set -l flag ''
  for word in (commandline -opc)[2..-1]
    if test -n "$flag"
      test "$flag" = --policies; and set -g __rollcall_policies $word
      set flag ''
      continue
    end
    switch $word
      case ${valueFlags(outline).join(' ')}
        set flag $word
      case '-*'
      case '*'
        contains -- (string join ' ' -- $at $word) ${paths(outline)
          .map((path) => `'${path}'`)
          .join(' ')}; and set -a at $word
    end
  end
  string join ' ' -- $at
end
function __rollcall_at
  set -l at (__rollcall_walk)
  test "$at" = "$argv"
end
function __rollcall_accounts
  __rollcall_walk >/dev/null
  for file in $__rollcall_policies/accounts/*.yaml $__rollcall_policies/accounts/*.yml
    string match -r '[^/]+(?=\\.ya?ml$)' -- $file | string match -r '^[a-z0-9][a-z0-9-]*$'
  end
end
complete -c rollcall -f
${lines.join('\n')}
`;
}

function paths(outline: readonly CommandOutline[]): string[] {
  return outline.map(({ path }) => path).filter((path) => path !== '');
}

/** Every flag behind which a value stands, whichever command it belongs to. */
function valueFlags(outline: readonly CommandOutline[]): string[] {
  return [...new Set(outline.flatMap(({ flags }) => flags.filter(({ takes }) => takes !== null).map(({ flag }) => flag)))];
}

/** What stands behind a flag, by `at flag`: once for all commands where it means the same in every one of them. */
function flagCases(outline: readonly CommandOutline[], indent: number, take: (taken: Taken) => string): string {
  const cases = new Map<string, string[]>();
  const uses = outline.flatMap(({ path, flags }) => flags.map(({ flag, takes }) => ({ path, flag, todo: take(takes ?? 'anything') })));
  for (const [flag, same] of groupBy(uses, (use) => use.flag)) {
    const isOne = new Set(same.map(({ todo }) => todo)).size === 1;
    for (const { path, todo } of isOne ? same.slice(0, 1) : same) {
      const name = isOne ? `*' ${flag}'` : quote(`${path === '' ? '' : ` ${path}`} ${flag}`);
      if (todo !== ':') cases.set(todo, [...(cases.get(todo) ?? []), name]);
    }
  }
  return [...cases].map(([todo, names]) => `${' '.repeat(indent)}${names.join(' | ')}) ${todo} ;;`).join('\n');
}

function argumentCases(outline: readonly CommandOutline[], indent: number, say: (one: CommandOutline) => string): string {
  return outline
    .filter(({ commands, argument }) => commands.length > 0 || (argument !== null && argument !== 'anything'))
    .map((one) => `${' '.repeat(indent)}${caseOf(one.path)}) ${say(one)} ;;`)
    .join('\n');
}

function caseOf(path: string): string {
  return quote(path === '' ? '' : ` ${path}`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function quoteFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
