import type { Finding, Mention, PersonAction, Severity } from '#shared/model/index.ts';

/** One labelled fact of a card. Plain text: every sink escapes it in its own way. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** A heading and the text below it, line breaks kept. */
export interface TextView {
  readonly label: string;
  readonly text: string;
}

/** One thing to do, line breaks kept; and where it comes from, or '' where the label of the list says so. */
export interface StepView {
  readonly text: string;
  readonly source: string;
}

/** A word beside the title. */
export interface TagView {
  readonly text: string;
  readonly color: 'red' | 'orange' | 'blue' | 'green' | 'violet' | 'neutral';
}

/** An address of our own making: it never comes out of a log. */
export interface LinkView {
  readonly text: string;
  readonly url: string;
}

/** Lines over time (`bar`), or a sensor's readings (`line`). */
export interface ChartView {
  readonly type: 'bar' | 'line';
  readonly label: string;
  /** `at` is the start of the step on the clock of the card's zone. */
  readonly points: readonly { readonly at: string; readonly count: number }[];
}

/** Another finding on the card. */
export interface MemberView {
  readonly id: string;
  readonly severity: Severity;
  readonly service: string;
  readonly title: string;
  /** How often, and its state, in words. */
  readonly count: string;
  readonly state: string;
}

/** Something that a person can do. */
export interface ButtonView {
  readonly action: PersonAction;
  readonly text: string;
  readonly style: 'primary' | 'default' | 'danger';
  /** Asked before it is done. */
  readonly confirm: { readonly title: string; readonly text: string } | undefined;
  /** The signed link that does it; undefined where the button calls back. */
  readonly url: string | undefined;
}

/** What people can do about the finding, from the card. */
export interface ButtonsView {
  /** `callback`: the platform tells us of the click; `links`: the browser opens `url`. */
  readonly kind: 'callback' | 'links';
  /** What the buttons are about. */
  readonly incidentId: string;
  readonly main: readonly ButtonView[];
  readonly silences: { readonly label: string; readonly buttons: readonly ButtonView[] } | undefined;
  /** Of buttons that call back: to whom it can be handed over. With links it is one of `main`. */
  readonly handOver:
    | {
        readonly label: string;
        readonly people: readonly { readonly id: string; readonly name: string }[];
      }
    | undefined;
}

/**
 * What a card says, before it has a form: the one model behind the Feishu card, the text for a terminal and what other channels
 * make of it. All strings are plain, masked, cut to their budget, and not escaped.
 */
export interface CardView {
  /** `full` for the first word on an incident and for a card that is kept up to date; `note` for what follows otherwise. */
  readonly form: 'full' | 'note';
  readonly color: 'red' | 'orange' | 'blue' | 'green' | 'grey';
  readonly severity: Severity;
  readonly state: Finding['state'];
  /** `【severity】service: what broke`. */
  readonly title: string;
  /** Why it is sent. */
  readonly subtitle: string;
  readonly tags: readonly TagView[];
  readonly facts: readonly Fact[];
  /** Who is called, by name or, where the platform can, by their account. */
  readonly mentions: { readonly label: string; readonly people: readonly Mention[] } | undefined;
  /** What the model said: the label has its verdict, and that of the cause whether a line shows it. */
  readonly conclusion:
    | {
        readonly label: string;
        readonly summary: string;
        readonly cause: Fact | undefined;
        readonly by: string;
      }
    | undefined;
  /** The lines that show the cause. */
  readonly proof: TextView | undefined;
  /** Says that no model took part, or that its word is of earlier, and why. */
  readonly without: string | undefined;
  /** Other lines of it, and those before. */
  readonly evidence: TextView | undefined;
  /** What the model says to do; without that, what the best of the runbooks says to do first. */
  readonly steps: { readonly label: string; readonly items: readonly StepView[] } | undefined;
  /** Runbooks that fit, where no model chose from them; earlier findings like it. */
  readonly lists: readonly { readonly label: string; readonly items: readonly string[] }[];
  readonly chart: ChartView | undefined;
  /** The other findings on the card; `more` says how many there are besides. */
  readonly members:
    | { readonly label: string; readonly rows: readonly MemberView[]; readonly more: string | undefined }
    | undefined;
  /** Who did what, and when; oldest first. */
  readonly history: { readonly label: string; readonly items: readonly string[] } | undefined;
  /** What unfolds: further facts and the lines at length. */
  readonly full:
    | { readonly label: string; readonly facts: readonly Fact[]; readonly text: string }
    | undefined;
  readonly links: readonly LinkView[];
  readonly buttons: ButtonsView | undefined;
  /** `<incident id> r<revision>`: what a card is about, for people who search and for counting. */
  readonly footer: string;
}

/** One row of a digest. */
export interface DigestRow extends MemberView {
  readonly reason: string;
}

/** What a digest says. Strings as in `CardView`. */
export interface DigestView {
  readonly color: 'red' | 'orange' | 'blue' | 'green';
  readonly title: string;
  readonly subtitle: string;
  readonly tags: readonly TagView[];
  /** The most severe first. */
  readonly groups: readonly {
    readonly severity: Severity;
    readonly label: string;
    readonly rows: readonly DigestRow[];
  }[];
  /** Says how many more wait. */
  readonly waiting: string | undefined;
  readonly footer: string;
}
