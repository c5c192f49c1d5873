import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from 'hono';
import { messageOf } from '#shared/errors/index.ts';
import { latestFinding, refusalOf } from '#shared/interaction/index.ts';
import type { SignedLink } from '#shared/links/index.ts';
import { personActions } from '#shared/model/index.ts';
import { findingView } from './finding-view.ts';
import { type LinkPagesOptions, linkBeside, mayAct, viewOptions } from './options.ts';
import { answerPage } from './render.ts';
import type { PageWords } from './words/index.ts';

/** Of each kind the newest. */
const mostRows = 50;
/** What the store does not say in time is left out; the finding itself the bus knows too. */
const patienceMs = 2_000;

/** The page of a finding: all that is known of it, and what can be done. */
export class FindingPage {
  readonly #options: LinkPagesOptions & { readonly linkKey: string };
  readonly #words: PageWords;

  constructor(options: LinkPagesOptions & { readonly linkKey: string }, words: PageWords) {
    this.#options = options;
    this.#words = words;
  }

  async show(context: Context, link: SignedLink): Promise<Response> {
    const { config, linkKey, store } = this.#options;
    const { language } = config;
    const { incidentId } = link;
    const [finding, deliveries, audit] = await Promise.all([
      latestFinding(this.#options, incidentId, () => true),
      this.#orNone(store.deliveries({ incidentId, limit: mostRows })),
      this.#orNone(store.audit({ incidentId, limit: mostRows })),
    ]);
    if (finding === undefined) {
      const sentence = this.#words.trouble.gone;
      const page = { template: 'told', title: sentence, kind: 'trouble', sentence } as const;
      return answerPage(context, page, { status: 404, language });
    }
    const somebody = { id: '', name: '' };
    const buttons = personActions
      .filter(
        (action) =>
          mayAct(config, link, action) &&
          refusalOf({ action, by: somebody, to: somebody }, finding) === undefined,
      )
      .map((action) => ({ text: this.#words.action[action], url: linkBeside(linkKey, link, action) }));
    const view = findingView(finding, { deliveries, audit }, viewOptions(this.#options, link, this.#words));
    return answerPage(
      context,
      { template: 'finding', title: view.title, finding: view, buttons },
      { language },
    );
  }

  async #orNone<T>(asked: Promise<readonly T[]>): Promise<readonly T[]> {
    const timer = new AbortController();
    try {
      const late = delay(patienceMs, [], { signal: timer.signal }).catch(() => []);
      return await Promise.race([asked, late]);
    } catch (thrown) {
      this.#options.logger.warn(`gateway: a finding is shown without its records: ${messageOf(thrown)}`);
      return [];
    } finally {
      timer.abort();
      // An answer that is no longer waited for may be a failure.
      asked.catch(() => undefined);
    }
  }
}
