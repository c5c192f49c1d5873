import { plain } from './asserted.ts';

/** Commands that destroy what nobody can bring back, or that open the machine to everyone. */
const commands: readonly RegExp[] = [
  /\brm\s+(?:-[a-z-]+\s+)*-[a-z]*(?:rf|fr|r)\b/,
  /\bmkfs(?:\.\w+)?\b/,
  /\bwipefs\b/,
  /\bdd\s+[^|]*\bof=\/dev\//,
  /\b(?:drop|truncate)\s+(?:table|database|schema)\b/,
  /\bflush(?:all|db)\b/,
  /\bdelete\s+from\s+\w+\s*(?:;|$)/,
  /\bkubectl\s+delete\s+(?:ns|namespace|pv|pvc|persistentvolume\w*|statefulset|sts)\b/,
  /\bkafka-topics(?:\.sh)?\b[^;]*--delete\b/,
  /\bcurl\b[^;]*-x\s*delete\b[^;]*(?:\/_all|\/\*)/,
  /\bchmod\s+(?:-r\s+)?0?777\b/,
  /\biptables\s+-f\b/,
  /\b(?:curl|wget)\b[^|]*\|\s*(?:sudo\s+)?(?:ba|z)?sh\b/,
  /\bhdfs\s+namenode\s+-format\b/,
  /\bhdfs\s+dfs\s+-rm\b[^;]*-skiptrash\b/,
];
/** A warning against it is no request for it. */
const warnings =
  /(?:不要|切勿|请勿|勿|禁止|避免|严禁|\bdo not|\bdon't|\bnever|\bavoid|\bwithout)[^。；;.]{0,40}$/;

/** Whether an action asks a person to run such a command. */
export function asksForDestruction(action: string): boolean {
  const text = plain(action);
  return commands.some((command) => {
    const found = command.exec(text);
    return found !== null && !warnings.test(text.slice(0, found.index));
  });
}
