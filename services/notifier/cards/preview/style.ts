/** How the page looks: Feishu's light theme, as far as that needs no font or picture of theirs. */
export const style = `
:root { color-scheme: light; font: 14px/1.57 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", system-ui, sans-serif; }
body { margin: 0; padding: 24px 16px; background: #f2f3f5; color: #1f2329; }
main { max-width: 600px; margin: 0 auto; }
section + section { margin-top: 16px; }
.channel { margin: 20px 4px 6px; font-size: 12px; color: #646a73; }
.card { background: #fff; border: 1px solid #dee0e3; border-radius: 8px; overflow: hidden; }
.card header { padding: 10px 12px; background: #e1eaff; color: #245bdb; }
.card h2 { margin: 0; font-size: 16px; line-height: 24px; overflow-wrap: anywhere; }
.card header p { margin: 2px 0 0; font-size: 12px; opacity: .85; }
.head-red { background: #fde2e2 !important; color: #d83931 !important; }
.head-orange { background: #feead2 !important; color: #de7802 !important; }
.head-green { background: #d9f5d6 !important; color: #2ea121 !important; }
.head-grey { background: #eff0f1 !important; color: #646a73 !important; }
.tag { display: inline-block; margin-left: 4px; padding: 0 6px; border-radius: 4px; font-size: 12px; line-height: 18px; font-weight: 500; vertical-align: 2px; background: #e1eaff; color: #245bdb; }
.tag-red { background: #fdd; color: #b42318; } .tag-green { background: #c8efc5; color: #186010; }
.tag-violet { background: #ebdfff; color: #6425d0; } .tag-neutral { background: #1f23291a; color: #1f2329; } .tag-orange { background: #feead2; color: #8f5505; }
.body { padding: 12px; display: flex; flex-direction: column; gap: 8px; }
.markdown { overflow-wrap: anywhere; } .markdown p, .markdown ul, .markdown ol { margin: 0; } .markdown ul, .markdown ol { padding-left: 20px; }
.small { font-size: 12px; }
pre { margin: 0; padding: 8px 10px; background: #f5f6f7; border: 1px solid #e4e6e9; border-radius: 6px; overflow-x: auto; font: 12px/1.6 ui-monospace, Menlo, Consolas, "Noto Sans Mono CJK SC", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.font-grey { color: #8f959e; } .font-red { color: #d83931; } .font-green { color: #2ea121; }
.at { color: #3370ff; }
.plain { margin: 0; font-size: 12px; color: #8f959e; white-space: pre-wrap; overflow-wrap: anywhere; }
.note { margin: 0; color: #8f959e; }
.columns { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; } .bisect { display: grid; grid-template-columns: 1fr 1fr; align-items: start; }
.bisect .column { min-width: 0; }
.button { display: inline-block; align-self: flex-start; padding: 4px 12px; border: 1px solid #d0d3d6; border-radius: 6px; color: #1f2329; text-decoration: none; background: #fff; }
.button.small { padding: 1px 8px; font-size: 13px; }
.primary { border-color: #3370ff; color: #3370ff; } .danger { border-color: #f54a45; color: #f54a45; } .primary_text { border-color: transparent; color: #3370ff; } .button.primary_text { padding-left: 0; }
details { border: 1px solid #dee0e3; border-radius: 5px; padding: 6px 10px; } summary { cursor: default; font-weight: 500; } details[open] summary { margin-bottom: 6px; } details .markdown + .markdown { margin-top: 6px; }
figure { margin: 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; display: block; }
svg rect { fill: #5b8ff9; } svg text { font-size: 9px; fill: #8f959e; } svg line { stroke: #bbbfc4; } svg .faint { stroke: #eff0f1; } svg .course { fill: none; stroke: #5b8ff9; stroke-width: 1.5; }
`;
