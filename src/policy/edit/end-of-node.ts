import type { Node, Pair, YAMLMap, YAMLSeq } from 'yaml';

/** Where the last thing that a node holds ends; the range of a block collection goes on over comments that are not its own. */
export function endOfNode(node: Node): number {
  const last = 'items' in node && node.srcToken?.type !== 'flow-collection' ? (node as YAMLMap | YAMLSeq).items.at(-1) : undefined;
  if (last === undefined) return node.range?.[1] ?? 0;
  const inner = 'key' in (last as object) ? ((last as Pair<Node, Node>).value ?? (last as Pair<Node, Node>).key) : (last as Node);
  return endOfNode(inner);
}
