import { createHash, randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { latestFinding, refusalOf, underWay, wordingOf } from '#shared/interaction/index.ts';
import type { SignedLink } from '#shared/links/index.ts';
import type { Finding, PersonAction } from '#shared/model/index.ts';
import type { ClerkAnswer } from '../actions/clerk.ts';
import { addressOf } from '../origin.ts';
import { factsOf, headOf } from './finding-view.ts';
import { type LinkPagesOptions, linkBeside, mayAct, viewOptions } from './options.ts';
import { answerPage, type PageStatus } from './render.ts';
import type { PageWords } from './words/index.ts';

type ActLink = SignedLink & { readonly purpose: PersonAction };

/** A person looks at a page that loads for so long; what takes longer goes on behind it. */
const answerWithinMs = 5_000;
const longestName = 80;

/** The page behind an action's link. */
export class ActPage {
  readonly #options: LinkPagesOptions & { readonly linkKey: string };
  readonly #words: PageWords;

  constructor(options: LinkPagesOptions & { readonly linkKey: string }, words: PageWords) {
    this.#options = options;
    this.#words = words;
  }

  /** What it is about, and a form; or why it cannot be done. */
  async show(context: Context, link: ActLink, again?: { readonly trouble: string }): Promise<Response> {
    const finding = await latestFinding(this.#options, link.incidentId, () => true);
    if (finding === undefined) return this.#tell(context, link, 'trouble', this.#words.trouble.gone, 404);
    const { config } = this.#options;
    const refusal = this.#refusalOf(link, finding);
    const options = viewOptions(this.#options, link, this.#words);
    const people = Object.entries(config.people).map(([id, { name }]) => ({ id, name }));
    const trouble = refusal ?? again?.trouble;
    return answerPage(
      context,
      {
        template: 'act',
        title: this.#words.action[link.purpose],
        finding: { ...headOf(finding, options), facts: factsOf(finding, options) },
        page: linkBeside(this.#options.linkKey, link, 'view'),
        ...(trouble !== undefined && { trouble }),
        ...(refusal === undefined && {
          form: { once: randomUUID(), ...(link.purpose === 'hand-over' && { people }) },
        }),
      },
      { language: config.language, status: again === undefined ? 200 : 400 },
    );
  }

  /** Does what the form asks for. */
  async carryOut(context: Context, link: ActLink, form: URLSearchParams): Promise<Response> {
    const { config, clerk } = this.#options;
    const name = (form.get('name') ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, longestName);
    if (name === '') return this.show(context, link, { trouble: this.#words.trouble.name });
    const to = form.get('to') ?? undefined;
    const note = form.get('note') ?? undefined;
    const once = form.get('once')?.slice(0, 64) ?? randomUUID();
    const address = addressOf(context);
    const answer = await clerk.act(
      {
        ...{ incidentId: link.incidentId, action: link.purpose, channel: link.channel, via: 'link' },
        by: { id: `link:${name}`, name: this.#words.linkName(name) },
        // A role that is not there may do nothing.
        role: mayAct(config, link, link.purpose) ? config.interaction.linkRole : '',
        eventId: createHash('sha256')
          .update(JSON.stringify([link, once, name, to, note]))
          .digest('hex'),
        ...(link.purpose === 'hand-over' && to !== undefined && { to }),
        ...(note !== undefined && { note }),
        ...(address !== undefined && { address }),
      },
      answerWithinMs,
    );
    return this.#answer(context, link, answer);
  }

  #answer(context: Context, link: ActLink, answer: ClerkAnswer): Response {
    const { language } = this.#options.config;
    switch (answer.kind) {
      case 'done':
        return this.#tell(context, link, 'done', answer.sentence[language], 200);
      case 'under-way':
        return this.#tell(context, link, 'done', underWay[language], 202);
      case 'refused': {
        const status = answer.why === 'role' ? 403 : answer.why === 'unknown' ? 404 : 409;
        return this.#tell(context, link, 'trouble', answer.sentence[language], status);
      }
      case 'failed':
      case 'busy':
        return this.#tell(context, link, 'trouble', this.#words.trouble.busy, 503);
    }
  }

  /** Why the form is not even shown; to whom it is handed over is chosen in it, and who asks is not known before. */
  #refusalOf(link: ActLink, finding: Finding): string | undefined {
    const { config } = this.#options;
    const nobody = { id: '', name: '' };
    const why = mayAct(config, link, link.purpose)
      ? refusalOf({ action: link.purpose, by: nobody, to: nobody }, finding)
      : 'role';
    return why === undefined ? undefined : wordingOf({ kind: 'refused', why })[config.language];
  }

  #tell(context: Context, link: SignedLink, kind: 'done' | 'trouble', sentence: string, status: PageStatus) {
    const { config, linkKey } = this.#options;
    const page = linkBeside(linkKey, link, 'view');
    return answerPage(
      context,
      { template: 'told', title: sentence, kind, sentence, page },
      { status, language: config.language },
    );
  }
}
