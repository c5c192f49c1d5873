import * as is from './attributes.ts';

/** An attribute of an object: a check of its value, or what kind of objects it holds. */
export type Attribute =
  | is.Check
  | { readonly object: string }
  | { readonly list: string }
  /** Components by their tag. */
  | { readonly components: true };

/** What an object may have; a name that ends in `!` is needed. */
export type Shape = Readonly<Record<string, Attribute>>;

const placed: Shape = { element_id: is.elementId, margin: is.margin };
const layout: Shape = {
  direction: is.oneOf('vertical', 'horizontal'),
  padding: is.padding,
  horizontal_spacing: is.spacing,
  vertical_spacing: is.spacing,
  horizontal_align: is.oneOf('left', 'center', 'right'),
  vertical_align: is.oneOf('top', 'center', 'bottom'),
};
const align = is.oneOf('left', 'center', 'right');

/** Objects without a tag of their own, and texts. */
export const parts: Readonly<Record<string, Shape>> = {
  card: {
    'schema!': is.oneOf('2.0'),
    config: { object: 'config' },
    header: { object: 'header' },
    card_link: { object: 'link' },
    'body!': { object: 'body' },
  },
  config: {
    update_multi: (value) => (value === true ? undefined : 'must be true'),
    width_mode: is.oneOf('default', 'compact', 'fill'),
    enable_forward: is.flag,
    enable_forward_interaction: is.flag,
    summary: { object: 'summary' },
    style: is.object,
  },
  summary: { 'content!': is.text },
  link: { url: is.webAddress, pc_url: is.webAddress, ios_url: is.webAddress, android_url: is.webAddress },
  header: {
    'title!': { object: 'headerText' },
    subtitle: { object: 'headerText' },
    text_tag_list: { list: 'textTag' },
    template: is.headerColor,
    icon: { object: 'icon' },
    padding: is.padding,
  },
  headerText: { 'tag!': is.oneOf('plain_text', 'lark_md'), 'content!': is.text },
  textTag: {
    'tag!': is.oneOf('text_tag'),
    element_id: is.elementId,
    'text!': { object: 'plainText' },
    color: is.tagColor,
  },
  icon: {
    'tag!': is.oneOf('standard_icon', 'custom_icon'),
    token: is.text,
    color: is.color,
    img_key: is.text,
  },
  body: { ...layout, 'elements!': { components: true } },
  plainText: { 'tag!': is.oneOf('plain_text'), 'content!': is.text },
  label: {
    'tag!': is.oneOf('plain_text'),
    'content!': is.like(/^[\s\S]{1,100}$/u, 'a text of 1 to 100 characters'),
  },
  divText: {
    'tag!': is.oneOf('plain_text', 'lark_md'),
    'content!': is.text,
    element_id: is.elementId,
    text_size: is.text,
    text_color: is.color,
    text_align: align,
    lines: is.whole(1, 1000),
  },
  column: {
    'tag!': is.oneOf('column'),
    ...placed,
    ...layout,
    background_style: is.color,
    width: is.width,
    weight: is.whole(1, 5),
    'elements!': { components: true },
  },
  panelHeader: {
    'title!': { object: 'panelTitle' },
    background_color: is.color,
    vertical_align: is.oneOf('top', 'center', 'bottom'),
    icon: { object: 'icon' },
    icon_position: is.oneOf('left', 'right', 'follow_text'),
    icon_expanded_angle: (value) =>
      [-180, -90, 90, 180].includes(Number(value)) ? undefined : 'must be -180, -90, 90 or 180',
    width: is.oneOf('fill', 'auto', 'auto_when_fold'),
  },
  panelTitle: { 'tag!': is.oneOf('plain_text', 'markdown'), 'content!': is.text },
  border: { color: is.color, corner_radius: is.pixels },
  confirm: { 'title!': { object: 'plainText' }, 'text!': { object: 'plainText' } },
  behavior: {
    'type!': is.oneOf('open_url', 'callback'),
    default_url: is.webAddress,
    pc_url: is.text,
    ios_url: is.text,
    android_url: is.text,
    value: is.object,
  },
  option: { 'text!': { object: 'plainText' }, icon: { object: 'icon' }, 'value!': is.filledText },
  overflowOption: { text: { object: 'label' }, multi_url: { object: 'link' }, value: is.filledText },
};

/** The components that a template may use, by their tag. */
export const components: Readonly<Record<string, Shape>> = {
  markdown: {
    ...placed,
    'content!': is.filledText,
    text_align: align,
    text_size: is.text,
    icon: { object: 'icon' },
  },
  div: { ...placed, width: is.width, icon: { object: 'icon' }, text: { object: 'divText' } },
  hr: placed,
  column_set: {
    ...placed,
    'columns!': { list: 'column' },
    flex_mode: is.oneOf('none', 'stretch', 'flow', 'bisect', 'trisect'),
    background_style: is.color,
    horizontal_spacing: is.spacing,
    horizontal_align: align,
  },
  collapsible_panel: {
    ...placed,
    ...layout,
    expanded: is.flag,
    background_color: is.color,
    border: { object: 'border' },
    'header!': { object: 'panelHeader' },
    'elements!': { components: true },
  },
  button: {
    ...placed,
    'text!': { object: 'label' },
    type: is.oneOf(
      ...'default primary danger text primary_text danger_text primary_filled danger_filled laser'.split(' '),
    ),
    size: is.oneOf('tiny', 'small', 'medium', 'large'),
    width: is.width,
    icon: { object: 'icon' },
    hover_tips: { object: 'plainText' },
    disabled: is.flag,
    disabled_tips: { object: 'plainText' },
    confirm: { object: 'confirm' },
    'behaviors!': { list: 'behavior' },
  },
  select_static: {
    ...placed,
    type: is.oneOf('default', 'text'),
    disabled: is.flag,
    initial_option: is.text,
    initial_index: is.whole(0, 1000),
    placeholder: { object: 'plainText' },
    width: is.width,
    'behaviors!': { list: 'behavior' },
    'options!': { list: 'option' },
    confirm: { object: 'confirm' },
  },
  overflow: {
    ...placed,
    width: is.width,
    'options!': { list: 'overflowOption' },
    behaviors: { list: 'behavior' },
    confirm: { object: 'confirm' },
  },
  chart: {
    ...placed,
    'chart_spec!': is.object,
    aspect_ratio: is.oneOf('1:1', '2:1', '4:3', '16:9'),
    color_theme: is.oneOf('brand', 'rainbow', 'complementary', 'converse', 'primary'),
    preview: is.flag,
    height: is.like(/^(?:auto|[1-9]\d{0,2}px)$/, 'auto, or 1px to 999px'),
  },
  img: {
    ...placed,
    'img_key!': is.filledText,
    'alt!': { object: 'plainText' },
    title: { object: 'plainText' },
    corner_radius: is.text,
    scale_type: is.oneOf('crop_center', 'crop_top', 'fit_horizontal'),
    size: is.text,
    transparent: is.flag,
    preview: is.flag,
  },
};
