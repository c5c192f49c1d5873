import { LogpatrolError } from '#shared/errors/index.ts';

/** Whether there is somebody to ask: questions are read from standard input and shown on standard error, for the output may be piped. */
export function isAskable(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Whoever was asked had enough: Ctrl-C or Escape. */
export class Abandoned extends LogpatrolError {
  constructor() {
    super('usage', 'given up: nothing was written');
  }
}

type Validate = (text: string) => string | undefined;

/** A line of text. @throws Abandoned */
export async function askText(
  message: string,
  { initial = '', validate }: { initial?: string; validate?: Validate } = {},
): Promise<string> {
  const { text } = await import('@clack/prompts');
  return answered(
    await text({
      message,
      output: process.stderr,
      ...(initial !== '' && { initialValue: initial }),
      ...(validate !== undefined && { validate: (value = '') => validate(value.trim()) }),
    }),
  ).trim();
}

/** A secret: nothing of what is typed is shown, not even how long it is. @throws Abandoned */
export async function askSecret(message: string, validate?: Validate): Promise<string> {
  const { password } = await import('@clack/prompts');
  return answered(
    await password({
      message,
      mask: '',
      output: process.stderr,
      validate: (value = '') => validate?.(value),
    }),
  );
}

/** Yes or no. @throws Abandoned */
export async function askWhether(message: string, initial: boolean): Promise<boolean> {
  const { confirm } = await import('@clack/prompts');
  return answered(await confirm({ message, initialValue: initial, output: process.stderr }));
}

/** One of some. @throws Abandoned */
export async function askWhich<Value extends string>(
  message: string,
  options: readonly { readonly value: Value; readonly label: string }[],
): Promise<Value> {
  const { select } = await import('@clack/prompts');
  return answered(
    await select<string>({
      message,
      options: options.map((option) => ({ ...option })),
      output: process.stderr,
    }).then((chosen) => options.find(({ value }) => value === chosen)?.value),
  );
}

function answered<T>(answer: T): Exclude<T, symbol | undefined> {
  if (isAnswer(answer)) return answer;
  throw new Abandoned();
}

/** A question that was left gives a symbol. */
function isAnswer<T>(answer: T): answer is Exclude<T, symbol | undefined> {
  return answer !== undefined && typeof answer !== 'symbol';
}
