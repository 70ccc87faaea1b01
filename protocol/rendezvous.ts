/**
 * Rendezvous hashing: for each key an order of the candidates that everybody computes alike.
 *
 * Each candidate has a weight under a key; the heaviest comes first. When one goes, only the keys
 * that it was first for find another, and different keys spread over all candidates alike
 * [Thaler, Ravishankar: Using name-based mappings to increase hit rates, 1998]. The hash is quick
 * and not secret: it spreads load, it protects nothing.
 */

/** The candidates, heaviest first; of equal weights the smaller name. */
export function rendezvousOrder<Candidate>(
  key: string,
  candidates: readonly Candidate[],
  nameOf: (candidate: Candidate) => string,
): readonly Candidate[] {
  // A unit between key and name, so that ("ab", "c") and ("a", "bc") differ.
  const base = mix(mixText(offsetBasis, key), 0);
  return candidates
    .map((candidate) => {
      const name = nameOf(candidate);
      return { candidate, name, weight: finish(mixText(base, name)) };
    })
    .toSorted((one, other) => other.weight - one.weight || (one.name < other.name ? -1 : 1))
    .map(({ candidate }) => candidate);
}

const offsetBasis = 0x811c9dc5;

/** FNV-1a over UTF-16 code units. */
function mixText(hash: number, text: string): number {
  let mixed = hash;
  for (let at = 0; at < text.length; at += 1) mixed = mix(mixed, text.charCodeAt(at));
  return mixed;
}

function mix(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

/** The finalizer of MurmurHash3: every bit of the input reaches every bit of the weight. */
function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
