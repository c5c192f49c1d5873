export { type Digest, type DigestEntry, mostInDigest } from './digest.ts';
export { digestView } from './digest-view.ts';
export { type FeishuCard, renderFeishuCard, renderFeishuDigest } from './feishu.ts';
export { checkTemplates, lintTemplates, mistakeText, type TemplateMistake } from './lint/index.ts';
export { type Shown, shownMessage } from './masked.ts';
export { type CardsConfig, type RenderOptions, type Scale, type ViewOptions, wholeScale } from './options.ts';
export { plain } from './plain.ts';
export { previewPage } from './preview/page.ts';
export { renderFeishuRing } from './ring.ts';
export { renderDigestText, renderText, type TextOptions } from './text.ts';
export { cardView, viewOf } from './view.ts';
export type {
  ButtonsView,
  ButtonView,
  CardView,
  ChartView,
  DigestRow,
  DigestView,
  Fact,
  LinkView,
  MemberView,
  StepView,
  TextView,
} from './view-model.ts';
export type { Language } from './words/index.ts';
